import assert from "node:assert/strict";
import { verify } from "../../src/kernel/memory/verify.ts";
import { typeNamed } from "../../src/kernel/registry.ts";
import { list } from "../../src/kernel/store/list.ts";
import type { Stored } from "../../src/kernel/transaction.ts";
import { checkColumns, createImportWorld, saveRows, sendFile } from "../import-world.ts";
import type { ImportWorld } from "../import-world.ts";
import { words } from "../web-world.ts";
import type { Browser } from "../web-world.ts";

export let world: ImportWorld;
export let administrator: Browser;

/** Makes what every test of these stands on. */
export async function begin(): Promise<void> {
  world = await createImportWorld();
  administrator = await world.as("administrator");
}

/** Ends it. */
export async function end(): Promise<void> {
  // Whatever the tests brought in and took back, the memory proves it.
  const { problems } = await verify({ ownerPool: world.ownerPool, registry: world.registry });
  await world.close();
  // A test takes a permission away behind the product's back.
  assert.deepEqual(
    problems.filter(({ type }) => type !== "role"),
    [],
  );
}

export const all = (type: string): Promise<readonly Stored[]> =>
  world.system(async (tx) => (await list(tx, typeNamed(tx.registry, type), { show: "all", limit: 200 })).items);

export const called = async (type: string, title: string) => (await all(type)).find((record) => record.title === title);

/** Sends, matches, checks and saves in one go. */
export async function bringIn(
  path: string,
  content: string | Buffer,
  changed: Record<string, string> = {},
  name?: string,
) {
  const at = await sendFile(world, administrator, path, content, name);
  const checked = words(await checkColumns(world, administrator, at, changed));
  return { at, checked, saved: words(await saveRows(world, administrator, at)) };
}

export async function undo(at: string): Promise<string> {
  const preview = words(await administrator.get(`${at}/undo`));
  await administrator.post(`${at}/undo`, {}, { from: `${at}/undo` });
  await world.runJobs();
  return preview;
}
