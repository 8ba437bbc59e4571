import sanitizeHtml from "sanitize-html";

const headings = ["h1", "h2", "h3", "h4", "h5", "h6"];

/**
 * The HTML of a message as it may stand on a page: structure and links, and no script, style, picture, form or frame, so that
 * looking at it tells nobody and changes nothing.
 */
export function safeHtml(html: string): string {
  return sanitizeHtml(html, {
    allowedTags: "p br div strong b em i u s del code pre blockquote ul ol li hr a h4 table thead tbody tr td th".split(
      " ",
    ),
    allowedAttributes: { a: ["href", "rel"], td: ["colspan", "rowspan"], th: ["colspan", "rowspan"] },
    allowedSchemes: ["http", "https", "mailto", "tel"],
    allowProtocolRelative: false,
    nestingLimit: 100,
    transformTags: {
      ...Object.fromEntries(headings.map((tag) => [tag, "h4"])),
      a: sanitizeHtml.simpleTransform("a", { rel: "noopener noreferrer nofollow" }),
    },
  });
}
