import { sql } from "kysely";
import type { Line } from "../fields/lines.ts";
import type { RecordType } from "../record.ts";
import { organisationsRegistry } from "../added/registry.ts";
import { wholeAll } from "../store/find.ts";
import { storedFrom, viewOf } from "../store/row.ts";
import type { Row } from "../store/row.ts";
import type { EventBody } from "../store/timeline.ts";
import { sameValue } from "../store/values.ts";
import type { Stored, Tx } from "../transaction.ts";
import type { Problem } from "./findings.ts";
import type { Verifying } from "./verify.ts";

const recordsAtATime = 1000;
const firstId = "00000000-0000-0000-0000-000000000000";

/** A line of a timeline as far as it tells what the record holds. `body` is null where it tells nothing of it, or was erased. */
interface Told {
  readonly verb: string;
  readonly at: string;
  readonly actor: string | null;
  readonly erased: boolean;
  /** Told by the source that the record came from, which says itself when it was closed. */
  readonly brought: boolean;
  readonly body: EventBody | null;
}

interface Page {
  readonly id: string;
  readonly reference: string;
  readonly lines: readonly Told[] | null;
}

/** What a timeline says that its record holds. What an erasure took with it is not known. */
interface Known {
  readonly state: string | null;
  /** When it came to its present state, or to the first of those in a row that all end it; null where that is not known. */
  readonly since: string | null;
  readonly values: ReadonlyMap<string, unknown>;
  /** Whether a field that no line names was empty from the start. */
  readonly whole: boolean;
}

/** Every record as it stands, its values, lines, links and state, against what its timeline last said of each. */
export async function verifyValues(verifying: Verifying): Promise<void> {
  const { db, registry, organisation, progress } = verifying;
  const actor = { organisationId: organisation.id, personId: null, name: "Reeve", teams: [], grants: [] };
  const base: Tx = { db, actor, now: Temporal.Now.instant(), registry, memo: new Map() };
  const tx: Tx = { ...base, registry: await organisationsRegistry(base) };
  for (const type of tx.registry.types.values()) {
    let done = 0;
    for (let after: string | null = firstId; after !== null;) {
      const page: Page[] = await pageAfter(verifying, type, after);
      await verifyPage(verifying, tx, type, page);
      done += page.length;
      if (done % 20_000 === 0 && page.length > 0)
        progress(
          `${organisation.name}: the values of ${done.toLocaleString("en-GB")} ${type.label.many.toLowerCase()}`,
        );
      after = page.length < recordsAtATime ? null : (page.at(-1)?.id ?? null);
    }
  }
}

async function pageAfter({ db, organisation }: Verifying, type: RecordType, after: string): Promise<Page[]> {
  const { rows } = await sql<Page>`
    select r.id, r.reference, l.lines
    from (select organisation_id, id, reference from records
          where organisation_id = ${organisation.id}::uuid and type = ${type.name} and id > ${after}::uuid order by id limit ${recordsAtATime}) r
    cross join lateral (
      select jsonb_agg(jsonb_build_object('verb', e.verb, 'at', e.at, 'actor', e.actor_id, 'erased', b.body is null, 'brought', coalesce(b.body ? 'columns', false),
          'body', case when b.body ?| array['values', 'changes', 'state'] then b.body - 'columns' end) order by e.sequence) as lines
      from events e left join event_bodies b using (organisation_id, record_id, sequence)
      where e.organisation_id = r.organisation_id and e.record_id = r.id) l
    order by r.id`.execute(db);
  return rows;
}

async function verifyPage(
  { organisation, findings }: Verifying,
  tx: Tx,
  type: RecordType,
  page: readonly Page[],
): Promise<void> {
  const ids = page.map(({ id }) => id);
  const { rows } =
    await sql<Row>`select * from ${viewOf(type)} where organisation_id = ${organisation.id}::uuid and id = any (${ids}::uuid[])`.execute(
      tx.db,
    );
  const stored = await wholeAll(
    tx,
    type,
    rows.map((row) => storedFrom(type, row)),
  );
  const byId = new Map(stored.map((record) => [record.id, record]));
  for (const { id, reference, lines } of page) {
    const record = byId.get(id);
    const problems = record
      ? problemsOf(type, record, lines ?? [])
      : [{ message: "Its row in the table of its type is missing", expected: "a row", found: "none" }];
    findings.add(
      problems.map((problem) => ({
        organisation: organisation.name,
        type: type.name,
        reference,
        sequence: null,
        ...problem,
      })),
    );
  }
}

