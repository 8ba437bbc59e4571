import { sql } from "kysely";
import type { ClockReading } from "../clock.ts";
import { Refusal, refusalOr } from "../errors.ts";
import type { Line } from "../fields/lines.ts";
import { attachFiles, filesTold } from "../files/files.ts";
import type { RecordType } from "../record.ts";
import { lineTables } from "../schema/definition-sql.ts";
import type { LineTable } from "../schema/definition-sql.ts";
import type { Stored, Tx } from "../transaction.ts";
import { registersChanged } from "../transaction.ts";
import { changesText } from "./change-rows.ts";
import { nextDue, readClocks, toldOfClocks } from "./clocks.ts";
import { movesDeadlines, startMoving } from "./deadline-jobs.ts";
import { withErasedFilledIn } from "./erased-facts.ts";
import { knownLines, lineChanges } from "./lines.ts";
import type { KnownLine, LineChanges } from "./lines.ts";
import type { Action, Outcome } from "./outcome.ts";
import { rulesOfTable } from "./refused-by-database.ts";
import { sharedValues } from "./row.ts";
import { doneBy, factsFrom, storedFactsOfMany } from "./timeline.ts";
import type { EventBody, StoredFact } from "./timeline.ts";

/** What an action comes to for a record, once the rules have let it. */
export interface Settled {
  readonly before: Stored;
  readonly action: Action;
  readonly outcome: Outcome;
}

/** A change that only waits to be written. */
export interface ReadyWrite extends Settled {
  readonly at: Temporal.Instant;
  readonly clocks: readonly ClockReading[];
  /** How many lines of its timeline the clocks were read from; null where it has none. */
  readonly events: number | null;
  readonly lines: readonly { readonly table: LineTable; readonly changes: LineChanges }[];
  /** What the line on its timeline says. */
  readonly body: EventBody;
}

/**
 * Works out what is to be written for each of several records: clocks, lines, and the line on the timeline. Reads in a few
 * statements for all of them and writes nothing. Gives the refusal for those whose lines are not there.
 */
export async function readyWrites(
  tx: Tx,
  type: RecordType,
  settled: readonly Settled[],
): Promise<(ReadyWrite | Refusal)[]> {
  if (settled.length === 0) return [];
  const counted = Object.keys(type.clocks).length > 0;
  const ids = settled.map(({ before }) => before.id);
  const [facts, had] = await Promise.all([
    counted ? storedFactsOfMany(tx, ids) : null,
    Promise.all(lineTables(type).map((table) => knownOf(tx, table, settled))),
  ]);
  const ready: (ReadyWrite | Refusal)[] = [];
  for (const one of settled)
    ready.push(await refusalOr(() => readyWrite(tx, type, one, { facts: facts?.get(one.before.id) ?? null, had })));
  return ready;
}

/** The lines that are there in a table, of those records whose lines there change. */
async function knownOf(tx: Tx, table: LineTable, settled: readonly Settled[]) {
  const changing = settled.filter(({ outcome }) => table.name in outcome.values).map(({ before }) => before.id);
  return { table, known: await knownLines(tx, table, changing) };
}

interface Read {
  readonly facts: readonly StoredFact[] | null;
  readonly had: readonly {
    readonly table: LineTable;
    readonly known: ReadonlyMap<string, readonly KnownLine[]>;
  }[];
}

async function readyWrite(tx: Tx, type: RecordType, settled: Settled, { facts, had }: Read): Promise<ReadyWrite> {
  const { before, action, outcome } = settled;
  const at = momentOf(tx, before);
  const lines = had
    .filter(({ table }) => table.name in outcome.values)
    .map(({ table, known }) => {
      // The lines kind gives lines.
      const given = (outcome.values[table.name] ?? []) as readonly Line[];
      return { table, changes: lineChanges(table, known.get(before.id) ?? [], given) };
    });
  const [clocks, files] = await Promise.all([
    facts === null ? [] : clocksAfter({ ...tx, now: at }, type, settled, facts),
    filesTold(tx, type, outcome.values),
  ]);
  const changes = Object.fromEntries(
    Object.entries(outcome.values).map(([name, to]) => [name, { from: before.values[name] ?? null, to: to ?? null }]),
  );
  const body: EventBody = {
    ...action.body,
    ...(Object.keys(changes).length > 0 ? { changes } : {}),
    ...(action.state === undefined ? {} : { state: action.state }),
    ...toldOfClocks(clocks),
    ...(files ? { files } : {}),
  };
  return { ...settled, at, clocks, events: facts?.length ?? null, lines, body };
}

