import { typeNamed } from "../../kernel/registry.ts";
import { create } from "../../kernel/store/create.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import type { Answer } from "./answers.ts";

/** Makes the ticket of a request, as the person who asks: its answers stay with it, whatever becomes of the catalogue. */
export function makeRequest(tx: Tx, item: Stored, answers: readonly Answer[]): Promise<Stored> {
  const details = answers.map(({ question, answer }) => `**${plain(question)}**\n\n${plain(answer)}`).join("\n\n");
  return create(
    tx,
    typeNamed(tx.registry, "ticket"),
    {
      kind: "request",
      summary: item.title,
      details: details || null,
      impact: 3,
      urgency: 3,
      queue: item.values["queue"] ?? null,
      category: item.values["category"] ?? null,
      catalogueItem: item.id,
      usualDays: item.values["days"] ?? null,
      answers: answers.map((answer) => ({ ...answer })),
      requester: tx.actor.personId,
    },
    { trusted: true },
  );
}

/** Words as Markdown that says just these words. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>#|~]/g, String.raw`\$&`);
}
