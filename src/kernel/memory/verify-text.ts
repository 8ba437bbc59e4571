import type { Problem, VerifyReport } from "./findings.ts";

/** The report for a terminal: what was proved, then what is wrong, the first of it first. */
export function verifyText(report: VerifyReport): string {
  const lines = [
    `Looked at ${many(report.records, "record")}, ${many(report.events, "event")}, ${many(report.seals, "seal")}, ${many(report.joins, "join")}, ${many(report.files, "file")} and ${many(report.clocks, "stored clock")}.`,
    ...(report.erased > 0 ? [`Erased by law, each with its certificate: ${many(report.erased, "event")}.`] : []),
    ...(report.clocksErased > 0 ? [`Not recomputable: erased: ${many(report.clocksErased, "clock")}.`] : []),
    ...(report.unsealed > 0 ? [`Waiting for the next seal: ${many(report.unsealed, "line")}.`] : []),
    ...report.lastSeals.map(
      ({ organisation, number, hash }) => `Last seal of ${organisation}: number ${number}, ${hash}`,
    ),
  ];
  if (report.ok) return `${[...lines, "Everything is as it was written."].join("\n")}\n`;
  const [first, ...others] = report.problems;
  const more = report.problemCount - report.problems.length;
  return `${[
    ...lines,
    `${many(report.problemCount, "thing is", "things are")} wrong. The first:`,
    ...(first ? [`  ${problemText(first)}`] : []),
    ...(others.length > 0 ? ["Then:", ...others.map((problem) => `  ${problemText(problem)}`)] : []),
    ...(more > 0 ? [`  and ${more.toLocaleString("en-GB")} more`] : []),
  ].join("\n")}\n`;
}

/** One problem as one line: whose, which record, which event, what, and what was expected. */
export function problemText({ organisation, type, reference, sequence, message, expected, found }: Problem): string {
  const where =
    reference === null
      ? organisation
      : `${organisation}, ${type ?? "unknown type"} ${reference}${sequence === null ? "" : `, event ${sequence}`}`;
  const detail = expected === null ? "" : ` (expected ${expected}${found === null ? "" : `, found ${found}`})`;
  return `${where}: ${message}${detail}`;
}

function many(count: number, one: string, others = `${one}s`): string {
  return `${count.toLocaleString("en-GB")} ${count === 1 ? one : others}`;
}
