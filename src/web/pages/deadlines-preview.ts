import { stringify } from "csv-stringify";
import type { RecordType } from "../../kernel/record.ts";
import { movesDeadlines, movingJob } from "../../kernel/store/deadline-jobs.ts";
import type { Moving } from "../../kernel/store/move-deadlines.ts";
import { whatMoves } from "../../kernel/store/what-moves.ts";
import type { WhatMoves } from "../../kernel/store/what-moves.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../names.ts";
import { all, first } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { formatCount, formatMoment } from "../view/format.ts";
import type { BulkPage, Cell, HiddenField } from "../view/models.ts";
import { csvFormat, harmless } from "./csv.ts";
import { crumbsTo, navigationOf, pageClock } from "./places.ts";

/** How many are listed on the page; the file has all that were looked at. */
const shownMax = 50;

/** Thrown out of the transaction that made a change, so that nothing of it is kept: what it would move is shown first. */
class ShownFirst extends Error {
  readonly preview: WhatMoves;
  readonly record: Pick<Stored, "reference" | "title">;

  constructor(preview: WhatMoves, record: Pick<Stored, "reference" | "title">) {
    super("what a change moves is shown before it is saved");
    this.preview = preview;
    this.record = record;
  }
}

/**
 * After a change to a register, in its transaction: where deadlines of other records move by it and the person has not been
 * shown which, takes it all back to show them. Gives the address of the job that moves them when they have been shown.
 */
export async function showWhatMoves(
  page: PageRequest,
  tx: Tx,
  type: RecordType,
  { before, after }: { before: Stored | null; after: Pick<Stored, "reference" | "title" | "state" | "values"> },
): Promise<string | null> {
  // Whoever asks for the file asks for nothing to be saved, whatever has changed since the page was made.
  const asksForFile = first(page.form, "_file") === "csv";
  if (!asksForFile && !movesDeadlines(type, before, after)) return null;
  if (!asksForFile && first(page.form, "_seen") === "yes") {
    const job = await movingJob(tx);
    return job === null ? null : `/jobs/${job}`;
  }
  const preview = await whatMoves(tx);
  if (asksForFile || preview.moving.length > 0) throw new ShownFirst(preview, after);
  return null;
}

/** Runs what a form does, and shows what it would move where that comes first. `again` is the form as it was typed. */
export async function withPreview(
  page: PageRequest,
  type: RecordType,
  work: () => Promise<PageAnswer>,
  again: (tx: Tx) => Promise<PageAnswer>,
): Promise<PageAnswer> {
  if (first(page.form, "_again") === "yes") return page.as(again);
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ShownFirst)) throw error;
    if (first(page.form, "_file") === "csv") return fileOf(error.preview);
    return page.as((tx) => previewPage(page, tx, type, error));
  }
}

async function previewPage(
  page: PageRequest,
  tx: Tx,
  type: RecordType,
  { preview, record }: ShownFirst,
): Promise<PageAnswer> {
  const { moving, whole } = preview;
  const more = whole ? "" : " or more";
  const records = `${formatCount(moving.length)}${more} open ${moving.length === 1 && whole ? "record" : "records"}`;
  const title = `This moves the deadlines of ${records}`;
  const model: BulkPage = {
    shell: await page.shell(tx, { title, current: navigationOf(tx.registry, type) }),
    breadcrumb: crumbsTo(tx, type),
    errors: [],
    title,
    intro: [
      `Nothing is saved yet. When you save ${record.title}, a job moves them, each with a line on its timeline, and you see how far it is.`,
      "Left as they are: closed records, deadlines that were met or missed, clocks that are paused until they go on, and what was promised under rules that no longer promise anything. Records that you may not see move by the same rules, and are not listed.",
      ...(moving.length > shownMax
        ? [`The first ${shownMax} are listed. The file has ${whole ? "all of them" : "all that were looked at"}.`]
        : []),
    ],
    table: {
      caption: "Deadlines that move",
      columns: [
        { label: "Reference" },
        { label: "Title", wide: true },
        { label: "Deadline" },
        { label: "From" },
        { label: "To" },
      ],
      rows: moving.slice(0, shownMax).flatMap((one) => rowsOf(tx, one)),
    },
    form: {
      action: page.request.url,
      method: "post",
      hidden: [...typedIn(page), { name: "_seen", value: "yes" }],
      submit: `Save and move them`,
      others: [
        { name: "_file", value: "csv", label: "Download the list (CSV)" },
        { name: "_again", value: "yes", label: "Go back and change it" },
      ],
    },
    back: { text: "Cancel", href: `/${type.path}` },
  };
  return { page: "bulk", status: 422, model };
}

function rowsOf(tx: Tx, { record, clocks }: Moving): NonNullable<BulkPage["table"]>["rows"] {
  const when = (at: Temporal.Instant | null): Cell =>
    at === null ? { kind: "empty" } : { kind: "date", text: formatMoment(at, pageClock(tx).zone), iso: at.toString() };
  return clocks.map(({ reading, from, to }) => ({
    cells: [
      { kind: "link", text: record.reference, href: hrefOf(tx, record.type, record.reference) },
      { kind: "text", text: record.title },
      { kind: "text", text: reading.label },
      when(from),
      when(to),
    ],
  }));
}

/** All of them as a file, for spreadsheets. */
function fileOf({ moving }: WhatMoves): PageAnswer {
  const file = stringify(csvFormat);
  const when = (at: Temporal.Instant | null) =>
    at === null
      ? ""
      : at.toZonedDateTimeISO("Europe/London").toPlainDateTime().toString({ smallestUnit: "minute" }).replace("T", " ");
  file.write(["Reference", "Title", "Deadline", "From", "To"]);
  for (const { record, clocks } of moving)
    for (const { reading, from, to } of clocks)
      file.write([record.reference, harmless(record.title), reading.label, when(from), when(to)]);
  file.end();
  return {
    body: file,
    type: "text/csv; charset=utf-8",
    headers: { "content-disposition": 'attachment; filename="deadlines-that-move.csv"', "cache-control": "no-store" },
  };
}

/** Everything that was typed, as hidden controls, so that it is sent again. */
function typedIn(page: PageRequest): HiddenField[] {
  const own = new Set(["_csrf", "_rows", "_seen", "_file", "_again"]);
  return Object.keys(page.form)
    .filter((name) => !own.has(name))
    .flatMap((name) => all(page.form, name).map((value) => ({ name, value })));
}
