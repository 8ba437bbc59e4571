import type { FastifyInstance } from "fastify";
import { unseen } from "../kernel/errors.ts";
import { openContent } from "../kernel/files/content.ts";
import type { WebParts } from "./parts.ts";
import { groundFor } from "./view/brand.ts";
import type { LogoTone } from "./view/brand.ts";
import type { Organisation } from "./view/models.ts";

/** How an organisation looks, as the database has it. */
export interface Brand {
  readonly name: string;
  readonly brand_colour: string;
  /** Of the logo's content; null, as the rest, where there is none. */
  readonly logo_sha256: Buffer | null;
  readonly logo_width: number | null;
  readonly logo_height: number | null;
  readonly logo_tone: LogoTone | null;
}

/** What stands at the top of a page of this organisation. */
export function organisationShown({ name, brand_colour: colour, ...brand }: Brand): Organisation {
  const { logo_sha256: sha256, logo_width: width, logo_height: height, logo_tone: tone } = brand;
  const shown = { name, href: "/", brandColour: colour };
  if (!sha256 || !width || !height || !tone) return shown;
  const logo = { href: logoHref(sha256), width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  return { ...shown, logo: { ...logo, ground: groundFor(tone, colour) } };
}

/** How the one organisation here looks, for whoever has not signed in; undefined where there are several, or it has no logo. */
export async function frontOf({ store }: Pick<WebParts, "store">): Promise<Organisation | undefined> {
  const { rows } = await store.pool.query<Brand>("select * from reeve.front_organisation()");
  return rows[0] ? organisationShown(rows[0]) : undefined;
}

/** The address of a logo: by its content, so that it can be kept for good. */
export function logoHref(sha256: Buffer): string {
  return `/logos/${sha256.toString("hex")}.png`;
}

/** Logos, for everybody: they stand on the page on which people sign in. Nothing else is had by these addresses. */
export function registerLogos(app: FastifyInstance, parts: WebParts): void {
  app.get<{ Params: { name: string } }>("/logos/:name", async (request, reply) => {
    const hex = /^([0-9a-f]{64})\.png$/.exec(request.params.name)?.[1] ?? unseen("There is no such picture");
    const { rows } = await parts.store.pool.query<{ there: boolean }>(
      "select reeve.is_logo(decode($1, 'hex')) as there",
      [hex],
    );
    const content = rows[0]?.there === true ? await openContent(parts.filesFolder, hex) : null;
    if (content === null) return unseen("There is no such picture");
    return reply
      .type("image/png")
      .header("cache-control", "public, max-age=31536000, immutable")
      .header("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
      .send(content);
  });
}