/**
 * When a change is written: now, and never before what was last written to the record, whose moment another process gave or a
 * transaction that began later. Clocks are read from the lines in order of their moments, so the order must be that of writing.
 */
function momentOf({ now }: Tx, { updatedAt }: Stored): Temporal.Instant {
  const last = Temporal.Instant.from(updatedAt);
  // It is known to the millisecond, and was at most the rest of one later.
  return now.epochMilliseconds < last.epochMilliseconds ? last.add({ milliseconds: 1 }) : now;
}

function clocksAfter(
  tx: Tx,
  type: RecordType,
  { before, action, outcome: { values } }: Settled,
  told: readonly StoredFact[],
): Promise<ClockReading[]> {
  const fact = {
    ...doneBy(tx),
    verb: action.verb,
    audience: "everyone",
    values,
    ...(action.state === undefined ? {} : { state: action.state }),
  };
  const facts = [...factsFrom(withErasedFilledIn(told, type, before)), fact];
  const shared = sharedValues(type, values);
  // The column of `records` holds an id or nothing.
  const requesterId = "requester_id" in shared ? (shared["requester_id"] as string | null) : before.requesterId;
  return readClocks(tx, type, { facts, requesterId, now: tx.now });
}

/**
 * Writes changes that are ready, in one statement for all of them: in another transaction of the same actor where that
 * suits. `text` is what `changesText` gave for them, where it was made before. Gives the records as they were left, by id;
 * one that somebody changed since is not among them, and stays as it is. Refuses all where the database refuses one.
 */
export async function writeChanges(
  tx: Tx,
  type: RecordType,
  ready: readonly ReadyWrite[],
  text: string = changesText(type, ready),
): Promise<ReadonlyMap<string, Stored>> {
  if (ready.length === 0) return new Map();
  const left = await send(tx, type, text);
  // Somebody said something of these since their clocks were read. They are held now, so what is read again stays true.
  const told = ready.filter(({ before }) => left.get(before.id) === "told");
  const again = (await readyWrites(tx, type, told)).map((one) => {
    if (one instanceof Refusal) throw one;
    return one;
  });
  if (again.length > 0) await send(tx, type, changesText(type, again));
  const written = [...ready.filter(({ before }) => !left.has(before.id)), ...again];
  for (const { before, outcome } of written) await attachFiles(tx, type, before.id, outcome.values);
  if (type.referenceData && written.length > 0) tx.memo.set(registersChanged, Promise.resolve(true));
  const moving = written.find(({ before, outcome: { after, state } }) =>
    movesDeadlines(type, before, { values: after, state }),
  );
  if (moving) await startMoving(tx, type, moving.before);
  return new Map(written.map((one) => [one.before.id, leftBy(type, one)]));
}

/** Gives those that were left as they are, and why. */
async function send(tx: Tx, type: RecordType, text: string): Promise<ReadonlyMap<string, "stale" | "told">> {
  const { rows } = await rulesOfTable(type, () =>
    sql<{ id: string; why: "stale" | "told" }>`
      select record_id as id, why from change_records(${type.name}, ${text}::jsonb)`.execute(tx.db),
  );
  return new Map(rows.map(({ id, why }) => [id, why]));
}

/** The record as a change leaves it. */
function leftBy(type: RecordType, { before, outcome: { values, after, state }, clocks, at }: ReadyWrite): Stored {
  const id = (column: string) => (sharedValues(type, after)[column] ?? null) as string | null;
  const updatedAt = at.toString({ smallestUnit: "millisecond" });
  return {
    ...before,
    values: after,
    state,
    updatedAt,
    version: before.version + 1,
    title: String(after[type.titleField] ?? before.title),
    dueAt: nextDue(clocks)?.toString({ smallestUnit: "millisecond" }) ?? null,
    closedAt: type.states[state]?.final ? (before.closedAt ?? updatedAt) : null,
    ownerId: id("owner_id"),
    teamId: id("team_id"),
    requesterId: id("requester_id"),
    sensitivity: String(values["sensitivity"] ?? before.sensitivity),
  };
}
