import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { Refusal, unseen } from "../../../kernel/errors.ts";
import { keepContent, openContent } from "../../../kernel/files/content.ts";
import type { Content } from "../../../kernel/files/content.ts";
import { addFile, fileBytesMax, findFile } from "../../../kernel/files/files.ts";
import type { FilesPlace } from "../../../kernel/files/store.ts";
import type { JobKind, JobRun } from "../../../kernel/jobs/run.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { change } from "../../../kernel/store/change.ts";
import { comment } from "../../../kernel/store/comment.ts";
import { find } from "../../../kernel/store/find.ts";
import { move } from "../../../kernel/store/move.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { plural } from "../../../web/view/format.ts";
import { marksOf, originalOf } from "./handling.ts";
import { requestOf } from "./redacted-for.ts";
import type { Redacted } from "./tasks.ts";
import { inThread } from "./thread.ts";

/** Ten minutes: 500 pages take about four. */
const timeoutMs = 600_000;
/** How many pages are done between two words on how far it is. */
const tellEvery = 10;

/** Makes and proves the copy, and keeps it where nothing is wrong with it; else the redaction goes back and says why. */
export const makeCopy: JobKind = async (run) => {
  const redaction = await run.as((tx) => find(tx, typeNamed(tx.registry, "redaction"), run.subject));
  if (redaction.state !== "making") return "It is no longer to be made.";
  try {
    return await copyOf(run, redaction);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await run.as((tx) => giveBack(tx, run.subject, error.message));
    throw error;
  }
};

async function copyOf(run: JobRun, redaction: Stored): Promise<string> {
  const original = await run.as((tx) => findFile(tx, originalOf(redaction)));
  const bytes = await bytesOf(run.filesFolder, original.sha256);
  const marks = marksOf(redaction);
  const title = `${redaction.title} (redacted)`;
  let telling = Promise.resolve();
  let cancelled: unknown;
  const tell = (page: number) => {
    if (page % tellEvery !== 0 || cancelled !== undefined) return;
    telling = telling
      .then(() => run.as((tx) => run.progress(tx, page, null)))
      .catch((error: unknown) => void (cancelled = error));
  };
  const made = await inThread(bytes, { task: "redact", marks, title }, { timeoutMs, tell });
  await telling;
  if (cancelled !== undefined) throw cancelled;
  if (made.faults.length > 0)
    throw new Refusal("impossible", [
      {
        message: `The copy was made and thrown away, because it did not pass: ${made.faults.slice(0, 3).join("; ")}`,
      },
    ]);
  const content = await keepContent(run.filesFolder, Readable.from([Buffer.from(made.bytes)]), fileBytesMax);
  await run.as((tx) => keepCopy(tx, run.subject, content, made));
  return `The copy of ${plural(made.pages, "page")} is made, and nothing under its ${plural(marks.length, "mark")} is left in it.`;
}

/** The content of a PDF, whole. */
export async function bytesOf(place: FilesPlace, sha256: string): Promise<Uint8Array> {
  const content = await openContent(place, sha256);
  return content === null ? unseen("The file is no longer there") : new Uint8Array(await buffer(content));
}

async function keepCopy(tx: Tx, id: string, content: Content, made: Redacted): Promise<void> {
  const type = typeNamed(tx.registry, "redaction");
  const before = await find(tx, type, id);
  if (before.state !== "making") return;
  const name = `${before.reference} redacted.pdf`;
  const { id: copy } = await addFile(tx, name, content);
  const proof = `Text, pictures, notes, details, attachments and all bytes, unpacked, were looked through: nothing under a mark is left${made.unseen > 0 ? `. ${plural(made.unseen, "word")} that nobody sees ${made.unseen === 1 ? "was" : "were"} left out` : ""}`;
  const changed = await change(tx, type, id, before.version, { copy, pages: made.pages, proof }, { trusted: true });
  const done = await move(tx, type, id, changed.version, "finish", {});
  await putOnRequest(tx, done, name, content);
}

/** Puts the copy on the request, where whoever made it may say something there. */
async function putOnRequest(tx: Tx, redaction: Stored, name: string, content: Content): Promise<void> {
  const request = await requestOf(tx, redaction);
  if (!request) return;
  const file = await addFile(tx, name, content);
  const text = `Redacted copy, made from the original on ${redaction.reference}`;
  try {
    await comment(tx, typeNamed(tx.registry, request.type), request.id, {
      text,
      audience: "internal",
      files: [file.id],
    });
  } catch (error) {
    // Whoever may redact need not be one who works on the request; the copy is on the redaction.
    if (!(error instanceof Refusal)) throw error;
  }
}

async function giveBack(tx: Tx, id: string, why: string): Promise<void> {
  const type = typeNamed(tx.registry, "redaction");
  const before = await find(tx, type, id);
  if (before.state !== "making") return;
  const failure = why.slice(0, 500).toWellFormed();
  const changed = await change(tx, type, id, before.version, { failure }, { trusted: true });
  await move(tx, type, id, changed.version, "back", {});
}
