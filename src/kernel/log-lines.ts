type Listener = (line: string) => void;

let listener: Listener | null = null;

/** Has each line that a log writes told as well, from now on; null tells nobody. */
export function hearLog(heard: Listener | null): void {
  listener = heard;
}

/** Where a log writes to, with each line told to whoever hears. */
export function toldAsWell(stream: { write(line: string): unknown }): { write(line: string): void } {
  return {
    write: (line) => {
      stream.write(line);
      listener?.(line);
    },
  };
}
