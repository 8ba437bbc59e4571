import nunjucks from "nunjucks";
import { escaped } from "../../kernel/html.ts";
import type { Cell, Column } from "./models.ts";

/**
 * The cells of a table's row as HTML. Written here and not in the template: a list of fifty rows has hundreds, and for each
 * the template's loop sets variables that nobody reads. Roles are spelt out because the stacked form on phones would
 * otherwise lose them in some browsers; a table that keeps its columns there (`stacks` is false) needs neither roles nor labels.
 */
export function cellsHtml(
  cells: readonly Cell[],
  columns: readonly Column[],
  stacks = true,
): nunjucks.runtime.SafeString {
  return new nunjucks.runtime.SafeString(cells.map((cell, at) => cellHtml(cell, columns[at], stacks)).join("\n"));
}

/** So many letters stand on a line of a narrow column; what is longer is given room, and may take two. */
const shortMax = 20;

function cellHtml(cell: Cell, column: Column | undefined, stacks: boolean): string {
  const wide = column?.wide ?? false;
  const td = (name: string, inner: string) =>
    `<td${stacks ? ` role="cell" data-label="${escaped(column?.label ?? "")}"` : ""}${name === "" ? "" : ` class="${name}"`}>${inner}</td>`;
  switch (cell.kind) {
    case "text":
      return td(wide ? "r-wide" : cell.text.length > shortMax ? "r-text" : "", escaped(cell.text));
    case "link":
      return td(wide ? "r-wide" : "r-self", linkHtml(cell.text, cell.href));
    case "tag":
      return td("r-self", tagHtml(cell));
    case "tags":
      return td(column?.day ? "r-day-of-week" : "r-self", cell.tags.map((tag) => `${tagHtml(tag)} `).join(""));
    case "due":
      return td(`r-due r-due--${cell.tone}`, timeHtml(cell));
    case "date":
      return td("r-date", timeHtml(cell));
    case "number":
      return td("r-num", linkHtml(cell.text, cell.href));
    case "person":
      return td("r-person-cell", linkHtml(cell.text, cell.href, "r-quiet"));
    case "values":
      return td("r-wide r-values", `<dl>${cell.values.map(valueHtml).join("")}</dl>`);
    case "instead":
      return td("r-instead", escaped(cell.text));
    default:
      // A kind that is not told of above is a type error here.
      cell satisfies { readonly kind: "empty" };
      return td(column?.day ? "r-day-of-week--empty" : "", `<span class="r-none" aria-hidden="true">–</span>`);
  }
}

function valueHtml({ label, text, from }: { label: string; text: string; from?: string }): string {
  const was =
    from === undefined ? "" : `<span class="r-quiet">from</span> ${escaped(from)} <span class="r-quiet">to</span> `;
  return `<div><dt>${escaped(label)}</dt> <dd>${was}${escaped(text)}</dd></div> `;
}

function linkHtml(text: string, href: string | undefined, name?: string): string {
  return href === undefined
    ? escaped(text)
    : `<a${name === undefined ? "" : ` class="${name}"`} href="${escaped(href)}">${escaped(text)}</a>`;
}

function tagHtml({ text, tone }: { readonly text: string; readonly tone: string }): string {
  return `<span class="r-tag r-tag--${tone}${text.length > shortMax ? " r-tag--long" : ""}">${escaped(text)}</span>`;
}

function timeHtml({ text, iso }: { readonly text: string; readonly iso?: string }): string {
  return iso === undefined ? escaped(text) : `<time datetime="${escaped(iso)}">${escaped(text)}</time>`;
}
