import { sql } from "kysely";
import type { Side, TimelineFact } from "../clock.ts";
import { readsInternal } from "../access.ts";
import type { RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { withErasedFilledIn } from "./erased-facts.ts";

/** What a timeline entry says. Only the parts that its verb has are there. */
export interface EventBody {
  /** created: every value, by field. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** created: its reference. */
  readonly reference?: string;
  /** created, changed and moved: the clocks that are stored from then on. */
  readonly clocks?: readonly string[];
  /** created, changed, moved and commented: what the files that they bring are called, and their SHA-256, by id. */
  readonly files?: Readonly<Record<string, { readonly name: string; readonly sha256: string }>>;
  /** created: the state it began in; moved: the state after. */
  readonly state?: string;
  /** moved: which move, and the state before. */
  readonly move?: string;
  readonly from?: string;
  /** changed and moved: each field's value before and after. */
  readonly changes?: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
  /** commented: what was said, in Markdown. */
  readonly text?: string;
  /** file_removed: what the file was called. */
  readonly removed?: string;
  /** Whoever did it elsewhere, as the source names them (imports). */
  readonly by?: string;
  /** commented: the person who said it by mail, which the product wrote down: an id. */
  readonly sender?: string;
  /** commented: whose word it is, where the product wrote it down for somebody who answers. */
  readonly side?: Side;
  /** erased: the line that was erased (null: every line), and by its place in the timeline whose word each comment was. */
  readonly sequence?: number | null;
  readonly sides?: Readonly<Record<string, Side>>;
  /** Words for what this product could not understand (imports). */
  readonly note?: string;
  /** The source's own columns of the line that this was (imports): all of them on its first, then those that differ from the line before. */
  readonly columns?: Readonly<Record<string, string>>;
  /** linked and unlinked: how, the other record, and whether the relation leads here from it. */
  readonly relation?: string;
  readonly other?: string;
  readonly back?: boolean;
  readonly to?: string;
  /** Any, on work: the person who was away and for whom the actor did it. The database writes it. */
  readonly for?: string;
  /** stand_in_begun and stand_in_ended: who is away, who stands in, on which days (`yyyy-mm-dd`), and for which kinds of work. */
  readonly person?: string;
  readonly delegate?: string;
  readonly fromDay?: string;
  readonly untilDay?: string;
  readonly kinds?: readonly string[];
  /** deadlines_moved: each clock's deadline before and after, as moments in UTC; `other` is the record that they follow from, `reason` why else. */
  readonly deadlines?: Readonly<Record<string, { readonly from: string | null; readonly to: string | null }>>;
  readonly certificate?: string;
  readonly reason?: string;
}

/** One line of a record's timeline. `body` is null once it has been erased by law. */
export interface TimelineEvent {
  readonly sequence: number;
  readonly at: string;
  readonly actorId: string | null;
  readonly actorName: string | null;
  /** The name of the person for whom the actor did it while that person was away. */
  readonly forName: string | null;
  readonly verb: string;
  readonly audience: "everyone" | "internal";
  readonly body: EventBody | null;
  readonly erasedBy: string | null;
}

/** Which lines of a timeline: between two sequence numbers, of some verbs, oldest first unless told. */
interface TimelineOptions {
  readonly after?: number;
  readonly before?: number;
  readonly limit?: number;
  readonly verbs?: readonly string[];
  readonly newestFirst?: boolean;
}

/** Notes on the actor's own timeline what they did that changed no record. Nobody is told of it. */
export async function noteOwn(tx: Tx, verb: "exported", body: EventBody): Promise<void> {
  if (tx.actor.personId !== null) await sql`select note_own(${verb}, ${JSON.stringify(body)}::jsonb)`.execute(tx.db);
}

/** A join is told to whoever may see both ends: others would learn that there is a record which they may not see. For `events e`; reads the body of joins alone. */
export const joinsSeen = sql`(e.verb not in ('linked', 'unlinked') or exists (select 1 from event_bodies j
  left join records o on o.organisation_id = j.organisation_id and o.id = (j.body ->> 'other')::uuid
  where j.organisation_id = e.organisation_id and j.record_id = e.record_id and j.sequence = e.sequence and (j.body ->> 'other' is null or o.id is not null)))`;

/** A record's timeline as far as the actor may read it, at most `limit` lines (500 unless told). */
export async function timeline(
  tx: Tx,
  record: Pick<Stored, "id" | "type">,
  options: TimelineOptions = {},
): Promise<TimelineEvent[]> {
  // What the source said, word for word, is kept among officers, as the fields are that hold it.
  const body = readsInternal(tx.actor, record.type) ? sql`b.body` : sql`b.body - 'columns'`;
  const { rows } = await sql<Omit<TimelineEvent, "forName"> & { readonly forId: string | null }>`
    select e.sequence, e.at, e.actor_id as "actorId", coalesce(p.title, case when e.actor_id is null then null else 'Someone' end) as "actorName",
           b.body ->> 'for' as "forId",
           e.verb, e.audience, ${body} as body, b.erased_by_certificate as "erasedBy"
    from events e
    join event_bodies b on b.organisation_id = e.organisation_id and b.record_id = e.record_id and b.sequence = e.sequence
    left join records p on p.organisation_id = e.organisation_id and p.id = e.actor_id
    where e.organisation_id = ${tx.actor.organisationId}::uuid and e.record_id = ${record.id}::uuid and e.sequence > ${options.after ?? 0}
      and ${joinsSeen}
      ${options.before === undefined ? sql`` : sql`and e.sequence < ${options.before}`}
      ${options.verbs ? sql`and e.verb = any (${options.verbs}::text[])` : sql``}
    order by e.sequence ${options.newestFirst ? sql`desc` : sql``} limit ${Math.min(options.limit ?? 500, 2000)}`.execute(
    tx.db,
  );
  const names = await titlesOf(
    tx,
    rows.flatMap(({ forId }) => forId ?? []),
  );
  return rows.map(({ forId, ...event }) => ({
    ...event,
    forName: forId === null ? null : (names.get(forId) ?? "someone"),
  }));
}

/** The titles of those of these records that the actor may see. Few lines name any, and asking takes the database a while to plan. */
export async function titlesOf(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; title: string }>`
    select id, title from records where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${[...new Set(ids)]}::uuid[])`.execute(
    tx.db,
  );
  return new Map(rows.map(({ id, title }) => [id, title]));
}

