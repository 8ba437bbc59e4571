import { escaped } from "../../../kernel/html.ts";
import { stageWords } from "./page.ts";
import type { PublicStatus } from "./read.ts";

/** The public status as an Atom feed (RFC 4287): an entry for each update, and one for each planned change. */
export function statusFeed(status: PublicStatus, address: string): string {
  const entries = [
    ...status.incidents.flatMap(({ reference, title, began, updates }) =>
      (updates.length === 0
        ? [{ number: 0, stage: "investigating", text: "We are looking into it.", at: began }]
        : updates
      ).map(({ number, stage, text, at }) => ({
        id: `urn:reeve:${status.id}:${reference}:${number}`,
        title: `${stageWords(stage)}: ${title}`,
        text,
        at,
        href: `${address}#${reference.toLowerCase()}`,
      })),
    ),
    ...(status.notices ?? []).map(({ reference, title, text, from }) => ({
      id: `urn:reeve:${status.id}:${reference}`,
      title,
      text,
      at: from,
      href: `${address}#${reference.toLowerCase()}`,
    })),
    ...status.changes.map(({ reference, text, from, to }) => ({
      id: `urn:reeve:${status.id}:${reference}:${from}`,
      title: `Planned work: ${text}`,
      text: `${text} From ${from} to ${to}.`,
      at: from,
      href: `${address}#${reference.toLowerCase()}`,
    })),
  ].toSorted((one, other) => (one.at < other.at ? 1 : -1));
  const updated = entries[0]?.at ?? "2026-01-01T00:00:00Z";
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB">',
    `<id>urn:reeve:${status.id}:status</id>`,
    `<title>${xml(status.name)}: service status</title>`,
    `<updated>${updated}</updated>`,
    `<author><name>${xml(status.name)}</name></author>`,
    `<link rel="self" type="application/atom+xml" href="${xml(`${address}/feed`)}"/>`,
    `<link rel="alternate" type="text/html" href="${xml(address)}"/>`,
    ...entries.map(
      ({ id, title, text, at, href }) =>
        `<entry><id>${xml(id)}</id><title>${xml(title)}</title><updated>${at}</updated><link href="${xml(href)}"/><content type="text">${xml(text)}</content></entry>`,
    ),
    "</feed>",
    "",
  ].join("\n");
}

/** Text as XML 1.0 can hold it: without the control characters that it has no words for. */
function xml(text: string): string {
  return escaped(text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ""));
}
