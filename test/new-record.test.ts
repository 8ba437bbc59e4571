import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { readWanted } from "../bin/wanted-record.ts";
import { scratch } from "./scratch.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
let copy: string;

before(async () => {
  copy = await mkdtemp(join(scratch, "reeve-new-record-"));
  for (const part of ["src", "bench", "bin", "db", "docs", "test", "package.json", "tsconfig.json", "README.md"])
    await cp(join(root, part), join(copy, part), { recursive: true });
  // The test's database server and stylesheet are the ones that every test uses.
  for (const part of ["node_modules", ".cache"]) await symlink(join(root, part), join(copy, part));
});
after(() => rm(copy, { recursive: true }));

function run(...script: readonly string[]) {
  const { NODE_TEST_CONTEXT: _context, ...environment } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, script, {
    cwd: copy,
    env: { ...environment, TMPDIR: scratch },
    encoding: "utf8",
  });
  return { status, said: `${stdout}${stderr}` };
}

test("one command makes a type, and pages, API, search, export, timeline and access follow from it", async () => {
  const made = run("bin/new-record.ts", "canteen", "loan_laptop");
  assert.equal(made.status, 0, made.said);
  const second = run("bin/new-record.ts", "canteen", "meeting_room", "--reference", "ROOM-{000}");
  assert.equal(second.status, 0, second.said);
  assert.match(
    await readFile(join(copy, "src/modules/canteen/module.ts"), "utf8"),
    /records: \[LoanLaptop, MeetingRoom\]/,
  );
  // Types alone, and of nothing that the command does not write or lead to: the whole takes as long as all else here. What
  // plugins add to requests and answers is told where the app takes them, and what comes without types in files of their own.
  const reached = { extends: "./tsconfig.json", include: ["src/records.ts", "src/web/app.ts", "src/**/*.d.ts"] };
  await writeFile(join(copy, "tsconfig.records.json"), JSON.stringify(reached));
  const types = run("node_modules/typescript/bin/tsc", "--noEmit", "-p", "tsconfig.records.json");
  assert.equal(types.status, 0, types.said);
  const proved = run("--test", "--test-name-pattern", "Loan laptops|Meeting rooms", "test/every-record.test.ts");
  assert.equal(proved.status, 0, proved.said);
  const count = Number(/ℹ pass (\d+)/.exec(proved.said)?.[1]);
  assert.ok(count >= 14, `${count} promises were proved`);
});

test("a wrong name is refused with a sentence, and nothing is written", async () => {
  const before = await readFile(join(copy, "src/records.ts"), "utf8");
  for (const [given, says] of [
    [[], /Say which module/],
    [["Desk", "thing"], /no name of a module/],
    [["desk", "Loan-Laptop"], /is not lower-case words/],
    [["desk", "order"], /PostgreSQL keeps for itself/],
    [["desk", "ticket"], /There is a type ticket/],
    [["desk", "call_back"], /Calendars have references like CAL/],
    [["desk", "found", "--many", "Search"], /Reeve has a page of its own at \/search/],
  ] as const)
    assert.match(String(readWanted(given)), says);
  const { status, said } = run("bin/new-record.ts", "desk", "ticket");
  assert.equal(status, 2, said);
  assert.match(said, /There is a type ticket[^]*npm run new-record -- MODULE TYPE/);
  assert.equal(await readFile(join(copy, "src/records.ts"), "utf8"), before);
});
