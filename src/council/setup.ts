import { createHmac, timingSafeEqual } from "node:crypto";
import type pg from "pg";
import * as z from "zod";
import { Refusal } from "../kernel/errors.ts";
import type { Problem } from "../kernel/errors.ts";
import type { Registry } from "../kernel/registry.ts";
import { asFounder } from "../kernel/at-the-door.ts";
import type { Tx } from "../kernel/transaction.ts";
import type { Setup } from "../web/parts.ts";
import type { SignIn } from "../web/sign-in/contract.ts";
import { checkPassword } from "../web/sign-in/password.ts";
import { addPerson, furnish } from "./found.ts";
import { startingRoles } from "./roles.ts";

interface SetupOptions {
  /** The app's pool: a web process that never has the owner's address does this too. */
  readonly pool: pg.Pool;
  readonly registry: Registry;
  readonly signIn: SignIn;
  /** The secret that signs cookies; the link's key is made from it, so that all processes of an installation have one link. */
  readonly secret: string;
}

/** The first visit to a new installation, with the link that leads to it. */
export interface SetupWithLink extends Setup {
  /** The address to print; null once the organisation was made here. */
  link(baseUrl: string): string | null;
}

type Given = Parameters<Setup["complete"]>[0];

/**
 * The one-time link: it is the same after a restart, works until there is somebody who can sign in, and never again
 * after that.
 */
export function createSetup({ pool, registry, signIn, secret }: SetupOptions): SetupWithLink {
  const key = createHmac("sha256", secret).update("reeve setup link").digest("base64url");
  let done = false;
  const isWaiting = async () => {
    done ||= !(await waitsForFounding(pool));
    return !done;
  };
  return {
    link: (baseUrl) => (done ? null : `${baseUrl}/setup?key=${key}`),
    isOpen: async (given) => sameText(given, key) && (await isWaiting()),
    isWaiting,
    complete: async (given) => {
      const { name, email, organisation, password } = check(given);
      await asFounder({ pool, registry, name: organisation }, async (tx, made) => {
        const roles = made ? await furnished(tx) : await administratorsRole(tx);
        const personId = await addPerson(tx, { name, email, ...roles });
        await signIn.giveFirstPassword(tx, personId, { name, organisation, email, password });
      });
      done = true;
    },
  };
}

/** Whether nobody can sign in yet. */
export async function waitsForFounding(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ waits: boolean }>("select reeve.waits_for_founding() as waits");
  return rows[0]?.waits === true;
}

type Place = { readonly roles: readonly string[]; readonly team?: string };

async function furnished(tx: Tx): Promise<Place> {
  const { roles, team } = await furnish(tx);
  return { roles: [roles.administrator], team };
}

/** An organisation that an import made before there was anyone to enter it has its roles. */
async function administratorsRole(tx: Tx): Promise<Place> {
  const role = await tx.db
    .selectFrom("records")
    .select("id")
    .where("organisation_id", "=", tx.actor.organisationId)
    .where("type", "=", "role")
    .where("title", "=", startingRoles.administrator.name)
    .executeTakeFirstOrThrow();
  return { roles: [role.id] };
}

/** Refuses with a sentence for each field that is wrong, so that all can be put right at once. */
function check(given: Given): Given {
  const organisation = given.organisation.trim();
  const name = given.name.trim();
  const email = given.email.trim().toLowerCase();
  const problems: Problem[] = [];
  const needed = (field: "organisation" | "name", label: string, value: string, most: number) => {
    if (value === "") problems.push({ field, message: `Enter ${label}` });
    else if (value.length > most) problems.push({ field, message: `Shorten ${label} to ${most} characters or fewer` });
    else if (/\p{Cc}/u.test(value)) problems.push({ field, message: `Enter ${label} in ordinary characters` });
  };
  needed("organisation", "the name of the organisation", organisation, 200);
  needed("name", "your name", name, 120);
  if (email.length > 254 || !z.email().safeParse(email).success)
    problems.push({
      field: "email",
      message: "Enter an email address in the correct format, like name@example.gov.uk",
    });
  const strength = checkPassword(given.password, { name, email, organisation });
  if (!strength.ok) problems.push({ field: "password", message: strength.message });
  if (problems.length > 0) throw new Refusal("invalid", problems);
  return { organisation, name, email, password: given.password };
}

/** Compared without telling by the time it takes where they differ. */
function sameText(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHmac("sha256", "compare").update(text).digest();
}
