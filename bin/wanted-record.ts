import { parseArgs } from "node:util";
import { typeNameProblem } from "../src/kernel/type-names.ts";
import { ownPaths } from "../src/kernel/registry.ts";
import { registry } from "../src/records.ts";

/** A record type that is to be made: its names, its reference and the address of its pages. */
export interface WantedRecord {
  readonly module: string;
  readonly type: string;
  readonly one: string;
  readonly many: string;
  readonly reference: string;
  readonly path: string;
}

/** What was asked for, or what is wrong with it as a sentence. */
export function readWanted(args: readonly string[]): WantedRecord | string {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { one: { type: "string" }, many: { type: "string" }, reference: { type: "string" } },
    allowPositionals: true,
  });
  const [module = "", type = "", ...more] = positionals;
  if (module === "" || type === "" || more.length > 0) return "Say which module, and the name of the new type.";
  if (!/^[a-z]{2,30}$/.test(module)) return `“${module}” is no name of a module: give one word in lower case.`;
  const wrong = typeNameProblem(type);
  if (wrong !== null) return `The type’s name “${type}” ${wrong}.`;
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
