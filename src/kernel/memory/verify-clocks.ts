import { sql } from "kysely";
import type { ClockReading } from "../clock.ts";
import type { RecordType } from "../record.ts";
import { clockRow, readClocks } from "../store/clocks.ts";
import { withSides } from "../store/erased-facts.ts";
import { factsFrom } from "../store/timeline.ts";
import type { Tx } from "../transaction.ts";
import { clockAsOf } from "./clock-as-of.ts";
import type { Acceptable, RecordedFact } from "./clock-as-of.ts";
import type { Problem } from "./findings.ts";
import { rulesAsOf } from "./rules-as-of.ts";
import type { RulesAsOf } from "./rules-as-of.ts";
import type { Verifying } from "./verify.ts";

const recordsAtATime = 1000;

type ClockRow = Readonly<Record<string, unknown>>;

/** A record as its clocks are computed from it. */
interface Timed {
  readonly id: string;
  readonly reference: string;
  readonly requesterId: string | null;
  readonly nextDueAt: string;
  readonly facts: readonly RecordedFact[] | null;
  readonly clocks: readonly ClockRow[] | null;
  /** Whether what the clocks are computed from was erased by law. */
  readonly erased: boolean;
  /** The places among the facts of comments of which nobody knows any more whose word they were: erased before erasures said so. */
  readonly unsaid: readonly number[] | null;
}

/** Every stored clock, computed again from the events by the same code, and each record's next due moment. */
export async function verifyClocks(verifying: Verifying): Promise<void> {
  const { db, registry, organisation, findings, progress } = verifying;
  const actor = { organisationId: organisation.id, personId: null, name: "Reeve", teams: [], grants: [] };
  const tx: Tx = { db, actor, now: Temporal.Now.instant(), registry, memo: new Map() };
  const rules = await rulesAsOf(verifying, tx);
  const withClocks = [...registry.types.values()].filter(({ clocks }) => Object.keys(clocks).length > 0);
  for (const type of withClocks) {
    let done = 0;
    for (let after: string | null = "00000000-0000-0000-0000-000000000000"; after !== null;) {
      const records: Timed[] = await recordsAfter(verifying, type, after);
      for (const record of records) findings.add(await verifyHeard(verifying, { tx, rules }, type, record));
      done += records.length;
      if (done % 20_000 === 0 && records.length > 0)
        progress(
          `${organisation.name}: the clocks of ${done.toLocaleString("en-GB")} ${type.label.many.toLowerCase()}`,
        );
      after = records.length < recordsAtATime ? null : (records.at(-1)?.id ?? null);
    }
  }
  await verifyOthers(
    verifying,
    withClocks.map(({ name }) => name),
  );
}

async function recordsAfter({ db, organisation }: Verifying, type: RecordType, after: string): Promise<Timed[]> {
  const { rows } = await sql<Timed>`
    select r.id, r.reference, r.requester_id as "requesterId", r.next_due_at::text as "nextDueAt", f.facts, c.clocks,
      coalesce(f.erased, false) as erased, f.unsaid
    from (select organisation_id, id, reference, requester_id, next_due_at from records
          where organisation_id = ${organisation.id}::uuid and type = ${type.name} and id > ${after}::uuid order by id limit ${recordsAtATime}) r
    cross join lateral (
      select jsonb_agg(jsonb_build_object('at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'verb', e.verb, 'actor', e.actor_id, 'audience', e.audience,
          'recordedMs', (extract(epoch from e.recorded_at) * 1000)::float8,
          'body', case when e.verb in ('commented', 'erased') then facts_of_words(b.body) when b.body ?| array['values', 'changes', 'state', 'clocks', 'deadlines'] then b.body - 'columns' - 'note' end) order by e.sequence) as facts,
        bool_or(b.body is null and e.verb not in ('commented', 'erased')) as erased,
        array_agg(e.sequence - 1) filter (where b.body is null and e.verb = 'commented' and e.audience = 'everyone' and not exists (
          select 1 from events z join event_bodies c using (organisation_id, record_id, sequence)
          where z.organisation_id = r.organisation_id and z.record_id = r.id and z.verb = 'erased' and c.body ? 'sides'
            and c.body ->> 'certificate' = b.erased_by_certificate::text)) as unsaid
      from events e left join event_bodies b using (organisation_id, record_id, sequence)
      where e.organisation_id = r.organisation_id and e.record_id = r.id) f
    cross join lateral (
      select jsonb_agg(to_jsonb(c) order by c.name) as clocks from clocks c where c.organisation_id = r.organisation_id and c.record_id = r.id) c
    order by r.id`.execute(db);
  return rows.map((row) => ({ ...row, facts: row.facts === null ? null : withSides(row.facts) }));
}

/** The rules as they hold now, which most clocks were stored by, and as they held at any moment. */
interface Rules {
  readonly tx: Tx;
  readonly rules: RulesAsOf;
}

/** A comment of which nobody knows whose word it was may have been an answer or not, so a record's clocks may be as they are with it or without it. */
async function verifyHeard(verifying: Verifying, rules: Rules, type: RecordType, record: Timed): Promise<Problem[]> {
  const problems = await verifyRecord(verifying, rules, type, record);
  if (problems.length === 0 || record.unsaid === null) return problems;
  const silent = new Set(record.unsaid);
  const facts = (record.facts ?? []).filter((_fact, place) => !silent.has(place));
  const findings = { ...verifying.findings, count: () => {} };
  const without = await verifyRecord({ ...verifying, findings }, rules, type, { ...record, facts });
  return without.length === 0 ? [] : problems;
}

