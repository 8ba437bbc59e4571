import type { FastifyInstance } from "fastify";
import { Refusal, refuse } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import { field } from "../../kernel/fields/field.ts";
import { addRecipient, recipientsOf, removeRecipient, scheduleReport } from "../../kernel/reports/reports.ts";
import type { Report } from "../../kernel/reports/reports.ts";
import type { Schedule } from "../../kernel/reports/schedule.ts";
import { resolveLinks } from "../../kernel/store/check-links.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { formatMoment } from "../view/format.ts";
import type { FormField, ReportPage } from "../view/models.ts";
import { lookupsFor } from "./lookups.ts";

/** What was typed into the forms that say when and to whom a report is mailed, and what is wrong with it. */
export interface SendingForm {
  readonly person: string;
  readonly problems: readonly Problem[];
}

const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const whens: readonly { readonly value: string; readonly label: string }[] = [
  { value: "never", label: "Never" },
  ...weekdays.map((day, at) => ({ value: `week-${at + 1}`, label: `Each ${day}` })),
  ...Array.from({ length: 28 }, (_day, at) => ({ value: `month-${at + 1}`, label: `Each month, on day ${at + 1}` })),
  { value: "month-31", label: "Each month, on its last day" },
];

/** The forms of a report that say when and to whom it is mailed: only its owner's. */
export function registerReportSending(
  app: FastifyInstance,
  parts: WebParts,
  again: (page: PageRequest, typed: SendingForm) => Promise<PageAnswer>,
): void {
  const form = { preHandler: app.csrfProtection.bind(app) };
  const post = (ending: string, handler: (page: PageRequest, report: string) => Promise<PageAnswer>) =>
    app.post(
      `/reports/:report/${ending}`,
      form,
      pageRoute(parts, async (page) => {
        try {
          return await handler(page, page.params["report"] ?? "");
        } catch (error) {
          if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
          return again(page, { person: first(page.form, "person"), problems: error.problems });
        }
      }),
    );
  post("sending", schedule);
  post("recipients", add);
  post("recipients/:person/remove", async (page, report) => {
    await page.as((tx) => removeRecipient(tx, report, page.params["person"] ?? ""));
    return { redirect: `/reports/${report}`, flash: "It is not mailed to them any more." };
  });
  post("leave", async (page, report) => {
    await page.as((tx) => removeRecipient(tx, report, tx.actor.personId ?? ""));
    return { redirect: "/reports", flash: "It is not mailed to you any more." };
  });
}

async function schedule(page: PageRequest, report: string): Promise<PageAnswer> {
  const given = scheduleFrom(first(page.form, "when"), first(page.form, "hour"));
  await page.as((tx) => scheduleReport(tx, report, given));
  return {
    redirect: `/reports/${report}`,
    flash: given === null ? "The report is not mailed any more." : `The report is mailed each ${given.every}.`,
  };
}

function scheduleFrom(when: string, hour: string): Schedule | null {
  if (when === "never") return null;
  if (!whens.some(({ value }) => value === when)) refuse("when", "Select when it is mailed");
  if (!/^([01]?\d|2[0-3])$/.test(hour)) refuse("hour", "Select the hour at which it is mailed");
  const [every, day] = when.split("-");
  return { every: every === "week" ? "week" : "month", day: Number(day), hour: Number(hour) };
}

/** A field by which somebody is picked, for the control and for what is typed into it. */
const somebody = field.person({ label: "Person" });

async function add(page: PageRequest, report: string): Promise<PageAnswer> {
  const typed = first(page.form, "person").trim();
  if (typed === "") refuse("person", "Select a person");
  await page.as(async (tx) => {
    const { person } = await resolveLinks(tx, { fields: { person: somebody } }, { person: typed });
    await addRecipient(tx, report, String(person));
  });
  return { redirect: `/reports/${report}`, flash: "It is mailed to them from now on." };
}

/** What a report's owner can do with it. */
export async function sendingPart(
  tx: Tx,
  report: Report,
  { mails, typed }: { mails: boolean; typed: SendingForm | null },
): Promise<NonNullable<ReportPage["own"]>> {
  const address = `/reports/${report.id}`;
  const recipients = await recipientsOf(tx, report.id);
  const problemAt = (name: string) => {
    const error = typed?.problems.find((problem) => problem.field === name)?.message;
    return { id: `field-${name}`, name, ...(error === undefined ? {} : { error }) };
  };
  const { sending } = report;
  return {
    changeHref: `${address}/change`,
    removeAction: `${address}/remove`,
    errors: (typed?.problems ?? []).map((problem) => ({
      text: problem.message,
      ...(problem.field === undefined ? {} : { fieldId: `field-${problem.field}` }),
    })),
    sendingSentence: sentenceOf(report, recipients.length, mails),
    sending: {
      action: `${address}/sending`,
      hidden: [],
      fields: [
        {
          ...problemAt("when"),
          label: "When it is mailed",
          widget: "select",
          value: sending ? `${sending.every}-${sending.day > 28 ? 31 : sending.day}` : "never",
          options: whens,
        },
        {
          ...problemAt("hour"),
          label: "At",
          hint: "London time",
          widget: "select",
          value: String(sending?.hour ?? 8),
          options: Array.from({ length: 24 }, (_hour, at) => ({
            value: String(at),
            label: `${String(at).padStart(2, "0")}:00`,
          })),
        },
      ],
      submit: { label: "Save when it is mailed", tone: "secondary" },
    },
    recipients: recipients.map(({ personId, name }) => ({
      name: name ?? "Somebody whom you may not see",
      removeAction: `${address}/recipients/${personId}/remove`,
    })),
    add: {
      action: `${address}/recipients`,
      hidden: [],
      fields: [
        await personField(tx, { ...problemAt("person"), label: "Mail it to", hint: "Their name" }, typed?.person ?? ""),
      ],
      submit: { label: "Add this person", tone: "secondary" },
    },
  };
}

async function personField(
  tx: Tx,
  base: Pick<FormField, "id" | "name" | "label"> & { readonly hint: string; readonly error?: string },
  value: string,
): Promise<FormField> {
  const [lookup] = (await lookupsFor(tx, [somebody])).values();
  const people = lookup?.records ?? [];
  return {
    ...base,
    widget: "lookup",
    value,
    suggestions: people.map(({ reference, title }) => ({ value: `${reference} ${title}`, label: title })),
    ...(lookup && !lookup.all ? { suggestHref: `/${lookup.type.path}/suggest` } : {}),
  };
}

function sentenceOf({ sending }: Report, many: number, mails: boolean): string {
  const how =
    "Everyone gets what they themselves may see, with the pictures and the figures as a CSV file. Whoever may see nothing of it gets no mail.";
  if (!mails) return `No mail goes out of this Reeve, so nothing is sent yet. ${how}`;
  if (!sending) return `It is not mailed. ${how}`;
  if (many === 0) return `Nobody is to get it yet. ${how}`;
  return `The next goes out on ${formatMoment(Temporal.Instant.from(sending.next), "Europe/London")}. ${how}`;
}
