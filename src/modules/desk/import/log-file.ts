import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream";
import { CsvError, parse } from "csv-parse";
import yauzl from "yauzl";
import { Refusal } from "../../../kernel/errors.ts";

/** A row of the file: the line on which it ends, and its cells by column; `torn` when it has too many or too few. */
export interface LogRow {
  readonly line: number;
  readonly columns: Readonly<Record<string, string>>;
  readonly torn: string | null;
}

/** The columns that an incident cannot be rebuilt without. */
const neededColumns = [
  "number",
  "incident_state",
  "sys_mod_count",
  "sys_updated_at",
  "opened_at",
  "reassignment_count",
  "reopen_count",
  "made_sla",
  "caller_id",
  "category",
  "subcategory",
  "impact",
  "urgency",
  "priority",
  "assignment_group",
  "assigned_to",
];

const columnsMax = 200;
/** A row longer than this is no row of such a log: most often a quotation mark that was never closed. */
const rowBytesMax = 1_000_000;
const fileBytesMax = 4_000_000_000;

/** Reads the rows of a log, a CSV file or a zip of one. Refuses (invalid) what is neither, with one sentence. */
export async function* readLogFile(file: string): AsyncGenerator<LogRow> {
  const bytes = await openLogFile(file);
  const options = {
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: rowBytesMax,
  };
  // Errors of either end reach the loop below; the callback keeps them from being thrown a second time.
  const rows = pipeline(Readable.from(decoded(bytes), { objectMode: false }), parse(options), () => {});
  let header: string[] | null = null;
  try {
    for await (const { record, info } of rows as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (header) yield rowOf(header, record, info.lines);
      else header = checkedHeader(record);
    }
  } catch (error) {
    throw sentenceFor(error);
  } finally {
    bytes.destroy();
  }
  if (!header) invalid("The file is empty");
}

function checkedHeader(cells: readonly string[]): string[] {
  const header = cells.map((cell) => cell.trim());
  const absent = neededColumns.filter((name) => !header.includes(name));
  if (absent.length === neededColumns.length)
    invalid("The file is not a ServiceNow incident log: its first line does not name the log’s columns");
  if (absent.length > 0)
    invalid(`The file lacks ${absent.length === 1 ? "the column" : "the columns"} ${absent.join(", ")}`);
  if (header.length > columnsMax)
    invalid(`The file has ${header.length} columns; a log may have ${columnsMax} at most`);
  const twice = header.find((name, at) => header.indexOf(name) !== at);
  if (twice !== undefined) invalid(`The file names the column “${twice}” twice`);
  return header;
}

function rowOf(header: readonly string[], cells: readonly string[], line: number): LogRow {
  if (cells.length !== header.length) {
    return {
      line,
      columns: { "(line)": cells.join(",") },
      torn: `it has ${cells.length} columns where the first line names ${header.length}`,
    };
  }
  const columns: Record<string, string> = {};
  for (let at = 0; at < header.length; at++) columns[header[at]!] = cells[at]!;
  return { line, columns, torn: null };
}

/** The bytes of the file, or of the one CSV file in it when it is a zip. */
async function openLogFile(file: string): Promise<Readable> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) =>
    invalid(
      error.code === "ENOENT"
        ? `There is no file ${file}`
        : `The file ${file} cannot be read (${error.code ?? error.message})`,
    ),
  );
  const stat = await handle.stat();
  if (!stat.isFile()) {
    await handle.close();
    invalid(`${file} is not a file`);
  }
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
  // Every zip with something in it starts with these two letters, and no log does.
  if (bytesRead < 4 || buffer.toString("latin1", 0, 2) !== "PK")
    return handle.createReadStream({ start: 0, highWaterMark: 1 << 18 });
  await handle.close();
  return openZip(file).catch((error: unknown) => {
    throw error instanceof Refusal ? error : brokenZip(error);
  });
}

async function openZip(file: string): Promise<Readable> {
  const zip = await yauzl.openPromise(file, { autoClose: false });
  try {
    const found: yauzl.Entry[] = [];
    for await (const entry of zip.eachEntry())
      if (/(^|\/)[^./][^/]*\.csv$/i.test(entry.fileName) && !entry.fileName.startsWith("__MACOSX/")) found.push(entry);
    const [entry] = found;
    if (!entry) return invalid("The zip file holds no CSV file");
    if (found.length > 1) invalid(`The zip file holds ${found.length} CSV files; give one of them`);
    if (entry.isEncrypted()) invalid("The zip file asks for a password; unpack it first");
    if (entry.uncompressedSize > fileBytesMax) invalid("The file in the zip is too large to be a log");
    const stream = await zip.openReadStreamPromise(entry);
    stream.once("close", () => zip.close());
    return stream;
  } catch (error) {
    zip.close();
    throw error;
  }
}

/** Text from bytes; anything that is not UTF-8 text is refused rather than guessed at. */
async function* decoded(bytes: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  // A byte stream gives buffers.
  for await (const chunk of bytes as AsyncIterable<Buffer>) yield textOf(decoder.decode(chunk, { stream: true }));
  yield textOf(decoder.decode());
}

function textOf(text: string): string {
  if (text.includes("\0")) throw new TypeError("not text", { cause: "nul" });
  return text;
}

function sentenceFor(error: unknown): unknown {
  if (error instanceof Refusal) return error;
  if (error instanceof CsvError) {
    const line = typeof error["lines"] === "number" ? ` near line ${error["lines"]}` : "";
    return new Refusal("invalid", [
      {
        message: `The file is not a CSV file that can be read${line}: a quotation mark is not closed, or a row is far too long`,
      },
    ]);
  }
  if (
    error instanceof TypeError &&
    (error.cause === "nul" || ("code" in error && error.code === "ERR_ENCODING_INVALID_ENCODED_DATA"))
  ) {
    return new Refusal("invalid", [{ message: "The file is not UTF-8 text; save it as “CSV UTF-8” and try again" }]);
  }
  return brokenZip(error);
}

/** A zip whose bytes do not hang together shows in many ways, while it is opened or while it is read. */
function brokenZip(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const ours = error instanceof TypeError || error instanceof RangeError;
  const ofZip = error instanceof Error && !ours && (code === "" || code.startsWith("Z_"));
  return ofZip ? new Refusal("invalid", [{ message: "The zip file is damaged and cannot be unpacked" }]) : error;
}

function invalid(message: string): never {
  throw new Refusal("invalid", [{ message }]);
}
