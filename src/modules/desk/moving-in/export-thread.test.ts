import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Refusal } from "../../../kernel/errors.ts";
import { withExport } from "./export-thread.ts";
import { sentBytesMax } from "./parts.ts";

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "reeve-export-"));
});
after(() => rm(folder, { recursive: true, force: true }));

const given = (path: string) => ({ path, called: "zammad.json", source: "zammad", unpackedMax: sentBytesMax });

test("an export is read in a thread, and its tickets come back with their moments", async () => {
  const path = join(folder, "small.json");
  const ticket = {
    id: 1,
    number: "311",
    title: "Cannot print",
    state: "closed",
    created_at: "2025-11-03T09:00:00.000Z",
    updated_at: "2025-11-05T12:00:00.000Z",
    close_at: "2025-11-05T12:00:00.000Z",
  };
  const articles = ["09:00", "10:00"].map((time) => ({
    ticket_id: 1,
    created_at: `2025-11-03T${time}:00.000Z`,
    sender: "Agent",
    created_by: "agent@example.org",
    content_type: "text/plain",
    body: "Try the other tray",
    internal: false,
  }));
  await writeFile(path, JSON.stringify({ tickets: [ticket, { ...ticket, number: "312" }], articles }));
  await withExport(given(path), async (read) => {
    assert.deepEqual(await read.numbers(), ["311", "312"]);
    const [found, ...others] = await read.tickets(0, 1);
    assert.equal(others.length, 0);
    assert.equal(found?.openedAt.toString(), "2025-11-03T09:00:00Z");
    assert.equal(found.endedAt?.toString(), "2025-11-05T12:00:00Z");
    assert.equal(found.history[0]?.at.toString(), "2025-11-03T10:00:00Z");
    assert.equal((await read.looked(new Set(["312"]))).here, 1);
  });
});

test("one that needs more memory than it may have is refused in a sentence, and the product goes on", async () => {
  const path = join(folder, "large.json");
  const rows = Array.from(
    { length: 150_000 },
    (_, id) => `{"id":${id},"number":"9${id}","title":"Cannot print ${id}"}`,
  );
  await writeFile(path, `{"tickets":[${rows.join(",")}]}`);
  await assert.rejects(
    withExport(given(path), (read) => read.numbers(), 32),
    (error) =>
      error instanceof Refusal && error.kind === "invalid" && /more memory than it may have/.test(error.message),
  );
});
