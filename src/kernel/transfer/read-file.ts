import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { parse } from "csv-parse";
import { parse as parseAtOnce } from "csv-parse/sync";
import type { SheetFilter } from "hucre";
import yauzl from "yauzl";
import { Refusal } from "../errors.ts";
import { decodeText } from "./decode.ts";

/** A file of rows, each a list of cells as text, and how it was read. Empty rows are there, with no cells. */
export interface Table {
  readonly told: { readonly encoding?: string; readonly delimiter?: string; readonly sheet?: string };
  readonly rows: AsyncIterable<readonly string[]>;
}

/** The most of one file. */
export const limits = { rows: 200_000, columns: 200, cellCharacters: 100_000, unzippedBytes: 150_000_000 } as const;

/** Reads a CSV file in any usual encoding and with any usual delimiter, or the first sheet of an Excel workbook. Refuses (invalid) any other. */
export async function readTable(path: string): Promise<Table> {
  const content = await readFile(path);
  if (content.subarray(0, 4).toString("latin1") === "PK\u0003\u0004") return readExcel(path, content);
  if (content.subarray(0, 4).toString("hex") === "d0cf11e0")
    unreadable("This is a workbook of an old Excel, or one with a password. Save it as .xlsx or as CSV, and send that");
  return readCsv(content);
}

/** What people call the files that are sent in the place of a table, by the beginning of their media type. */
const kindsOfFile = {
  "application/x-cfb":
    "This is a workbook of an old Excel, or one with a password. Save it as .xlsx or as CSV, and send that",
  "application/vnd.oasis.opendocument.spreadsheet":
    "This is an OpenDocument spreadsheet. Save it as .xlsx or as CSV, and send that",
  "application/pdf": "This is a PDF file",
  "application/rtf": "This is a Rich Text file",
  "application/xml": "This is an XML file",
  "application/vnd.openxmlformats-officedocument.wordprocessingml": "This is a Word document",
  "application/vnd.openxmlformats-officedocument.presentationml": "This is a PowerPoint presentation",
  "image/png": "This is a PNG picture",
  "image/jpeg": "This is a JPEG picture",
  "image/gif": "This is a GIF picture",
  "video/": "This is a video",
} as const;

/** Why content of a media type, told from the content itself, is no table; null where it may be one. */
export function whyNoTable(mediaType: string): string | null {
  const [, why] = Object.entries(kindsOfFile).find(([start]) => mediaType.startsWith(start)) ?? [];
  return why === undefined || why.includes("Save it")
    ? (why ?? null)
    : `${why}. Send a CSV file or an Excel workbook (.xlsx)`;
}

const delimiters = [",", ";", "\t", "|"] as const;

const common = {
  relax_column_count: true,
  relax_quotes: true,
  record_delimiter: ["\r\n", "\n", "\r"],
  // A quote that is never closed must not swallow the file.
  max_record_size: 2_000_000,
};

function readCsv(content: Buffer): Table {
  const { text, encoding } = decodeText(content);
  // Excel's own way to say the delimiter, in a first line.
  const [said, saidDelimiter] = /^sep=([,;|\t])\r?\n/i.exec(text) ?? [];
  const body = said === undefined ? text : text.slice(said.length);
  const delimiter = saidDelimiter ?? delimiterOf(body);
  // Signs that no text has, the white ones and the end-of-file of old systems apart.
  if (/[\0-\x08\x0e-\x19\x1b\x1c]/.test(body.slice(0, 4000)))
    unreadable("This is no CSV file and no Excel workbook. Send a CSV file or an Excel workbook (.xlsx)");
  return {
    told: { encoding, delimiter },
    rows: rowsOfCsv(body, delimiter),
  };
}

async function* rowsOfCsv(body: string, delimiter: string): AsyncGenerator<readonly string[]> {
  // In parts, so that the first rows can be read before the last are parsed.
  const parser = Readable.from(partsOf(body)).pipe(parse({ ...common, delimiter }));
  try {
    // Without columns or info the parser gives lists of texts.
    for await (const cells of parser) yield cells as readonly string[];
  } catch (error) {
    const line = error instanceof Error && "lines" in error ? ` near line ${String(error.lines)}` : "";
    unreadable(`The file could not be read${line}. Is there a quotation mark too many or too few`);
  }
}

function* partsOf(body: string): Generator<string> {
  for (let at = 0; at < body.length; at += 65_536) yield body.slice(at, at + 65_536);
}

