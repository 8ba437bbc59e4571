import { sql } from "kysely";
import { asPublic } from "../../../kernel/at-the-door.ts";
import type { Form } from "../../../kernel/fields/kind.ts";
import { keepFollower } from "../../../kernel/outside/follower.ts";
import { hashOfKey, sealKey } from "../../../kernel/outside/key.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { insertRecord } from "../../../kernel/store/create.ts";
import { first } from "../../../web/page.ts";
import type { Asking, PublicView } from "./asking.ts";
import { doubtsOf } from "./doubts.ts";
import type { Draft } from "./draft.ts";
import { contactLines, followPath } from "./front.ts";
import { checkPage } from "./question-pages.ts";
import { noteSuggestions } from "./suggestions.ts";
import { takerOf } from "./takers.ts";

/** Makes the request, or holds what is doubtful; sent twice, it is one. Leads to the page where it is followed. */
export async function sendAsked(asking: Asking, draft: Draft, form: Form): Promise<PublicView> {
  const { parts, place } = asking;
  const taker = takerOf(draft.kind ?? "information");
  if (!asking.maySend()) {
    const sentence = `Many requests have come from your connection within an hour. Wait an hour and send this again, or reach us otherwise. ${contactLines(place.front).join(". ")}`;
    return { model: checkPage(asking, draft, sentence), status: 429 };
  }
  const now = Temporal.Now.instant();
  const sameToday = asking.sameToday(draft, now);
  const doubts = doubtsOf(draft, { trap: first(form, "website"), now, sameToday });
  const from = { pool: parts.store.pool, registry: parts.registry, organisationId: place.front.id, type: taker.type };
  await onlyOnce(() =>
    asPublic(from, async (tx) => {
      const values = taker.values(draft);
      const email = draft.email === undefined || draft.email === "" ? null : draft.email;
      if (doubts.length > 0) {
        await sql`insert into held_submissions (organisation_id, type, said, doubts, key_sha256, key_sealed, received_at)
          values (${place.front.id}::uuid, ${taker.type}, ${JSON.stringify({ values, email })}::jsonb, ${doubts}::text[],
            ${hashOfKey(draft.key)}, ${sealKey(parts.secret, draft.key)}, ${now.toString()}::timestamptz)`.execute(
          tx.db,
        );
        return;
      }
      const { id } = await insertRecord(tx, typeNamed(tx.registry, taker.type), values);
      await keepFollower(tx, id, { key: draft.key, email }, parts.secret);
    }),
  );
  await noteSuggestions(parts, place.front.id, "asked", draft.shown);
  return { redirect: `${followPath(draft.key)}?sent=yes` };
}

/** What was sent before under the same key is there already. */
async function onlyOnce(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    // 23505 unique_violation
    if (!(error instanceof Error && "code" in error && error.code === "23505")) throw error;
  }
}
