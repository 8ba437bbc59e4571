import { readFile, rename, rm, writeFile } from "node:fs/promises";
import type pg from "pg";
import { z } from "zod";

const begun = z.object({
  now: z.string(),
  references: z.array(z.string().max(40)).max(100_000),
  done: z.array(z.string()),
});

/** A demonstration that is not whole yet: when it began, the references of its tickets, the oldest first, and which parts are made. */
export type Begun = z.infer<typeof begun>;

/** Where it is kept how far a demonstration is; a file beside the data, which is there as long as it is not whole. */
export interface DemoProgress {
  read(): Promise<Begun | null>;
  write(progress: Begun): Promise<void>;
  /** It is whole. */
  end(): Promise<void>;
}

/** The progress that is kept in a file. */
export function progressIn(path: string): DemoProgress {
  return {
    read: async () => {
      const text = await readFile(path, "utf8").catch(() => null);
      // One that is not ours, or that was cut off, says nothing.
      const parsed = text === null ? null : begun.safeParse(parsedJson(text));
      return parsed?.success ? parsed.data : null;
    },
    write: async (progress) => {
      await writeFile(`${path}.new`, JSON.stringify(progress), { mode: 0o600 });
      await rename(`${path}.new`, path);
    },
    end: () => rm(path, { force: true }),
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A part of the past, and what there is once it was begun, a type and perhaps a title: it is then never made again. */
export interface DemoPart {
  readonly name: string;
  readonly shows: readonly [type: string, title?: string] | null;
  readonly make: () => Promise<unknown>;
}

/** Whether what a part makes first is there already. */
export async function isThere(
  { ownerPool, organisationId }: { readonly ownerPool: pg.Pool; readonly organisationId: string },
  shows: DemoPart["shows"],
): Promise<boolean> {
  if (shows === null) return false;
  const [type, title = null] = shows;
  const { rows } = await ownerPool.query(
    "select 1 from reeve.records where organisation_id = $1 and type = $2 and ($3::text is null or title = $3) limit 1",
    [organisationId, type, title],
  );
  return rows.length > 0;
}
