/**
 * `node bin/docs.ts`: writes what is generated from the code: the table of settings in README.md, the guide to deadlines and
 * docs/reference/.
 * With --check it writes nothing, and ends with 1 when one of them is not in step.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { settingsTable } from "../src/kernel/settings.ts";
import { clocksGuide } from "../src/clocks-guide.ts";
import { registry } from "../src/records.ts";
import { measuresReference, recordTypesReference } from "../src/reference.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const check = process.argv.includes("--check");

const readme = await readFile(`${root}README.md`, "utf8");
const wanted = new Map([
  [
    "README.md",
    await format(
      readme.replace(
        /(<!-- settings -->)[^]*?(<!-- \/settings -->)/,
        (_whole, start: string, end: string) => `${start}\n\n${settingsTable().trim()}\n\n${end}`,
      ),
      { parser: "markdown", printWidth: 120 },
    ),
  ],
  ["docs/guide/clocks.md", await format(clocksGuide(), { parser: "markdown", printWidth: 120 })],
  ["docs/reference/record-types.md", recordTypesReference(registry)],
  ["docs/reference/measures.md", measuresReference(registry)],
]);

for (const [path, text] of wanted) {
  const there = await readFile(root + path, "utf8").catch(() => "");
  if (there === text) continue;
  if (check) {
    process.stdout.write(`${path} is not what the code says: run npm run docs\n`);
    process.exitCode = 1;
    continue;
  }
  await mkdir(dirname(root + path), { recursive: true });
  await writeFile(root + path, text);
  process.stdout.write(`Wrote ${path}\n`);
}
