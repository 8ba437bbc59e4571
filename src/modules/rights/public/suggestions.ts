import type { WebParts } from "../../../web/parts.ts";

/** A published answer that may already answer somebody. */
export interface Suggestion {
  readonly reference: string;
  readonly title: string;
  readonly answeredOn: string | null;
}

/** What happened with an answer that was suggested: it was shown, opened, was enough, or the request was sent all the same. */
export type SuggestionDeed = "shown" | "opened" | "enough" | "asked";

/** Counts it for each of these answers. Never anything of whoever it was. */
export async function noteSuggestions(
  { store }: Pick<WebParts, "store">,
  organisationId: string,
  deed: SuggestionDeed,
  references: readonly string[],
): Promise<void> {
  if (references.length === 0) return;
  await store.pool.query("select reeve.note_suggested($1::uuid, $2, $3::text[])", [organisationId, deed, references]);
}

/** The published answers that fit what somebody wants to ask, the most fitting first. */
export async function suggestAnswers(
  { store }: Pick<WebParts, "store">,
  organisationId: string,
  text: string,
): Promise<readonly Suggestion[]> {
  const { rows } = await store.pool.query<Suggestion>(
    `select reference, title, answered_on as "answeredOn" from reeve.suggest_publications($1::uuid, $2, 5)`,
    [organisationId, text.slice(0, 1000)],
  );
  return rows;
}
