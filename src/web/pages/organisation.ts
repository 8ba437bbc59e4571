import { sql } from "kysely";
import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { changesEveryRole } from "../../kernel/access.ts";
import { Refusal, forbid } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import { whyNotTaken } from "../../kernel/fields/file.ts";
import { keepContent, openContent } from "../../kernel/files/content.ts";
import type { Content } from "../../kernel/files/content.ts";
import { addFile, findFile } from "../../kernel/files/files.ts";
import { isId } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { NoLogo, drawLogo, logoBytesMax } from "../draw-logo.ts";
import type { DrawnLogo } from "../draw-logo.ts";
import { note } from "../flash.ts";
import { logoHref } from "../logo.ts";
import { first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { keepSentFiles, readFormWithFiles } from "../sent-files.ts";
import type { FormField, Shell } from "../view/models.ts";

/** Where an administrator changes what the organisation is called, its colour and its logo. */
export const organisationPath = "/administration/organisation";

/** What an organisation says of itself on every page. */
interface Given {
  readonly name: string;
  /** `#rrggbb`, lower case. */
  readonly colour: string;
  /** What the form holds of a picture that was sent; "" for none. */
  readonly logo: string;
}

/** A logo that is drawn, and where its content is kept. */
type NewLogo = DrawnLogo & { readonly content: Content };

const nameMax = 200;

/** The page of the organisation itself: there is one, so it is no list of records but a form. */
export function registerOrganisation(app: FastifyInstance, parts: WebParts): void {
  const withFile = { preHandler: [readFormWithFiles(parts), app.csrfProtection, keepSentFiles(parts)] };
  app.get(
    organisationPath,
    pageRoute(parts, (page) => page.as(async (tx) => organisationPage(page, tx, await readNow(tx), []))),
  );
  app.post(organisationPath, withFile, pageRoute(parts, postOrganisation));
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
  return { name, colour, logo: "" };
}

async function postOrganisation(page: PageRequest): Promise<PageAnswer> {
  const remove = first(page.form, "logo-remove") === "yes";
  const typed: Given = {
    name: first(page.form, "name").trim(),
    colour: first(page.form, "colour").trim().toLowerCase(),
    logo: remove ? "" : first(page.form, "logo"),
  };
  try {
    await page.as(async (tx) => mustBeAllowed(tx));
    const problems = problemsOf(typed);
    const logo = await newLogo(page, typed.logo, problems);
    if (problems.length > 0) throw new Refusal("invalid", problems);
    const changed = await page.as((tx) => save(tx, typed, remove ? null : logo));
    return {
      redirect: "/administration",
      flash: changed ? `The organisation is saved as ${typed.name}` : note("Nothing was changed"),
    };
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
    const { problems } = error;
    return page.as((tx) => organisationPage(page, tx, typed, problems));
  }
}

/** Draws the picture that was sent, and keeps that. Undefined where none was; says what is wrong with it among the problems. */
async function newLogo(page: PageRequest, sent: string, problems: Problem[]): Promise<NewLogo | undefined> {
  if (sent === "") return undefined;
  const { filesFolder } = page.parts;
  const wrong = (message: string) => void problems.push({ field: "logo", message });
  const why = whyNotTaken(sent);
  if (why !== null || !isId(sent)) return wrong(why === null ? "Choose the logo again" : `Logo ${why}`);
  const file = await page.as((tx) => findFile(tx, sent));
  if (file.sizeBytes > logoBytesMax) return wrong("Logo must be 2 MB or smaller");
  const sentContent = await openContent(filesFolder, file.sha256);
  if (sentContent === null) return wrong("Choose the logo again");
  try {
    const drawn = await drawLogo(Buffer.concat(await sentContent.toArray()), file.mediaType);
    return { ...drawn, content: await keepContent(filesFolder, Readable.from([drawn.png]), logoBytesMax) };
  } catch (error) {
    if (error instanceof NoLogo) return wrong(error.message);
    throw error;
  }
}

/** Tells whether anything changed. `logo` is null to take it away, undefined to leave it. */
async function save(tx: Tx, { name, colour }: Given, logo: NewLogo | null | undefined): Promise<boolean> {
  const at = tx.now.toString();
  const { rows } = await sql<{
    changed: boolean;
  }>`select change_organisation(${name}, ${colour}, ${at}::timestamptz) as changed`.execute(tx.db);
  const changed = rows[0]?.changed === true;
  if (logo === undefined) return changed;
  const file = logo === null ? null : (await addFile(tx, "logo.png", logo.content)).id;
  const { rows: logos } = await sql<{
    changed: boolean;
  }>`select change_logo(${file}::uuid, ${logo?.width ?? null}::integer,
    ${logo?.height ?? null}::integer, ${logo?.tone ?? null}::text, ${at}::timestamptz) as changed`.execute(tx.db);
  return changed || logos[0]?.changed === true;
}

function mustBeAllowed(tx: Tx): void {
  if (!changesOrganisation(tx))
    forbid("You may not change the organisation. It needs the permission “change” for all roles");
}

/** A sentence for each that is wrong. */
function problemsOf({ name, colour }: Given): Problem[] {
  const problems: Problem[] = [];
  const wrong = (field: keyof Given, message: string) => void problems.push({ field, message });
  if (name === "") wrong("name", "Enter the name of the organisation");
  else if (name.length > nameMax) wrong("name", `Name must be ${nameMax} characters or fewer`);
  else if (/\p{Cc}/u.test(name) || !name.isWellFormed()) wrong("name", "Enter the name in ordinary characters");
  if (!/^#[0-9a-f]{6}$/.test(colour))
    wrong("colour", "Colour must be a # and six letters or figures from 0 to f, like #12436d");
  return problems;
}

async function organisationPage(
  page: PageRequest,
  tx: Tx,
  given: Given,
  problems: readonly Problem[],
): Promise<PageAnswer> {
  mustBeAllowed(tx);
  const { logo_sha256: logo } = await tx.db
    .selectFrom("organisations")
    .select("logo_sha256")
    .where("id", "=", tx.actor.organisationId)
    .executeTakeFirstOrThrow();
  const sent = isId(given.logo) ? { text: "the picture that you sent", href: `/files/${given.logo}` } : null;
  const current = sent ?? (logo ? { text: "the logo at the top of this page", href: logoHref(logo) } : null);
  return formOf(await page.shell(tx, { title: "Organisation", current: "/administration" }), given, current, problems);
}

function formOf(
  shell: Shell,
  { name, colour, logo }: Given,
  current: { readonly text: string; readonly href: string } | null,
  problems: readonly Problem[],
): PageAnswer {
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
    {
      ...at("logo"),
      label: "Logo",
      hint: "A PNG or JPEG picture, 2 MB at most. It is shown 40 pixels high beside the name, before people sign in too, and in mail",
      widget: "file",
      optional: true,
      value: isId(logo) ? logo : "",
      ...(current ? { current } : {}),
    },
  ];
  return {
    page: "form",
    status: problems.length > 0 ? 422 : 200,
    model: {
      shell,
      breadcrumb: [{ text: "Administration", href: "/administration" }],
      title: "Organisation",
      intro: ["The change is written in your own timeline."],
      errors: problems.map(({ field, message }) => ({ text: message, fieldId: `field-${field}` })),
      form: {
        action: organisationPath,
        multipart: true,
        wholePage: true,
        hidden: [],
        fields,
        submit: { label: "Save" },
        cancel: { text: "Cancel", href: "/administration" },
      },
    },
  };
}
