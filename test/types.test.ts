import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

const project = fileURLToPath(new URL("../", import.meta.url));
const file = join(project, "test/types.ts");

/** Runs the compiler on some files alone, by the project's own rules. Gives what it says, a line each. */
async function compile(folder: string, files: readonly string[]): Promise<string[]> {
  const config = join(folder, "tsconfig.json");
  await writeFile(
    config,
    JSON.stringify({
      extends: join(project, "tsconfig.json"),
      compilerOptions: { typeRoots: [join(project, "node_modules/@types")] },
      include: [],
      files,
    }),
  );
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(project, "node_modules/typescript/bin/tsc"), "--noEmit", "--pretty", "false", "-p", config],
    { cwd: project, encoding: "utf8" },
  );
  assert.equal(stderr, "");
  return stdout.split("\n").filter((line) => line !== "");
}

test("a typing mistake in a definition is a type error that names the word", async () => {
  const source = await readFile(file, "utf8");
  const marks = source.split("\n").flatMap((line, at) => {
    const word = /^\/\/ @ts-expect-error "([^"]+)"/.exec(line)?.[1];
    return word === undefined ? [] : [{ word, line: at + 2 }];
  });
  assert.ok(marks.length >= 28, `${marks.length} mistakes are written down`);
  const folder = await mkdtemp(join(tmpdir(), "reeve-types-"));
  try {
    const unmarked = join(folder, "unmarked.mts");
    const src = JSON.stringify(join(project, "src")).slice(1, -1);
    await writeFile(
      unmarked,
      source.replaceAll("// @ts-expect-error", "// expected:").replaceAll('"../src/', `"${src}/`),
    );
    const said = await compile(folder, [file, unmarked]);
    const messages = new Map<number, string>();
    let current = 0;
    for (const line of said) {
      const place = /unmarked\.mts\((\d+),\d+\): error/.exec(line);
      assert.ok(place || line.startsWith(" "), `the marked file has a fault, or another: ${line}`);
      if (place) current = Number(place[1]);
      messages.set(current, `${messages.get(current) ?? ""}${line}\n`);
    }
    for (const { word, line } of marks)
      assert.ok(
        messages.get(line)?.includes(word),
        `line ${line} must be refused with “${word}” in the message; it says: ${messages.get(line) ?? "nothing"}`,
      );
    assert.deepEqual(
      [...messages.keys()].sort((one, other) => one - other),
      marks.map(({ line }) => line),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
