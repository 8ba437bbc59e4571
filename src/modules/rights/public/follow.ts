import { createHmac } from "node:crypto";
import { sql } from "kysely";
import { asFollower, asPublic } from "../../../kernel/at-the-door.ts";
import { Refusal, refuse, refusalOr, unseen } from "../../../kernel/errors.ts";
import type { Form } from "../../../kernel/fields/kind.ts";
import { paragraphsSchema } from "../../../kernel/fields/long-text.ts";
import { findFile } from "../../../kernel/files/files.ts";
import type { StoredFile } from "../../../kernel/files/files.ts";
import { askerName, isAsker } from "../../../kernel/outside/asker.ts";
import { keepFollower } from "../../../kernel/outside/follower.ts";
import { hashOfKey, isKey } from "../../../kernel/outside/key.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { insertRecord } from "../../../kernel/store/create.ts";
import { say } from "../../../kernel/store/comment.ts";
import { attachmentsOf } from "../../../kernel/store/attachments.ts";
import { find, isId } from "../../../kernel/store/find.ts";
import { timeline } from "../../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { first } from "../../../web/page.ts";
import type { WebParts } from "../../../web/parts.ts";
import { dueDay } from "../handling.ts";

/** What somebody without an account sees of what they asked: of these parts alone the page is made. */
export interface FollowedRequest {
  readonly record: Stored;
  readonly due: string | null;
  /** Its answer is not shown here. */
  readonly private: boolean;
  readonly talk: readonly {
    readonly mine: boolean;
    readonly at: string;
    readonly text: string;
    readonly sequence: number;
  }[];
  readonly files: readonly { readonly id: string; readonly name: string; readonly comment: number }[];
  /** References of the reviews that were asked for. */
  readonly reviews: readonly { readonly reference: string; readonly state: string }[];
}

/** What a key opens: a request, or one that is still held. */
export type Followable =
  | { readonly kind: "request"; readonly organisationId: string; readonly followed: FollowedRequest }
  | { readonly kind: "held"; readonly organisationId: string; readonly state: string; readonly receivedAt: string };

const textMax = 5000;
/** Lines that whoever asked may add in a day. */
const repliesMax = 20;

/** What a key opens, as whoever holds it may see it. Refuses (unseen) any other. */
export async function readFollowed(parts: WebParts, key: string): Promise<Followable> {
  const from = fromOf(parts, key);
  const found = await refusalOr(() =>
    asFollower(from, async (tx, { organisationId, recordId, type }) => ({
      kind: "request" as const,
      organisationId,
      followed: await followedIn(tx, await find(tx, typeNamed(tx.registry, type), recordId)),
    })),
  );
  if (!(found instanceof Refusal)) return found;
  if (found.kind !== "unseen") throw found;
  const { rows } = await parts.store.pool.query<{ organisation: string; state: string; received_at: string }>(
    "select organisation, state, received_at from reeve.held_by_key($1)",
    [hashOfKey(key)],
  );
  const [held] = rows;
  if (!held) return unseen("There is no such request");
  return { kind: "held", organisationId: held.organisation, state: held.state, receivedAt: held.received_at };
}

function fromOf(parts: WebParts, key: string) {
  if (!isKey(key)) unseen("There is no such request");
  return { pool: parts.store.pool, registry: parts.registry, key };
}

async function followedIn(tx: Tx, record: Stored): Promise<FollowedRequest> {
  const [due, lines, files, reviews] = await Promise.all([
    dueDay(tx, record),
    timeline(tx, record, { verbs: ["commented"], limit: 200 }),
    attachmentsOf(tx, record),
    sql<{ reference: string; state: string }>`select reference, state from visible_information_request
      where organisation_id = ${tx.actor.organisationId}::uuid and review_of = ${record.id}::uuid order by opened_at limit 20`.execute(
      tx.db,
    ),
  ]);
  return {
    record,
    due,
    // What is held about somebody goes to the address that they gave, and not to whoever has this one.
    private: record.type === "data_protection_request",
    talk: lines
      .filter(({ audience, body }) => audience === "everyone" && body !== null)
      .map(({ sequence, at, body }) => ({ sequence, at, mine: isAsker(body?.by), text: body?.text ?? "" })),
    files: files
      .filter(({ internal }) => !internal && record.type !== "data_protection_request")
      .map(({ id, name, comment }) => ({ id, name, comment })),
    reviews: reviews.rows,
  };
}

