import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { fileTypeFromFile } from "file-type";
import { Infected } from "./scan.ts";
import { storeOf } from "./store.ts";
import type { FilesPlace } from "./store.ts";

/** What is kept of content that was sent. */
export interface Content {
  /** Hexadecimal: the name by which it is kept. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Told from the content itself, never from what whoever sent it says: `application/octet-stream` where it cannot be. */
  readonly mediaType: string;
}

/** Content was larger than it may be. */
export class TooLarge extends Error {}

/**
 * Keeps content by its SHA-256, once however often it comes. Throws TooLarge past `bytesMax`, Infected for a virus,
 * ScannerUnavailable and StoreUnavailable, and keeps nothing of it then. Content that no record takes within a day is
 * swept away (`sweepFiles`).
 */
export async function keepContent(
  place: FilesPlace,
  content: AsyncIterable<Buffer>,
  bytesMax: number,
): Promise<Content> {
  const store = storeOf(place);
  const part = await arriving(store.folder);
  try {
    const { sha256, sizeBytes } = await writeHashed(part, content, bytesMax);
    const virus = (await store.scanner?.scan(part)) ?? null;
    if (virus !== null) throw new Infected(virus);
    const mediaType = await mediaTypeOf(part, sizeBytes);
    await store.take(part, sha256);
    return { sha256, sizeBytes, mediaType };
  } finally {
    await rm(part, { force: true });
  }
}

/** Opens content for reading; null when it is not there. */
export async function openContent(place: FilesPlace, sha256: string): Promise<Readable | null> {
  return (await storeOf(place).read(sha256))?.content ?? null;
}

/** Whether content is there. */
export function hasContent(place: FilesPlace, sha256: string): Promise<boolean> {
  return storeOf(place).has(sha256);
}

/** Reads content as a file of this machine, which is there until the work is done. Null when there is no such content. */
export async function withLocalCopy<Answer>(
  place: FilesPlace,
  sha256: string,
  work: (path: string) => Promise<Answer>,
): Promise<Answer | null> {
  const store = storeOf(place);
  const content = await openContent(store, sha256);
  if (content === null) return null;
  const path = await arriving(store.folder);
  try {
    await writeHashed(path, content, Number.POSITIVE_INFINITY);
    return await work(path);
  } finally {
    await rm(path, { force: true });
  }
}

/** A path in a folder of files for what is about to come. */
export async function arriving(folder: string): Promise<string> {
  const path = join(folder, "arriving", randomUUID());
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return path;
}

/** Writes content to a new file, down to the disk. Throws TooLarge past `bytesMax`. */
export async function writeHashed(
  path: string,
  content: AsyncIterable<Buffer>,
  bytesMax: number,
): Promise<Pick<Content, "sha256" | "sizeBytes">> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const file = await open(path, "wx", 0o600);
  try {
    for await (const chunk of content) {
      sizeBytes += chunk.length;
      if (sizeBytes > bytesMax) throw new TooLarge(`more than ${bytesMax} bytes`);
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest("hex"), sizeBytes };
}

/** By the marks that kinds of file begin with; what has none and reads as UTF-8 is plain text, a web page included. */
async function mediaTypeOf(path: string, sizeBytes: number): Promise<string> {
  const told = await fileTypeFromFile(path);
  if (told) return told.mime;
  const head = await firstBytes(path, Math.min(sizeBytes, 65_536));
  try {
    // A character may be cut in two at the end of what was read, so `stream` is told that more follows.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: sizeBytes > head.length });
    return text.includes("\u0000") ? unknown : "text/plain";
  } catch {
    return unknown;
  }
}

const unknown = "application/octet-stream";

async function firstBytes(path: string, count: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
