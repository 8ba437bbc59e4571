import { typeNamed } from "../../kernel/registry.ts";
import { insertRecord } from "../../kernel/store/create.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

/** What can come of reading an article. */
export type Outcome = "solved" | "not_solved" | "ticket" | "sent";

/** Keeps what came of a reading, as the actor. Two people who say so at once do not meet. */
export function keepReading(
  tx: Tx,
  article: Pick<Stored, "id" | "title">,
  outcome: Outcome,
  more: { readonly words?: string; readonly ticketId?: string } = {},
): Promise<{ id: string; reference: string }> {
  const words = more.words?.trim() ?? "";
  return insertRecord(tx, typeNamed(tx.registry, "article_feedback"), {
    about: article.title,
    article: article.id,
    outcome,
    ...(words === "" ? {} : { words }),
    ...(more.ticketId === undefined ? {} : { ticket: more.ticketId }),
  });
}
