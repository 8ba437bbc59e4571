import type { CommonOptions } from "../fields/kind.ts";
import type { LineFields } from "../fields/lines.ts";
import type { RecordType } from "../record.ts";
import type { Values } from "./values.ts";

/** The words by which a record is found: its title apart, and those that only officers may find apart. */
export interface Words {
  readonly title: string;
  readonly everyone: string;
  readonly internal: string;
}

const searchedKinds = new Set(["text", "long text", "e-mail", "phone", "web address", "lines"]);

/** What of these values can be found by search: texts, and the texts in lines. */
export function wordsOf(type: RecordType, reference: string, values: Values): Words {
  const everyone: string[] = [];
  const internal: string[] = [];
  for (const [name, { kind, options }] of Object.entries(type.fields)) {
    const value = values[name];
    if (options.is === "title" || value === null || value === undefined || !searchedKinds.has(kind.name)) continue;
    if (options.unsearched) continue;
    const words = kind.name === "lines" ? textsIn(options, value) : String(value);
    (options.internal ? internal : everyone).push(words);
  }
  return {
    title: searchable(`${reference} ${String(values[type.titleField] ?? "")}`),
    everyone: searchable(everyone.join("\n")),
    internal: searchable(internal.join("\n")),
  };
}

/** A text as PostgreSQL reads its words: what stands in angle brackets it would take for a tag and leave out. */
export function searchable(text: string): string {
  return text.replaceAll(/[<>]/g, " ");
}

/** The texts in lines: what a line leads to, its choices and its days are no words. */
function textsIn(options: CommonOptions, value: unknown): string {
  if (!Array.isArray(value)) return "";
  // Only the lines kind has this name, and its options carry the fields of a line.
  const { fields } = options as CommonOptions & { readonly fields: LineFields };
  const searched = Object.keys(fields).filter(
    (name) => searchedKinds.has(fields[name]!.kind.name) && !fields[name]!.options.unsearched,
  );
  return value
    .flatMap((line: unknown) =>
      typeof line === "object" && line !== null
        ? searched.flatMap((name) => {
            const part: unknown = Reflect.get(line, name);
            return typeof part === "string" ? [part] : [];
          })
        : [],
    )
    .join("\n");
}
