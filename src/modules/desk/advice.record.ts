import { defineRecord, field } from "../../kernel/record.ts";
import { tellTicket } from "./advice.ts";
import { restrictedAsTicket } from "./restricted.ts";

/** A question about a ticket to one colleague. The ticket stays with who has it; the question waits on whom it names. */
export const Advice = defineRecord({
  name: "advice",
  label: { one: "Question to a colleague", many: "Questions to colleagues" },
  reference: "ASK-{00000}",
  path: "questions-to-colleagues",
  fields: {
    question: field.text({ label: "What you want to know", is: "title", required: true, max: 200 }),
    details: field.longText({ label: "What you have tried", rows: 3 }),
    ticket: field.link({ label: "About the ticket", to: "ticket", required: true, reverse: "Questions to colleagues" }),
    owner: field.person({ label: "Whom you ask", is: "owner" }),
    asker: field.person({ label: "Who asks", is: "requester" }),
    neededBy: field.date({ label: "Needed by" }),
    answer: field.longText({ label: "Answer", rows: 4, askedByMoveOnly: true }),
  },
  states: {
    asked: { label: "Asked", tone: "warn" },
    answered: { label: "Answered", tone: "good", final: true },
    withdrawn: { label: "Withdrawn", final: true },
  },
  starts: "asked",
  moves: {
    answer: {
      label: "Answer",
      from: ["asked"],
      to: "answered",
      asks: ["answer"],
      requires: ["answer"],
      effects: tellTicket,
    },
    withdraw: { label: "Withdraw", from: ["asked"], to: "withdrawn", warning: true },
    ask: { label: "Ask again", from: ["answered", "withdrawn"], to: "asked" },
  },
  clocks: { answer: { rule: "day", label: "Answer", day: "neededBy", runsIn: ["asked"] } },
  views: {
    list: {
      columns: ["reference", "question", "ticket", "owner", "asker", "state", "due"],
      sort: "due",
      filters: ["owner", "asker", "ticket"],
      openOnly: true,
    },
    form: ["question", "details", "ticket", "owner", "neededBy"],
  },
  defaults: async (tx) => ({ asker: tx.actor.personId }),
  derive: restrictedAsTicket,
  empty: "Ask a colleague about a ticket from its page. It stays yours; the question waits on them.",
});
