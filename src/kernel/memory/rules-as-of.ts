import { sql } from "kysely";
import { knownHolidays, shippedHolidays } from "../clocks/known-holidays.ts";
import type { KnownHolidays } from "../clocks/known-holidays.ts";
import type { RecordType } from "../record.ts";
import { typeNamed } from "../registry.ts";
import { holidaysRead } from "../store/bank-holidays.ts";
import type { KeptHoliday } from "../store/bank-holidays.ts";
import type { ReferenceData } from "../store/reference-data.ts";
import { sharedValues, withComputed } from "../store/row.ts";
import type { EventBody } from "../store/timeline.ts";
import type { Stored, Tx } from "../transaction.ts";
import type { Verifying } from "./verify.ts";

/** A transaction may have read a rule a little before or after another changed it; none lasts longer than this. */
const overlapMs = 60_000;

/** What rules read, as it stood from a moment on. */
interface Standing {
  readonly sinceMs: number;
  readonly records: ReadonlyMap<string, Stored>;
  readonly holidays: KnownHolidays;
}

/** The registers that rules read, and the bank holidays that were known, as they stood at any moment. */
export interface RulesAsOf {
  /**
   * Transactions in which rules read the registers as they may have stood for one that was recorded at this moment
   * (milliseconds): mostly one; none where a part of their history was erased by law.
   */
  at(recordedMs: number): readonly Tx[];
}

interface Line {
  readonly id: string;
  readonly type: string;
  readonly reference: string;
  readonly verb: string;
  readonly recordedMs: number;
  readonly at: string;
  readonly body: EventBody | null;
}

/** Reads every change of the registers that rules read, and rebuilds from them how they stood. */
export async function rulesAsOf(
  {
    db,
    registry,
    organisation,
  }: Pick<Verifying, "db" | "registry"> & { readonly organisation: { readonly id: string } },
  tx: Tx,
): Promise<RulesAsOf> {
  const types = [...registry.types.values()].filter(({ referenceData }) => referenceData).map(({ name }) => name);
  const { rows } = await sql<Line>`select r.id, r.type, r.reference, e.verb, b.body,
      (extract(epoch from e.recorded_at) * 1000)::float8 as "recordedMs", to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
    from records r join events e on e.organisation_id = r.organisation_id and e.record_id = r.id
    join event_bodies b on b.organisation_id = e.organisation_id and b.record_id = e.record_id and b.sequence = e.sequence
    where r.organisation_id = ${organisation.id}::uuid and r.type = any (${types}::text[]) and e.verb not in ('commented', 'erased')
    order by e.recorded_at, e.record_id, e.sequence`.execute(db);
  const erasedFrom = rows.find(({ body }) => body === null)?.recordedMs ?? Number.POSITIVE_INFINITY;
  const standings = withHolidays(
    standingsOf(
      rows.filter(({ recordedMs }) => recordedMs < erasedFrom),
      (name) => typeNamed(registry, name),
    ),
    await holidaysRead(db),
  );
  const transactions = standings.map((standing): Tx => ({ ...tx, memo: new Map(), referenceData: reader(standing) }));
  return {
    at: (recordedMs) => {
      if (recordedMs + overlapMs >= erasedFrom) return [];
      return transactions.filter((_tx, place) => {
        const until = standings[place + 1]?.sinceMs ?? Number.POSITIVE_INFINITY;
        return standings[place]!.sinceMs <= recordedMs + overlapMs && until >= recordedMs - overlapMs;
      });
    },
  };
}

/** Every state of the registers in turn; changes that were recorded as one are one. */
function standingsOf(lines: readonly Line[], typeOf: (name: string) => RecordType): Standing[] {
  const standings: Standing[] = [{ sinceMs: Number.NEGATIVE_INFINITY, records: new Map(), holidays: shippedHolidays }];
  for (const line of lines) {
    const last = standings.at(-1)!;
    const records = new Map(last.records);
    records.set(line.id, after(records.get(line.id), line, typeOf(line.type)));
    if (last.sinceMs === line.recordedMs) standings.pop();
    standings.push({ sinceMs: line.recordedMs, records, holidays: shippedHolidays });
  }
  return standings;
}

/** The same with the bank holidays that were known, and a state more for each file that was read in between. */
function withHolidays(standings: readonly Standing[], read: readonly KeptHoliday[]): Standing[] {
  const files = [...new Set(read.map(({ readMs }) => readMs))];
  const knownAt = new Map(files.map((at) => [at, knownHolidays(read.filter(({ readMs }) => readMs <= at))]));
  const holidaysAt = (at: number) => knownAt.get(files.findLast((file) => file <= at) ?? Number.NaN) ?? shippedHolidays;
  const registersAt = (at: number) => standings.findLast(({ sinceMs }) => sinceMs <= at)!.records;
  return [...new Set([...standings.map(({ sinceMs }) => sinceMs), ...files])]
    .toSorted((one, other) => one - other)
    .map((sinceMs) => ({ sinceMs, records: registersAt(sinceMs), holidays: holidaysAt(sinceMs) }));
}

/** A record as a line of its timeline leaves it. */
function after(before: Stored | undefined, { id, reference, at, body }: Line, type: RecordType): Stored {
  const changes = Object.entries(body?.changes ?? {}).map(([name, { to }]) => [name, to] as const);
  const values = { ...before?.values, ...body?.values, ...Object.fromEntries(changes) };
  const state = body?.state ?? before?.state ?? type.starts;
  const shared = sharedValues(type, values);
  const part = (column: string) => (shared[column] ?? null) as string | null;
  return withComputed(type, {
    id,
    type: type.name,
    reference,
    title: String(values[type.titleField] ?? ""),
    state,
    version: (before?.version ?? 0) + 1,
    openedAt: before?.openedAt ?? at,
    updatedAt: at,
    dueAt: null,
    closedAt: type.states[state]?.final ? (before?.closedAt ?? at) : null,
    createdBy: null,
    ownerId: part("owner_id"),
    teamId: part("team_id"),
    requesterId: part("requester_id"),
    sensitivity: String(values["sensitivity"] ?? "normal"),
    values,
  });
}

/** Gives the same object for the same types each time, as what is worked out from it is kept by it. */
function reader({ records, holidays }: Standing): (typeNames: readonly string[]) => ReferenceData {
  const given = new Map<string, ReferenceData>();
  return (typeNames) => {
    const key = typeNames.join(" ");
    const data: ReferenceData =
      given.get(key) ??
      Object.assign(
        new Map(typeNames.map((name) => [name, [...records.values()].filter((record) => record.type === name)])),
        { holidays },
      );
    given.set(key, data);
    return data;
  };
}
