import { sql } from "kysely";
import { typeNamed } from "../../../kernel/registry.ts";
import { bringIn, bringOn } from "../../../kernel/store/bring-in.ts";
import type { BroughtEvent } from "../../../kernel/store/many-rows.ts";
import { find } from "../../../kernel/store/find.ts";
import { timeline } from "../../../kernel/store/timeline.ts";
import type { TimelineEvent } from "../../../kernel/store/timeline.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { addPlaces } from "./places.ts";
import type { KnownPlaces } from "./places.ts";
import { columnsText, rebuild, sourceName, tell, timed } from "./rebuild.ts";
import type { Incident, Standing, TimedLine } from "./rebuild.ts";

/** What became of a batch of incidents. */
export interface Written {
  readonly made: number;
  readonly continued: number;
  readonly unchanged: number;
}

interface Existing {
  readonly id: string;
  readonly number: string;
  readonly columns: string | null;
  readonly events: number;
}

/** Writes incidents in the transaction given: new ones whole, known ones as far as the log has gone on since. */
export async function writeIncidents(tx: Tx, places: KnownPlaces, incidents: readonly Incident[]): Promise<Written> {
  const existing = await existingTickets(
    tx,
    incidents.map(({ number }) => number),
  );
  const made = incidents.filter(({ number }) => !existing.has(number));
  await addPlaces(
    tx,
    places,
    made.flatMap(({ lines }) => lines),
  );
  await bringIn(
    tx,
    typeNamed(tx.registry, "ticket"),
    made.map((incident) => rebuild(incident, places, tx.now)),
  );
  let continued = 0;
  for (const incident of incidents) {
    const ticket = existing.get(incident.number);
    if (ticket && (await carryOn(tx, places, incident, ticket))) continued++;
  }
  return { made: made.length, continued, unchanged: incidents.length - made.length - continued };
}

async function existingTickets(tx: Tx, numbers: readonly string[]): Promise<Map<string, Existing>> {
  const { rows } = await sql<Existing>`
    select t.id, t.source_reference as number, t.source_columns as columns, r.event_count as events
    from ticket t join records r using (organisation_id, id)
    where t.organisation_id = ${tx.actor.organisationId}::uuid and t.source = ${sourceName} and t.source_reference = any (${numbers}::text[])`.execute(
    tx.db,
  );
  return new Map(rows.map((row) => [row.number, row]));
}

/** Adds the lines that a known incident's ticket does not have yet. Says whether there were any. */
async function carryOn(tx: Tx, places: KnownPlaces, incident: Incident, ticket: Existing): Promise<boolean> {
  const lines = timed(incident.lines, tx.now);
  const last = lines.findLast(({ whole }) => whole);
  // The usual case, without reading the timeline: the line that it ended with is the last one still.
  if (ticket.columns === columnsText(last?.columns ?? {}) && ticket.events > lines.length) return false;
  const events = await wholeTimeline(tx, ticket.id);
  // What the law had erased is not brought back by the file that it came from.
  if (events.some(({ body }) => body === null)) return false;
  const known = knownLines(events);
  const fresh = lines.filter((line) => !taken(known, line));
  if (fresh.length === 0) return false;
  await addPlaces(tx, places, lines);
  const type = typeNamed(tx.registry, "ticket");
  const before = await find(tx, type, ticket.id);
  const workedOn = events.some(({ sequence, body }) => sequence > 1 && body?.columns === undefined);
  const latestAt = Math.max(...events.map(({ at }) => Date.parse(at)));
  const told: BroughtEvent[] = [];
  let standing: Standing = {
    values: before.values,
    state: before.state,
    closedAt: before.closedAt === null ? null : Temporal.Instant.from(before.closedAt),
    columns: latestColumns(events),
  };
  for (const line of fresh) {
    if (workedOn || line.at < latestAt) told.push(keptOnly(line, workedOn));
    else {
      const next = tell(standing, line, places);
      told.push(next.event);
      standing = next.standing;
    }
  }
  const sourceColumns = columnsText(last?.columns ?? {});
  await bringOn(tx, type, before, {
    values: { ...changedFrom(before.values, standing.values), sourceColumns },
    state: standing.state,
    closedAt: standing.closedAt,
    events: told,
  });
  return true;
}

function changedFrom(before: Standing["values"], after: Standing["values"]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => before[name] !== value));
}

/** A line that comes after people here took the ticket on, or out of turn: kept, and nothing is done by it. */
function keptOnly(line: TimedLine, workedOn: boolean): BroughtEvent {
  const reason = workedOn
    ? "Kept and not acted on: this ticket has been worked on in Reeve since it was brought in"
    : "Kept and not acted on: it came after later lines";
  return {
    at: Temporal.Instant.fromEpochMilliseconds(line.at),
    verb: "noted",
    body: {
      reason,
      columns: line.columns,
      ...(line.problems.length > 0 ? { note: `Not understood: ${line.problems.join("; ")}` } : {}),
    },
  };
}

async function wholeTimeline(tx: Tx, id: string): Promise<TimelineEvent[]> {
  const events: TimelineEvent[] = [];
  for (;;) {
    const more = await timeline(tx, { id, type: "ticket" }, { after: events.at(-1)?.sequence ?? 0, limit: 2000 });
    events.push(...more);
    if (more.length < 2000) return events;
  }
}

/** Each line that a timeline holds, as the file had it, and how often. */
function knownLines(events: readonly TimelineEvent[]): Map<string, number> {
  const known = new Map<string, number>();
  for (const columns of linesOf(events)) known.set(keyOf(columns), (known.get(keyOf(columns)) ?? 0) + 1);
  return known;
}

function latestColumns(events: readonly TimelineEvent[]): Readonly<Record<string, string>> {
  return linesOf(events).findLast((columns) => !("(line)" in columns)) ?? {};
}

/** Reads the source's lines back from a timeline, in its order: each whole, though only what differs was kept. */
export function linesOf(events: readonly Pick<TimelineEvent, "body">[]): Readonly<Record<string, string>>[] {
  const lines: Readonly<Record<string, string>>[] = [];
  let whole: Readonly<Record<string, string>> = {};
  for (const { body } of events) {
    if (!body?.columns) continue;
    if (!("(line)" in body.columns)) whole = { ...whole, ...body.columns };
    lines.push("(line)" in body.columns ? body.columns : whole);
  }
  return lines;
}

function taken(known: Map<string, number>, line: TimedLine): boolean {
  const key = keyOf(line.columns);
  const left = known.get(key) ?? 0;
  known.set(key, left - 1);
  return left > 0;
}

function keyOf(columns: Readonly<Record<string, string>>): string {
  return JSON.stringify(
    Object.entries(columns)
      .filter(([, cell]) => cell !== "?" && cell !== "")
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}
