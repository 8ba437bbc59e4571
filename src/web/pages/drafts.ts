import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { may, mustBeAllowed } from "../../kernel/access.ts";
import { Refusal, refuse } from "../../kernel/errors.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { draftDays, draftsOf, dropDraft, findDraft, saveDraft } from "../../kernel/store/drafts.ts";
import type { Draft } from "../../kernel/store/drafts.ts";
import { find, isId } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { localPath } from "../local-path.ts";
import { namesOf } from "../names.ts";
import { first, pageRoute, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { formatDate, formatMoment, formatRecent } from "../view/format.ts";
import type { DraftBegun, DraftPart, MyWorkPage } from "../view/models.ts";
import { cut } from "./field-value.ts";
import { mustBeOpenToChange } from "./form-record.ts";
import { addressOf, pageClock } from "./places.ts";
import { givenFields } from "./seen-fields.ts";

type Guarded = { readonly preHandler: NonNullable<Parameters<FastifyInstance["post"]>[1]>["preHandler"] };

/** Keeping what is typed into a form, and throwing it away. */
export function registerDrafts(app: FastifyInstance, parts: WebParts, guarded: Guarded): void {
  app.post("/:path/drafts", guarded as object, pageRoute(parts, postDraft));
  app.post("/:path/drafts/:draft/remove", { preHandler: app.csrfProtection }, pageRoute(parts, removeDraft));
}

/** The id of the draft that a form is, or would be: the one it came with, the one that the address names, or a new one. */
export function draftIdOf(page: PageRequest): string {
  const given = first(page.form, "_draft") || first(page.query, "draft");
  return isId(given) ? given.toLowerCase() : randomUUID();
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
  return draft && draft.recordId === (record?.id ?? null) ? draft : null;
}

/** What a form says and does of drafts: how it is kept, the draft that it is, and those that were begun before. */
export async function draftPart(
  page: PageRequest,
  tx: Tx,
  type: RecordType,
  record: Stored | null,
  draft: Draft | null,
): Promise<DraftPart> {
  const id = draftIdOf(page);
  const fresh = draft === null && page.request.method === "GET";
  const begun = fresh ? await draftsOf(tx, { of: { type, recordId: record?.id ?? null } }) : [];
  return {
    id,
    action: `/${type.path}/drafts`,
    href: formHref(tx, type, record, id),
    again: formHref(tx, type, record, null),
    ...(record ? { record: record.reference } : {}),
    ...(draft ? { now: begunOf(tx, type, record, draft) } : {}),
    begun: begun.slice(0, 3).map((one) => begunOf(tx, type, record, one)),
  };
}

function formHref(tx: Tx, type: RecordType, record: Stored | null, id: string | null): string {
  const form = record ? `${addressOf(tx, record)}/edit` : `/${type.path}/new`;
  return id === null ? form : `${form}?draft=${id}`;
}

function begunOf(tx: Tx, type: RecordType, record: Stored | null, draft: Draft): DraftBegun {
  const clock = pageClock(tx);
  const until = Temporal.Instant.from(draft.savedAt)
    .add({ hours: 24 * draftDays })
    .toZonedDateTimeISO(clock.zone);
  return {
    title: titleOf(type, draft),
    begun: formatMoment(Temporal.Instant.from(draft.begunAt), clock.zone),
    saved: formatMoment(Temporal.Instant.from(draft.savedAt), clock.zone),
    until: formatDate(until.toPlainDate()),
    href: formHref(tx, type, record, draft.id),
    removeAction: `/${type.path}/drafts/${draft.id}/remove`,
  };
}

/** What a draft is called: by its title, as far as one was typed. */
function titleOf(type: RecordType, { content }: Draft): string {
  const typed = first(content, type.titleField).trim();
  return typed === ""
    ? `${type.label.one} without a ${inSentence(type.fields[type.titleField]!.options.label)} yet`
    : cut(typed, 120);
}

/** POST: keeps the form as it is. The script asks for JSON and goes on; without it the person is led back to the form. */
async function postDraft(page: PageRequest): Promise<PageAnswer> {
  const json = String(page.request.headers.accept ?? "").includes("application/json");
  try {
    const { href, kept, at } = await page.as((tx) => keepDraft(page, tx));
    if (json)
      return { type: "application/json", body: JSON.stringify(kept ? { said: `Saved as a draft, ${at}` } : {}) };
    return { redirect: href, flash: "Saved as a draft. You find it under My work as well." };
  } catch (error) {
    if (!json || !(error instanceof Refusal)) throw error;
    return { type: "application/json", body: JSON.stringify({ problem: error.problems[0]?.message ?? "" }) };
  }
}

async function keepDraft(page: PageRequest, tx: Tx): Promise<{ href: string; kept: boolean; at: string }> {
  const type = typeAt(page);
  const id = first(page.form, "_draft").toLowerCase();
  if (!isId(id)) refuse("_draft", "This form is not whole. Open it again");
  const reference = first(page.form, "_record");
  const record = reference === "" ? null : await find(tx, type, reference);
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
  const clock = pageClock(tx);
  return {
    kept,
    at: formatRecent(tx.now, clock),
    href: `${formHref(tx, type, record, id)}${ask === "" ? "" : `&ask=${encodeURIComponent(ask)}`}`,
  };
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

async function removeDraft(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  const id = page.params["draft"] ?? "";
  await page.as(async (tx) => {
    if (isId(id)) await dropDraft(tx, id);
  });
  return { redirect: localPath(first(page.form, "_next")) ?? "/", flash: "The draft is thrown away." };
}

/** What this person began and has not sent, on their own page. */
export async function draftsSection(tx: Tx): Promise<MyWorkPage["sections"]> {
  const drafts = await draftsOf(tx);
  const names = await namesOf(
    tx,
    drafts.map(({ recordId }) => recordId),
  );
  const clock = pageClock(tx);
  const rows = drafts.flatMap((draft) => {
    const type = tx.registry.types.get(draft.type);
    const record = draft.recordId === null ? null : names.get(draft.recordId);
    if (!type || record === undefined || (!record && !may(tx.actor, type.name, type.access.create.permission)))
      return [];
    const href = `${record ? `${record.href}/edit` : `/${type.path}/new`}?draft=${draft.id}`;
    const iso = draft.savedAt;
    return [
      {
        cells: [
          { kind: "date" as const, text: formatRecent(Temporal.Instant.from(draft.savedAt), clock), iso },
          {
            kind: "link" as const,
            text: record && first(draft.content, type.titleField) === "" ? record.title : titleOf(type, draft),
            href,
          },
          {
            kind: "text" as const,
            text: record ? `A change to ${record.reference}` : `A new ${inSentence(type.label.one)}`,
          },
        ],
      },
    ];
  });
  if (rows.length === 0) return [];
  const columns = [{ label: "Saved" }, { label: "What", wide: true }, { label: "Draft of" }];
  return [
    {
      id: "drafts",
      title: "Drafts",
      count: `kept for ${draftDays} days`,
      links: [],
      table: { caption: "Drafts that I have not sent, the latest first", columns, rows },
    },
  ];
}
