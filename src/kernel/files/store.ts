import type { Readable } from "node:stream";
import { diskStore } from "./disk.ts";
import type { Scanner } from "./scan.ts";

/** Where content is kept, by the hexadecimal SHA-256 that is its name: a folder (`disk.ts`) or a bucket (`bucket.ts`). */
export interface ContentStore {
  /** A folder of this machine, where content arrives before it is kept. The list of erasures lies beside it. */
  readonly folder: string;
  /** The folder or the address of the bucket, for sentences. */
  readonly where: string;
  /** Looks for viruses in what arrives; absent where nobody set one. */
  readonly scanner?: Scanner;
  /** Takes a whole file of `folder` as this content, which may be there already: then its time is renewed. */
  take(part: string, sha256: string): Promise<void>;
  /** Opens content for reading; null when it is not there. What is opened must be read or destroyed. */
  read(sha256: string): Promise<{ readonly sizeBytes: number; readonly content: Readable } | null>;
  has(sha256: string): Promise<boolean>;
  /** Deletes content, or what lies beside it, by its name. False when it is known that nothing was there. */
  remove(name: string): Promise<boolean>;
  /** The parts that content is divided into, by the first two digits of its name. */
  parts(): Promise<readonly string[]>;
  /** All that lies in a part: content, and what a suffix after a point says of it. */
  list(part: string): Promise<readonly Kept[]>;
  /** Sets content aside as `<sha256>.aside` where it was kept before a moment. False when it is not there, or newer. */
  setAside(sha256: string, before: Date): Promise<boolean>;
  putBack(sha256: string): Promise<void>;
  /** A text beside the content, by its name; empty when it is not there. */
  note(name: string): Promise<string>;
  setNote(name: string, text: string): Promise<void>;
}

/** What lies in a store, and when it was kept or renewed. */
export interface Kept {
  readonly name: string;
  readonly at: Date;
}

/** Where content is kept, as callers give it: the path of a folder stands for that folder on the disk. */
export type FilesPlace = string | ContentStore;

/** The store of a place. */
export function storeOf(place: FilesPlace): ContentStore {
  return typeof place === "string" ? diskStore(place) : place;
}

/** The store of files cannot be reached, or does not let Reeve in. Nothing was kept. */
export class StoreUnavailable extends Error {
  readonly code = "FILES_UNAVAILABLE";
}
