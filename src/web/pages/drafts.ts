import type { FastifyInstance, RouteShorthandOptions } from "fastify";
import { mustBeAllowed } from "../../kernel/access.ts";
import { Refusal, refuse } from "../../kernel/errors.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { dropDraft, findDraft, saveDraft } from "../../kernel/store/drafts.ts";
import type { Draft } from "../../kernel/store/drafts.ts";
import { find, isId } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { localPath } from "../local-path.ts";
import { first, pageRoute, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { formHref } from "./draft-notes.ts";
import { mustBeOpenToChange } from "./form-record.ts";
import { hrefOfSaying, sayingContent } from "./draft-sayings.ts";
import { addressOf, pageClock } from "./places.ts";
import { givenFields } from "./seen-fields.ts";

/** Keeping what is typed into a form, and throwing it away. */
export function registerDrafts(app: FastifyInstance, parts: WebParts, guarded: RouteShorthandOptions): void {
  app.post("/:path/drafts", guarded, pageRoute(parts, postDraft));
  app.post("/:path/drafts/:draft/remove", { preHandler: app.csrfProtection }, pageRoute(parts, removeDraft));
}

/** The draft that the address or the form names, if it is this person's and of this record (null: a new one). */
export async function draftAt(
  page: PageRequest,
  tx: Tx,
  type: RecordType,
  record: Stored | null,
): Promise<Draft | null> {
  const id = first(page.form, "_draft") || first(page.query, "draft");
  const draft = isId(id) ? await findDraft(tx, type, id) : null;
  return draft && draft.form === "" && draft.recordId === (record?.id ?? null) ? draft : null;
}

/** POST: keeps the form as it is. The script asks for JSON and goes on; without it the person is led back to the form. */
async function postDraft(page: PageRequest): Promise<PageAnswer> {
  const json = String(page.request.headers.accept ?? "").includes("application/json");
  try {
    const { href, kept, at } = await page.as((tx) => keepDraft(page, tx));
    if (json) return { type: "application/json", body: JSON.stringify(saidOf(kept, at)) };
    return { redirect: href, flash: "Saved as a draft. You find it under My work as well." };
  } catch (error) {
    if (!json || !(error instanceof Refusal)) throw error;
    return { type: "application/json", body: JSON.stringify({ problem: error.problems[0]?.message ?? "" }) };
  }
}

/** `nothing`: there was nothing in it to keep. False: it was sent meanwhile. */
type Kept = boolean | "nothing";

function saidOf(kept: Kept, at: string): { said?: string } {
  if (kept === "nothing") return { said: "" };
  return kept ? { said: `Saved as a draft at ${at}` } : {};
}

async function keepDraft(page: PageRequest, tx: Tx): Promise<{ href: string; kept: Kept; at: string }> {
  const type = typeAt(page);
  const id = first(page.form, "_draft").toLowerCase();
  if (!isId(id)) refuse("_draft", "This form is not whole. Open it again");
  const reference = first(page.form, "_record");
  const record = reference === "" ? null : await find(tx, type, reference);
  const form = first(page.form, "_form");
  if (record && form !== "") {
    const kept = await keepSaying(page, tx, type, { record, form, id });
    return { kept, at: timeOf(tx), href: hrefOfSaying(addressOf(tx, record), form) };
  }
  if (record) mustBeOpenToChange(tx, type, record);
  else mustBeAllowed(tx.actor, type, type.access.create.permission, `make a ${inSentence(type.label.one)}`);
  const ask = first(page.form, "_ask");
  const content =
    ask === "" ? contentOf(tx, type, page.form, record) : withAnswer(await contentSoFar(tx, type, id), page.form, ask);
  const kept = await saveDraft(tx, type, {
    id,
    recordId: record?.id ?? null,
    content,
    submission: first(page.form, "_submission"),
  });
  return {
    kept,
    at: timeOf(tx),
    href: `${formHref(tx, type, record, id)}${ask === "" ? "" : `&ask=${encodeURIComponent(ask)}`}`,
  };
}

/** What is said on a record; nothing is kept of nothing, and what was kept before goes with its last word. */
async function keepSaying(
  page: PageRequest,
  tx: Tx,
  type: RecordType,
  { record, form, id }: { record: Stored; form: string; id: string },
): Promise<Kept> {
  const content = sayingContent(tx, type, record, form, page.form);
  if (content === null) {
    await dropDraft(tx, id);
    return "nothing";
  }
  const submission = first(page.form, "_submission");
  return saveDraft(tx, type, { id, recordId: record.id, form, content, submission });
}

/** A form that is sent is a draft no more. */
export async function dropSent(tx: Tx, page: PageRequest): Promise<void> {
  const id = first(page.form, "_draft");
  if (isId(id)) await dropDraft(tx, id);
}

/** The time of day: “14:30”. */
function timeOf(tx: Tx): string {
  return tx.now.toZonedDateTimeISO(pageClock(tx).zone).toPlainTime().toString({ smallestUnit: "minute" });
}

/** The controls of a form that are kept: those of fields that this person may give, and the version that it was made from. */
export function contentOf(tx: Tx, type: RecordType, form: Form, record: Stored | null): Form {
  const names = givenFields(tx, type, type.views.form, record);
  return Object.fromEntries(
    Object.entries(form).filter(([name]) => name === "_version" || names.includes(name.split("-")[0] ?? "")),
  );
}

/** What a draft holds so far; nothing where there is none yet. */
export async function contentSoFar(tx: Tx, type: RecordType, id: string): Promise<Form> {
  return (await findDraft(tx, type, id))?.content ?? {};
}

/** What a draft holds once one question was answered: the controls of that field are those of the form. */
export function withAnswer(content: Form, form: Form, ask: string): Form {
  const ofAsked = ([name]: readonly [string, unknown]) => name.split("-")[0] === ask;
  return Object.fromEntries([
    ...Object.entries(content).filter((entry) => !ofAsked(entry)),
    ...Object.entries(form).filter(ofAsked),
  ]);
}

/** POST: throws a draft away. */
async function removeDraft(page: PageRequest): Promise<PageAnswer> {
  const id = page.params["draft"] ?? "";
  await page.as(async (tx) => {
    if (isId(id)) await dropDraft(tx, id);
  });
  return { redirect: localPath(first(page.form, "_next")) ?? "/", flash: "The draft is thrown away." };
}
