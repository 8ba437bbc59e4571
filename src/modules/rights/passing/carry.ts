import { sql } from "kysely";
import { addFile, findFile } from "../../../kernel/files/files.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { attachmentsOf, filesOfCommentMax } from "../../../kernel/store/attachments.ts";
import { say } from "../../../kernel/store/comment.ts";
import { dayOf } from "../../../kernel/store/as-of.ts";
import { timeline } from "../../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";

/** So many comments are carried over; a ticket or case with more says that there are. */
const saidMax = 500;
/** A comment may be this long. */
const wordsMax = 20_000;

/**
 * Writes down on a record what was said on the one that it follows from, each with its day and whose words they are, and brings its files.
 * Among those who work on it alone, for internal notes are among it. Done as the product.
 */
export async function carryOver(tx: Tx, from: Stored, to: Stored): Promise<void> {
  const lines = await timeline(tx, from, { verbs: ["commented"], limit: saidMax });
  const said = lines.flatMap(({ at, actorName, audience, body }) => {
    const text = body?.text ?? "";
    if (text === "") return [];
    const who = body?.by ?? actorName ?? "Reeve";
    return [
      `**${formatDay(dayOf(Temporal.Instant.from(at)))}, ${who}${audience === "internal" ? " (internal)" : ""}**\n\n${text}`,
    ];
  });
  const files = await filesOf(tx, from);
  const type = typeNamed(tx.registry, to.type);
  for (const text of inComments(said)) await say(tx, type, to, { text, audience: "internal" });
  for (let at = 0; at < files.length; at += filesOfCommentMax)
    await say(tx, type, to, { text: "", audience: "internal", files: files.slice(at, at + filesOfCommentMax) });
}

/** What was said in as few comments as hold it. */
function inComments(said: readonly string[]): string[] {
  return said.reduce<string[]>((all, one) => {
    const last = all.at(-1);
    const words = one.slice(0, wordsMax);
    if (last === undefined || last.length + words.length + 2 > wordsMax) return [...all, words];
    return [...all.slice(0, -1), `${last}\n\n${words}`];
  }, []);
}

/** The record's files put into the register once more, with the same content. */
async function filesOf(tx: Tx, from: Stored): Promise<string[]> {
  const own = typeof from.values["attachment"] === "string" ? [from.values["attachment"]] : [];
  const ids = [...own, ...(await attachmentsOf(tx, from)).map(({ id }) => id).toReversed()];
  const made: string[] = [];
  for (const id of ids) {
    const { name, sha256, sizeBytes, mediaType } = await findFile(tx, id);
    made.push((await addFile(tx, name, { sha256, sizeBytes, mediaType })).id);
  }
  return made;
}

/** Whether a record of this type follows from another one already: the job was cut off after it had made it. */
export async function leadsOn(tx: Tx, id: string, type: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from links l join records r on r.organisation_id = l.organisation_id and r.id = l.from_id
    where l.organisation_id = ${tx.actor.organisationId}::uuid and l.to_id = ${id}::uuid and l.relation = 'follows_from' and r.type = ${type} limit 1`.execute(
    tx.db,
  );
  return rows.length > 0;
}
