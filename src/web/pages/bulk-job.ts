import { bulkCounts, bulkRows, findBulk, startStage } from "../../kernel/bulk/bulk.ts";
import type { BulkChange, BulkRow } from "../../kernel/bulk/bulk.ts";
import { findJob } from "../../kernel/jobs/jobs.ts";
import type { Job } from "../../kernel/jobs/jobs.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { previewOf } from "../../kernel/bulk/deed.ts";
import type { Preview } from "../../kernel/bulk/deed.ts";
import { hrefOf, namesOf } from "../names.ts";
import { first, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { formatCount, plural } from "../view/format.ts";
import type { BulkPage, Row } from "../view/models.ts";
import { changesOf, mentionedBy } from "./bulk-outcome.ts";
import { bulkPage, previewColumns, previewRow } from "./bulk-pages.ts";
import { jobPart } from "./job-part.ts";

const rowsOfPage = 100;
/** How many of the records that will change are shown before they do. */
const examplesMax = 5;

/** GET: how far the preview or the change of many records is, and what came of it: what was refused first of all. */
export function showBulkJob(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  return page.as(async (tx) => {
    const change = await findBulk(tx, page.params["id"] ?? "", { type: type.name });
    const job = change.jobId === null ? null : await findJob(tx, change.jobId);
    const runs = job !== null && (job.state === "waiting" || job.state === "running");
    const after = /^\d{1,5}$/.test(first(page.query, "after")) ? Number(first(page.query, "after")) : 0;
    const refused = runs ? [] : await bulkRows(tx, change.id, { outcome: "refused", after, limit: rowsOfPage });
    const at = `/${type.path}/bulk/${change.id}`;
    const last = refused.length === rowsOfPage ? refused.at(-1) : undefined;
    return bulkPage(
      page,
      tx,
      { type, view: change.view },
      {
        title: `${labelOf(type, change)}: ${plural(change.rowCount, type.label.one.toLowerCase(), type.label.many.toLowerCase())}`,
        intro: runs ? [] : introOf(change, await bulkCounts(tx, change.id)),
        ...(job && shows(change, job) ? { job: jobPart(tx, job, at, undefined) } : {}),
        ...(await tableOf(tx, type, change, runs ? null : refused)),
        ...(last ? { more: { text: "More that were refused", href: `${at}?after=${last.number}` } } : {}),
        ...(await formOf(tx, type, change, runs)),
        ...(runs || change.stage === "done" ? { finished: true } : {}),
      },
    );
  });
}

/** A preview that has ended says what it found itself. */
function shows({ stage }: BulkChange, { state }: Job): boolean {
  return stage !== "checked" && !(stage === "done" && state === "done");
}

function introOf({ stage }: BulkChange, counts: Readonly<Record<string, number>>): string[] {
  const { change = 0, same = 0, refused = 0, changed = 0 } = counts;
  if (stage === "checked")
    return [
      `${formatCount(change)} will be changed, ${formatCount(same)} are so already, ${formatCount(refused)} cannot be changed. Nothing is changed yet.`,
    ];
  if (stage === "done")
    return [
      `${formatCount(changed)} were changed, ${formatCount(same)} were so already, ${formatCount(refused)} were refused.`,
    ];
  return changed > 0 ? [`${formatCount(changed)} were changed so far.`] : [];
}

/** What was refused; before it is done, the first few of what will change as well, with what will be different. */
async function tableOf(
  tx: Tx,
  type: RecordType,
  change: BulkChange,
  refused: readonly BulkRow[] | null,
): Promise<Partial<Pick<BulkPage, "table">>> {
  if (refused === null) return {};
  if (change.stage !== "checked") return refused.length > 0 ? { table: refusedTable(tx, type, change, refused) } : {};
  const some = await bulkRows(tx, change.id, { outcome: "change", limit: examplesMax });
  const previews: Preview[] = [];
  for (const { reference, version } of some)
    previews.push(await previewOf(tx, type, change.deed, change.given, { reference, version }));
  const shown = [...previews, ...refused.map((row): Preview => ({ chosen: row, reason: row.reason ?? "" }))];
  const names = await namesOf(
    tx,
    previews.flatMap((preview) => mentionedBy(type, preview)),
  );
  return {
    table: {
      caption: "The first of what will change, and what cannot",
      columns: previewColumns(type),
      rows: shown.map((preview) => previewRow(tx, type, preview, changesOf(tx, type, preview, names))),
    },
  };
}

function refusedTable(
  tx: Tx,
  type: RecordType,
  { stage }: BulkChange,
  rows: readonly BulkRow[],
): NonNullable<BulkPage["table"]> {
  return {
    caption: stage === "done" ? "What was refused" : "What cannot be changed",
    columns: [{ label: "Reference" }, { label: "Why not", wide: true }],
    rows: rows.map(({ reference, reason }): Row => ({
      cells: [
        { kind: "link", text: reference, href: hrefOf(tx, type.name, reference) },
        { kind: "text", text: reason ?? "" },
      ],
    })),
  };
}

async function formOf(
  tx: Tx,
  type: RecordType,
  change: BulkChange,
  runs: boolean,
): Promise<Partial<Pick<BulkPage, "form">>> {
  const { change: many = 0 } = await bulkCounts(tx, change.id);
  if (runs || change.stage !== "checked" || many === 0) return {};
  const move = change.deed.kind === "move" ? type.moves[change.deed.name] : undefined;
  return {
    form: {
      action: `/${type.path}/bulk/${change.id}`,
      method: "post",
      hidden: [],
      submit: `${labelOf(type, change)}: ${plural(many, type.label.one.toLowerCase(), type.label.many.toLowerCase())}`,
      ...(move?.warning ? { warning: true } : {}),
    },
  };
}

/** What the deed is called; its name where the type has it no more. */
function labelOf(type: RecordType, { deed: { kind, name } }: Pick<BulkChange, "deed">): string {
  if (kind === "move") return type.moves[name]?.label ?? name;
  return `Change ${(type.fields[name]?.options.label ?? name).toLowerCase()}`;
}

/** POST: carries out what was previewed, as a job. Sent twice it starts once. */
export function postBulkJob(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  return page.as(async (tx) => {
    const change = await findBulk(tx, page.params["id"] ?? "", { type: type.name, locked: true });
    const at = `/${type.path}/bulk/${change.id}`;
    if (change.stage === "checked")
      await startStage(tx, change.id, "doing", { title: labelOf(type, change), page: at });
    return { redirect: at };
  });
}
