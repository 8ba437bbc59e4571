import { randomUUID } from "node:crypto";
import { may } from "../../kernel/access.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { draftDays, draftsOf } from "../../kernel/store/drafts.ts";
import type { Draft } from "../../kernel/store/drafts.ts";
import { isId } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { namesOf } from "../names.ts";
import { first } from "../page.ts";
import type { PageRequest } from "../page.ts";
import { formatDate, formatMoment, formatRecent } from "../view/format.ts";
import type { DraftBegun, DraftPart, MyWorkPage } from "../view/models.ts";
import { hrefOfSaying, titleOfSaying } from "./draft-sayings.ts";
import type { SayingForm } from "./draft-sayings.ts";
import { cut } from "./field-value.ts";
import { addressOf, pageClock } from "./places.ts";

/** The id of the draft that a form is, or would be: the one it came with, the one that the address names, or a new one. */
export function draftIdOf(page: PageRequest): string {
  const given = first(page.form, "_draft") || first(page.query, "draft");
  return isId(given) ? given.toLowerCase() : randomUUID();
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

/** What this person began to say on a record and has not sent; null for nothing. Each record has one for each form. */
export async function begunSaying(tx: Tx, type: RecordType, record: Stored, form: SayingForm): Promise<Draft | null> {
  const [latest] = await draftsOf(tx, { of: { type, recordId: record.id, form } });
  return latest ?? null;
}

/** How such a form is kept while it is typed into. */
export function sayingPart(
  tx: Tx,
  type: RecordType,
  record: Stored,
  { form, draft, given = "" }: { form: SayingForm; draft: Draft | null; given?: string },
): DraftPart {
  const again = hrefOfSaying(addressOf(tx, record), form);
  return {
    id: given || (draft?.id ?? randomUUID()),
    action: `/${type.path}/drafts`,
    again,
    record: record.reference,
    form,
    ...(draft ? { now: begunOf(tx, type, record, draft) } : {}),
    begun: [],
  };
}

/** Where a form is; with its draft in it, where one is named. */
export function formHref(tx: Tx, type: RecordType, record: Stored | null, id: string | null): string {
  const form = record ? `${addressOf(tx, record)}/edit` : `/${type.path}/new`;
  return id === null ? form : `${form}?draft=${id}`;
}

function begunOf(tx: Tx, type: RecordType, record: Stored | null, draft: Draft): DraftBegun {
  const clock = pageClock(tx);
  const until = Temporal.Instant.from(draft.savedAt)
    .add({ hours: 24 * draftDays })
    .toZonedDateTimeISO(clock.zone);
  return {
    title: record && draft.form !== "" ? titleOfSaying(type, record.reference, draft.form) : titleOf(type, draft),
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
    const said = record && draft.form !== "";
    const form = `${record ? `${record.href}/edit` : `/${type.path}/new`}?draft=${draft.id}`;
    const href = said ? hrefOfSaying(record.href, draft.form) : form;
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
            text: said
              ? titleOfSaying(type, record.reference, draft.form)
              : record
                ? `A change to ${record.reference}`
                : `A new ${inSentence(type.label.one)}`,
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
