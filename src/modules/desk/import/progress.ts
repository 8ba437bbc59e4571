const everyMs = 1000;

/** Counts lines that are done and says so about once a second: how many, how fast, how long still. */
export function reporter(say: (line: string) => void, total: number): (lines: number) => void {
  const started = performance.now();
  let saidAt = started;
  let done = 0;
  return (lines) => {
    done += lines;
    const now = performance.now();
    if (now - saidAt < everyMs && done < total) return;
    saidAt = now;
    const perSecond = (done / Math.max(1, now - started)) * 1000;
    const left = Math.ceil((total - done) / Math.max(1, perSecond));
    const rest = done >= total ? "" : `, about ${left === 1 ? "1 second" : `${left} seconds`} left`;
    say(
      `${done.toLocaleString("en-GB")} of ${total.toLocaleString("en-GB")} lines, ${Math.round(perSecond).toLocaleString("en-GB")} a second${rest}`,
    );
  };
}
