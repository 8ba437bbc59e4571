import { sql } from "kysely";
import { mustBeAllowed, readsInternal } from "../access.ts";
import { forbid, refuse } from "../errors.ts";
import { paragraphsSchema } from "../fields/long-text.ts";
import type { RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { nextDue, readClocks, storeClocks } from "./clocks.ts";
import { find } from "./find.ts";
import { appendEvent, timelineFacts } from "./timeline.ts";

/** The most characters of a comment. */
export const commentMax = 20_000;

const schema = paragraphsSchema({ label: "Comment" }, commentMax);

/** Says something on a record: to everyone who may see it, or among those with the permission `internal`. */
export async function comment(tx: Tx, type: RecordType, idOrReference: string, given: { text: unknown; audience: unknown }): Promise<{ record: Stored; sequence: number }> {
  const record = await find(tx, type, idOrReference);
  mustBeAllowed(tx.actor, type, "comment", "comment here", record);
  const audience = audienceOf(given.audience);
  if (audience === "internal" && !readsInternal(tx.actor, type.name)) forbid("You may not write internal comments here");
  const parsed = schema.safeParse(given.text ?? undefined);
  if (!parsed.success) refuse("text", parsed.error.issues[0]?.message ?? "Enter a comment");
  const sequence = await appendEvent(tx, record.id, { verb: "commented", audience, body: { text: parsed.data }, words: parsed.data });
  await clocksAfterAnswer(tx, type, record, audience);
  return { record, sequence };
}

/** An answer to the person who asked may stop a clock, so those clocks are read again. */
async function clocksAfterAnswer(tx: Tx, type: RecordType, record: Stored, audience: string): Promise<void> {
  const answerStops = Object.values(type.clocks).some((clock) => clock.rule === "service-level" && clock.stopsOnAnswer);
  if (!answerStops || audience !== "everyone" || tx.actor.personId === record.requesterId) return;
  const readings = await readClocks(tx, type, { facts: await timelineFacts(tx, record.id), requesterId: record.requesterId, now: tx.now });
  await storeClocks(tx, record.id, readings);
  await sql`update records set next_due_at = ${nextDue(readings)?.toString() ?? "infinity"}::timestamptz
    where organisation_id = ${tx.actor.organisationId}::uuid and id = ${record.id}::uuid`.execute(tx.db);
}

function audienceOf(given: unknown): "everyone" | "internal" {
  if (given === undefined || given === null || given === "") return "everyone";
  return given === "internal" || given === "everyone" ? given : refuse("audience", "Select who may read it: everyone or internal");
}
