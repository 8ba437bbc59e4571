import { open, readFile, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import yauzl from "yauzl";
import { Refusal } from "../../../kernel/errors.ts";
import { decodeText } from "../../../kernel/transfer/decode.ts";
import { readTable } from "../../../kernel/transfer/read-file.ts";
import type { Parts, Row } from "./moved.ts";

/** The most of a file, unpacked. */
const bytesMax = 400_000_000;
/**
 * The most of a file that is sent by the page, packed and unpacked. It is read beside what people do: 99 MB of JSON (138,000
 * tickets) in 11 seconds, with 380 MB of memory more than the product had before, as measured in November 2026.
 */
export const sentBytesMax = 100_000_000;
const filesMax = 50;

/**
 * The lists in a file: a CSV or tab-separated table, a JSON file (a list, or an object with lists in it), or a zip of JSON files, each
 * named for its list (`tickets.json`, `articles.json`). `called` is what the file was called where it came from. Refuses (invalid) any other with a sentence.
 */
export async function readParts(
  file: string,
  { called = file, unpackedMax = bytesMax }: { readonly called?: string; readonly unpackedMax?: number } = {},
): Promise<Parts> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) invalid(`There is no file ${file}`);
  if (found.size > bytesMax) invalid(`The file is larger than ${bytesMax / 1_000_000} MB. Give it in parts`);
  const head = await headOf(file);
  if (head.subarray(0, 2).toString("latin1") === "PK" && extname(called).toLowerCase() === ".zip")
    return readZip(file, unpackedMax);
  const start = decodeText(head).text.trimStart();
  if (start.startsWith("{") || start.startsWith("["))
    return partsOf(nameOf(called), decodeText(await readFile(file)).text);
  return new Map([["tickets", await readRows(file)]]);
}

/** The first bytes of a file, without the rest of it. */
async function headOf(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4000), 0, 4000, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

const nameOf = (file: string): string => basename(file, extname(file)).toLowerCase();

/** The rows of a table by the headings of its first row. */
async function readRows(file: string): Promise<Row[]> {
  const { rows } = await readTable(file);
  let headings: readonly string[] | null = null;
  const found: Row[] = [];
  for await (const cells of rows) {
    if (cells.every((cell) => cell.trim() === "")) continue;
    if (headings === null) headings = cells.map((cell) => cell.trim());
    else {
      const names = headings;
      found.push(Object.fromEntries(cells.flatMap((cell, at) => (names[at] ? [[names[at], cell]] : []))));
    }
  }
  return found;
}

/** The lists of a JSON text: itself under the name given, or those in it under their own. */
function partsOf(name: string, json: string): Parts {
  const parts = new Map<string, readonly Row[]>();
  const whole = parse(name, json);
  if (Array.isArray(whole)) parts.set(name, rowsIn(whole));
  else if (typeof whole === "object" && whole !== null)
    for (const [key, value] of Object.entries(whole)) {
      if (!Array.isArray(value)) continue;
      // What an API wraps its answer in says nothing of what it is.
      const wrapped = ["result", "items", "records", "data"].includes(key);
      parts.set(wrapped ? name : key.toLowerCase(), rowsIn(value));
    }
  return parts;
}

function parse(name: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    return invalid(`${name} is not whole JSON: ${error instanceof Error ? error.message : "it cannot be read"}`);
  }
}

function rowsIn(list: readonly unknown[]): Row[] {
  // Anything that is no row is left out: a list of numbers is no list of tickets.
  return list.filter((one): one is Row => typeof one === "object" && one !== null && !Array.isArray(one));
}

async function readZip(file: string, unpackedMax: number): Promise<Parts> {
  const parts = new Map<string, readonly Row[]>();
  const zip = await yauzl.openPromise(file, { autoClose: false }).catch(() => invalid("The zip file cannot be read"));
  try {
    let [files, unpacked] = [0, 0];
    for await (const entry of zip.eachEntry()) {
      if (!/(^|\/)[^./][^/]*\.json$/i.test(entry.fileName) || entry.fileName.startsWith("__MACOSX/")) continue;
      files += 1;
      if (files > filesMax) invalid(`The zip file holds more than ${filesMax} JSON files`);
      if (entry.isEncrypted()) invalid("The zip file asks for a password; unpack it first");
      unpacked += entry.uncompressedSize;
      if (unpacked > unpackedMax)
        invalid(`What the zip file holds is larger than ${unpackedMax / 1_000_000} MB. Give it in parts`);
      const chunks: Buffer[] = [];
      for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
      for (const [name, rows] of partsOf(nameOf(entry.fileName), decodeText(Buffer.concat(chunks)).text))
        parts.set(name, [...(parts.get(name) ?? []), ...rows]);
    }
    if (files === 0) invalid("The zip file holds no JSON file");
    return parts;
  } finally {
    zip.close();
  }
}

function invalid(message: string): never {
  throw new Refusal("invalid", [{ message }]);
}
