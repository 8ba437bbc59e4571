import { randomUUID } from "node:crypto";
import { access, mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { filePath, writeHashed } from "../files/content.ts";
import { BackupError } from "./failed.ts";

/** The folder of files while a restore fills it. */
export interface FileStore {
  /** Puts content at its place, unless it is there; refuses (BackupError) content that is not what its name says. */
  put(sha256: string, content: AsyncIterable<Buffer>): Promise<void>;
  remove(sha256s: readonly string[]): Promise<void>;
  /** Takes away what `put` brought. */
  undo(): Promise<void>;
}

/** Opens the folder; it is made when the first file comes. */
export function openFileStore(folder: string): FileStore {
  const brought: string[] = [];
  return {
    put: async (sha256, content) => {
      const path = filePath(folder, sha256);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const part = `${path}.${randomUUID()}`;
      try {
        if ((await writeHashed(part, content, Number.POSITIVE_INFINITY)).sha256 !== sha256)
          throw new BackupError(
            `The backup is damaged: the file ${sha256} in it has other content. Nothing was restored.`,
          );
        if (
          await access(path).then(
            () => true,
            () => false,
          )
        )
          return;
        await rename(part, path);
        brought.push(path);
      } finally {
        await rm(part, { force: true });
      }
    },
    remove: async (sha256s) => {
      for (const sha256 of sha256s) await rm(filePath(folder, sha256), { force: true });
    },
    undo: async () => {
      for (const path of brought.splice(0)) await rm(path, { force: true });
    },
  };
}
