import type { Field, Shown } from "../../kernel/fields/kind.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import { isId } from "../../kernel/store/find.ts";
import type { Named } from "../names.ts";
import type { Cell, Value } from "../view/models.ts";
import { linesOf } from "./seen-fields.ts";

/** The names of the records and files that a page mentions; those that the person may not see are not in it. */
export type Names = ReadonlyMap<string, Named>;

/** What stands for a record that the person may not see. */
export const notYours = "Not yours to see";

/** How a stored value looks; null when there is none. A value that the field no longer understands is shown as it is. */
export function shownOf({ kind, options }: Field, value: unknown): Shown | null {
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0))
    return null;
  try {
    return kind.show(options, value);
  } catch {
    return { kind: "text", text: typeof value === "string" ? value : JSON.stringify(value) };
  }
}

/** The ids of the records and files that a value leads to, those in lines included. */
export function mentionedIn(field: Field, value: unknown): string[] {
  const lines = linesOf(field);
  if (lines)
    return linesIn(value).flatMap((line) =>
      Object.entries(lines.fields).flatMap(([name, part]) => mentionedIn(part, line[name])),
    );
  const shown = shownOf(field, value);
  const ids =
    shown?.kind === "record" || shown?.kind === "file" ? [shown.id] : shown?.kind === "records" ? shown.ids : [];
  return ids.filter(isId);
}

/** A value of lines as lines, whatever else it may have been. */
export function linesIn(value: unknown): Line[] {
  // What is stored for lines went through their schema, which admits objects only.
  return Array.isArray(value) ? value.filter((line): line is Line => typeof line === "object" && line !== null) : [];
}

/** A value as the record's page shows it. */
export function valueOf(shown: Shown | null, names: Names): Value {
  if (shown === null) return { kind: "empty" };
  switch (shown.kind) {
    case "html":
      return { kind: "html", html: shown.html };
    case "tag":
      return { kind: "tag", tag: { text: shown.text, tone: shown.tone } };
    case "tags":
      return { kind: "tags", tags: shown.texts.map((text) => ({ text, tone: "neutral" })) };
    case "href":
      return { kind: "link", text: shown.text, href: shown.href };
    case "record":
      return linkTo(shown.id, names);
    case "file": {
      const file = names.get(shown.id);
      return file?.picture ? { kind: "picture", text: file.title, href: file.href } : linkTo(shown.id, names);
    }
    case "records":
      return {
        kind: "links",
        links: shown.ids.flatMap((id) => names.get(id) ?? []).map(({ title, href }) => ({ text: title, href })),
      };
    default:
      return { kind: "text", text: shown.text };
  }
}

function linkTo(id: string, names: Names): Value {
  const named = names.get(id);
  return named ? { kind: "link", text: named.title, href: named.href } : { kind: "text", text: notYours };
}

/** A value as a cell of a table. */
export function cellOf(shown: Shown | null, names: Names): Cell {
  if (shown === null) return { kind: "empty" };
  if (shown.kind === "number" || shown.kind === "date" || shown.kind === "tag") return shown;
  const value = valueOf(shown, names);
  if (value.kind === "link") return value;
  if (value.kind === "picture") return { kind: "link", text: value.text, href: value.href };
  return value.kind === "tags" ? value : { kind: "text", text: textOf(shown, names) };
}

/** A value as words: for the timeline and for two versions side by side. */
export function textOf(shown: Shown | null, names: Names): string {
  if (shown === null) return "";
  if (shown.kind === "record" || shown.kind === "file") return names.get(shown.id)?.title ?? notYours;
  if (shown.kind === "records") return shown.ids.map((id) => names.get(id)?.title ?? notYours).join(", ");
  if (shown.kind === "tags") return shown.texts.join(", ");
  return shown.text;
}

/** Words no longer than `most` characters, cut at a word. */
export function cut(text: string, most = 240): string {
  if (text.length <= most) return text;
  const short = text.slice(0, most);
  return `${short.slice(0, Math.max(short.lastIndexOf(" "), most - 40)).toWellFormed()}…`;
}
