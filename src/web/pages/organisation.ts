import { sql } from "kysely";
import type { FastifyInstance } from "fastify";
import { changesEveryRole } from "../../kernel/access.ts";
import { Refusal, forbid } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import type { FormField } from "../view/models.ts";

/** Where an administrator changes what the organisation is called, and its colour. */
export const organisationPath = "/administration/organisation";

/** What an organisation says of itself on every page. */
interface Given {
  readonly name: string;
  /** `#rrggbb`, lower case. */
  readonly colour: string;
}

const nameMax = 200;

/** The page of the organisation itself: there is one, so it is no list of records but a form. */
export function registerOrganisation(app: FastifyInstance, parts: WebParts): void {
  app.get(
    organisationPath,
    pageRoute(parts, (page) => page.as(async (tx) => organisationPage(page, tx, await readNow(tx), []))),
  );
  app.post(organisationPath, { preHandler: app.csrfProtection }, pageRoute(parts, postOrganisation));
}

/** Whether someone may change what the organisation is called: whoever may change every role. */
export function changesOrganisation({ actor }: Pick<Tx, "actor">): boolean {
  return changesEveryRole(actor);
}

async function readNow(tx: Tx): Promise<Given> {
  const { name, brand_colour: colour } = await tx.db
    .selectFrom("organisations")
    .select(["name", "brand_colour"])
    .where("id", "=", tx.actor.organisationId)
    .executeTakeFirstOrThrow();
  return { name, colour };
}

async function postOrganisation(page: PageRequest): Promise<PageAnswer> {
  const typed = { name: first(page.form, "name").trim(), colour: first(page.form, "colour").trim().toLowerCase() };
  try {
    const changed = await page.as(async (tx) => {
      mustBeAllowed(tx);
      check(typed);
      const { rows } = await sql<{
        changed: boolean;
      }>`select change_organisation(${typed.name}, ${typed.colour}, ${tx.now.toString()}::timestamptz) as changed`.execute(
        tx.db,
      );
      return rows[0]?.changed === true;
    });
    return {
      redirect: "/administration",
      flash: changed ? `The organisation is saved as ${typed.name}` : "Nothing was changed",
    };
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
    const { problems } = error;
    return page.as((tx) => organisationPage(page, tx, typed, problems));
  }
}

function mustBeAllowed(tx: Tx): void {
  if (!changesOrganisation(tx))
    forbid("You may not change the organisation. It needs the permission “change” for all roles");
}

/** Refuses with a sentence for each that is wrong. */
function check({ name, colour }: Given): void {
  const problems: Problem[] = [];
  const wrong = (field: keyof Given, message: string) => void problems.push({ field, message });
  if (name === "") wrong("name", "Enter the name of the organisation");
  else if (name.length > nameMax) wrong("name", `Name must be ${nameMax} characters or fewer`);
  else if (/\p{Cc}/u.test(name) || !name.isWellFormed()) wrong("name", "Enter the name in ordinary characters");
  if (!/^#[0-9a-f]{6}$/.test(colour))
    wrong("colour", "Colour must be a # and six letters or figures from 0 to f, like #12436d");
  if (problems.length > 0) throw new Refusal("invalid", problems);
}

async function organisationPage(
  page: PageRequest,
  tx: Tx,
  { name, colour }: Given,
  problems: readonly Problem[],
): Promise<PageAnswer> {
  mustBeAllowed(tx);
  const at = (field: keyof Given) => {
    const error = problems.find((problem) => problem.field === field)?.message;
    return { id: `field-${field}`, name: field, ...(error === undefined ? {} : { error }) };
  };
  const fields: FormField[] = [
    {
      ...at("name"),
      label: "Name",
      hint: "It stands at the top of every page",
      widget: "text",
      value: name,
      autocomplete: "organization",
    },
    {
      ...at("colour"),
      label: "Colour",
      hint: "The bar at the top of every page, like #12436d. The letters on it turn black or white, so that they can be read",
      widget: "text",
      value: colour,
      width: "short",
      autocomplete: "off",
    },
  ];
  return {
    page: "form",
    status: problems.length > 0 ? 422 : 200,
    model: {
      shell: await page.shell(tx, { title: "Organisation", current: "/administration" }),
      breadcrumb: [{ text: "Administration", href: "/administration" }],
      title: "Organisation",
      intro: ["The change is written in your own timeline."],
      errors: problems.map(({ field, message }) => ({ text: message, fieldId: `field-${field}` })),
      form: {
        action: organisationPath,
        hidden: [],
        fields,
        submit: { label: "Save" },
        cancel: { text: "Cancel", href: "/administration" },
      },
    },
  };
}
