import { refreshStatistics, statisticsDue } from "../../../kernel/database/statistics.ts";
import type { Registry } from "../../../kernel/registry.ts";
import { asSystem } from "../../../kernel/transaction.ts";
import { countLogFile, readLog } from "./figures.ts";
import type { LogLine } from "./log-line.ts";
import { aloneIn, organisationFor } from "./place.ts";
import type { ImportPlace } from "./place.ts";
import { knownPlaces } from "./places.ts";
import type { Incident } from "./rebuild.ts";
import { compareLevels, keepLevels } from "./levels.ts";
import { countInDatabase, reconcile } from "./reconciliation.ts";
import type { Reconciliation } from "./reconciliation.ts";
import { reporter } from "./progress.ts";
import { writeIncidents } from "./write.ts";
import type { Written } from "./write.ts";

/** What an import of a log is asked to do. */
export interface LogImport extends ImportPlace {
  readonly registry: Registry;
  /** A CSV file in UTF-8, or a zip that holds one. */
  readonly file: string;
  /** Told a sentence about once a second, for people. */
  readonly progress: (line: string) => void;
  readonly now: Temporal.Instant;
  /** Lines written in one transaction, or a few more: an incident is never cut. 1,500 unless told. */
  readonly linesAtOnce?: number;
}

const linesAtOnceUsually = 1500;
const ownName = "ServiceNow log";

/**
 * Brings a log of a ServiceNow desk in: every incident with its whole history, into queues of its own. Without an
 * organisation named it goes into the only one there is, so that the people there see it at once; where there is none, or
 * several, into one called “ServiceNow log”. It can be run again: what is there is left, what the log adds is added; and
 * stopped at any moment: each incident is there whole or not at all. Refuses (invalid) a file that is no such log,
 * (unseen) an organisation that is not there, (impossible) a second import at the same time.
 */
export async function importServiceNowLog(options: LogImport): Promise<Reconciliation> {
  const { ownerPool, progress } = options;
  progress("Reading the file");
  const count = await countLogFile(options.file);
  const organisation = await organisationFor(options, ownName);
  progress(`Bringing ${count.figures.incidents.toLocaleString("en-GB")} incidents into ${organisation.name}`);
  const run = await aloneIn(ownerPool, organisation.id, () =>
    writeAll(options, organisation.id, count.linesOf, count.figures.events),
  );
  progress("Comparing the database with the file");
  // Lists and searches are planned by the tables' statistics, which a large import leaves behind.
  if (run.made > 0) await refreshStatistics(ownerPool, ["ticket"]);
  const numbers = [...count.linesOf.keys()];
  const levels = await compareLevels(ownerPool, organisation.id, numbers);
  await keepLevels(ownerPool, organisation.id, levels, options.now);
  return reconcile(await countInDatabase(ownerPool, organisation.id, numbers), count, { run, organisation, levels });
}

/** Reads the file and writes it batch by batch, the next one being read while the database works on the last. */
async function writeAll(
  options: LogImport,
  organisationId: string,
  linesOf: ReadonlyMap<string, number>,
  total: number,
): Promise<Written> {
  const { ownerPool, registry, now, linesAtOnce = linesAtOnceUsually } = options;
  const system = { ownerPool, registry, organisationId, now };
  const places = await asSystem(system, knownPlaces);
  const report = reporter(options.progress, total);
  const run = { made: 0, continued: 0, unchanged: 0 };
  const write = async (incidents: readonly Incident[], lines: number) => {
    const written = await asSystem(system, (tx) => writeIncidents(tx, places, incidents));
    for (const key of ["made", "continued", "unchanged"] as const) run[key] += written[key];
    report(lines);
  };
  let writing: Promise<void> = Promise.resolve();
  let begun = 0;
  for await (const { incidents, lines } of batches(readLog(options.file), linesOf, linesAtOnce)) {
    await writing;
    if (statisticsDue(begun++)) await refreshStatistics(ownerPool, ["ticket"]);
    writing = write(incidents, lines);
    // It is awaited in the next turn, or below; a failure must not count as unhandled until then.
    writing.catch(() => {});
  }
  await writing;
  return run;
}

/** Incidents as soon as their last line has been read, some at a time; nothing else is kept. */
async function* batches(
  log: AsyncIterable<LogLine>,
  linesOf: ReadonlyMap<string, number>,
  linesAtOnce: number,
): AsyncGenerator<{ incidents: Incident[]; lines: number }> {
  const open = new Map<string, LogLine[]>();
  let incidents: Incident[] = [];
  let lines = 0;
  for await (const line of log) {
    let known = open.get(line.number);
    if (!known) open.set(line.number, (known = []));
    known.push(line);
    if (known.length < (linesOf.get(line.number) ?? 1)) continue;
    open.delete(line.number);
    incidents.push({ number: line.number, lines: known });
    lines += known.length;
    if (lines < linesAtOnce) continue;
    yield { incidents, lines };
    incidents = [];
    lines = 0;
  }
  for (const [number, known] of open) incidents.push({ number, lines: known });
  if (incidents.length > 0) yield { incidents, lines };
}
