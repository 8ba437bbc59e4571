import { createHash, randomUUID } from "node:crypto";
import { may } from "../../kernel/access.ts";
import { Refusal } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { find } from "../../kernel/store/find.ts";
import { submitOnce } from "../../kernel/store/submission.ts";
import type { Tx } from "../../kernel/transaction.ts";
import type { Said } from "../flash.ts";
import { localPath } from "../local-path.ts";
import { hrefOf } from "../names.ts";
import { first } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { HiddenField } from "../view/models.ts";

/** The page of a record that the person made just now; its list when they may not read what they make. */
export async function pageOfNew(
  tx: Tx,
  type: RecordType,
  made: { readonly id: string; readonly reference: string },
): Promise<string> {
  // Whoever may read their own need not be looked up: everyone's own are those that they made.
  const own = { id: made.id, ownerId: null, teamId: null, requesterId: null, createdBy: tx.actor.personId };
  const readsOwn = type.access.read === null && may(tx.actor, type.name, "read", own);
  return readsOwn ? hrefOf(tx, type.name, made.reference) : pageAfter(tx, type, made);
}

/** The page of a record after a write; its list when the write took the record out of the person's sight. */
export async function pageAfter(
  tx: Tx,
  type: RecordType,
  record: { readonly id: string; readonly reference: string },
): Promise<string> {
  try {
    await find(tx, type, record.id);
    return hrefOf(tx, type.name, record.reference);
  } catch (error) {
    if (error instanceof Refusal && error.kind === "unseen") return `/${type.path}`;
    throw error;
  }
}

/** Where a form sends back to, when it says so: the board on which a move was made, or a page of a module's own. */
export function backTo({ form, parts }: Pick<PageRequest, "form" | "parts">, type: RecordType): string | null {
  const path = localPath(first(form, "_back"));
  const known = [`/${type.path}`, ...parts.modulePages.flatMap(({ links }) => links.map(({ href }) => href))];
  return path !== null && known.some((one) => path === one || path.startsWith(`${one}?`)) ? path : null;
}

/** What a form leads to. */
interface Sending {
  /** The write, in one transaction; it answers with where the person goes next. */
  work(tx: Tx): Promise<{ readonly location: string; readonly recordId: string; readonly said?: Said }>;
  /** Said once on the page that comes next; `said` is what the work gave, and absent for a form that was sent twice. */
  flash(said: Said | undefined): Said;
  /** The form again, with what was typed and what is wrong, in a transaction of its own. */
  again(tx: Tx, refusal: Refusal): Promise<PageAnswer>;
}

/** The hidden control by which a form that is sent twice does its work once. */
export function submissionField(): HiddenField {
  return { name: "_submission", value: randomUUID() };
}

/** The hidden control that says which version of the record the person read. */
export function versionField(version: number): HiddenField {
  return { name: "_version", value: String(version) };
}

/** The version that a form was made from; 0, which no record has, when it says none. */
export function versionIn(form: Form): number {
  const text = first(form, "_version");
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

/** Does a form's work once and leads on; when it is refused as invalid or stale, shows the form again with all that was typed. */
export async function sendOnce(page: PageRequest, sending: Sending): Promise<PageAnswer> {
  const typed = Object.entries(page.form).flatMap(([name, value]) =>
    // A file that is sent twice is the same by its content, not by its id.
    name === "_csrf" || name === "_submission" ? [] : [[name, contentOf(page, value)] as const],
  );
  try {
    const key = keyOf(first(page.form, "_submission"), page.request.url, typed);
    let said: Said | undefined;
    const done = await page.as((tx) =>
      submitOnce(tx, key, { path: page.request.url, typed }, async () => {
        const { location, recordId, said: words } = await sending.work(tx);
        said = words;
        return { status: 303, location, recordId };
      }),
    );
    return { redirect: done.location, flash: sending.flash(said) };
  } catch (error) {
    if (!(error instanceof Refusal) || (error.kind !== "invalid" && error.kind !== "stale")) throw error;
    const refusal = inWords(error);
    return page.as((tx) => sending.again(tx, refusal));
  }
}

/** What was typed, with the content in the place of each file. */
function contentOf({ request }: Pick<PageRequest, "request">, value: string | readonly string[] | undefined): unknown {
  if (Array.isArray(value)) return value.map((one: string) => request.sentFiles.get(one) ?? one);
  return request.sentFiles.get(String(value)) ?? value;
}

/** A form that says which version it is of is held to that; with other content, or for another record, it is another sending. */
function keyOf(
  submission: string,
  path: string,
  typed: readonly (readonly [name: string, value: unknown])[],
): string | undefined {
  if (submission === "") return undefined;
  if (!typed.some(([name]) => name === "_version")) return submission;
  return `${submission}.${createHash("sha256")
    .update(JSON.stringify([path, typed]))
    .digest("base64url")}`;
}

/** The kernel speaks of idempotency keys; a person at a form knows only that they sent it before. */
function inWords(refusal: Refusal): Refusal {
  return refusal.problems.some(({ field }) => field === "Idempotency-Key")
    ? new Refusal("invalid", [
        {
          message: "You sent this form before with other words in it. Send it again if you mean to do it a second time",
        },
      ])
    : refusal;
}
