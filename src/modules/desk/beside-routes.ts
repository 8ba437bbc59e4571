import type { FastifyInstance } from "fastify";
import { minutesFromText } from "../../kernel/fields/duration.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { first, pageRoute } from "../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import type { WebParts } from "../../web/parts.ts";
import { addressOf } from "../../web/pages/places.ts";
import { sendOnce } from "../../web/pages/submitting.ts";
import { timeForm } from "./ticket-sections.ts";
import { spendTime, takeBackTime, tick } from "./beside-ticket.ts";

/** Steps ticked off and time spent, sent from a ticket's page. Neither changes the ticket, so neither needs its version. */
export function registerBeside(app: FastifyInstance, parts: WebParts): void {
  const guarded = { preHandler: app.csrfProtection.bind(app) };
  app.post("/tickets/:reference/steps/:step", guarded, pageRoute(parts, postStep));
  app.post("/tickets/:reference/time", guarded, pageRoute(parts, postTime));
  app.post("/tickets/:reference/time/:id", guarded, pageRoute(parts, postTimeBack));
}

function back(page: PageRequest, flash: string, work: (tx: Tx) => Promise<Stored>): Promise<PageAnswer> {
  return page.as(async (tx) => ({ redirect: addressOf(tx, await work(tx)), flash }));
}

function postStep(page: PageRequest): Promise<PageAnswer> {
  const done = first(page.form, "done") !== "no";
  const { reference = "", step = "" } = page.params;
  return back(page, done ? "The step is ticked off" : "The tick was taken back", (tx) =>
    tick(tx, reference, step, done),
  );
}

function postTime(page: PageRequest): Promise<PageAnswer> {
  const { reference = "" } = page.params;
  const typed = first(page.form, "minutes");
  return sendOnce(page, {
    work: async (tx) => {
      const ticket = await spendTime(tx, reference, minutesFromText(typed));
      return { location: addressOf(tx, ticket), recordId: ticket.id, said: "The time was added" };
    },
    flash: (said) => said ?? "This was added once; it was sent twice",
    again: (tx, refusal) => timeAgain(page, tx, { reference, typed, message: refusal.message }),
  });
}

async function timeAgain(
  page: PageRequest,
  tx: Tx,
  { reference, typed, message }: { reference: string; typed: string; message: string },
): Promise<PageAnswer> {
  const address = `/tickets/${encodeURIComponent(reference)}`;
  return {
    page: "form",
    status: 422,
    model: {
      shell: await page.shell(tx, { title: `Time spent: ${reference}`, current: "/tickets" }),
      breadcrumb: [
        { text: "Support desk", href: "/tickets" },
        { text: reference, href: address },
      ],
      title: "Add time spent",
      errors: [{ text: message, fieldId: "time-minutes" }],
      form: timeForm(address, { typed, error: message }),
    },
  };
}

function postTimeBack(page: PageRequest): Promise<PageAnswer> {
  const { reference = "", id = "" } = page.params;
  return back(page, "The time was taken back", (tx) => takeBackTime(tx, reference, id));
}
