import { escaped } from "../kernel/html.ts";

/** A feed for everybody. Moments are ISO 8601 in UTC, addresses whole. */
export interface Feed {
  readonly id: string;
  readonly title: string;
  readonly author: string;
  /** Where the feed is read, and the page that shows the same. */
  readonly self: string;
  readonly page: string;
  readonly entries: readonly {
    readonly id: string;
    readonly title: string;
    readonly text: string;
    readonly at: string;
    readonly href: string;
  }[];
}

/** A feed as Atom (RFC 4287), the newest entry first. */
export function atomFeed({ id, title, author, self, page, entries }: Feed): string {
  const newestFirst = entries.toSorted((one, other) => (one.at < other.at ? 1 : -1));
  const updated = newestFirst[0]?.at ?? "2026-01-01T00:00:00Z";
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB">',
    `<id>${xml(id)}</id>`,
    `<title>${xml(title)}</title>`,
    `<updated>${updated}</updated>`,
    `<author><name>${xml(author)}</name></author>`,
    `<link rel="self" type="application/atom+xml" href="${xml(self)}"/>`,
    `<link rel="alternate" type="text/html" href="${xml(page)}"/>`,
    ...newestFirst.map(
      (one) =>
        `<entry><id>${xml(one.id)}</id><title>${xml(one.title)}</title><updated>${one.at}</updated><link href="${xml(one.href)}"/><content type="text">${xml(one.text)}</content></entry>`,
    ),
    "</feed>",
    "",
  ].join("\n");
}

/** Text as XML 1.0 can hold it: without the control characters that it has no words for. */
function xml(text: string): string {
  return escaped(text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ""));
}
