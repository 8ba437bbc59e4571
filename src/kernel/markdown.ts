import { Marked } from "marked";
import sanitizeHtml from "sanitize-html";
import { escaped } from "./html.ts";

const marked = new Marked({ gfm: true, breaks: true, async: false });
marked.use({
  renderer: {
    // A picture from elsewhere would tell its server who reads this page, so it becomes a link.
    image: ({ href, text }) =>
      /^(https?:\/)?\//i.test(href) ? `<a href="${escaped(href)}">${escaped(text || href)}</a>` : escaped(text || href),
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
  },
});

/** What Markdown may become; anything else a person typed is shown as text or dropped. */
const allowed: sanitizeHtml.IOptions = {
  allowedTags: [
    "p",
    "br",
    "strong",
    "em",
    "del",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "h3",
    "h4",
    "h5",
    "hr",
    "a",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
  ],
  allowedAttributes: { a: ["href", "rel"], th: ["scope"] },
  allowedSchemes: ["http", "https", "mailto", "tel"],
  disallowedTagsMode: "escape",
  transformTags: {
    // A page has its own h1 and h2: what a person wrote stands below them.
    h1: "h3",
    h2: "h3",
    h6: "h5",
    a: sanitizeHtml.simpleTransform("a", { rel: "noopener noreferrer nofollow" }),
    th: sanitizeHtml.simpleTransform("th", { scope: "col" }),
  },
};

/** More marks than anyone writes: reading them would take time that grows with their square, so they stay as typed. */
const marksMax = 4000;

/** Markdown to HTML that is safe to put on a page: no script, no style, no image, no unknown address. */
export function toHtml(markdown: string): string {
  if (!/[*_`#>[\]<&|~\n:/@-]/.test(markdown)) return `<p>${markdown}</p>`;
  if ((markdown.match(/[*_`>[\]<|~]/g)?.length ?? 0) > marksMax) return asTyped(markdown);
  try {
    return sanitizeHtml(marked.parse(markdown, { async: false }), allowed);
  } catch {
    // Quotations within quotations, thousands deep, exhaust the stack.
    return asTyped(markdown);
  }
}

function asTyped(markdown: string): string {
  return `<p>${escaped(markdown).replaceAll("\n", "<br />")}</p>`;
}
