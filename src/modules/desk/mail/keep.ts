import { keepContent } from "../../../kernel/files/content.ts";
import type { Content } from "../../../kernel/files/content.ts";
import { fileBytesMax } from "../../../kernel/files/files.ts";
import { Infected } from "../../../kernel/files/scan.ts";
import type { FilesPlace } from "../../../kernel/files/store.ts";
import { readMessage } from "./message.ts";
import type { Message } from "./message.ts";

/** A message of which the content is kept. */
export interface Kept {
  readonly message: Message;
  /** The whole of it; null where it could not be kept. */
  readonly raw: Content | null;
  readonly files: readonly { readonly name: string; readonly content: Content }[];
  /** What its files are called that are larger than any may be. */
  readonly tooLarge: readonly string[];
  /** Why it could not be kept; null when it was. */
  readonly problem: string | null;
}

/** The most bytes of one message that are taken: a file of 25 MB as mail carries it, and more. */
export const messageBytesMax = 60_000_000;

/** Keeps the content of a message and of its files, before any transaction: what no record takes is swept away in a day. */
export async function keep(filesFolder: FilesPlace, raw: Buffer): Promise<Kept> {
  const message = await readMessage(raw);
  try {
    const content = await keepContent(filesFolder, inParts(raw), messageBytesMax);
    const files: { name: string; content: Content }[] = [];
    const tooLarge: string[] = [];
    for (const { name, content: bytes } of message.attachments) {
      if (bytes.length > fileBytesMax) tooLarge.push(name);
      else files.push({ name, content: await keepContent(filesFolder, inParts(bytes), fileBytesMax) });
    }
    return { message, raw: content, files, tooLarge, problem: null };
  } catch (error) {
    if (!(error instanceof Infected)) throw error;
    const problem = "The virus scanner found something in it, so nothing of it was kept here. It lies in the mailbox";
    return { message: { ...message, attachments: [] }, raw: null, files: [], tooLarge: [], problem };
  }
}

async function* inParts(content: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += 1_000_000) yield content.subarray(at, at + 1_000_000);
}