type Fault = Pick<Problem, "message" | "expected" | "found">;

function problemsOf(type: RecordType, record: Stored, lines: readonly Told[]): Fault[] {
  const known = knownFrom(type, lines);
  const faults: Fault[] = [];
  const is = (what: string, expected: unknown, found: unknown) =>
    faults.push({
      message: `${what} is not what the timeline says it became`,
      expected: text(expected),
      found: text(found),
    });
  const reference = lines[0]?.body?.reference;
  if (reference !== undefined && reference !== record.reference) is("Its reference", reference, record.reference);
  if (known.state !== null && known.state !== record.state) is("Its state", known.state, record.state);
  const final = type.states[record.state]?.final ?? false;
  if (final !== (record.closedAt !== null))
    is("Whether it is closed", final ? "closed" : "open", final ? "open" : "closed");
  else if (final && known.since !== null && !sameMoment(known.since, record.closedAt))
    is("When it was closed", known.since, record.closedAt);
  const [first] = lines;
  if (first?.verb === "created" && !sameMoment(first.at, record.openedAt))
    is("When it was opened", first.at, record.openedAt);
  if (first?.verb === "created" && first.actor !== record.createdBy) is("Who made it", first.actor, record.createdBy);
  for (const [name, { kind, options }] of Object.entries(type.fields)) {
    if (kind.name === "computed" || options.untold || !(known.whole || known.values.has(name))) continue;
    const expected = comparable(kind.name, known.values.get(name) ?? (name === "sensitivity" ? "normal" : null));
    const found = comparable(kind.name, record.values[name] ?? null, expected);
    if (!sameValue(expected, found)) is(`“${options.label}”`, expected, found);
  }
  return faults;
}

/** What the lines say in turn, the last word counting. */
function knownFrom(type: RecordType, lines: readonly Told[]): Known {
  const values = new Map<string, unknown>();
  const isFinal = (name: string | null) => name !== null && (type.states[name]?.final ?? false);
  let state: string | null = null;
  let since: string | null = null;
  let whole = false;
  for (const { verb, at, body, erased, brought } of lines) {
    if (erased && ["created", "changed", "moved"].includes(verb)) {
      values.clear();
      whole = false;
      if (verb !== "changed") state = since = null;
    }
    for (const [name, value] of Object.entries(body?.values ?? {})) values.set(name, value);
    for (const [name, { to }] of Object.entries(body?.changes ?? {})) values.set(name, to);
    if (body?.state !== undefined) {
      if (!(isFinal(state) && isFinal(body.state))) since = brought ? null : at;
      state = body.state;
    }
    if (verb === "created" && !erased) whole = true;
  }
  return { state, since, values, whole };
}

/** A value in the shape in which the other can be compared with it: links in any order, lines by what was told of them. */
function comparable(kind: string, value: unknown, like: unknown = null): unknown {
  if (kind === "links" && Array.isArray(value)) return value.toSorted();
  if (kind !== "lines" || !Array.isArray(value)) return value;
  // The kind's values are lines. A new line is told without the id and the number that it then gets.
  const told = (Array.isArray(like) ? like : []) as readonly Line[];
  return (value as readonly Line[]).map((line, place) => {
    const { id, number, ...cells } = line;
    const other = told[place];
    const present = Object.entries(cells).filter(([, cell]) => cell !== null && cell !== undefined);
    return {
      ...(like === null || other?.id !== undefined ? (id === undefined ? {} : { id }) : {}),
      ...(like === null || other?.number !== undefined ? (number === undefined ? {} : { number }) : {}),
      ...Object.fromEntries(present.toSorted(([one], [two]) => (one < two ? -1 : 1))),
    };
  });
}

/** To the millisecond, which is what a record is read to. */
function sameMoment(one: string, two: string | null): boolean {
  const millisecond = (moment: string) => Temporal.Instant.from(moment).epochMilliseconds;
  return two !== null && millisecond(one) === millisecond(two);
}

function text(value: unknown): string {
  const said = typeof value === "string" ? value : JSON.stringify(value ?? null);
  return said.length > 200 ? `${said.slice(0, 200)}…` : said;
}
