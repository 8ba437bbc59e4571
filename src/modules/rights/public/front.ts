import { shellForEverybody } from "../../../web/public-front.ts";
import type { Front } from "../../../web/public-front.ts";
import type { Shell } from "../../../web/view/models.ts";

/** Where the pages of information for the public are: of the only organisation here. */
export const publicPath = "/information";
/** The same with an organisation's id behind it, where there are several. */
export const publicPathOf = `${publicPath}/of/:organisation`;

/** Where somebody follows what they asked: the key tells of which organisation it is. */
export function followPath(key: string): string {
  return `${publicPath}/requests/${key}`;
}

/** An organisation's public pages: what it is, and the path that they begin with. */
export interface PublicPlace {
  readonly front: Front;
  readonly base: string;
}

/** The path that an organisation's public pages begin with; "" is the only organisation here. */
export function baseOf(organisation: string): string {
  return organisation === "" ? publicPath : `${publicPath}/of/${organisation}`;
}

/** Where the statistics for everybody are, or those of a period. */
export function statisticsHref(base: string, period?: string): string {
  return `${base}/statistics${period === undefined ? "" : `/${period}`}`;
}

/** What surrounds a public page. */
export function publicShell({ front, base }: PublicPlace, title: string, more: Partial<Shell> = {}): Shell {
  const shell = shellForEverybody(front, title, base);
  return {
    ...shell,
    footer: [
      { text: "Ask for information", href: `${base}/ask` },
      { text: "Answers we published", href: `${base}/answers` },
      { text: "What we publish", href: `${base}/scheme` },
      { text: "How we answer requests", href: statisticsHref(base) },
      ...(shell.footer ?? []),
    ],
    ...more,
  };
}

/** How the council is reached otherwise, as sentences. */
export function contactLines({ email, phone, address, name }: Front): string[] {
  const ways = [
    ...(email ? [`E-mail: ${email}`] : []),
    ...(phone ? [`Telephone: ${phone}`] : []),
    ...(address ? [`Post: ${address}`] : []),
  ];
  return ways.length > 0
    ? ways
    : [`Write to ${name} at its usual address, and say that it is a request for information.`];
}
