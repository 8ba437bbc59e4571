import { countAudience, peopleIn } from "../../kernel/organisation/audience.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { findIfSeen } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { plural } from "../view/format.ts";
import type { RecordSection } from "../view/models.ts";
import { addressOf } from "./places.ts";

/** People whom the page of an audience names. */
const namedMax = 30;
/** People whom the page of what is meant for an audience names. */
const namedBeforeMax = 5;

/** On an audience: how many people it holds at this moment, and who the first are; of those whom the actor sees. */
export async function audienceSections(tx: Tx, audience: Stored): Promise<readonly RecordSection[]> {
  const [count, people] = await Promise.all([countAudience(tx, audience), peopleIn(tx, audience, namedMax)]);
  return [
    {
      kind: "steps",
      title: "Whom it holds now",
      sentence: `${plural(count, "person", "people")}${count > namedMax ? `; the first ${namedMax} by name:` : "."}`,
      items: people.map(({ name }) => ({ text: name })),
    },
  ];
}

/**
 * On what is to go to an audience: how many it would reach and who the first are, before anybody is told. `note` says what happens to
 * them. Nothing where the actor does not see the audience.
 */
export async function reachSections(
  tx: Tx,
  audienceId: unknown,
  { title, note }: { readonly title: string; readonly note: string },
): Promise<readonly RecordSection[]> {
  if (typeof audienceId !== "string") return [];
  const audience = await findIfSeen(tx, typeNamed(tx.registry, "audience"), audienceId);
  if (audience === null) return [];
  const [count, people] = await Promise.all([countAudience(tx, audience), peopleIn(tx, audience, namedBeforeMax)]);
  const first = count > namedBeforeMax ? ` The first ${namedBeforeMax} by name:` : "";
  return [
    {
      kind: "steps",
      title,
      sentence: `${audience.title}: ${plural(count, "person", "people")} now. ${note}${first}`,
      items: people.map(({ name }) => ({ text: name })),
      links: [{ text: count > namedBeforeMax ? "See who else" : "The audience", href: addressOf(tx, audience) }],
    },
  ];
}
