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
    const words = kind.name === "lines" ? textsIn(value) : String(value);
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

function textsIn(value: unknown): string {
  if (!Array.isArray(value)) return "";
  return value
    .flatMap((line: unknown) =>
      typeof line === "object" && line !== null
        ? Object.entries(line)
            .filter(([key, part]) => key !== "id" && typeof part === "string")
            .map(([, part]) => String(part))
        : [],
    )
    .join("\n");
}
