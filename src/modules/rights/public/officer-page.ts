import { sql } from "kysely";
import type { FastifyInstance } from "fastify";
import * as z from "zod";
import { Refusal, refusalOr } from "../../../kernel/errors.ts";
import { emailKind } from "../../../kernel/fields/email.ts";
import { paragraphsSchema } from "../../../kernel/fields/long-text.ts";
import { phoneKind } from "../../../kernel/fields/phone.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { note } from "../../../web/flash.ts";
import { first, pageRoute } from "../../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import type { WebParts } from "../../../web/parts.ts";
import { formatRecent, plural } from "../../../web/view/format.ts";
import type { PortalBlock, PortalPage } from "../../../web/view/models.ts";
import { publicPath, statisticsHref } from "./front.ts";
import { heldKeptDays, heldShown, mustHandle, readHeld, refuseHeld, takeHeld } from "./held.ts";
import type { Held } from "./held.ts";

/** Where officers look after what the public sends. */
export const officerPath = "/public-requests";

/** The page of whoever handles requests: what is held, what was suggested, and how the public reaches them. */
export function registerOfficerPage(app: FastifyInstance, parts: WebParts): void {
  const guarded = { preHandler: app.csrfProtection.bind(app) };
  app.get(
    officerPath,
    pageRoute(parts, (page) => officerPage(page)),
  );
  app.post(`${officerPath}/contact`, guarded, pageRoute(parts, saveContact));
  app.post(
    `${officerPath}/:id/take`,
    guarded,
    pageRoute(parts, async (page) => {
      const reference = await page.as((tx) => takeHeld(tx, page.params["id"] ?? "", parts.secret));
      return { redirect: officerPath, flash: note(`It is ${reference} now, received on the day that it came`) };
    }),
  );
  app.post(
    `${officerPath}/:id/refuse`,
    guarded,
    pageRoute(parts, async (page) => {
      await page.as((tx) => refuseHeld(tx, page.params["id"] ?? ""));
      return {
        redirect: officerPath,
        flash: note(
          `It is no request. Whoever sent it is told how to reach you, and it is deleted in ${heldKeptDays} days`,
        ),
      };
    }),
  );
}

interface Contact {
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: string | null;
}

interface Figures {
  readonly shown: number;
  readonly opened: number;
  readonly enough: number;
  readonly asked: number;
}

function officerPage(page: PageRequest, refused?: Refusal): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const [held, refusedHeld, contact, figures] = await Promise.all([
      readHeld(tx),
      readHeld(tx, "refused"),
      readContact(tx),
      suggestionFigures(tx),
    ]);
    const title = "Public pages";
    const model: PortalPage = {
      shell: await page.shell(tx, { title, current: officerPath }),
      title,
      lead: "What the public sends without an account, and what it reads.",
      errors: (refused?.problems ?? []).map(({ field, message }) => ({
        text: message,
        ...(field === undefined ? {} : { fieldId: `field-${field}` }),
      })),
      blocks: [
        ...heldBlocks(held, tx),
        {
          kind: "rows",
          id: "pages",
          title: "The pages",
          rows: [
            { text: "Ask for information", href: `${publicPath}/ask` },
            {
              text: "Disclosure log",
              href: `${publicPath}/answers`,
              note: "Publish an answer from the page of its request",
            },
            { text: "Publication scheme", href: `${publicPath}/scheme`, note: "Its entries are publications" },
            {
              text: "Statistics",
              href: statisticsHref(publicPath),
              note: "What was published under information statistics",
            },
          ],
        },
        { kind: "inset", lines: suggestionLines(figures) },
        ...refusedBlocks(refusedHeld, tx),
        contactForm(contact, page, refused),
      ],
    };
    return { page: "portal", model, ...(refused ? { status: 422 } : {}) };
  });
}

function heldBlocks(held: readonly Held[], tx: Tx): PortalBlock[] {
  const count = held.length === heldShown ? `${heldShown} or more wait` : plural(held.length, "waits", "wait");
  return [
    {
      kind: "rows",
      id: "held",
      title: held.length === 0 ? "Nothing is held" : `${count} for somebody to look at`,
      rows: [],
      empty:
        "What looks as if a program had sent it is kept here until somebody looks. It counts from the day that it came, so look each working day.",
    },
    ...held.flatMap((one): PortalBlock[] => [
      heldDetails(one, tx),
      {
        kind: "moves",
        moves: [
          { label: "Let it in", href: `${officerPath}/${one.id}/take`, method: "post" },
          { label: "It is no request", href: `${officerPath}/${one.id}/refuse`, method: "post" },
        ],
      },
    ]),
  ];
}

