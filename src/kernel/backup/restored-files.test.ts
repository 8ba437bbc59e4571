import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { scratch } from "../../../test/scratch.ts";
import { openFileStore } from "./restored-files.ts";

test("what a restore brought is gone when it is undone, and so is where it arrived, also when it was cut short", async () => {
  const folder = await mkdtemp(join(scratch, "reeve-restored-"));
  try {
    const content = Buffer.from("a passport");
    const files = openFileStore(folder);
    await files.put(
      createHash("sha256").update(content).digest("hex"),
      (async function* () {
        yield content;
      })(),
    );
    await assert.rejects(
      files.put(
        "ab".repeat(32),
        (async function* () {
          yield content;
          throw new Error("cut short");
        })(),
      ),
      /cut short/,
    );
    await files.undo();
    assert.deepEqual(
      (await readdir(folder, { recursive: true })).filter((name) => name.length > 3),
      [],
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