/**
 * The delimiter by which the first lines fall into the most columns of one number: the first line's, or half as surely
 * that of most lines, where a title stands above the headings.
 */
function delimiterOf(text: string): string {
  const head = text.slice(0, 20_000);
  const whole = text.length > head.length ? head.slice(0, head.lastIndexOf("\n") + 1) || head : head;
  let best = { delimiter: ",", score: 0 };
  for (const delimiter of delimiters) {
    const score = scoreOf(whole, delimiter);
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

function scoreOf(head: string, delimiter: string): number {
  try {
    // Without columns or info the parser gives lists of texts.
    const rows = parseAtOnce(head, { ...common, delimiter, to: 20, skip_empty_lines: true }) as string[][];
    const score = (columns: number) =>
      columns <= 1 ? 0 : (columns * rows.filter((row) => row.length === columns).length) / rows.length;
    return Math.max(score(rows[0]?.length ?? 0), ...rows.map(({ length }) => score(length) / 2));
  } catch {
    return 0;
  }
}

async function readExcel(path: string, content: Buffer): Promise<Table> {
  // Before anything is unpacked: a small file may say that it holds a very large one. No entry is unpacked beyond what it says.
  if ((await unzippedBytes(path)) > limits.unzippedBytes)
    unreadable("This workbook is too large unpacked. Save the sheet as CSV, and send that");
  try {
    const sheet = await firstSheet(content);
    if (sheet === null) return unreadable("This workbook has no sheet in it");
    return { told: { sheet: sheet.name }, rows: rowsOfSheet(content, sheet.index) };
  } catch (error) {
    return noWorkbook(error);
  }
}

/** The first sheet that people see, else the first. */
async function firstSheet(content: Buffer): Promise<{ readonly name: string; readonly index: number } | null> {
  const sheets: { name: string; index: number; hidden: boolean }[] = [];
  const note: SheetFilter = ({ name, hidden, veryHidden }, index) => {
    sheets.push({ name, index, hidden: hidden === true || veryHidden === true });
    return false;
  };
  const { readXlsx } = await import("hucre/xlsx");
  await readXlsx(content, { sheets: note });
  return sheets.find(({ hidden }) => !hidden) ?? sheets[0] ?? null;
}

/** Rows one by one, so that a large sheet never lies in memory whole; those that the sheet leaves out are empty. */
async function* rowsOfSheet(content: Buffer, sheet: number): AsyncGenerator<readonly string[]> {
  let next = 0;
  const { streamXlsxRows } = await import("hucre/xlsx");
  try {
    for await (const { index, values } of streamXlsxRows(content, { sheet })) {
      for (; next < index; next += 1) yield [];
      next = index + 1;
      yield values.map(cellText);
    }
  } catch (error) {
    noWorkbook(error);
  }
}

function noWorkbook(error: unknown): never {
  if (error instanceof Refusal) throw error;
  return unreadable("This is no Excel workbook that can be read. Save it as .xlsx or as CSV once more, and send that");
}

/** A cell of a workbook as text. Excel's days and times have no zone: they are what the person typed. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value instanceof Date) {
    if (Number.isNaN(value.valueOf())) return "";
    // Excel counts in days, so a time is out by some milliseconds.
    const text = new Date(Math.round(value.valueOf() / 1000) * 1000).toISOString().slice(0, 19);
    return text.endsWith("T00:00:00") ? text.slice(0, 10) : text.replace("T", " ");
  }
  return typeof value === "number" ? String(Number(value.toPrecision(15))) : String(value);
}

function unzippedBytes(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true }, (error, zip) => {
      if (error) {
        reject(new Refusal("invalid", [{ field: "file", message: "This is no Excel workbook that can be read" }]));
        return;
      }
      let sum = 0;
      zip.on("entry", (entry: yauzl.Entry) => {
        // What says that it is empty and is not would be unpacked without end.
        sum += entry.uncompressedSize === 0 && entry.compressedSize > 2 ? Infinity : entry.uncompressedSize;
        zip.readEntry();
      });
      zip.on("end", () => resolve(sum));
      zip.on("error", () =>
        reject(new Refusal("invalid", [{ field: "file", message: "This is no Excel workbook that can be read" }])),
      );
      zip.readEntry();
    });
  });
}

function unreadable(message: string): never {
  throw new Refusal("invalid", [{ field: "file", message }]);
}
