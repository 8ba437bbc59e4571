import { Refusal } from "../../../kernel/errors.ts";
import { can, defineRecord, field } from "../../../kernel/record.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";

/** A mail that came in, and what became of it. None is dropped: what was made no part of a ticket can be seen and let through. */
export const InboundMessage = defineRecord({
  name: "inbound_message",
  label: { one: "Message", many: "Messages" },
  reference: "MSG-{00000}",
  path: "inbound-mail",
  fields: {
    subject: field.text({ label: "Subject", is: "title", required: true, max: 200, personal: true }),
    fromName: field.text({ label: "Name of the sender", max: 200, personal: true, readOnly: true }),
    fromAddress: field.text({ label: "From", max: 254, personal: true, indexed: true, readOnly: true }),
    sender: field.person({ label: "Sender", readOnly: true }),
    mailbox: field.link({ label: "Came into", to: "mailbox", readOnly: true, reverse: "Mail that came" }),
    receivedAt: field.moment({ label: "Came", readOnly: true }),
    verdict: field.choice({
      label: "What became of it",
      readOnly: true,
      default: "held",
      options: {
        ticket: "Made a ticket or case",
        threaded: "Added to a ticket or case",
        bounce: "Our mail came back",
        duplicate: "Had come before",
        held: "Held",
      },
    }),
    why: field.text({ label: "Why", max: 500, readOnly: true }),
    ticket: field.link({ label: "Ticket", to: "ticket", reverse: "Mail", askedByMoveOnly: true }),
    automatic: field.yesNo({ label: "Sent by a program", readOnly: true }),
    unknownAddress: field.yesNo({ label: "From an address that is not known here", readOnly: true }),
    text: field.longText({ label: "What it says", max: 20_000, readOnly: true, personal: true }),
    messageId: field.text({ label: "Message-ID", max: 300, indexed: true, readOnly: true, internal: true }),
    raw: field.file({ label: "As it came", readOnly: true, internal: true }),
  },
  states: {
    held: { label: "Held", tone: "warn" },
    accepted: { label: "Being let through", tone: "info" },
    taken: { label: "Dealt with", tone: "good", final: true },
    discarded: { label: "Discarded", tone: "neutral", final: true },
  },
  starts: "held",
  moves: {
    release: {
      label: "Make it a ticket",
      from: ["held"],
      to: "accepted",
      who: can("handle"),
      guard: mustBeKept,
      sets: () => ({ ticket: null }),
    },
    add: {
      label: "Add it to a ticket",
      from: ["held"],
      to: "accepted",
      asks: ["ticket"],
      requires: ["ticket"],
      who: can("handle"),
      guard: mustBeKept,
    },
    discard: {
      label: "Discard it",
      from: ["held"],
      to: "discarded",
      who: can("handle"),
      comment: { label: "Why", audience: "everyone", required: true },
      warning: true,
    },
    take: { label: "Take it in", from: ["accepted"], to: "taken", who: can("change") },
    hold: { label: "Hold it again", from: ["accepted"], to: "held", who: can("change") },
  },
  views: {
    list: {
      columns: ["reference", "subject", "fromAddress", "why", "receivedAt"],
      sort: "-receivedAt",
      filters: ["verdict", "mailbox", "ticket", "automatic"],
      openOnly: true,
    },
    form: ["subject"],
    page: [
      "why",
      "fromName",
      "fromAddress",
      "sender",
      "unknownAddress",
      "automatic",
      "mailbox",
      "receivedAt",
      "verdict",
      "ticket",
      "text",
      "messageId",
      "raw",
    ],
  },
  productOnly: true,
  empty:
    "No mail is held. What Reeve is not sure of waits here for somebody to look at: nothing that comes in is dropped.",
});

/** What was not kept cannot be let through: it is still in the mailbox. */
function mustBeKept(_tx: Tx, { values }: Stored): void {
  if (typeof values["raw"] !== "string")
    throw new Refusal("impossible", [
      { message: "Nothing of it was kept here. Look at it in the mailbox, and discard it here" },
    ]);
}