/**
 * What clocks need of a timeline, in order of time: every state and value, no comment's text. What was erased by law is
 * filled in from what `record`, as it is after the last line, and later lines still say.
 */
export async function timelineFacts(
  tx: Tx,
  type: RecordType,
  record: Pick<Stored, "id" | "state" | "values">,
): Promise<TimelineFact[]> {
  return factsFrom(withErasedFilledIn(await storedFacts(tx, record), type, record));
}

/** The same as the lines hold it, in order of sequence; a body is null where it was erased. That of a comment says at most for whom it was written and whose word it is. */
export async function storedFacts(tx: Tx, record: Pick<Stored, "id">): Promise<readonly StoredFact[]> {
  return (await storedFactsOfMany(tx, [record.id])).get(record.id) ?? [];
}

/** The same for several records, by id. */
export async function storedFactsOfMany(
  tx: Tx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly StoredFact[]>> {
  const { rows } = await sql<{ id: string; facts: readonly StoredFact[] }>`
    select id, record_facts(id) as facts from unnest(${ids}::uuid[]) as asked (id)`.execute(tx.db);
  return new Map(rows.map(({ id, facts }) => [id, facts]));
}

/** A line of record_facts(). */
export interface StoredFact {
  readonly at: string;
  readonly verb: string;
  readonly actor: string | null;
  readonly audience: string;
  readonly body: EventBody | null;
}

/** Facts from the stored lines, sorted by time (imports may write out of turn). */
export function factsFrom(rows: readonly StoredFact[]): TimelineFact[] {
  return rows.map(factFrom).sort((one, other) => Temporal.Instant.compare(one.at, other.at));
}

function factFrom({ at, verb, actor, audience, body }: StoredFact): TimelineFact {
  const changed = body?.changes
    ? Object.fromEntries(Object.entries(body.changes).map(([name, { to }]) => [name, to]))
    : undefined;
  const values = body?.values ?? changed;
  return {
    at: Temporal.Instant.from(at),
    verb,
    actorId: actor,
    audience,
    ...(body?.for === undefined ? {} : { forId: body.for }),
    ...(body?.by === undefined ? {} : { by: body.by }),
    ...(body?.side === undefined ? {} : { side: body.side }),
    ...(body?.state === undefined ? {} : { state: body.state }),
    ...(values ? { values } : {}),
  };
}

/** When and by whom a line is written now, and for whom, as clocks read it afterwards. */
export function doneBy({ now, actor }: Tx): Pick<TimelineFact, "at" | "actorId" | "forId"> {
  return {
    at: now,
    actorId: actor.personId,
    ...(actor.standsInFor === undefined ? {} : { forId: actor.standsInFor.personId }),
  };
}

/** Adds a line to a record's timeline. `words` are what can be found by it from then on. */
export async function appendEvent(
  tx: Tx,
  recordId: string,
  event: { verb: string; body: EventBody; audience?: "everyone" | "internal"; words?: string; at?: Temporal.Instant },
): Promise<number> {
  const at = (event.at ?? tx.now).toString({ smallestUnit: "microsecond" });
  const { rows } = await sql<{
    sequence: number;
  }>`select append_event(${recordId}::uuid, ${event.verb}, ${at}::timestamptz,
    ${event.audience ?? "everyone"}, ${JSON.stringify(event.body)}::jsonb, ${event.words ?? null}) as sequence`.execute(
    tx.db,
  );
  return rows[0]?.sequence ?? 0;
}
