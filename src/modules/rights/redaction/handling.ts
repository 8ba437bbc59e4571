import { sql } from "kysely";
import { refuse, Refusal } from "../../../kernel/errors.ts";
import { isId } from "../../../kernel/store/find.ts";
import { addJob } from "../../../kernel/jobs/jobs.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import type { Box } from "./geometry.ts";
import { marksMax } from "./marks.ts";
import type { Mark } from "./marks.ts";
import { kinds } from "./patterns.ts";
import { sections } from "./sections.ts";

type Values = Readonly<Record<string, unknown>>;

/** The job that makes the copy. */
export const copyJob = "redact";

/** Of whoever makes it, and seen by few: it holds the original. */
export function newRedaction(tx: Tx): Promise<Values> {
  return Promise.resolve({ owner: tx.actor.personId, sensitivity: "restricted" });
}

/** Refuses what is no PDF, another PDF under marks that were made on one, and marks that lie nowhere. */
export async function checkRedaction(tx: Tx, values: Values, before: Stored | null): Promise<void> {
  const { original, marks } = values;
  const had = before?.values["original"] ?? null;
  if (original !== undefined && original !== had) {
    if (had !== null && before && marksOf(before).length > 0)
      refuse("original", "PDF to redact: take the marks off first. They were made on the PDF that is here");
    if (typeof original === "string" && isId(original)) await mustBePdf(tx, original);
  }
  if (Array.isArray(marks) && marks.some((mark) => markOf(mark) === null))
    refuse("marks", "Marks: give “Where” as left, top, width and height in tenths of a point, such as 720 710 400 130");
}

async function mustBePdf(tx: Tx, id: string): Promise<void> {
  const { rows } = await sql<{ pdf: boolean }>`select media_type = 'application/pdf' as pdf from files
    where organisation_id = ${tx.actor.organisationId}::uuid and id = ${id}::uuid`.execute(tx.db);
  if (rows[0]?.pdf === false)
    refuse("original", "PDF to redact: send a PDF. Save or print another kind of file as one");
}

/** The id of the PDF. Refuses (impossible) where none was sent yet. */
export function originalOf({ reference, values }: Stored): string {
  const { original } = values;
  if (typeof original === "string") return original;
  throw new Refusal("impossible", [{ message: `Edit ${reference} and send the PDF to redact first` }]);
}

/** The marks of a redaction, as they are stored. */
export function marksOf({ values }: Stored): Mark[] {
  const lines = values["marks"];
  return Array.isArray(lines) ? lines.flatMap((line) => markOf(line) ?? []) : [];
}

/** A mark as it is stored. */
export function lineOf({ page, section, kind, left, top, width, height }: Mark): Values {
  return { page, section, kind, box: [left, top, width, height].map(Math.round).join(" ") };
}

/** The most tenths of a point of a page's side. */
const sideMax = 144_000;

/** A box from four whole numbers; null where they are none that lie on a page. */
export function boxFrom(text: string): Box | null {
  const numbers = /^(\d{1,6}) (\d{1,6}) (\d{1,6}) (\d{1,6})$/.exec(text)?.slice(1).map(Number);
  const [left = 0, top = 0, width = 0, height = 0] = numbers ?? [];
  const isBox = numbers && width > 0 && height > 0 && left + width <= sideMax && top + height <= sideMax;
  return isBox ? { left, top, width, height } : null;
}

function markOf(line: unknown): Mark | null {
  const { page, section, kind, box } = line as Values;
  const place = typeof box === "string" ? boxFrom(box) : null;
  // The fields of a line held them to these before.
  return place === null
    ? null
    : {
        ...place,
        page: Number(page),
        section: String(section) as keyof typeof sections,
        kind: String(kind) as keyof typeof kinds,
      };
}

/** Refuses a copy that would be the original. */
export function guardMarked(_tx: Tx, redaction: Stored): void {
  originalOf(redaction);
  if (marksOf(redaction).length === 0)
    throw new Refusal("impossible", [{ message: "Mark what is to be withheld first. Nothing is marked yet" }]);
}

/** Refuses to call it redacted while there is no copy that was proved. */
export function guardCopied(_tx: Tx, { values }: Stored): void {
  if (typeof values["copy"] !== "string")
    throw new Refusal("impossible", [
      { message: "There is no copy yet. Reeve finishes this by itself once it is proved" },
    ]);
}

export function copyFollows(_tx: Tx, redaction: Stored): Promise<readonly string[]> {
  const marks = marksOf(redaction);
  const pages = new Set(marks.map(({ page }) => page)).size;
  return Promise.resolve([
    `${marks.length} ${marks.length === 1 ? "mark" : "marks"} on ${pages} ${pages === 1 ? "page" : "pages"} will be blacked out in a copy. Reeve then looks for anything left of what is under them, and keeps the copy only if there is nothing.`,
  ]);
}

/** Has the copy made by a job. */
export async function startCopy(tx: Tx, { id, reference }: Stored): Promise<void> {
  await addJob(tx, {
    kind: copyJob,
    title: `Make the redacted copy of ${reference}`,
    subject: id,
    page: `/redactions/${reference}`,
  });
}

/** The most marks there may be, as a refusal. */
export function mustFit(count: number): void {
  if (count > marksMax)
    throw new Refusal("impossible", [
      {
        message: `A document can have ${marksMax.toLocaleString("en-GB")} marks at most. Take some off, or split the PDF`,
      },
    ]);
}