/** A file of what was said to whoever asked. Refuses (unseen) any other. */
export function followedFile(parts: WebParts, key: string, id: string): Promise<StoredFile> {
  return asFollower(fromOf(parts, key), async (tx, { recordId, type }) => {
    const files = isId(id) && type === "information_request" ? await attachmentsOf(tx, { id: recordId }) : [];
    return files.some((file) => file.id === id && !file.internal) ? findFile(tx, id) : unseen("There is no such file");
  });
}

/** Adds what whoever asked writes to the request. Refuses (invalid) with a sentence. */
export function replyTo(parts: WebParts, key: string, form: Form): Promise<void> {
  return asFollower(fromOf(parts, key), async (tx, { recordId, type: name }) => {
    const text = textOf(form, "What you want to tell us");
    const type = typeNamed(tx.registry, name);
    const record = await find(tx, type, recordId);
    const since = tx.now.subtract({ hours: 24 }).toString();
    const lines = await timeline(tx, record, { verbs: ["commented"], newestFirst: true, limit: repliesMax });
    if (lines.length === repliesMax && lines.every(({ at, body }) => at > since && isAsker(body?.by)))
      refuse("text", "You have written many times today. Please wait until tomorrow, or telephone us");
    await say(tx, type, record, { text, audience: "everyone", by: { name: askerName, personId: null } });
    await type.said?.(tx, record);
  });
}

/** Asks for a review of the answer: a request of its own, with the way to follow it. Gives its key. */
export async function askForReview(parts: WebParts, key: string, form: Form): Promise<string> {
  const why = textOf(form, "Why you are not content");
  const from = fromOf(parts, key);
  const of = await asFollower(from, async (tx, { organisationId, recordId, type }) => ({
    organisationId,
    ...(await followedIn(tx, await find(tx, typeNamed(tx.registry, type), recordId))),
  }));
  mayAskForReview(of);
  // Asked for twice at once, it is one: the key of the review follows from that of the request.
  const reviewKey = createHmac("sha256", parts.secret).update(`review\0${key}`).digest("base64url").slice(0, 32);
  const { regime, applicant, replyTo: address } = of.record.values;
  const { organisationId } = of;
  await asPublic({ ...from, organisationId, type: "information_request" }, async (tx) => {
    const { id } = await insertRecord(
      tx,
      typeNamed(tx.registry, "information_request"),
      {
        subject: `Review: ${of.record.title}`.slice(0, 120).toWellFormed(),
        question: why,
        regime: regime === "eir" ? "eir_review" : "foi_review",
        reviewOf: of.record.id,
        ...(applicant ? { applicant } : {}),
        ...(address ? { replyTo: address } : {}),
      },
      { trusted: true },
    );
    const email = /^[^\s;]+@[^\s;]+/.exec(typeof address === "string" ? address : "")?.[0] ?? null;
    await keepFollower(tx, id, { key: reviewKey, email }, parts.secret);
  });
  return reviewKey;
}

/** Whether a review can be asked for: of an answer, once, and of no review. */
export function canBeReviewed({ record, reviews }: FollowedRequest): boolean {
  const { regime } = record.values;
  return record.state === "answered" && reviews.length === 0 && (regime === "foi" || regime === "eir");
}

function mayAskForReview(followed: FollowedRequest): void {
  if (canBeReviewed(followed)) return;
  throw new Refusal("impossible", [
    { message: "A review of this cannot be asked for here now: there is no answer yet, or one was asked for already" },
  ]);
}

function textOf(form: Form, label: string): string {
  if (first(form, "text").trim() === "") refuse("text", `Enter ${label.charAt(0).toLowerCase()}${label.slice(1)}`);
  if (first(form, "website") !== "") refuse("text", "A program filled this in. Please type it again");
  const parsed = paragraphsSchema({ label }, textMax).safeParse(first(form, "text"));
  return parsed.success ? parsed.data : refuse("text", parsed.error.issues[0]?.message ?? "Enter what you want to say");
}