/** What was taken for no request, while it is kept: whoever sent it may write and be right. */
function refusedBlocks(refused: readonly Held[], tx: Tx): PortalBlock[] {
  if (refused.length === 0) return [];
  return [
    {
      kind: "rows",
      id: "refused",
      title: "Taken for no request",
      rows: [],
      empty: `Each is deleted ${heldKeptDays} days after it was decided. Until then it can be let in: it counts from the day that it came.`,
    },
    ...refused.flatMap((one): PortalBlock[] => [
      heldDetails(one, tx),
      {
        kind: "moves",
        moves: [{ label: "Let it in after all", href: `${officerPath}/${one.id}/take`, method: "post" }],
      },
    ]),
  ];
}

function heldDetails(one: Held, tx: Tx): PortalBlock {
  return {
    kind: "details",
    summary: `${textOf(one, "subject")}, ${formatRecent(Temporal.Instant.from(one.receivedAt), { now: tx.now, zone: "Europe/London" })}`,
    fields: [
      { label: "Why it is held", value: { kind: "text", text: one.doubts.join(". ") }, wide: true },
      { label: "What they ask", value: { kind: "text", text: textOf(one, "question").slice(0, 2000) }, wide: true },
      { label: "Name", value: { kind: "text", text: textOf(one, "applicant") || "Not given" } },
      { label: "Address", value: { kind: "text", text: textOf(one, "replyTo") } },
    ],
  };
}

function textOf({ said }: Held, name: string): string {
  const value = said.values[name];
  return typeof value === "string" ? value : "";
}

async function suggestionFigures(tx: Tx): Promise<Figures> {
  const { rows } =
    await sql<Figures>`select coalesce(sum(shown), 0)::int as shown, coalesce(sum(opened), 0)::int as opened,
      coalesce(sum(enough), 0)::int as enough, coalesce(sum(asked), 0)::int as asked
    from suggested_publications where organisation_id = ${tx.actor.organisationId}::uuid and day > london_today() - 365`.execute(
      tx.db,
    );
  return rows[0]!;
}

function suggestionLines({ shown, opened, enough, asked }: Figures): string[] {
  if (shown === 0) return ["No published answer was suggested to anybody in the last year."];
  return [
    `In the last year published answers were suggested ${plural(shown, "time")} to people about to ask: opened ${plural(opened, "time")}, enough ${plural(enough, "time")}, and asked all the same after ${plural(asked, "suggestion")}.`,
  ];
}

async function readContact(tx: Tx): Promise<Contact> {
  mustHandle(tx);
  const { rows } = await sql<Contact>`select email, phone, address from public_contacts
    where organisation_id = ${tx.actor.organisationId}::uuid`.execute(tx.db);
  return rows[0] ?? { email: null, phone: null, address: null };
}

function contactForm(contact: Contact, page: PageRequest, refused: Refusal | undefined): PortalBlock {
  const value = (name: keyof Contact) => (refused ? first(page.form, name) : (contact[name] ?? ""));
  const error = (name: string) => {
    const message = refused?.problems.find(({ field }) => field === name)?.message;
    return message === undefined ? {} : { error: message };
  };
  return {
    kind: "form",
    title: "How the public reaches you",
    form: {
      action: `${officerPath}/contact`,
      hidden: [],
      fields: [
        {
          widget: "text",
          id: "field-email",
          name: "email",
          label: "E-mail address",
          inputType: "email",
          value: value("email"),
          optional: true,
          ...error("email"),
        },
        {
          widget: "text",
          id: "field-phone",
          name: "phone",
          label: "Telephone",
          inputType: "tel",
          value: value("phone"),
          optional: true,
          ...error("phone"),
        },
        {
          widget: "textarea",
          id: "field-address",
          name: "address",
          label: "Postal address",
          rows: 3,
          value: value("address"),
          optional: true,
          ...error("address"),
        },
      ],
      submit: { label: "Save", tone: "secondary" },
    },
  };
}

async function saveContact(page: PageRequest): Promise<PageAnswer> {
  const saved = await refusalOr(() =>
    page.as(async (tx) => {
      mustHandle(tx);
      const given = {
        email: read(page, "email", emailKind.schema({ label: "The e-mail address" })),
        phone: read(page, "phone", phoneKind.schema({ label: "The telephone number" })),
        address: read(page, "address", paragraphsSchema({ label: "The postal address" }, 500)),
      };
      await sql`insert into public_contacts (organisation_id, email, phone, address)
      values (${tx.actor.organisationId}::uuid, ${given.email}, ${given.phone}, ${given.address})
      on conflict (organisation_id) do update set email = excluded.email, phone = excluded.phone, address = excluded.address`.execute(
        tx.db,
      );
    }),
  );
  if (!(saved instanceof Refusal)) return { redirect: officerPath, flash: note("The public pages say so now") };
  if (saved.kind !== "invalid") throw saved;
  return officerPage(page, saved);
}

function read(page: PageRequest, name: string, schema: z.ZodType<string>): string | null {
  const typed = first(page.form, name).trim();
  if (typed === "") return null;
  const parsed = schema.safeParse(typed);
  if (parsed.success) return parsed.data;
  throw new Refusal("invalid", [{ field: name, message: parsed.error.issues[0]?.message ?? "This is not right" }]);
}
