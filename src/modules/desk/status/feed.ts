import { atomFeed } from "../../../web/atom.ts";
import { stageWords } from "./page.ts";
import type { PublicStatus } from "./read.ts";

/** The public status as an Atom feed: an entry for each update, and one for each planned change. */
export function statusFeed(status: PublicStatus, address: string): string {
  const updates = status.incidents.flatMap(({ reference, title, began, updates: told }) =>
    (told.length === 0
      ? [{ number: 0, stage: "investigating", text: "We are looking into it.", at: began }]
      : told
    ).map(({ number, stage, text, at }) => ({
      id: `urn:reeve:${status.id}:${reference}:${number}`,
      title: `${stageWords(stage)}: ${title}`,
      text,
      at,
      href: `${address}#${reference.toLowerCase()}`,
    })),
  );
  const planned = status.changes.map(({ reference, text, from, to }) => ({
    id: `urn:reeve:${status.id}:${reference}:${from}`,
    title: `Planned work: ${text}`,
    text: `${text} From ${from} to ${to}.`,
    at: from,
    href: `${address}#${reference.toLowerCase()}`,
  }));
  return atomFeed({
    id: `urn:reeve:${status.id}:status`,
    title: `${status.name}: service status`,
    author: status.name,
    self: `${address}/feed`,
    page: address,
    entries: [...updates, ...planned],
  });
}
