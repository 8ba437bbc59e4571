import { createHmac, timingSafeEqual } from "node:crypto";
import type { Kysely } from "kysely";
import type pg from "pg";
import * as z from "zod";
import { Refusal } from "../kernel/errors.ts";
import type { Problem } from "../kernel/errors.ts";
import type { Database } from "../kernel/database/tables.ts";
import type { Registry } from "../kernel/registry.ts";
import { asSystem } from "../kernel/transaction.ts";
import type { Setup } from "../web/parts.ts";
import type { SignIn } from "../web/sign-in/contract.ts";
import { checkPassword } from "../web/sign-in/password.ts";
import { countOrganisations, foundingFirst } from "./first.ts";
import { addPerson, foundOrganisation } from "./found.ts";
import { startingRoles } from "./roles.ts";

interface SetupOptions {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  readonly signIn: SignIn;
  /** The secret that signs cookies; the link's key is made from it. */
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
export function createSetup({ ownerPool, registry, signIn, secret }: SetupOptions): SetupWithLink {
  const key = createHmac("sha256", secret).update("reeve setup link").digest("base64url");
  let done = false;
  const isWaiting = async () => {
    if (done) return false;
    const { accounts } = await countOrganisations(ownerPool);
    done = accounts > 0;
    return !done;
  };
  return {
    link: (baseUrl) => (done ? null : `${baseUrl}/setup?key=${key}`),
    isOpen: async (given) => sameText(given, key) && (await isWaiting()),
    isWaiting,
    complete: async (given) => {
      const checked = check(given);
      await foundingFirst(ownerPool, async ({ all, accounts }) => {
        if (accounts > 0)
          throw new Refusal("impossible", [{ message: "The organisation has been made already. Sign in instead" }]);
        await withAccount({ ownerPool, registry, signIn }, checked, all === 0 ? found : takeOver);
      });
      done = true;
    },
  };
}

type Parts = Omit<SetupOptions, "secret">;
type Making = (parts: Parts, given: Given, accountId: string) => Promise<unknown>;

/** The account is made first; it is of no use to anybody before the administrator, in one transaction with the rest, has it. */
async function withAccount(parts: Parts, given: Given, make: Making): Promise<void> {
  const account = await parts.signIn.createAccount(given);
  if (!account.ok) throw new Refusal("invalid", [{ field: account.field, message: account.message }]);
  try {
    await make(parts, given, account.accountId);
  } catch (error) {
    await parts.ownerPool.query("delete from sign_in_user where id = $1", [account.accountId]);
    throw error;
  }
}

/** The organisation with its administrator, in one transaction. */
const found: Making = ({ ownerPool, registry }, { name, email, organisation }, accountId) =>
  foundOrganisation(
    {
      ownerPool,
      registry,
      also: async (tx, { roles, team }) => {
        await addPerson(tx, { name, email, accountId, roles: [roles.administrator], team });
      },
    },
    { name: organisation, demo: false },
  );

/** An organisation that an import made before there was anyone to enter it gets its name and its administrator. */
const takeOver: Making = async ({ ownerPool, registry }, { name, email, organisation }, accountId) => {
  const { rows } = await ownerPool.query<{ id: string }>(
    "select id from organisations order by demo, created_at limit 1",
  );
  const organisationId = rows[0]!.id;
  const before = async (db: Kysely<Database>) => {
    await db.updateTable("organisations").set({ name: organisation }).where("id", "=", organisationId).execute();
  };
  await asSystem({ ownerPool, registry, organisationId, before }, async (tx) => {
    const role = await tx.db
      .selectFrom("records")
      .select("id")
      .where("organisation_id", "=", organisationId)
      .where("type", "=", "role")
      .where("title", "=", startingRoles.administrator.name)
      .executeTakeFirstOrThrow();
    await addPerson(tx, { name, email, accountId, roles: [role.id] });
  });
};

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
