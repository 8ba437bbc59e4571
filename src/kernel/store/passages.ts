import { sql } from "kysely";
import { readsInternal } from "../access.ts";
import { typeNamed } from "../registry.ts";
import type { RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { wholeAll } from "./find.ts";
import { storedFrom, viewOf } from "./row.ts";
import type { Row } from "./row.ts";
import { clean } from "./search.ts";
import type { Found } from "./search.ts";
import { searchable, wordsOf } from "./words.ts";

interface Text {
  readonly id: string;
  readonly text: string;
}

/** Of each text so many characters are looked through, and of each record so many of its newest comments. */
const charactersMax = 20_000;
const commentsMax = 20;
/** A text of no more characters is shown whole. */
const wholeMax = 200;

/**
 * Where the words stand in the records found: by record id, a few words of what it holds or else of the newest comment
 * on it, with the words between the marks that `Found.marked` has. Only of what the actor may read; none where they stand
 * in the title alone.
 */
export async function passages(tx: Tx, query: string, found: readonly Found[]): Promise<ReadonlyMap<string, string>> {
  const held = await passagesIn(tx, query, await heldTexts(tx, found));
  const others = found.filter(({ id }) => !held.has(id));
  const said = await passagesIn(tx, query, await saidTexts(tx, others));
  return new Map([...held, ...said]);
}

const marks = { start: "\uE000", stop: "\uE001" } as const;

/** The first passage of each record in these texts. */
async function passagesIn(tx: Tx, query: string, texts: readonly Text[]): Promise<Map<string, string>> {
  if (texts.length === 0) return new Map();
  const readable = texts.map(({ text }) => searchable(text.slice(0, charactersMax)));
  // Any of the words: one may stand in the title and another here.
  const { rows } = await sql<{ id: string; passage: string }>`
    with wanted as (select replace(websearch_to_tsquery('english', ${clean(query)})::text, ' & ', ' | ')::tsquery as words),
    first as (select distinct on (t.id) t.id, btrim(t.text, E' \\n') as text
      from unnest(${texts.map(({ id }) => id)}::uuid[], ${readable}::text[]) with ordinality as t (id, text, place), wanted w
      where to_tsvector('english', t.text) @@ w.words order by t.id, t.place),
    marked as (select f.id, f.text, ts_headline('english', f.text, w.words,
        case when length(f.text) <= ${wholeMax} then 'HighlightAll=true' else 'MaxFragments=1, MinWords=12, MaxWords=32' end || ', StartSel=${sql.raw(marks.start)}, StopSel=${sql.raw(marks.stop)}') as passage
      from first f, wanted w),
    plain as (select id, text, passage, translate(passage, '${sql.raw(marks.start + marks.stop)}', '') as said from marked)
    select id, case when starts_with(text, said) then '' else '… ' end || passage
      || case when right(rtrim(text, '.!?'), length(rtrim(said, '.!?'))) = rtrim(said, '.!?') then '' else ' …' end as passage from plain`.execute(
    tx.db,
  );
  return new Map(
    rows.filter(({ passage }) => passage.includes(marks.start)).map(({ id, passage }) => [id, passage] as const),
  );
}

/** What the records hold, as the search reads it. */
async function heldTexts(tx: Tx, found: readonly Found[]): Promise<Text[]> {
  const types = [...new Set(found.map(({ type }) => type))].map((name) => typeNamed(tx.registry, name));
  const ofEach = await Promise.all(
    types.map(async (type) => {
      const ids = found.filter((one) => one.type === type.name).map(({ id }) => id);
      const { rows } = await sql<Row>`select * from ${viewOf(type)}
        where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${ids}::uuid[])`.execute(tx.db);
      const records = await wholeAll(
        tx,
        type,
        rows.map((row) => storedFrom(type, row)),
      );
      return records.map((record) => ({ id: record.id, text: textOf(tx, type, record) }));
    }),
  );
  return ofEach.flat();
}

function textOf(tx: Tx, type: RecordType, record: Stored): string {
  const { everyone, internal } = wordsOf(type, record.reference, record.values);
  return readsInternal(tx.actor, type.name, record) ? `${everyone}\n${internal}` : everyone;
}

/** What was said on them that the actor may read, the newest first. */
async function saidTexts(tx: Tx, found: readonly Found[]): Promise<Text[]> {
  if (found.length === 0) return [];
  const { rows } = await sql<Text>`
    select said.id, said.text from unnest(${found.map(({ id }) => id)}::uuid[]) as record (id), lateral (
      select e.record_id as id, e.sequence, b.body ->> 'text' as text from events e
      join event_bodies b on b.organisation_id = e.organisation_id and b.record_id = e.record_id and b.sequence = e.sequence
      where e.organisation_id = ${tx.actor.organisationId}::uuid and e.record_id = record.id and e.verb = 'commented' and b.body ? 'text'
      order by e.sequence desc limit ${commentsMax}) said
    order by said.id, said.sequence desc`.execute(tx.db);
  return rows;
}
