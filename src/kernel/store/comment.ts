import { sql } from "kysely";
import { mustBeAllowed, readsInternal } from "../access.ts";
import type { Side } from "../clock.ts";
import { forbid, refuse } from "../errors.ts";
import { paragraphsSchema } from "../fields/long-text.ts";
import type { RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { bringFiles, filesToBring } from "./attachments.ts";
import { readClocks, storeClocks } from "./clocks.ts";
import { find } from "./find.ts";
import { appendEvent, timelineFacts } from "./timeline.ts";
import { searchable } from "./words.ts";

/** The most characters of a comment. */
export const commentMax = 20_000;

const schema = paragraphsSchema({ label: "Comment" }, commentMax);

/**
 * Says something on a record: to everyone who may see it, or among those with the permission `internal`. With files, which
 * are given by the ids of what the actor sent, it needs no words.
 */
export async function comment(
  tx: Tx,
  type: RecordType,
  idOrReference: string,
  given: { text: unknown; audience: unknown; files?: unknown },
): Promise<{ record: Stored; sequence: number }> {
  const record = await find(tx, type, idOrReference);
  mustBeAllowed(tx.actor, type, "comment", "comment here", record);
  const audience = audienceOf(given.audience);
  if (audience === "internal" && !readsInternal(tx.actor, type.name, record))
    forbid("You may not write internal comments here");
  const sequence = await say(tx, type, record, { text: given.text, audience, files: given.files });
  if (audience === "everyone") await type.said?.(tx, record);
  return { record, sequence };
}

/** Writes a comment of someone who may: checked, found by its words, and read by the clocks. Gives its place in the timeline. */
export async function say(
  tx: Tx,
  type: RecordType,
  record: Stored,
  {
    text,
    audience,
    files,
    by,
    side,
    at,
  }: {
    text: unknown;
    audience: "everyone" | "internal";
    files?: unknown;
    /** Whose words the product writes down: as they call themselves, and the person's id where it is known. */
    by?: { readonly name: string; readonly personId: string | null };
    /** Whose word that is, where it is an answer to whoever asked. */
    side?: Side;
    /** When it was said, where that was before it is written down. */
    at?: Temporal.Instant;
  },
): Promise<number> {
  const brought = await filesToBring(tx, record, files);
  const wordless = brought.ids.length > 0 && (text === undefined || text === null || text === "");
  const parsed = wordless ? ({ success: true, data: "" } as const) : schema.safeParse(text ?? undefined);
  if (!parsed.success) refuse("text", parsed.error.issues[0]?.message ?? "Enter a comment");
  const sequence = await appendEvent(tx, record.id, {
    verb: "commented",
    audience,
    ...(at ? { at } : {}),
    body: {
      text: parsed.data,
      ...brought.told,
      ...(by ? { by: by.name, ...(by.personId === null ? {} : { sender: by.personId }) } : {}),
      ...(side ? { side } : {}),
    },
    words: searchable(parsed.data),
  });
  await bringFiles(tx, record.id, sequence, brought);
  await clocksAfterAnswer(tx, type, record, audience);
  return sequence;
}

/** An answer to the person who asked may stop a clock, so those clocks are read again. */
async function clocksAfterAnswer(tx: Tx, type: RecordType, record: Stored, audience: string): Promise<void> {
  const answerStops = Object.values(type.clocks).some((clock) => clock.rule === "service-level" && clock.stopsOnAnswer);
  if (!answerStops || audience !== "everyone" || tx.actor.personId === record.requesterId) return;
  const readings = await readClocks(tx, type, {
    facts: await timelineFacts(tx, type, record),
    requesterId: record.requesterId,
    now: tx.now,
  });
  await storeClocks(tx, record.id, readings);
  await sql`select refresh_next_due(${record.id}::uuid)`.execute(tx.db);
}

function audienceOf(given: unknown): "everyone" | "internal" {
  if (given === undefined || given === null || given === "") return "everyone";
  return given === "internal" || given === "everyone"
    ? given
    : refuse("audience", "Select who may read it: everyone or internal");
}
