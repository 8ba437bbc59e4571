import type { FastifyInstance } from "fastify";
import { changesEveryRole, may, mustBeAllowed } from "../../kernel/access.ts";
import { forbid } from "../../kernel/errors.ts";
import type { RecordType } from "../../kernel/record.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import { submitOnce } from "../../kernel/store/submission.ts";
import { appendEvent } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { linkHours } from "../sign-in/links.ts";
import type { LinkResult } from "../sign-in/links.ts";
import { formatMoment } from "../view/format.ts";
import type { Move, SignInLinkPage } from "../view/models.ts";
import { addressOf, crumbsTo, navigationOf, pageClock } from "./places.ts";
import { submissionField } from "./submitting.ts";
import { pathOfLink } from "./use-sign-in-link.ts";

const careful = "Whoever opens it can sign in as this person. Give it to them where nobody else can read it.";

/** Making a link with which a person chooses their password, for whoever may also give them roles. */
export function registerSignInLinks(app: FastifyInstance, parts: WebParts): void {
  const address = `/${typeNamed(parts.registry, "person").path}/:reference/sign-in-link`;
  app.get(
    address,
    pageRoute(parts, (page) => page.as((tx) => askPage(page, tx))),
  );
  app.post(
    address,
    { preHandler: app.csrfProtection },
    pageRoute(parts, (page) => page.as((tx) => makeLink(page, tx))),
  );
}

/** The way to that page from a person's own. */
export function signInLinkAction(tx: Tx, type: RecordType, record: Stored): Move[] {
  const offered =
    type.name === "person" &&
    record.values["active"] === true &&
    changesEveryRole(tx.actor) &&
    may(tx.actor, type.name, type.access.change.permission, record);
  return offered
    ? [{ label: "Make a sign-in link", href: `${addressOf(tx, record)}/sign-in-link`, method: "get" }]
    : [];
}

async function personAt(page: PageRequest, tx: Tx): Promise<Stored> {
  const type = typeNamed(tx.registry, "person");
  const person = await find(tx, type, page.params["reference"] ?? "");
  // Whoever signs in as somebody has their roles, so it takes what giving roles takes.
  if (!changesEveryRole(tx.actor))
    forbid("You may not make a sign-in link. It needs the permission “change” for all roles");
  mustBeAllowed(tx.actor, type, type.access.change.permission, "make a sign-in link for this person", person);
  return person;
}

type Made = Extract<LinkResult, { ok: true }>;

async function askPage(page: PageRequest, tx: Tx): Promise<PageAnswer> {
  const person = await personAt(page, tx);
  const result = await page.parts.signIn.linkFor({ ...page.session, personId: person.id });
  if (!result.ok) return cannotBeMade(page, tx, person, result);
  return linkPage(page, tx, person, {
    title: "Make a sign-in link",
    paragraphs: [
      whatItDoes(person, result),
      `It works once, for ${linkHours} hours. Making it changes nothing until it is used.`,
      careful,
    ],
    form: {
      action: `${addressOf(tx, person)}/sign-in-link`,
      fields: [],
      hidden: [submissionField()],
      submit: { label: "Make the link" },
      cancel: { text: "Cancel", href: addressOf(tx, person) },
    },
  });
}

function whatItDoes({ title, values }: Stored, { email, hasPassword }: Made): string {
  const recorded = values["email"];
  const chooses = hasPassword
    ? `With the link, ${title} chooses a new password. Then the one they have now stops working, and they are signed out everywhere.`
    : `With the link, ${title} chooses a password and can then sign in.`;
  return typeof recorded === "string" && recorded !== email
    ? `${chooses} They sign in with ${email}, although their record now says ${recorded}.`
    : `${chooses} They sign in with ${email}.`;
}

async function makeLink(page: PageRequest, tx: Tx): Promise<PageAnswer> {
  const person = await personAt(page, tx);
  const result = await page.parts.signIn.linkFor({ ...page.session, personId: person.id });
  if (!result.ok) return cannotBeMade(page, tx, person, result);
  const location = addressOf(tx, person);
  // A form that is sent twice shows a link twice, and is one line on the timeline.
  await submitOnce(tx, first(page.form, "_submission") || undefined, { person: person.id }, async () => {
    await appendEvent(tx, person.id, { verb: "sign_in_link_made", body: {} });
    return { status: 200, location, recordId: person.id };
  });
  return linkPage(page, tx, person, {
    title: `Sign-in link for ${person.title}`,
    paragraphs: ["Copy it now. It is shown this once and cannot be read again."],
    link: {
      label: "Sign-in link",
      value: `${page.parts.baseUrl}${pathOfLink(result.link)}`,
      after: [`It works once, until ${formatMoment(result.expiresAt, pageClock(tx).zone)}.`, careful],
    },
    back: { text: `Back to ${person.title}`, href: location },
  });
}

async function linkPage(
  page: PageRequest,
  tx: Tx,
  person: Stored,
  content: Omit<SignInLinkPage, "shell" | "breadcrumb" | "caption">,
): Promise<PageAnswer> {
  return {
    page: "sign-in-link",
    model: {
      ...(await surroundings(page, tx, person, content.title)),
      caption: `${person.reference} ${person.title}`,
      ...content,
    },
  };
}

/** Why there can be no link, and what to do about it. */
async function cannotBeMade(
  page: PageRequest,
  tx: Tx,
  person: Stored,
  result: Exclude<LinkResult, { ok: true }>,
): Promise<PageAnswer> {
  const { title, sentences, edit } = reasons(person.title, result);
  const href = addressOf(tx, person);
  return {
    page: "bad-request",
    status: 409,
    model: {
      ...(await surroundings(page, tx, person, title)),
      title,
      sentences,
      back: edit
        ? { text: `Change the record of ${person.title}`, href: `${href}/edit` }
        : { text: `Back to ${person.title}`, href },
    },
  };
}

function reasons(name: string, result: Exclude<LinkResult, { ok: true }>) {
  if (result.reason === "inactive")
    return { title: `${name} is not active`, sentences: ["Someone who is not active cannot sign in."], edit: false };
  if (result.reason === "organisation-only")
    return {
      title: `${name} signs in with your organisation’s account`,
      sentences: [
        "Passwords are for administrators only here, so a link would be of no use.",
        "To let them in, put them in a group of your directory that gives a role.",
      ],
      edit: false,
    };
  if (result.reason === "no-email")
    return {
      title: `Give ${name} an e-mail address first`,
      sentences: ["People sign in with their e-mail address. This record has none that can be used."],
      edit: true,
    };
  return {
    title: "Another account has this e-mail address",
    sentences: [
      `${result.email} belongs to the account of another record. It may be a second record of the same person: look for it among people.`,
      `If it is somebody else, give ${name} an e-mail address of their own first.`,
    ],
    edit: true,
  };
}

async function surroundings(page: PageRequest, tx: Tx, person: Stored, title: string) {
  const type = typeNamed(tx.registry, "person");
  return {
    shell: await page.shell(tx, { title, current: navigationOf(tx.registry, type) }),
    breadcrumb: [...crumbsTo(tx, type), { text: person.reference, href: addressOf(tx, person) }],
  };
}
