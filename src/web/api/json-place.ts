/** A place in a text, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** Whether the text is right as far as it goes, and merely ends too soon. */
  readonly atEnd: boolean;
}

/** Longer texts are not searched. */
const charactersMax = 200_000;
/** What a list or an object is opened and closed with. */
const closings: Readonly<Record<string, string>> = { "{": "}", "[": "]" };

/** What may come next. */
type Next = "value" | "value or ]" | "name" | "name or }" | ":" | ", or end";

/** The first place at which a text is not JSON (RFC 8259); null for JSON, and for a text that is too long to search. */
export function placeOfFault(text: string): Place | null {
  if (text.length > charactersMax) return null;
  const at = faultIn(text);
  if (at === null) return null;
  const lines = text.slice(0, at).split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, atEnd: at >= text.length };
}

/** The offset of the first character that cannot stand where it does: the text's length when only more is missing. */
function faultIn(text: string): number | null {
  const open: string[] = [];
  let next: Next = "value";
  for (let at = after(space, text, 0); at < text.length; at = after(space, text, at)) {
    const character = text[at] ?? "";
    const inObject = open.at(-1) === "{";
    if (character === closings[open.at(-1) ?? ""] && closable.has(next)) {
      open.pop();
      next = ", or end";
    } else if (character === "," && next === ", or end" && open.length > 0) next = inObject ? "name" : "value";
    else if (character === ":" && next === ":") next = "value";
    else if (next === "name" || next === "name or }") {
      const end = character === '"' ? after(stringStart, text, at) : at;
      if (text[end] !== '"' || end === at) return end;
      next = ":";
      at = end;
    } else if (next === "value" || next === "value or ]") {
      if (character in closings) {
        open.push(character);
        next = character === "{" ? "name or }" : "value or ]";
      } else {
        const end = character === '"' ? after(stringStart, text, at) : after(plainValue, text, at);
        if (end === at || (character === '"' && text[end] !== '"')) return end;
        next = ", or end";
        at = character === '"' ? end : end - 1;
      }
    } else return at;
    at += 1;
  }
  return open.length > 0 || next !== ", or end" ? text.length : null;
}

const closable: ReadonlySet<Next> = new Set<Next>([", or end", "value or ]", "name or }"]);
const space = /[ \t\n\r]*/y;
const plainValue = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** A string up to its closing quotation mark or to what may not be in it. */
// RFC 8259 section 7 names the control characters.
const stringStart = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*/y;

/** Where a match that begins here ends; where it began when there is none. */
function after(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}
