import type { FastifyInstance } from "fastify";
import { unseen } from "../../kernel/errors.ts";
import { mustBeAllowed, onlyAsks } from "../../kernel/access.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { findDraft } from "../../kernel/store/drafts.ts";
import { change } from "../../kernel/store/change.ts";
import { insertRecord } from "../../kernel/store/create.ts";
import { find } from "../../kernel/store/find.ts";
import type { Values } from "../../kernel/store/values.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { note } from "../flash.ts";
import { first, pageRoute, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { keepSentFiles, readFormWithFiles } from "../sent-files.ts";
import { postComment } from "./comments.ts";
import { showWhatMoves, withPreview } from "./deadlines-preview.ts";
import { draftIdOf, draftPart } from "./draft-notes.ts";
import { draftAt, dropSent, registerDrafts } from "./drafts.ts";
import { changedRows, formPage, refusedForm } from "./form-page.ts";
import type { Asked } from "./form-page.ts";
import { readAsked } from "./form-reading.ts";
import { recordToChange } from "./form-record.ts";
import { requiredOf } from "./form-fields.ts";
import { postJoin, postPart } from "./joins.ts";
import { changesRows } from "./line-inputs.ts";
import { movePage, postMove } from "./move-form.ts";
import { postField } from "./set-field.ts";
import { addressOf } from "./places.ts";
import { givenFields } from "./seen-fields.ts";
import { askingPage, postAnswer } from "./questions.ts";
import { answersPage } from "./answers.ts";
import { prefilled } from "./prefilled.ts";
import { pageAfter, pageOfNew, sendOnce, versionIn } from "./submitting.ts";
import { suggestions } from "./suggest.ts";

/** The forms of every type: to make one, to change one, to move one on, to say something; and what lookups suggest. */
export function registerForms(app: FastifyInstance, parts: WebParts): void {
  const guarded = { preHandler: [readFormWithFiles(parts), app.csrfProtection, keepSentFiles(parts)] };
  registerDrafts(app, parts, guarded);
  app.get("/:path/suggest", pageRoute(parts, suggestions));
  app.get(
    "/:path/new",
    pageRoute(parts, (page) =>
      page.as((tx) => (onlyAsks(tx.actor, typeAt(page)) ? askingPage(page, tx) : newPage(page, tx, {}))),
    ),
  );
  app.post("/:path/questions", guarded, pageRoute(parts, postAnswer));
  app.post("/:path/new", guarded, pageRoute(parts, postNew));
  app.get(
    "/:path/:reference/edit",
    pageRoute(parts, (page) => page.as((tx) => editPage(page, tx, {}))),
  );
  app.post("/:path/:reference/edit", guarded, pageRoute(parts, postEdit));
  app.get(
    "/:path/:reference/moves/:move",
    pageRoute(parts, (page) => page.as((tx) => movePage(page, tx, {}))),
  );
  app.post("/:path/:reference/moves/:move", guarded, pageRoute(parts, postMove));
  app.post("/:path/:reference/fields/:field", guarded, pageRoute(parts, postField));
  app.post("/:path/:reference/comments", guarded, pageRoute(parts, postComment));
  app.post("/:path/:reference/joins", guarded, pageRoute(parts, postJoin));
  app.post("/:path/:reference/joins/remove", guarded, pageRoute(parts, postPart));
}

/** The form for a new record: what the definition starts it with, and what the address gives (`?queue=…`), as with every form. */
async function newPage(page: PageRequest, tx: Tx, asked: Asked): Promise<PageAnswer> {
  const type = typeAt(page);
  const one = inSentence(type.label.one);
  mustBeAllowed(tx.actor, type, type.access.create.permission, `make a ${one}`);
  const all = givenFields(tx, type, type.views.form, null);
  const [defaults, given] = [type.defaults ? await type.defaults(tx) : {}, await prefilled(tx, type, page.query, all)];
  const draft = await draftAt(page, tx, type, null);
  const typed = asked.typed ?? draft?.content ?? {};
  const chosen = type.oneOf.filter((name) => first(typed, name) !== "" || (given[name] ?? null) !== null);
  const names = chosen.length === 0 ? all : all.filter((name) => !type.oneOf.includes(name) || chosen.includes(name));
  return formPage(page, tx, type, draft && !asked.typed ? { ...asked, typed: draft.content } : asked, {
    names,
    required: requiredOf(type, names, chosen),
    values: { ...defaults, ...given },
    title: `New ${one}`,
    action: `/${type.path}/new`,
    submit: { label: `Make this ${one}` },
    cancel: { text: "Cancel", href: `/${type.path}` },
    record: null,
    draft: await draftPart(page, tx, type, null, draft),
  });
}

async function postNew(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  if (changesRows(page.form)) return page.as((tx) => newPage(page, tx, changedRows(page)));
  const asTyped = (tx: Tx) => newPage(page, tx, changedRows(page));
  return withPreview(page, type, () => sendNew(page, type), asTyped);
}

function sendNew(page: PageRequest, type: RecordType): Promise<PageAnswer> {
  return sendOnce(page, {
    work: async (tx) => {
      const form = isFromDraft(page) ? await draftToSend(page, tx, type) : page.form;
      const values = await readAsked(tx, type, form, givenFields(tx, type, type.views.form, null), null);
      const [made] = await Promise.all([insertRecord(tx, type, values), dropSent(tx, page)]);
      const after = { ...made, title: String(values[type.titleField] ?? ""), state: type.starts, values };
      const job = await showWhatMoves(page, tx, type, { before: null, after });
      const location = job ?? (await pageOfNew(tx, type, made));
      return { location, recordId: made.id, said: `${made.reference} was made` };
    },
    flash: (said) => said ?? note("This was made once; it was sent twice"),
    again: async (tx, refusal) => {
      if (isFromDraft(page)) {
        const content = await draftToSend(page, tx, type);
        return answersPage(page, tx, type, { id: draftIdOf(page), content, problems: refusal.problems });
      }
      const names = givenFields(tx, type, type.views.form, null);
      const defaults: Values = type.defaults ? await type.defaults(tx) : {};
      const required = new Set([...requiredOf(type, names)].filter((name) => (defaults[name] ?? null) === null));
      return newPage(page, tx, await refusedForm(page, tx, type, { names, required, refusal, record: null }));
    },
  });
}

/** Whether what is sent is what a draft holds: the answers that were checked on a page of their own. */
function isFromDraft(page: PageRequest): boolean {
  return first(page.form, "_from") === "draft";
}

/** The answers of the draft that is sent. Refuses (unseen) one that is not there any more. */
async function draftToSend(page: PageRequest, tx: Tx, type: RecordType): Promise<Form> {
  const draft = await findDraft(tx, type, draftIdOf(page));
  return draft?.content ?? unseen("This draft was sent or thrown away, or was left alone for 30 days");
}

function namesFor(tx: Tx, type: RecordType, record: Stored): string[] {
  return givenFields(tx, type, type.views.form, record);
}

async function editPage(page: PageRequest, tx: Tx, asked: Asked): Promise<PageAnswer> {
  const type = typeAt(page);
  const record = await recordToChange(page, tx, type);
  const names = namesFor(tx, type, record);
  const draft = await draftAt(page, tx, type, record);
  return formPage(page, tx, type, draft && !asked.typed ? { ...asked, typed: draft.content } : asked, {
    names,
    required: requiredOf(type, names),
    values: { ...record.values, ...(await prefilled(tx, type, page.query, names)) },
    title: `Change this ${inSentence(type.label.one)}`,
    action: `${addressOf(tx, record)}/edit`,
    submit: { label: asked.conflict ? "Save my version" : "Save" },
    cancel: { text: "Cancel", href: addressOf(tx, record) },
    record,
    draft: await draftPart(page, tx, type, record, draft),
  });
}

async function postEdit(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  if (changesRows(page.form)) return page.as((tx) => editPage(page, tx, changedRows(page)));
  return withPreview(
    page,
    type,
    () => sendEdit(page, type),
    (tx) => editPage(page, tx, changedRows(page)),
  );
}

function sendEdit(page: PageRequest, type: RecordType): Promise<PageAnswer> {
  const reference = page.params["reference"] ?? "";
  return sendOnce(page, {
    work: async (tx) => {
      const before = await find(tx, type, reference);
      const given = await readAsked(tx, type, page.form, namesFor(tx, type, before), before);
      const after = await change(tx, type, before.id, versionIn(page.form), given);
      await dropSent(tx, page);
      const said =
        after.version === before.version
          ? note(`Nothing was changed in ${before.reference}`)
          : `${before.reference} was changed`;
      const job = await showWhatMoves(page, tx, type, { before, after });
      return { location: job ?? (await pageAfter(tx, type, before)), recordId: after.id, said };
    },
    flash: (said) => said ?? note("This was saved once; it was sent twice"),
    again: async (tx, refusal) => {
      const record = await recordToChange(page, tx, type);
      const names = namesFor(tx, type, record);
      return editPage(
        page,
        tx,
        await refusedForm(page, tx, type, { names, required: requiredOf(type, names), refusal, record }),
      );
    },
  });
}
