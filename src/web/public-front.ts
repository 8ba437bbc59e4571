import type { Store } from "../kernel/transaction.ts";
import { organisationShown } from "./logo.ts";
import { plainShell } from "./shell.ts";
import type { LogoTone } from "./view/brand.ts";
import type { Shell } from "./view/models.ts";

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

/** Reads what is said of an organisation, or of the only one here for ""; null where there is none such. */
export async function readFront({ pool }: Pick<Store, "pool">, organisation: string): Promise<Front | null> {
  const { rows } = await pool.query<{ front: Front | null }>("select reeve.public_front($1::uuid) as front", [
    organisation === "" ? null : organisation,
  ]);
  return rows[0]?.front ?? null;
}

/** What surrounds a page for people without an account; its name and logo lead to `href`. */
export function shellForEverybody(front: Front, title: string, href: string): Shell {
  const organisation = organisationShown({
    name: front.name,
    brand_colour: front.colour,
    logo_sha256: front.logo === null ? null : Buffer.from(front.logo, "hex"),
    logo_width: front.logoWidth,
    logo_height: front.logoHeight,
    logo_tone: front.logoTone,
  });
  return {
    ...plainShell(title, { ...organisation, href }),
    ...(front.demo ? { demo: "This is a demonstration. Everyone and everything in it is invented." } : {}),
  };
}
