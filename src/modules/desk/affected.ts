import { refuse } from "../../kernel/errors.ts";
import { field } from "../../kernel/record.ts";
import { namesSeen } from "../../kernel/store/names.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

type Values = Readonly<Record<string, unknown>>;

/** What a record says that it touches: services and systems by their records, and the rest in words. */
export function affectedFields(many: string) {
  return {
    services: field.links({
      label: "Services affected",
      to: "service",
      reverse: `${many} of this service`,
      hint: "Those that people would notice it in",
    }),
    systems: field.links({
      label: "Systems affected",
      to: "system",
      reverse: `${many} of this system`,
      hint: "What it happens in, or is done to",
      sparse: true,
    }),
    affected: field.text({
      label: "Also affected",
      hint: "Only what is neither a service nor a system in the registers, with commas between",
      max: 500,
      sparse: true,
    }),
  } as const;
}

/** The ids of the services and systems that a record says it touches. */
export function affectedIds({ services, systems }: Values): string[] {
  // Both are fields of links.
  return [services, systems].flatMap((ids) => (ids ?? []) as readonly string[]);
}

/** Refuses a change that touches nothing: nobody could say what stands in its way. */
export function mustAffect(values: Values): void {
  if (affectedIds(values).length === 0 && !values["affected"])
    refuse(
      "services",
      "Select the services or systems that are affected, or say in words what is. Edit the change first",
    );
}

/** What a record says that it touches in words: the names of services and systems as far as the actor sees them. */
export async function affectedNames(tx: Tx, { values }: Pick<Stored, "values">): Promise<string[]> {
  const ids = affectedIds(values);
  const names = ids.length === 0 ? [] : await namesSeen(tx, ids);
  const words = String(values["affected"] ?? "");
  return [...names.map(({ title }) => title), ...(words === "" ? [] : [words])];
}

/** Whether two lists of words, with commas between, have one in common, in capitals or not. */
export function sharesWords(one: unknown, other: unknown): boolean {
  const words = new Set(wordsIn(one));
  return wordsIn(other).some((word) => words.has(word));
}

function wordsIn(list: unknown): string[] {
  return String(list ?? "")
    .split(/[,;\n]/)
    .map((word) => word.trim().replaceAll(/\s+/g, " ").toLowerCase())
    .filter((word) => word !== "");
}
