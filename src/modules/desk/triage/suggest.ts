import { sql } from "kysely";
import { once } from "../../../kernel/transaction.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { classify } from "./classifier.ts";
import type { Classifier, Suggestion } from "./classifier.ts";
import { featuresFrom } from "./features.ts";
import { targets } from "./learn.ts";
import type { Target } from "./learn.ts";
import type { Quality } from "./quality.ts";

/** What was learned for one target, without the model itself. */
export interface Learned {
  readonly target: Target;
  /** ISO 8601, UTC. */
  readonly learnedAt: string;
  readonly examples: number;
  readonly quality: Quality;
}

/** What is suggested for a ticket. */
export interface TriageHelp {
  /** Likely values that differ from what the ticket has, the likeliest first. */
  readonly likely: readonly { readonly target: Target; readonly suggestions: readonly Suggestion[] }[];
  /** Open tickets that say much the same, those with most words in common first. */
  readonly alike: readonly Alike[];
}

/** A ticket that says much the same, and the words that both say. */
export interface Alike {
  readonly reference: string;
  readonly title: string;
  readonly state: string;
  readonly words: readonly string[];
}

/** Less likely than this is not worth reading. */
const shareMin = 0.25;
const alikeMax = 3;
/** Tickets alike have at least this share of the first telling words in common. */
const alikeShareMin = 0.5;
const tellingWords = 10;
const tellingMin = 3;
/** Only the newest open tickets of so many days are looked through, at most so many. */
const alikeDays = 14;
const openMax = 200;

/** Works out what to suggest for a ticket, as the person who looks at it may see. Nothing is applied. */
export async function helpFor(tx: Tx, ticket: Stored): Promise<TriageHelp> {
  const [words, models] = await Promise.all([wordsOf(tx, [ticket.id]), modelsFor(tx)]);
  const said = words.get(ticket.id) ?? [];
  const features = featuresFrom({
    words: said.map(({ lexeme }) => lexeme),
    kind: String(ticket.values["kind"]),
    requester: ticket.requesterId,
  });
  const likely = targets.flatMap((target) => {
    const model = models.get(target);
    if (!model || !beatsGuessing(model.quality)) return [];
    const [first, ...others] = classify(model.classifier, features).filter(({ share }) => share >= shareMin);
    // The likeliest is what it has: then there is nothing to say.
    if (!first || first.label === ticket.values[target]) return [];
    const suggestions = [first, ...others.filter(({ label }) => label !== ticket.values[target])];
    return [{ target, suggestions: suggestions.map((one) => ({ ...one, reasons: inWords(one.reasons, said) })) }];
  });
  return { likely, alike: await alikeTo(tx, ticket, said) };
}

/** What was learned, for those who may read it. */
export async function learned(tx: Tx): Promise<Learned[]> {
  const { rows } = await sql<Learned>`select target, learned_at as "learnedAt", examples, quality from triage_models
    where organisation_id = ${tx.actor.organisationId}::uuid order by target desc`.execute(tx.db);
  return rows;
}

/** Suggestions are shown only where they do better than always guessing what is most frequent. */
export function beatsGuessing({ suggested, majority }: Quality): boolean {
  return suggested.first > majority.first && suggested.macroF1 > majority.macroF1;
}

interface Kept {
  readonly learnedAt: string;
  readonly quality: Quality;
  readonly classifier: Classifier;
}

/** Models that this process has read, by organisation; the oldest go first. */
const read = new Map<string, ReadonlyMap<Target, Kept>>();
const organisationsMax = 10;

function modelsFor(tx: Tx): Promise<ReadonlyMap<Target, Kept>> {
  return once(tx, "desk.triage", async () => {
    const { organisationId } = tx.actor;
    const now = await learned(tx);
    const known = read.get(organisationId);
    if (known && now.length === known.size && now.every((one) => known.get(one.target)?.learnedAt === one.learnedAt))
      return known;
    const { rows } = await sql<{ target: Target; model: Classifier; learnedAt: string; quality: Quality }>`
      select target, model, learned_at as "learnedAt", quality from triage_models
      where organisation_id = ${organisationId}::uuid`.execute(tx.db);
    const models = new Map(
      rows.map(({ target, model, learnedAt, quality }) => [target, { learnedAt, quality, classifier: model }] as const),
    );
    read.delete(organisationId);
    read.set(organisationId, models);
    if (read.size > organisationsMax) read.delete([...read.keys()][0]!);
    return models;
  });
}

/** A word as it was written, and as PostgreSQL takes it down. */
interface Word {
  readonly word: string;
  readonly lexeme: string;
}

/** The words of tickets, each once, in the order of their first use. */
async function wordsOf(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, readonly Word[]>> {
  const { rows } = await sql<{
    id: string;
    words: Word[];
  }>`select v.id, coalesce((select jsonb_agg(w order by w.place) from (
        select min(p.token) as word, l.lexeme, min(p.place) as place
        from ts_parse('default', left(concat_ws(' ', v.title, v.details), 2000)) with ordinality as p (tokid, token, place),
          unnest(tsvector_to_array(to_tsvector('english', p.token))) as l (lexeme)
        group by l.lexeme) w), '[]') as words
      from visible_ticket v where v.organisation_id = ${tx.actor.organisationId}::uuid and v.id = any (${[...ids]}::uuid[])`.execute(
    tx.db,
  );
  return new Map(rows.map(({ id, words }) => [id, words]));
}

/** Reasons as a person reads them: the ticket’s own word for a lexeme. What kind of ticket it is tells nobody anything. */
function inWords(reasons: readonly string[], said: readonly Word[]): string[] {
  return reasons.flatMap((reason) => {
    const [kind, name] = [reason.slice(0, reason.indexOf(":")), reason.slice(reason.indexOf(":") + 1)];
    if (kind === "word") return `“${said.find(({ lexeme }) => lexeme === name)?.word ?? name}”`;
    return kind === "requester" ? "what this person asked for before" : [];
  });
}

/** Open tickets of the last days that have most of their telling words in common with this one. */
async function alikeTo(tx: Tx, ticket: Stored, said: readonly Word[]): Promise<Alike[]> {
  const telling = said.filter(({ lexeme }) => lexeme.length > 2 && !/^\d+$/.test(lexeme)).slice(0, tellingWords);
  if (telling.length < tellingMin) return [];
  const since = tx.now.subtract({ hours: 24 * alikeDays }).toString();
  const { rows } = await sql<Omit<Alike, "words"> & { id: string; lexemes: string[] }>`
    select id, reference, title, state, tsvector_to_array(to_tsvector('english', left(concat_ws(' ', title, details), 500))) as lexemes
      from visible_ticket where organisation_id = ${tx.actor.organisationId}::uuid and closed_at is null and state <> 'resolved'
        and opened_at > ${since}::timestamptz order by opened_at desc limit ${openMax}`.execute(tx.db);
  return rows
    .filter(({ id }) => id !== ticket.id)
    .map(({ lexemes, reference, title, state }) => ({
      reference,
      title,
      state,
      words: telling.filter(({ lexeme }) => lexemes.includes(lexeme)).map(({ word }) => word),
    }))
    .filter(({ words }) => words.length >= Math.max(2, telling.length * alikeShareMin))
    .toSorted((one, other) => other.words.length - one.words.length)
    .slice(0, alikeMax);
}
