// `npm test`: install what is missing, then run every test, or only the files that are named:
// `npm test -- src/kernel/settings.test.ts --test-name-pattern=port`.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { prepare, prepareFirstStart, projectFolder, runWithNode26 } from "./prepare.mjs";

const given = process.argv.slice(2);
const options = given.filter((argument) => argument.startsWith("-"));
const files = given.filter((argument) => !argument.startsWith("-"));

/** These have a process of their own: the longest begin first, the others fill the end, when few are left to run. */
const [longest, alone] = [
  ["browser/pages", "every-record"],
  ["new-record", "start", "browser/lists", "browser/live"],
].map((names) => names.map((name) => `test/${name}.test.ts`));
/** Reading the product takes a process over a second, so the other files share this many. */
const groups = 6;

if (!options.some((option) => option.startsWith("--test-concurrency"))) options.push("--test-concurrency=4");

await prepare();
// Tests start the product on folders that are not there.
await prepareFirstStart();
await runWithNode26(["--test", ...options, ...(files.length > 0 ? files : everyTest())], { cwd: projectFolder });

/** Files that Node runs at once, some at a time: each runs its share of the test files one after the other. */
function everyTest() {
  const all = ["bin", "src", "test"].flatMap((folder) =>
    readdirSync(join(projectFolder, folder), { recursive: true })
      .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
      .filter((name) => name.endsWith(".test.ts"))
      .sort(),
  );
  const named = [...longest, ...alone];
  const missing = named.filter((name) => !all.includes(name));
  if (missing.length > 0) throw new Error(`bin/test.mjs names tests that are not there: ${missing.join(", ")}`);
  const others = all.filter((name) => !named.includes(name));
  const shares = [
    ...longest.map((name) => [name]),
    ...Array.from({ length: groups }, (_, share) => others.filter((_name, place) => place % groups === share)),
    ...alone.map((name) => [name]),
  ];
  const folder = join(projectFolder, ".cache", "tests");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return shares.map((share, place) => {
    const file = join(folder, `${String(place + 1).padStart(2, "0")}.test.mjs`);
    writeFileSync(file, share.reduce(withFile, 'import { describe } from "node:test";\n'));
    return file;
  });
}

/** In a suite of its own, so that what a file does before and after its tests is done for them alone. */
function withFile(text, name) {
  const address = JSON.stringify(pathToFileURL(join(projectFolder, name)).href);
  return `${text}describe(${JSON.stringify(name)}, () => import(${address}));\n`;
}