async function verifyRecord(
  { organisation, findings }: Verifying,
  { tx, rules }: Rules,
  type: RecordType,
  record: Timed,
): Promise<Problem[]> {
  const stored = record.clocks ?? [];
  if (record.erased) {
    findings.count("clocksErased", stored.length);
    return [];
  }
  const facts = factsFrom(record.facts ?? []);
  const last = facts.at(-1)?.at ?? tx.now;
  const now = Temporal.Instant.compare(last, tx.now) > 0 ? last : tx.now;
  const readings = await readClocks(tx, type, { facts, requesterId: record.requesterId, now });
  const problem = (message: string, expected: string | null, found: string | null): Problem => ({
    organisation: organisation.name,
    type: type.name,
    reference: record.reference,
    sequence: null,
    message,
    expected,
    found,
  });
  const problems: Problem[] = [];
  let byEarlierRules = false;
  const told = new Set((record.facts ?? []).findLast(({ body }) => body?.clocks)?.body?.clocks);
  const names = new Set([...told, ...stored.map((row) => String(row["name"])), ...readings.map(({ name }) => name)]);
  for (const name of names) {
    const row = stored.find((one) => one["name"] === name);
    const reading = readings.find((one) => one.name === name);
    const byPresentRules = sameRules(row, reading);
    const whose = { type, requesterId: record.requesterId, facts: record.facts ?? [], now };
    const acceptable =
      byPresentRules && reading
        ? { rows: [clockRow(reading)], mayBeAbsent: false }
        : await clockAsOf(rules, whose, name);
    if (!byPresentRules) byEarlierRules = true;
    // Whatever the rules may have been then, a line says that it was stored.
    const absentAllowed = acceptable && { ...acceptable, mayBeAbsent: acceptable.mayBeAbsent && !told.has(name) };
    problems.push(...clockProblems(name, row, absentAllowed, problem));
    if (row) findings.count(acceptable === null ? "clocksErased" : "clocks", 1);
  }
  return [...problems, ...dueProblem(record, byEarlierRules, problem)];
}

function clockProblems(
  name: string,
  row: ClockRow | undefined,
  acceptable: Acceptable | null,
  problem: (message: string, expected: string | null, found: string | null) => Problem,
): Problem[] {
  if (acceptable === null) return [];
  const { rows, mayBeAbsent } = acceptable;
  if (!row)
    return mayBeAbsent
      ? []
      : [problem(`The clock “${name}” runs by the timeline and is not stored`, "a stored clock", "none")];
  const [wanted] = rows;
  if (!wanted) return [problem(`The clock “${name}” is stored and the timeline starts none`, "none", "a stored clock")];
  if (rows.some((one) => differences(row, one).length === 0)) return [];
  return differences(row, wanted).map(([column, is, shouldBe]) =>
    problem(`The clock “${name}” is not what the timeline makes it: ${column}`, shouldBe, is),
  );
}

/** Whether a clock was stored by the policy and the calendar that hold now. */
function sameRules(row: ClockRow | undefined, reading: ClockReading | undefined): boolean {
  if (!row || !reading) return false;
  const expected = clockRow(reading);
  return row["policy_version"] === expected.policy_version && row["calendar_version"] === expected.calendar_version;
}

function differences(row: ClockRow, expected: ClockRow): [column: string, is: string, shouldBe: string][] {
  return Object.entries(expected).flatMap(([column, shouldBe]): [string, string, string][] => {
    const is = row[column];
    if (is === shouldBe || (column.endsWith("_at") && sameMoment(is, shouldBe))) return [];
    return [[column, String(is), String(shouldBe)]];
  });
}

/** To the millisecond, which is as fine as clocks count; PostgreSQL rounds where we cut off. */
function sameMoment(one: unknown, other: unknown): boolean {
  if (typeof one !== "string" || typeof other !== "string") return false;
  return Math.abs(Temporal.Instant.from(one).epochMilliseconds - Temporal.Instant.from(other).epochMilliseconds) <= 1;
}

function dueProblem(
  { nextDueAt, clocks }: Timed,
  byEarlierRules: boolean,
  problem: (message: string, expected: string, found: string) => Problem,
): Problem[] {
  const due = (clocks ?? [])
    .filter((row) => row["state"] === "running" && row["due_at"] !== null)
    .map((row) => new Date(String(row["due_at"])).toISOString())
    .toSorted();
  const shouldBe = due[0] ?? "infinity";
  const is = nextDueAt === "infinity" ? nextDueAt : new Date(nextDueAt).toISOString();
  if (is === shouldBe || (byEarlierRules && is === "infinity")) return [];
  return [problem("Its next deadline is not that of its earliest running clock", shouldBe, is)];
}

/** Types without clocks have no deadline and store none. */
async function verifyOthers(
  { db, organisation, registry, findings }: Verifying,
  withClocks: readonly string[],
): Promise<void> {
  const without = [...registry.types.keys()].filter((name) => !withClocks.includes(name));
  const { rows } = await sql<{ type: string; reference: string; found: string }>`
    select r.type, r.reference, r.next_due_at::text as found from records r
    where r.organisation_id = ${organisation.id}::uuid and r.type = any (${without}::text[])
      and (r.next_due_at <> 'infinity' or exists (select 1 from clocks c where c.organisation_id = r.organisation_id and c.record_id = r.id))
    order by r.id limit 1000`.execute(db);
  findings.add(
    rows.map(({ type, reference, found }) => ({
      organisation: organisation.name,
      type,
      reference,
      sequence: null,
      message: "Its type has no clocks, and it has a deadline or a stored clock",
      expected: "infinity",
      found,
    })),
  );
}
