import { Marked } from "marked";
import type { Token, Tokens } from "marked";

/** A stretch of words of a paragraph, bold or not. */
export interface Run {
  readonly text: string;
  readonly bold: boolean;
}

/** What a letter can show of Markdown: paragraphs, headings, points of a list and rows of a table. */
export type Paragraph =
  | { readonly kind: "paragraph" | "heading"; readonly runs: readonly Run[] }
  | { readonly kind: "point"; readonly mark: string; readonly runs: readonly Run[] }
  | { readonly kind: "table"; readonly rows: readonly (readonly string[])[] };

const marked = new Marked({ gfm: true, breaks: true });

/** Markdown as the paragraphs of a letter; what it cannot show stands as its words. */
export function paragraphsOf(markdown: string): Paragraph[] {
  return marked.lexer(markdown).flatMap(fromToken);
}

function fromToken(token: Token): Paragraph[] {
  switch (token.type) {
    case "heading":
      return [{ kind: "heading", runs: runsOf(token.tokens ?? []) }];
    case "paragraph":
      return [{ kind: "paragraph", runs: runsOf(token.tokens ?? []) }];
    case "list":
      // marked gives a token of this type these parts.
      return (token as Tokens.List).items.flatMap((item, at) =>
        points(item, (token as Tokens.List).ordered ? `${at + 1}.` : "•"),
      );
    case "blockquote":
      return (token.tokens ?? []).flatMap(fromToken);
    case "table": {
      const { header, rows } = token as Tokens.Table;
      return [{ kind: "table", rows: [header, ...rows].map((row) => row.map(({ text }) => plain(text))) }];
    }
    case "space":
    case "hr":
    case "def":
      return [];
    default:
      return [
        { kind: "paragraph", runs: [{ text: plain("text" in token ? String(token.text) : token.raw), bold: false }] },
      ];
  }
}

function points(item: Tokens.ListItem, mark: string): Paragraph[] {
  const [first, ...rest] = item.tokens;
  const inner = first && "tokens" in first ? (first.tokens ?? []) : [];
  return [{ kind: "point", mark, runs: runsOf(inner) }, ...rest.flatMap(fromToken)];
}

function runsOf(tokens: readonly Token[], bold = false): Run[] {
  const runs = tokens.flatMap((token): Run[] => {
    if (token.type === "br") return [{ text: "\n", bold }];
    if (token.type === "strong") return runsOf(token.tokens ?? [], true);
    if (token.type === "link") {
      const { href, text } = token as Tokens.Link;
      return [
        { text: plain([text, `mailto:${text}`, `http://${text}`].includes(href) ? text : `${text} (${href})`), bold },
      ];
    }
    if ("tokens" in token && token.tokens) return runsOf(token.tokens, bold);
    return [{ text: plain("text" in token ? String(token.text) : token.raw), bold }];
  });
  return runs.filter(({ text }) => text !== "");
}

/** Words as a file of a letter can hold them: no entities, no signs that XML does not have. */
function plain(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "")
    .toWellFormed();
}
