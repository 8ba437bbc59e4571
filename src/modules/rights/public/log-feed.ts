import { atomFeed } from "../../../web/atom.ts";
import type { PublicPlace } from "./front.ts";
import type { Log } from "./log-read.ts";

/** The newest answers as an Atom feed. `origin` is the address people use, without a slash at the end. */
export function logFeed({ front, base }: PublicPlace, log: Log, origin: string): string {
  const address = `${origin}${base}/answers`;
  return atomFeed({
    id: `urn:reeve:${front.id}:answers`,
    title: `${front.name}: answers to requests for information`,
    author: front.name,
    self: `${address}/feed`,
    page: address,
    entries: log.items.map((one) => ({
      id: `urn:reeve:${front.id}:${one.reference}`,
      title: one.title,
      text: one.question ?? "",
      at: one.updatedAt,
      href: `${address}/${one.reference}`,
    })),
  });
}
