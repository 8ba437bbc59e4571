import { join } from "node:path";
import { bucketStore } from "./bucket.ts";
import { diskStore } from "./disk.ts";
import { clamd } from "./scan.ts";
import type { FilesSettings } from "./settings.ts";
import type { ContentStore } from "./store.ts";

/** The store that the settings name: a bucket, else the folder `files` of the data folder. */
export function openFiles({ dataFolder, files }: { dataFolder: string; files: FilesSettings }): ContentStore {
  const folder = join(dataFolder, "files");
  const scanner = files.clamd === null ? undefined : clamd(files.clamd);
  return files.bucket === null
    ? diskStore(folder, scanner)
    : bucketStore(files.bucket, { folder, ...(scanner ? { scanner } : {}) });
}
