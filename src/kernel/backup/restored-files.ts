import { rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { arriving, writeHashed } from "../files/content.ts";
import { storeOf } from "../files/store.ts";
import type { FilesPlace } from "../files/store.ts";
import { BackupError } from "./failed.ts";

/** The store of files while a restore fills it. */
export interface FileStore {
  /** Puts content at its place, unless it is there; refuses (BackupError) content that is not what its name says. */
  put(sha256: string, content: AsyncIterable<Buffer>): Promise<void>;
  remove(sha256s: readonly string[]): Promise<void>;
  /** Takes away what `put` brought. */
  undo(): Promise<void>;
}

/** Opens the store; a folder is made when the first file comes. */
export function openFileStore(place: FilesPlace): FileStore {
  const store = storeOf(place);
  const brought: string[] = [];
  return {
    put: async (sha256, content) => {
      const part = await arriving(store.folder);
      try {
        if ((await writeHashed(part, content, Number.POSITIVE_INFINITY)).sha256 !== sha256)
          throw new BackupError(
            `The backup is damaged: the file ${sha256} in it has other content. Nothing was restored.`,
          );
        const there = await store.has(sha256);
        await store.take(part, sha256);
        if (!there) brought.push(sha256);
      } finally {
        await rm(part, { force: true });
      }
    },
    remove: async (sha256s) => {
      for (const sha256 of sha256s) await store.remove(sha256);
    },
    undo: async () => {
      for (const sha256 of brought.splice(0)) await store.remove(sha256);
      // Of a product that runs it may hold what arrives just now; then it is not ours to take away.
      await rmdir(join(store.folder, "arriving")).catch(() => {});
    },
  };
}
