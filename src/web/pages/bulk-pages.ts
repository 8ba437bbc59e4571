import type { Problem } from "../../kernel/errors.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { countMax } from "../../kernel/store/list.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { hrefOf, namesOf } from "../names.ts";
import { all, first } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { plural } from "../view/format.ts";
import type { BulkPage, Cell, HiddenField, Row } from "../view/models.ts";
import { chosenText, deedName, deedsOn } from "./bulk-choice.ts";
import type { Choice, Deed } from "./bulk-choice.ts";
import { isNothing } from "../../kernel/bulk/deed.ts";
import type { Preview } from "../../kernel/bulk/deed.ts";
import { beginning } from "./bulk-beginning.ts";
import { offeredTo, saysOffered } from "./bulk-offered.ts";
import { changesOf, mentionedBy } from "./bulk-outcome.ts";
import { formFields, requiredOf } from "./form-fields.ts";
import { commentControl } from "./move-form.ts";
import { crumbsTo, navigationOf } from "./places.ts";
import { submissionField } from "./submitting.ts";

/** Of which records, and from which list. */
export interface Asking extends Choice {
  readonly type: RecordType;
  /** The address of the list, without its path. */
  readonly view: string;
}

/** A form that was refused. */
interface Again {
  readonly form: Form;
  readonly problems: readonly Problem[];
}

type WithDeed = Asking & { readonly deed: Deed };

/** What became of one record: a reason where it was refused. */
export interface Done {
  readonly reference: string;
  readonly reason?: string;
}

/** What can be done with them: moves and fields to give, one to choose. */
export async function choicePage(page: PageRequest, tx: Tx, asked: Asking): Promise<PageAnswer> {
  const deeds = deedsOn(tx, asked.type).map((deed) => ({ value: deedName(deed), label: deed.label, kind: deed.kind }));
  const only = (kind: Deed["kind"]) => deeds.filter((deed) => deed.kind === kind);
  return bulkPage(page, tx, asked, {
    title: `Change ${many(asked.type, asked.many)}`,
    intro: deeds.length > 0 ? [] : ["You may read these, but not change any of them."],
    ...(deeds.length > 0
      ? {
          choices: [
            { legend: "Make a move", options: only("move") },
            { legend: "Give a field another value", options: only("field") },
          ].filter(({ options }) => options.length > 0),
          form: {
            action: `/${asked.type.path}/bulk`,
            method: "get" as const,
            hidden: carried(asked),
            submit: "Continue",
          },
        }
      : {}),
  });
}

/** The values that the deed asks for, given once for all. */
export async function detailsPage(
  page: PageRequest,
  tx: Tx,
  asked: WithDeed,
  { again, template = "" }: { readonly again?: Again; readonly template?: string } = {},
): Promise<PageAnswer> {
  const { deed } = asked;
  const { type, names, values } = await offeredTo(tx, asked);
  const begun = await beginning(tx, asked, names, again ? null : template);
  const made = await formFields(tx, type, {
    names,
    required: requiredOf(type, names, deed.kind === "move" ? (deed.move.requires ?? []) : []),
    values: { ...values, ...(begun && begun.into !== "comment" ? { [begun.into]: begun.text } : {}) },
    ...(again ? { holding: { kind: "typed" as const, form: again.form }, problems: again.problems } : {}),
  });
  const comment =
    deed.kind === "move"
      ? commentControl(
          deed.move,
          again ? { typed: again.form, problems: again.problems } : {},
          begun?.into === "comment" ? begun.text : "",
        )
      : [];
  const fills = again ? first(again.form, "fills") : begun?.text ? begun.into : "";
  return bulkPage(page, tx, asked, {
    title: deedTitle(type, deed, asked.many),
    intro: [
      `${made.fields.length + comment.length > 0 ? "What you enter here is given to each of them. " : ""}${fills === "" ? "" : "What stands in double braces, such as {{reference}}, is filled in for each. "}${saysOffered(asked)}Nothing is changed yet: the next page shows what will be.`,
    ],
    errors: made.errors,
    status: again ? 422 : 200,
    fields: [...made.fields, ...comment],
    ...(begun && begun.offered.length > 0
      ? {
          beginWith: {
            action: `/${type.path}/bulk`,
            hidden: [...carried(asked), { name: "do", value: deedName(deed) }],
            options: begun.offered.map(({ reference, title }) => ({ value: reference, label: title })),
          },
        }
      : {}),
    form: {
      action: `/${type.path}/bulk/preview`,
      method: "post",
      hidden: [
        ...carried(asked),
        { name: "do", value: deedName(deed) },
        ...(fills === "" ? [] : [{ name: "fills", value: fills }]),
        ...made.hidden,
      ],
      submit: "Preview",
    },
  });
}

