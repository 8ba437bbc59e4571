import { rm } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { listed } from "./disk.ts";
import { storeOf } from "./store.ts";
import type { ContentStore, FilesPlace } from "./store.ts";

/** Longer than any upload or restore takes: what is younger may be about to be named. */
const restHoursMin = 24;
/** Uploads that no record took, in one statement; what is left over goes with the next sweep. */
const uploadsMax = 1000;

/** What a sweep found. */
export interface Swept {
  /** How many contents were deleted. */
  readonly deleted: number;
  /** How many uploads were forgotten because no record took them. */
  readonly uploads: number;
  /** What kept it from sweeping, as a sentence; null when it swept. */
  readonly refused: string | null;
}

interface SweepOptions {
  readonly ownerPool: pg.Pool;
  readonly filesFolder: FilesPlace;
  readonly now: Temporal.Instant;
}

/**
 * Deletes stored content that nothing names: what an erasure by law let go of and a crash left behind, an upload that no
 * record took, half a file of an upload that broke off. Content younger than a day stays, since an upload or a restore
 * may be about to name it; `keepContent` renews the time of content that was there already. Two at once
 * do no harm. It does nothing in a folder that belongs to organisations which this database does not hold. Tries every
 * part of the folder; throws an AggregateError when the disk or the database refused some.
 */
export async function sweepFiles({ ownerPool, filesFolder, now }: SweepOptions): Promise<Swept> {
  const store = storeOf(filesFolder);
  const refused = await notOurs(ownerPool, store);
  if (refused !== null) return { deleted: 0, uploads: 0, refused };
  const before = new Date(now.subtract({ hours: restHoursMin }).epochMilliseconds);
  const uploads = await forgetUploads(ownerPool, before);
  let deleted = await sweepArriving(join(store.folder, "arriving"), before);
  const errors: unknown[] = [];
  for (const part of await store.parts()) {
    try {
      deleted += await sweepPart(ownerPool, store, part, before);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, `files in ${store.where} that nothing names stay there`);
  return { deleted, uploads, refused: null };
}

/**
 * Whether the folder may be swept by this database: a file in it lists the organisations that it holds files of, and each
 * must be here. A data folder may be started with another DATABASE_URL, and must not lose its files by it.
 */
async function notOurs(ownerPool: pg.Pool, store: ContentStore): Promise<string | null> {
  const { rows } = await ownerPool.query<{ id: string }>("select id from reeve.organisations order by id");
  const here = new Set(rows.map(({ id }) => id));
  const owners = (await store.note("organisations")).split("\n").filter((line) => line !== "");
  if (owners.some((id) => !here.has(id)))
    return `The files in ${store.where} belong to an organisation that is not in this database (${store.where}/organisations lists them), so none was deleted. Move them away, or delete that list.`;
  const all = [...owners, ...[...here].filter((id) => !owners.includes(id))];
  if (all.length > owners.length) await store.setNote("organisations", all.map((id) => `${id}\n`).join(""));
  return null;
}

/** Forgets uploads that no record took. One that a record's field leads to after all stays: the database holds it. */
async function forgetUploads(ownerPool: pg.Pool, before: Date): Promise<number> {
  const { rows } = await ownerPool.query<{ organisation: string; id: string }>(
    // What somebody gave to a form that they began is kept with their draft.
    `select f.organisation_id as organisation, f.id from reeve.files f where f.record_id is null and f.uploaded_at < $1
       and not exists (select 1 from reeve.organisations o where o.id = f.organisation_id and o.logo_file = f.id)
       and not exists (select 1 from reeve.drafts d where d.organisation_id = f.organisation_id and d.person_id = f.uploaded_by
                       and strpos(d.content::text, f.id::text) > 0)
     order by uploaded_at limit ${uploadsMax}`,
    [before],
  );
  let forgotten = 0;
  for (const { organisation, id } of rows) {
    try {
      const gone = await ownerPool.query(
        "delete from reeve.files where organisation_id = $1 and id = $2 and record_id is null",
        [organisation, id],
      );
      forgotten += gone.rowCount ?? 0;
    } catch (error) {
      // 23503 foreign_key_violation
      if (!(error instanceof Error && "code" in error && error.code === "23503")) throw error;
    }
  }
  return forgotten;
}

/** Deletes what was sent in part and then broke off: `keepContent` writes there until it has all of it. */
async function sweepArriving(folder: string, before: Date): Promise<number> {
  const old = (await listed(folder)).filter(({ at }) => at < before);
  for (const { name } of old) await rm(join(folder, name), { force: true });
  return old.length;
}

/**
 * Content goes in two steps, so that an upload which renews its time or names it meanwhile never loses it: what nothing
 * names is set aside under another name, then looked at again, and only then deleted or put back. What a crash left set
 * aside is looked at again by the next sweep.
 */
async function sweepPart(ownerPool: pg.Pool, store: ContentStore, part: string, before: Date): Promise<number> {
  let deleted = 0;
  const contents: string[] = [];
  /** Whether what was set aside had rested long enough. */
  const aside = new Map<string, boolean>();
  for (const { name, at } of await store.list(part)) {
    const [hex = "", suffix] = name.split(".");
    if (!/^[0-9a-f]{64}$/.test(hex)) continue;
    if (suffix === "aside") aside.set(hex, at < before);
    else if (at >= before) continue;
    else if (suffix === undefined) contents.push(hex);
    // Half a file, of a restore that broke off.
    else if (await store.remove(name)) deleted += 1;
  }
  const named = await namedAmong(ownerPool, contents);
  for (const hex of contents.filter((one) => !named.has(one)))
    if (await store.setAside(hex, before)) aside.set(hex, true);
  const namedNow = await namedAmong(ownerPool, [...aside.keys()]);
  for (const [hex, rested] of aside) {
    if (namedNow.has(hex) || !rested) await store.putBack(hex);
    else if (await store.remove(`${hex}.aside`)) deleted += 1;
  }
  return deleted;
}

async function namedAmong(ownerPool: pg.Pool, hexes: readonly string[]): Promise<ReadonlySet<string>> {
  if (hexes.length === 0) return new Set();
  const { rows } = await ownerPool.query<{ hex: string }>(
    "select distinct encode(f.sha256, 'hex') as hex from unnest($1::text[]) as w (hex) join reeve.files f on f.sha256 = decode(w.hex, 'hex')",
    [hexes],
  );
  return new Set(rows.map(({ hex }) => hex));
}
