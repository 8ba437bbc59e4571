import { Refusal } from "../../kernel/errors.ts";
import { findJob } from "../../kernel/jobs/jobs.ts";
import type { Job } from "../../kernel/jobs/jobs.ts";
import type { RecordType } from "../../kernel/record.ts";
import { mustImport } from "../../kernel/transfer/check.ts";
import { keptDays } from "../../kernel/transfer/forget.ts";
import { findImport, importCounts, importRows, isUnderWay, startStage } from "../../kernel/transfer/imports.ts";
import type { Import, ImportRow, Outcome, Stage } from "../../kernel/transfer/imports.ts";
import { closedState } from "../../kernel/transfer/take-back.ts";
import { previewUndo } from "../../kernel/transfer/undo.ts";
import type { UndoPreview } from "../../kernel/transfer/undo.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { namesOf } from "../names.ts";
import { first, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { formatCount } from "../view/format.ts";
import type { Cell, ImportRowsPage, Table, Tag } from "../view/models.ts";
import { cut } from "./field-value.ts";
import { jobPart } from "./job-part.ts";
import { idsIn, valuesCell } from "./import-values.ts";
import { crumbsTo, navigationOf } from "./places.ts";

const rowsOfPage = 50;
const outcomes: readonly Outcome[] = ["create", "update", "unchanged", "rejected"];
type Counts = Awaited<ReturnType<typeof importCounts>>;

const place = (type: RecordType, { id }: Pick<Import, "id">) => `/${type.path}/import/${id}`;

function crumbs(tx: Tx, type: RecordType) {
  return [...crumbsTo(tx, type), { text: `Import ${type.label.many.toLowerCase()}`, href: `/${type.path}/import` }];
}

/** An import as it stands: its job while one runs, the columns to match, what each row comes to, what came of it. */
export async function showImport(page: PageRequest, tx: Tx): Promise<PageAnswer> {
  const type = typeAt(page);
  const file = await findImport(tx, page.params["id"] ?? "", type);
  if (file.stage === "columns") return { redirect: `${place(type, file)}/columns` };
  const job = file.jobId === null ? null : await findJob(tx, file.jobId);
  const runs = job !== null && (job.state === "waiting" || job.state === "running");
  const settled = !["reading", "checking", "forgotten"].includes(file.stage) && !(runs && file.stage === "undoing");
  const counts = await importCounts(tx, file.id);
  const title = file.fileName;
  return {
    page: "import-rows",
    model: {
      shell: await page.shell(tx, { title: `Import of ${title}`, current: navigationOf(tx.registry, type) }),
      breadcrumb: crumbs(tx, type),
      title,
      sentence: sentenceOf(type, file, counts, runs),
      ...(job && shownJob(file, job) ? { job: jobPart(tx, job, place(type, file), undefined) } : {}),
      tiles: settled ? tilesOf(type, file, counts) : [],
      actions: runs ? [] : actionsOf(type, file, counts),
      links: linksOf(type, file, counts, runs),
      ...(settled ? await rowsPart(page, tx, type, file, counts) : { tabs: [], paging: {} }),
    },
  };
}

/** A job is shown until it ended well: then the rows tell. */
function shownJob({ stage, told }: Import, job: Job): boolean {
  return told.refused === undefined && (job.state !== "done" || stage === "reading");
}

function sentenceOf(type: RecordType, file: Import, { of }: Counts, runs: boolean): string {
  const many = type.label.many.toLowerCase();
  const sentences: Readonly<Record<Stage, string>> = {
    reading: file.told.refused
      ? `${file.told.refused}. Put that right and send the file again.`
      : "The file is read before you say which column is which.",
    columns: "",
    checking: "Each row is checked. Nothing is saved.",
    checked:
      of("create") + of("update") === 0
        ? `There is nothing to save: no row makes or changes any of the ${many}.`
        : "This is what each row comes to. Nothing is saved yet.",
    saving: runs ? "The rows are being saved." : "Not every row is saved: the import was stopped.",
    saved: `Saved. You can undo it until ${keptDays} days after you sent the file.`,
    undoing: runs ? "The import is being taken back." : "Not every row is taken back: it was stopped.",
    undone: "This import was undone.",
    forgotten: `What was in this file was forgotten ${keptDays} days after it was sent. The records that it made stay.`,
  };
  return sentences[(runs && stillAt[file.stage]) || file.stage];
}

/** A job says that it is through with the rows just before it ends; until then nothing more can be done with them. */
const stillAt: Readonly<Partial<Record<Stage, Stage>>> = { checked: "checking", saved: "saving" };

const isSaved = (stage: Stage) => ["saving", "saved", "undoing", "undone"].includes(stage);

function tilesOf(type: RecordType, { stage }: Import, { of }: Counts): ImportRowsPage["tiles"] {
  const many = type.label.many.toLowerCase();
  const words = isSaved(stage)
    ? { create: "made", update: "changed", unchanged: "as they were" }
    : { create: `new ${many} to make`, update: `${many} to change`, unchanged: "as they are already" };
  const done = (outcome: Outcome) => of(outcome) - (isSaved(stage) ? of(outcome, "waiting") : 0);
  return [
    { figure: formatCount(done("create")), label: words.create, tone: "good" },
    { figure: formatCount(done("update")), label: words.update, tone: "info" },
    { figure: formatCount(of("unchanged")), label: words.unchanged, tone: "neutral" },
    { figure: formatCount(of("rejected")), label: "rejected", tone: of("rejected") > 0 ? "bad" : "neutral" },
  ];
}

function actionsOf(type: RecordType, file: Import, { of }: Counts): ImportRowsPage["actions"] {
  const many = of("create") + of("update");
  return file.stage === "checked" && many > 0
    ? [
        {
          label: `Save ${formatCount(many)} ${many === 1 ? "row" : "rows"}`,
          action: `${place(type, file)}/save`,
          hidden: [],
        },
      ]
    : [];
}

function linksOf(type: RecordType, file: Import, { of }: Counts, runs: boolean): ImportRowsPage["links"] {
  const at = place(type, file);
  const saved = of("create", "saved") + of("update", "saved");
  return [
    ...(file.told.refused === undefined ? [] : [{ text: "Send another file", href: `/${type.path}/import` }]),
    ...(of("rejected") > 0 && !runs
      ? [{ text: "Rejected rows, with why, as a CSV file", href: `${at}/rejected.csv`, download: true }]
      : []),
    ...(!runs && ["checked", "checking"].includes(file.stage)
      ? [{ text: "Change the columns", href: `${at}/columns` }]
      : []),
    ...(!runs && saved > 0 && isSaved(file.stage) ? [{ text: "Undo this import", href: `${at}/undo` }] : []),
    ...(file.stage === "saved" ? [{ text: `All ${type.label.many.toLowerCase()}`, href: `/${type.path}` }] : []),
  ];
}

async function rowsPart(
  page: PageRequest,
  tx: Tx,
  type: RecordType,
  file: Import,
  counts: Counts,
): Promise<Pick<ImportRowsPage, "tabs" | "table" | "paging">> {
  const asked = first(page.query, "outcome");
  const outcome =
    outcomes.find((one) => one === asked) ?? (counts.of("rejected") > 0 && asked === "" ? "rejected" : null);
  const shown = asked === "all" ? null : outcome;
  const after = /^\d{1,7}$/.test(first(page.query, "after")) ? Number(first(page.query, "after")) : 0;
  const above = file.told.headingRow ?? 0;
  const rows = await importRows(tx, file.id, {
    after: Math.max(after, above),
    limit: rowsOfPage,
    ...(shown === null ? {} : { outcomes: [shown] }),
  });
  const at = place(type, file);
  const tab = (value: string, label: string, many: number) => ({
    label: `${label} (${formatCount(many)})`,
    href: `${at}?outcome=${value}`,
    ...((shown ?? "all") === value ? { current: true } : {}),
  });
  const last = rows.length === rowsOfPage ? rows.at(-1) : undefined;
  return {
    tabs: [tab("all", "All rows", file.rowCount), ...outcomes.map((one) => tab(one, tags[one].text, counts.of(one)))],
    table: await rowsTable(tx, type, file, rows),
    paging: {
      ...(last ? { nextHref: `${at}?outcome=${shown ?? "all"}&after=${last.number}` } : {}),
      ...(after > 0 ? { previousHref: `${at}?outcome=${shown ?? "all"}` } : {}),
    },
  };
}

const tags: Readonly<Record<Outcome, Tag>> = {
  create: { text: "New", tone: "good" },
  update: { text: "Changed", tone: "info" },
  unchanged: { text: "Unchanged", tone: "neutral" },
  rejected: { text: "Rejected", tone: "bad" },
};

async function rowsTable(tx: Tx, type: RecordType, file: Import, rows: readonly ImportRow[]): Promise<Table> {
  const names = await namesOf(tx, [...rows.map(({ recordId }) => recordId), ...idsIn(type, rows)]);
  const titleOf = (row: ImportRow): Cell => {
    const named = row.recordId === null ? undefined : names.get(row.recordId);
    return named
      ? { kind: "link", text: `${named.reference} ${named.title}`, href: named.href }
      : { kind: "text", text: cut(row.title ?? row.cells.find((cell) => cell.trim() !== "") ?? "", 100) };
  };
  return {
    caption: `Rows of ${file.fileName}`,
    columns: [
      { label: "Row", number: true },
      { label: "Outcome" },
      { label: "Record" },
      { label: isSaved(file.stage) ? "What was kept, or why not" : "What will be kept, or why not", wide: true },
    ],
    rows: rows.map((row) => ({
      cells: [
        { kind: "number", text: String(row.number) },
        { kind: "tag", ...tagOf(row) },
        titleOf(row),
        row.reason === null || (row.outcome === "update" && row.state !== "kept")
          ? valuesCell(tx, type, row, names)
          : { kind: "values", values: [{ label: "Why", text: cut(row.reason, 600) }] },
      ],
    })),
    empty: { title: "No rows", text: "No row of the file came to this." },
  };
}

function tagOf({ outcome, state }: ImportRow): Tag {
  if (state === "undone") return { text: "Taken back", tone: "neutral" };
  if (state === "kept") return { text: "Stays", tone: "warn" };
  return outcome === null ? { text: "Not checked", tone: "neutral" } : tags[outcome];
}

/** POST: starts saving what was checked. Sent twice it starts once. */
export function postSave(page: PageRequest): Promise<PageAnswer> {
  return starting(page, ["checked"], "saving");
}

/** POST: starts taking the import back. */
export function postUndo(page: PageRequest): Promise<PageAnswer> {
  return starting(page, ["saved", "saving", "undoing"], "undoing");
}

async function starting(page: PageRequest, from: readonly Stage[], stage: "saving" | "undoing"): Promise<PageAnswer> {
  const type = typeAt(page);
  return page.as(async (tx) => {
    mustImport(tx.actor, type);
    const file = await findImport(tx, page.params["id"] ?? "", type, { locked: true });
    if (from.includes(file.stage) && !(await isUnderWay(tx, file))) await startStage(tx, type, file, stage);
    return { redirect: place(type, file) };
  });
}

/** What undoing would do, before it is done. */
export async function showUndo(page: PageRequest, tx: Tx): Promise<PageAnswer> {
  const type = typeAt(page);
  const file = await findImport(tx, page.params["id"] ?? "", type);
  if (!["saved", "saving", "undoing"].includes(file.stage) || (await isUnderWay(tx, file)))
    throw new Refusal("unseen", [{ message: "There is nothing to undo here now" }]);
  const preview = await previewUndo(tx, type, file);
  const title = `Undo the import of ${file.fileName}`;
  return {
    page: "import-undo",
    model: {
      shell: await page.shell(tx, { title, current: navigationOf(tx.registry, type) }),
      breadcrumb: [...crumbs(tx, type), { text: file.fileName, href: place(type, file) }],
      title,
      sentences: undoSentences(type, preview),
      ...(preview.kept.length > 0 ? { kept: keptTable(preview) } : {}),
      form: {
        action: `${place(type, file)}/undo`,
        hidden: [],
        fields: [],
        submit: { label: "Undo this import", tone: "warning" },
        cancel: { text: "Cancel", href: place(type, file) },
      },
    },
  };
}

function undoSentences(type: RecordType, { made, changed, keptMany, heldMany }: UndoPreview): string[] {
  const state = closedState(type);
  const closed = state === null ? "" : ` as ${(type.states[state]?.label ?? state).toLowerCase()}`;
  const how = type.referenceData
    ? `are closed${closed}: rules may have read them, so they are not erased`
    : `are closed${closed} and what they say is erased for ever, each with a certificate. Their references are not used again`;
  return [
    `${formatCount(made)} that the import made ${how}.`,
    `${formatCount(changed)} that the import changed become what they were before it.`,
    `${formatCount(keptMany)} stay as they are, because somebody changed them since.`,
    ...(heldMany > 0 ? [`${formatCount(heldMany)} stay as they are, because a legal hold keeps them.`] : []),
  ];
}

function keptTable({ kept, keptMany, heldMany }: UndoPreview): Table {
  const stay = keptMany + heldMany;
  return {
    caption: stay > kept.length ? `What stays: the first ${kept.length} of ${formatCount(stay)}` : "What stays",
    columns: [{ label: "Reference" }, { label: "Title", wide: true }],
    rows: kept.map(({ reference, title }) => ({
      cells: [
        { kind: "text", text: reference },
        { kind: "text", text: title },
      ],
    })),
  };
}