/** For each record what will change, or why it will not. */
export async function previewPage(
  page: PageRequest,
  tx: Tx,
  asked: WithDeed & { readonly typed: Form },
  previews: readonly Preview[],
): Promise<PageAnswer> {
  const { type, deed } = asked;
  const names = await namesOf(
    tx,
    previews.flatMap((preview) => mentionedBy(type, preview)),
  );
  const doable = previews.filter((preview) => preview.outcome && !isNothing(preview));
  const rest = previews.length - doable.length;
  return bulkPage(page, tx, asked, {
    title: `Preview of “${deed.label}” for ${many(type, previews.length)}`,
    intro: [
      `${doable.length === 0 ? "None" : many(type, doable.length)} will be changed.${rest > 0 ? ` ${many(type, rest)} will stay as ${rest === 1 ? "it is" : "they are"}, for the reasons given.` : ""} Nothing is changed yet.`,
    ],
    table: {
      caption: "What will change",
      columns: previewColumns(type),
      rows: [...doable, ...previews.filter((preview) => !doable.includes(preview))].map((preview) =>
        previewRow(tx, type, preview, changesOf(tx, type, preview, names)),
      ),
    },
    ...(doable.length > 0
      ? {
          form: {
            action: `/${type.path}/bulk`,
            method: "post" as const,
            hidden: [
              ...carried({ ...asked, chosen: doable.map(({ chosen }) => chosen) }),
              { name: "do", value: deedName(deed) },
              ...typedFields(asked.typed),
              submissionField(),
            ],
            submit: deedTitle(type, deed, doable.length),
            ...(deed.kind === "move" && deed.move.warning ? { warning: true } : {}),
          },
        }
      : {}),
  });
}

/** The columns of `previewRow`. */
export function previewColumns(type: RecordType): NonNullable<BulkPage["table"]>["columns"] {
  return [
    { label: "Reference" },
    { label: type.label.one, wide: true },
    { label: "Outcome" },
    { label: "What will change, or why not" },
  ];
}

/** A record of a preview as a line of its table: what will change, or why it will not. */
export function previewRow(tx: Tx, type: RecordType, preview: Preview, changes: readonly string[]): Row {
  const { chosen, record, reason } = preview;
  const verdict: Cell = reason
    ? { kind: "tag", text: "Not possible", tone: "bad" }
    : isNothing(preview)
      ? { kind: "tag", text: "Stays", tone: "neutral" }
      : { kind: "tag", text: "Will change", tone: "good" };
  return {
    cells: [
      record
        ? { kind: "link", text: chosen.reference, href: hrefOf(tx, type.name, chosen.reference) }
        : { kind: "text", text: chosen.reference },
      { kind: "text", text: record?.title ?? "" },
      verdict,
      {
        kind: "text",
        text:
          reason ??
          (changes.join("; ") || (isNothing(preview) ? "It is so already." : "It is done, and no value changes.")),
      },
    ],
  };
}

/** What was done and what was refused. */
export async function resultPage(
  page: PageRequest,
  tx: Tx,
  asked: WithDeed,
  done: readonly Done[],
): Promise<PageAnswer> {
  const { type, deed } = asked;
  const refused = done.filter(({ reason }) => reason !== undefined);
  const changed = done.length - refused.length;
  return bulkPage(page, tx, asked, {
    title: `${changed === 0 ? "None" : many(type, changed)} changed`,
    intro: [
      `“${deed.label}” was done to ${changed} of ${done.length}.${refused.length > 0 ? ` ${many(type, refused.length)} ${refused.length === 1 ? "stays as it was" : "stay as they were"}, for the reasons given.` : ""}`,
    ],
    table: {
      caption: "What was done",
      columns: [{ label: "Reference" }, { label: "Outcome" }, { label: "Why not", wide: true }],
      rows: [...refused, ...done.filter(({ reason }) => reason === undefined)].map(({ reference, reason }) => ({
        cells: [
          { kind: "link", text: reference, href: hrefOf(tx, type.name, reference) },
          reason === undefined
            ? { kind: "tag", text: "Changed", tone: "good" }
            : { kind: "tag", text: "Refused", tone: "bad" },
          reason === undefined ? { kind: "empty" } : { kind: "text", text: reason },
        ],
      })),
    },
    finished: true,
  });
}

export async function bulkPage(
  page: PageRequest,
  tx: Tx,
  { type, view }: Pick<Asking, "type" | "view">,
  content: Omit<BulkPage, "shell" | "breadcrumb" | "errors" | "back"> &
    Partial<Pick<BulkPage, "errors">> & { readonly status?: number },
): Promise<PageAnswer> {
  const { status = 200, ...model } = content;
  const back = `/${type.path}${view === "" ? "" : `?${view}`}`;
  return {
    page: "bulk",
    status,
    model: {
      errors: [],
      ...model,
      shell: await page.shell(tx, { title: model.title, current: navigationOf(tx.registry, type) }),
      breadcrumb: crumbsTo(tx, type),
      back: { text: model.finished ? `Back to the ${type.label.many.toLowerCase()}` : "Cancel", href: back },
    },
  };
}

/** What the pages carry from one to the next: the records with their versions, and the way back to the list. */
function carried({ chosen, view, query }: Pick<Asking, "chosen" | "view" | "query">): HiddenField[] {
  return [
    ...(query ? [{ name: "all", value: "yes" }] : []),
    ...(view === "" ? [] : [{ name: "view", value: view }]),
    ...chosen.map((one) => ({ name: "record", value: chosenText(one) })),
  ];
}

/** All that was typed for the deed, as hidden controls. */
function typedFields(form: Form): HiddenField[] {
  const own = new Set(["record", "do", "view", "all"]);
  return Object.keys(form)
    .filter((name) => !name.startsWith("_") && !own.has(name))
    .flatMap((name) => all(form, name).map((value) => ({ name, value })));
}

function deedTitle(type: RecordType, deed: Deed, count: number): string {
  return deed.kind === "move"
    ? `${deed.label}: ${many(type, count)}`
    : `Change ${inSentence(deed.label)} of ${many(type, count)}`;
}

function many(type: RecordType, count: number): string {
  if (count > countMax) return `more than ${countMax.toLocaleString("en-GB")} ${type.label.many.toLowerCase()}`;
  return plural(count, type.label.one.toLowerCase(), type.label.many.toLowerCase());
}
