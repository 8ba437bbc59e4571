import { mkdir, open, readFile, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Scanner } from "./scan.ts";
import type { ContentStore, Kept } from "./store.ts";

/** A folder on the disk, with content as ab/abcdef…. It is made when the first content comes. */
export function diskStore(folder: string, scanner?: Scanner): ContentStore {
  const pathOf = (name: string) => filePath(folder, name);
  return {
    folder,
    where: folder,
    ...(scanner ? { scanner } : {}),
    take: async (part, sha256) => {
      const path = pathOf(sha256);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      // Also where it is there already: the sweep goes by its time, and this renews it.
      const now = new Date();
      if (!(await utimes(path, now, now).then(() => true, unlessAbsent(false)))) await rename(part, path);
    },
    read: async (sha256) => {
      const file = await open(pathOf(sha256)).catch(unlessAbsent(null));
      if (file === null) return null;
      const { size } = await file.stat();
      return { sizeBytes: size, content: file.createReadStream() };
    },
    has: (sha256) => stat(pathOf(sha256)).then(() => true, unlessAbsent(false)),
    remove: (name) => rm(pathOf(name)).then(() => true, unlessAbsent(false)),
    parts: async () =>
      (await readdir(folder).catch(unlessAbsent<string[]>([]))).filter((name) => /^[0-9a-f]{2}$/.test(name)),
    list: (part) => listed(join(folder, part)),
    setAside: async (sha256, before) => {
      const [path, aside] = [pathOf(sha256), pathOf(`${sha256}.aside`)];
      if (!(await renamed(path, aside))) return false;
      // An upload may have renewed it since somebody looked; its time goes along.
      if ((await timeOf(aside)) < before) return true;
      await renamed(aside, path);
      return false;
    },
    putBack: async (sha256) => {
      await renamed(pathOf(`${sha256}.aside`), pathOf(sha256));
    },
    note: (name) => readFile(join(folder, name), "utf8").catch(unlessAbsent("")),
    setNote: (name, text) => written(folder, name, text),
  };
}

/** Where content lies in a folder of files. */
export function filePath(filesFolder: string, name: string): string {
  return `${filesFolder}/${name.slice(0, 2)}/${name}`;
}

/** What is in a folder, without what goes away meanwhile. */
export async function listed(folder: string): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const name of await readdir(folder).catch(unlessAbsent<string[]>([]))) {
    const found = await stat(join(folder, name)).catch(unlessAbsent(null));
    if (found?.isFile()) kept.push({ name, at: found.mtime });
  }
  return kept;
}

/** What to answer when a file is not there; every other error passes. */
export function unlessAbsent<Answer>(answer: Answer): (error: unknown) => Answer {
  return (error) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return answer;
    throw error;
  };
}

async function timeOf(path: string): Promise<Date> {
  return (await stat(path)).mtime;
}

function renamed(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(() => true, unlessAbsent(false));
}

/** Writes beside it and renames, so that it is there whole or as it was. */
async function written(folder: string, name: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
