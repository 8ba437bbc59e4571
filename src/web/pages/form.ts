import type { FastifyInstance } from "fastify";
import { Refusal } from "../../kernel/errors.ts";
import { mustBeAllowed } from "../../kernel/access.ts";
import { inSentence, schemaOf } from "../../kernel/fields/kind.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { resolveLinks } from "../../kernel/store/check-links.ts";
import { change } from "../../kernel/store/change.ts";
import { insertRecord } from "../../kernel/store/create.ts";
import { find } from "../../kernel/store/find.ts";
import { valuesFromForm } from "../../kernel/store/values.ts";
import type { Values } from "../../kernel/store/values.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { pageRoute, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { keepSentFiles, readFormWithFiles } from "../sent-files.ts";
import { postComment } from "./comments.ts";
import { showWhatMoves, withPreview } from "./deadlines-preview.ts";
import { changedRows, formPage, refusedForm } from "./form-page.ts";
import type { Asked } from "./form-page.ts";
import { readForm } from "./form-reading.ts";
import { requiredOf } from "./form-fields.ts";
import { postJoin, postPart } from "./joins.ts";
import { changesRows } from "./line-inputs.ts";
import { movePage, postMove } from "./move-form.ts";
import { postField } from "./set-field.ts";
import { addressOf } from "./places.ts";
import { givenFields } from "./seen-fields.ts";
import { pageAfter, pageOfNew, sendOnce, versionIn } from "./submitting.ts";
import { suggestions } from "./suggest.ts";

/** The forms of every type: to make one, to change one, to move one on, to say something; and what lookups suggest. */
export function registerForms(app: FastifyInstance, parts: WebParts): void {
  const guarded = { preHandler: [readFormWithFiles(parts), app.csrfProtection, keepSentFiles(parts)] };
  app.get("/:path/suggest", pageRoute(parts, suggestions));
  app.get(
    "/:path/new",
    pageRoute(parts, (page) => page.as((tx) => newPage(page, tx, {}))),
  );
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

/** The form for a new record: what the definition starts it with, and what the address gives (`?queue=…`). */
async function newPage(page: PageRequest, tx: Tx, asked: Asked): Promise<PageAnswer> {
  const type = typeAt(page);
  const one = inSentence(type.label.one);
  mustBeAllowed(tx.actor, type, type.access.create.permission, `make a ${one}`);
  const names = givenFields(tx, type, type.views.form, null);
  const defaults = type.defaults ? await type.defaults(tx) : {};
  return formPage(page, tx, type, asked, {
    names,
    required: requiredOf(type, names),
    values: { ...defaults, ...(await prefilled(tx, type, page.query, names)) },
    title: `New ${one}`,
    action: `/${type.path}/new`,
    submit: { label: `Make this ${one}` },
    cancel: { text: "Cancel", href: `/${type.path}` },
    record: null,
  });
}

/** What the address gives for a new record; what it gives wrongly is left out. */
async function prefilled(tx: Tx, type: RecordType, query: Form, names: readonly string[]): Promise<Values> {
  const given = Object.keys(query).map((name) => name.split("-")[0] ?? name);
  const values = await resolveLinks(
    tx,
    type,
    valuesFromForm(
      type,
      query,
      names.filter((name) => given.includes(name)),
    ),
  );
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => {
      const field = type.fields[name];
      return field !== undefined && value !== null && schemaOf(field).safeParse(value).success;
    }),
  );
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
      const values = await readForm(tx, type, page.form, givenFields(tx, type, type.views.form, null), null);
      const made = await insertRecord(tx, type, values);
      const after = { ...made, title: String(values[type.titleField] ?? ""), state: type.starts, values };
      const job = await showWhatMoves(page, tx, type, { before: null, after });
      const location = job ?? (await pageOfNew(tx, type, made));
      return { location, recordId: made.id, said: `${made.reference} was made` };
    },
    flash: (said) => said ?? "This was made once; it was sent twice",
    again: async (tx, refusal) => {
      const names = givenFields(tx, type, type.views.form, null);
      const defaults: Values = type.defaults ? await type.defaults(tx) : {};
      const required = new Set([...requiredOf(type, names)].filter((name) => (defaults[name] ?? null) === null));
      return newPage(page, tx, await refusedForm(page, tx, type, { names, required, refusal, record: null }));
    },
  });
}

function namesFor(tx: Tx, type: RecordType, record: Stored): string[] {
  return givenFields(tx, type, type.views.form, record);
}

async function recordToChange(page: PageRequest, tx: Tx, type: RecordType): Promise<Stored> {
  const record = await find(tx, type, page.params["reference"] ?? "");
  mustBeAllowed(tx.actor, type, type.access.change.permission, `change this ${inSentence(type.label.one)}`, record);
  const locked = type.locked(record);
  if (locked !== null) throw new Refusal("impossible", [{ message: locked }]);
  return record;
}

async function editPage(page: PageRequest, tx: Tx, asked: Asked): Promise<PageAnswer> {
  const type = typeAt(page);
  const record = await recordToChange(page, tx, type);
  const names = namesFor(tx, type, record);
  return formPage(page, tx, type, asked, {
    names,
    required: requiredOf(type, names),
    values: record.values,
    title: `Change this ${inSentence(type.label.one)}`,
    action: `${addressOf(tx, record)}/edit`,
    submit: { label: asked.conflict ? "Save my version" : "Save" },
    cancel: { text: "Cancel", href: addressOf(tx, record) },
    record,
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
      const given = await readForm(tx, type, page.form, namesFor(tx, type, before), before);
      const after = await change(tx, type, before.id, versionIn(page.form), given);
      const said =
        after.version === before.version
          ? `Nothing was changed in ${before.reference}`
          : `${before.reference} was changed`;
      const job = await showWhatMoves(page, tx, type, { before, after });
      return { location: job ?? (await pageAfter(tx, type, before)), recordId: after.id, said };
    },
    flash: (said) => said ?? "This was saved once; it was sent twice",
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
