import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { fileTypeFromFile } from "file-type";

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
 * Keeps content by its SHA-256 in a folder, once however often it comes. Throws TooLarge past `bytesMax` and keeps
 * nothing of it. Content that no record takes within a day is swept away (`sweepFiles`).
 */
export async function keepContent(folder: string, content: AsyncIterable<Buffer>, bytesMax: number): Promise<Content> {
  const part = join(folder, "arriving", randomUUID());
  await mkdir(dirname(part), { recursive: true, mode: 0o700 });
  try {
    const { sha256, sizeBytes } = await writeHashed(part, content, bytesMax);
    const mediaType = await mediaTypeOf(part, sizeBytes);
    const path = filePath(folder, sha256);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // Also where it is there already: the sweep goes by its time, and this renews it.
    const now = new Date();
    if (!(await utimes(path, now, now).then(() => true, unlessAbsent(false)))) await rename(part, path);
    return { sha256, sizeBytes, mediaType };
  } finally {
    await rm(part, { force: true });
  }
}

/** Where content lies in the folder of files. */
export function filePath(filesFolder: string, hex: string): string {
  return `${filesFolder}/${hex.slice(0, 2)}/${hex}`;
}

/** Opens content for reading; null when the folder does not hold it. */
export async function openContent(folder: string, sha256: string): Promise<Readable | null> {
  return (await hasContent(folder, sha256)) ? createReadStream(filePath(folder, sha256)) : null;
}

/** Whether the folder holds content. */
export async function hasContent(folder: string, sha256: string): Promise<boolean> {
  return stat(filePath(folder, sha256)).then(() => true, unlessAbsent(false));
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

/** What to answer when a file is not there; every other error passes. */
export function unlessAbsent<Answer>(answer: Answer): (error: unknown) => Answer {
  return (error) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return answer;
    throw error;
  };
}
