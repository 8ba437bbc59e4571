/**
 * `npm run new-record -- MODULE TYPE [--one "Loan laptop"] [--many "Loan laptops"] [--reference "LOA-{00000}"]`: writes a
 * record type to start from, the line that makes it known, its migration and its reference. Prints what to do next.
 */
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { readWanted } from "./wanted-record.ts";
import type { WantedRecord } from "./wanted-record.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const usage = `npm run new-record -- MODULE TYPE [--one "Loan laptop"] [--many "Loan laptops"] [--reference "LOA-{00000}"]
  MODULE  the folder under src/modules, made when it is not there: desk, policy, estate
  TYPE    the type's name in the singular, in lower case with underscores: loan_laptop
`;

/** What stood where something was written; null where there was nothing. */
const before = new Map<string, string | null>();

const wanted = readWanted(process.argv.slice(2));
if (typeof wanted === "string") {
  process.stderr.write(`${wanted}\n\n${usage}`);
  process.exitCode = 2;
} else await make(wanted);

async function make(given: WantedRecord): Promise<void> {
  const { module, type, path } = given;
  const folder = `src/modules/${module}/`;
  const definition = `${folder}${type.replaceAll("_", "-")}.record.ts`;
  await mkdir(root + folder, { recursive: true });
  await write(definition, definitionOf(given));
  await makeKnown(given, folder);
  for (const script of [["bin/schema.ts", type.replaceAll("_", "-")], ["bin/docs.ts"]]) {
    const { status } = spawnSync(process.execPath, script, { cwd: root, stdio: "inherit" });
    if (status !== 0) {
      await putBack();
      process.stderr.write("It could not be made: see above. Everything is as it was.\n");
      process.exitCode = 1;
      return;
    }
  }
  process.stdout.write(`
Wrote ${definition}. After the next start it is at /${path} and /api/v1/${path}, for administrators.
Next: change its fields, states and moves; run “npm run schema -- ${type}” again (delete the migration first, while nobody
has it); give roles their permissions in src/council/roles.ts; run “npm test -- test/every-record.test.ts”.
`);
}

function definitionOf({ type, one, many, reference, path }: WantedRecord): string {
  const article = /^[aeiou]/i.test(one) ? "An" : "A";
  return `import { defineRecord, field } from "../../kernel/record.ts";

/** ${article} ${one.toLowerCase()}: say here in one sentence what it is and why the council keeps it. */
export const ${nameOf(type)} = defineRecord({
  name: ${JSON.stringify(type)},
  label: { one: ${JSON.stringify(one)}, many: ${JSON.stringify(many)} },
  reference: ${JSON.stringify(reference)},
  path: ${JSON.stringify(path)},
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 200 }),
    details: field.longText({ label: "Details" }),
  },
  states: { open: { label: "Open", tone: "info" }, closed: { label: "Closed", final: true } },
  starts: "open",
  moves: {
    close: { label: "Close", from: ["open"], to: "closed" },
    reopen: { label: "Open again", from: ["closed"], to: "open" },
  },
  views: {
    list: { columns: ["reference", "name", "state", "owner", "updated"], sort: "updated", openOnly: true },
    form: ["name", "details", "owner", "team", "sensitivity"],
  },
  empty: ${JSON.stringify(`${many} are kept here. Make the first.`)},
});
`;
}

/** Adds the type to its module, and a new module to the registry. */
async function makeKnown({ module, type, many }: WantedRecord, folder: string): Promise<void> {
  const file = `./${type.replaceAll("_", "-")}.record.ts`;
  const importing = `import { ${nameOf(type)} } from "${file}";\n`;
  const path = `${folder}module.ts`;
  if (await exists(path)) {
    const text = await readFile(root + path, "utf8");
    const added = text.replace(/(records: \[[^\]]*?),?\s*\]/, `$1, ${nameOf(type)}]`);
    if (added === text) throw new Error(`${path} has no list “records: […]” to add ${nameOf(type)} to: add it by hand`);
    await write(path, added.replace(/^(import type [^\n]*\n)?/, `$1${importing}`));
    return;
  }
  await write(
    path,
    `import type { Module } from "../../kernel/registry.ts";
${importing}
/** Say here what this module is for. */
export const ${module}: Module = { name: "${module}", label: ${JSON.stringify(many)}, group: "work", records: [${nameOf(type)}] };
`,
  );
  const records = await readFile(`${root}src/records.ts`, "utf8");
  await write(
    "src/records.ts",
    records
      .replace(/(createRegistry\(\[[^\]]*?),?\s*\]/, `$1, ${module}]`)
      .replace(/(import type \{ ModulePages \})/, `import { ${module} } from "./modules/${module}/module.ts";\n$1`),
  );
}

function nameOf(type: string): string {
  return type.replaceAll(/(?:^|_)([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}

async function putBack(): Promise<void> {
  for (const [path, text] of before) await (text === null ? rm(root + path) : writeFile(root + path, text));
}

async function write(path: string, text: string): Promise<void> {
  before.set(path, before.get(path) ?? (await readFile(root + path, "utf8").catch(() => null)));
  await writeFile(root + path, await format(text, { parser: "typescript", printWidth: 120 }));
}

function exists(path: string): Promise<boolean> {
  return access(root + path).then(
    () => true,
    () => false,
  );
}
