/**
 * `npm run new-record -- MODULE TYPE [--one "Loan laptop"] [--many "Loan laptops"] [--reference "LOA-{00000}"]`: writes a
 * record type to start from, the line that makes it known, its migration and its reference. Prints what to do next.
 */
import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { ownPaths } from "../src/kernel/registry.ts";
import { registry } from "../src/records.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const usage = `npm run new-record -- MODULE TYPE [--one "Loan laptop"] [--many "Loan laptops"] [--reference "LOA-{00000}"]
  MODULE  the folder under src/modules, made when it is not there: desk, policy, estate
  TYPE    the type's name in the singular, in lower case with underscores: loan_laptop
`;

interface Wanted {
  readonly module: string;
  readonly type: string;
  readonly one: string;
  readonly many: string;
  readonly reference: string;
  readonly path: string;
}

const wanted = readWanted();
if (typeof wanted === "string") {
  process.stderr.write(`${wanted}\n\n${usage}`);
  process.exitCode = 2;
} else await make(wanted);

/** What was asked for, or what is wrong with it as a sentence. */
function readWanted(): Wanted | string {
  const { values, positionals } = parseArgs({
    options: { one: { type: "string" }, many: { type: "string" }, reference: { type: "string" } },
    allowPositionals: true,
  });
  const [module = "", type = "", ...more] = positionals;
  if (module === "" || type === "" || more.length > 0) return "Say which module, and the name of the new type.";
  if (!/^[a-z]{2,30}$/.test(module)) return `“${module}” is no name of a module: give one word in lower case.`;
  if (!/^[a-z][a-z_]{1,29}$/.test(type))
    return `“${type}” is no name of a type: give words in lower case, like loan_laptop.`;
  const words = type.replaceAll("_", " ");
  const one = values.one ?? words[0]!.toUpperCase() + words.slice(1);
  const many = values.many ?? (/[^aeiou]y$/.test(one) ? `${one.slice(0, -1)}ies` : `${one}s`);
  const reference = values.reference ?? `${words.slice(0, 3).trim().toUpperCase()}-{00000}`;
  const path = many.toLowerCase().replaceAll(/[^a-z]+/g, "-");
  if (ownPaths.has(path)) return `Reeve has a page of its own at /${path}: give the type another name with --many.`;
  if (registry.types.has(type) || registry.byPath.has(path))
    return `There is a type ${type}, or one at /${path}, already.`;
  const other = [...registry.types.values()].find((known) => known.reference.split("-")[0] === reference.split("-")[0]);
  if (other) return `${other.label.many} have references like ${other.reference}: give others with --reference.`;
  return { module, type, one, many, reference, path };
}

async function make(given: Wanted): Promise<void> {
  const { module, type, path } = given;
  const folder = `src/modules/${module}/`;
  const definition = `${folder}${type.replaceAll("_", "-")}.record.ts`;
  await mkdir(root + folder, { recursive: true });
  await write(definition, definitionOf(given));
  await makeKnown(given, folder);
  for (const script of [["bin/schema.ts", type.replaceAll("_", "-")], ["bin/docs.ts"]]) {
    const { status } = spawnSync(process.execPath, script, { cwd: root, stdio: "inherit" });
    if (status !== 0) {
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

function definitionOf({ type, one, many, reference, path }: Wanted): string {
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
async function makeKnown({ module, type, many }: Wanted, folder: string): Promise<void> {
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

async function write(path: string, text: string): Promise<void> {
  await writeFile(root + path, await format(text, { parser: "typescript", printWidth: 120 }));
}

function exists(path: string): Promise<boolean> {
  return access(root + path).then(
    () => true,
    () => false,
  );
}
