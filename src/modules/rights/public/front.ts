import { organisationShown } from "../../../web/logo.ts";
import type { LogoTone } from "../../../web/view/brand.ts";
import { plainShell } from "../../../web/shell.ts";
import type { Shell } from "../../../web/view/models.ts";
import type { Store } from "../../../kernel/transaction.ts";

/** Where the pages of information for the public are: of the only organisation here. */
export const publicPath = "/information";
/** The same with an organisation's id behind it, where there are several. */
export const publicPathOf = `${publicPath}/of/:organisation`;

/** Where somebody follows what they asked: the key tells of which organisation it is. */
export function followPath(key: string): string {
  return `${publicPath}/requests/${key}`;
}

/** What the public pages say of an organisation. */
export interface Front {
  readonly id: string;
  readonly name: string;
  readonly colour: string;
  readonly demo: boolean;
  /** Of its logo: the hexadecimal SHA-256 of the content; null, as the rest, where there is none. */
  readonly logo: string | null;
  readonly logoWidth: number | null;
  readonly logoHeight: number | null;
  readonly logoTone: LogoTone | null;
  /** How whoever answers requests is reached beside the form. */
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: string | null;
}

/** An organisation's public pages: what it is, and the path that they begin with. */
export interface PublicPlace {
  readonly front: Front;
  readonly base: string;
}

/** Reads what is said of an organisation, or of the only one here for ""; null where there is none such. */
export async function readFront({ pool }: Pick<Store, "pool">, organisation: string): Promise<Front | null> {
  const { rows } = await pool.query<{ front: Front | null }>("select reeve.public_front($1::uuid) as front", [
    organisation === "" ? null : organisation,
  ]);
  return rows[0]?.front ?? null;
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
  const organisation = organisationShown({
    name: front.name,
    brand_colour: front.colour,
    logo_sha256: front.logo === null ? null : Buffer.from(front.logo, "hex"),
    logo_width: front.logoWidth,
    logo_height: front.logoHeight,
    logo_tone: front.logoTone,
  });
  const shell = plainShell(title, { ...organisation, href: base });
  return {
    ...shell,
    ...(front.demo ? { demo: "This is a demonstration. Everyone and everything in it is invented." } : {}),
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
