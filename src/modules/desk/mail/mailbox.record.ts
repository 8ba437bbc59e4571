import { refuse } from "../../../kernel/errors.ts";
import { defineRecord, field } from "../../../kernel/record.ts";

/** A mailbox: what comes into it becomes tickets of a queue, or cases of a kind that can begin with a mail. */
export const Mailbox = defineRecord({
  name: "mailbox",
  label: { one: "Mailbox", many: "Mailboxes" },
  reference: "BOX-{000}",
  path: "mailboxes",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    address: field.email({
      label: "Address",
      required: true,
      indexed: true,
      hint: "Where people write to. Answers on the tickets of its queue ask for replies to it",
    }),
    queue: field.link({
      label: "Its mail becomes tickets in",
      hint: "Leave it empty for the queue of what has no other home",
      to: "queue",
      reverse: "Mailboxes",
    }),
    makes: field.registered({
      label: "Its mail becomes something else",
      hint: "Leave it empty for tickets",
      from: (types) =>
        Object.fromEntries(
          [...types.values()].flatMap(({ name, label, byMail }) => (byMail ? [[name, label.many]] : [])),
        ),
    }),
    host: field.text({
      label: "IMAP server",
      required: true,
      max: 253,
      hint: "Such as outlook.office365.com",
    }),
    port: field.wholeNumber({
      label: "Port",
      min: 1,
      max: 65_535,
      required: true,
      hint: "993 with TLS, 143 with STARTTLS",
    }),
    security: field.choice({
      label: "Encryption",
      required: true,
      default: "tls",
      options: { tls: "TLS", starttls: "STARTTLS", none: "None: this machine alone" },
    }),
    signsInAs: field.text({ label: "Signs in as", required: true, max: 320 }),
    signIn: field.choice({
      label: "Signs in with",
      required: true,
      default: "password",
      options: { password: "A password", oauth: "OAuth 2 (Exchange Online takes nothing else)" },
    }),
    tokenUrl: field.webAddress({
      label: "Where tokens are made",
      hint: "For Microsoft 365 https://login.microsoftonline.com/TENANT/oauth2/v2.0/token",
    }),
    clientId: field.text({ label: "Client ID", max: 300 }),
    scope: field.text({ label: "Scope", max: 1000, hint: "For Microsoft 365 https://outlook.office365.com/.default" }),
    folder: field.text({ label: "Folder", required: true, max: 200, hint: "Where new mail lies" }),
    takenFolder: field.text({
      label: "Folder for what was taken",
      required: true,
      max: 200,
      hint: "Mail is moved there once Reeve has it. It is made where it is not there",
    }),
    strangers: field.choice({
      label: "Mail from somebody who is not known here",
      required: true,
      default: "contact",
      options: { contact: "Makes a contact and a ticket", held: "Is held for a person to look at" },
    }),
    vouchedBy: field.text({
      label: "Server that says whether senders are who they say",
      max: 253,
      hint: "The name that it gives itself in Authentication-Results. Mail of which it says that SPF, DKIM or DMARC failed is held",
    }),
    reopenDays: field.wholeNumber({
      label: "A reply reopens a resolved ticket for so many days",
      min: 0,
      max: 365,
      required: true,
    }),
    perHour: field.wholeNumber({
      label: "Messages from one address in an hour",
      min: 1,
      max: 10_000,
      required: true,
      hint: "What comes beyond it is held, so that two desks that write to each other stop by themselves",
    }),
  },
  askedWhen: {
    tokenUrl: { field: "signIn", is: ["oauth"] },
    clientId: { field: "signIn", is: ["oauth"] },
    scope: { field: "signIn", is: ["oauth"] },
  },
  states: {
    off: { label: "Off", tone: "neutral" },
    on: { label: "On", tone: "good" },
    withdrawn: { label: "Withdrawn", final: true },
  },
  starts: "off",
  moves: {
    switch_on: { label: "Switch on", from: ["off"], to: "on" },
    switch_off: { label: "Switch off", from: ["on"], to: "off" },
    withdraw: { label: "Withdraw", from: ["on", "off"], to: "withdrawn", warning: true },
    restore: { label: "Use it again", from: ["withdrawn"], to: "off" },
  },
  views: {
    list: { columns: ["reference", "name", "address", "queue", "state"], sort: "name", openOnly: true },
  },
  defaults: async () => ({ port: 993, folder: "INBOX", takenFolder: "Taken in", reopenDays: 14, perHour: 20 }),
  check: (_tx, values) => {
    if (values["signIn"] === "oauth")
      for (const name of ["tokenUrl", "clientId"] as const)
        if (!values[name]) refuse(name, `Enter ${name === "tokenUrl" ? "where tokens are made" : "the client ID"}`);
    if (
      values["tokenUrl"] &&
      !/^https:|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(String(values["tokenUrl"]))
    )
      refuse("tokenUrl", "Where tokens are made: give an address that starts with https://");
    if (!/^[a-z0-9]([a-z0-9.:-]*[a-z0-9])?$/i.test(String(values["host"])))
      refuse("host", "IMAP server: give the name of a host, such as outlook.office365.com");
    if (values["security"] === "none" && !["localhost", "127.0.0.1", "::1"].includes(String(values["host"])))
      refuse("security", "Encryption: without it the password would be sent for all to read");
  },
  empty:
    "A mailbox brings the desk its mail: what people write becomes tickets, and what they answer is added to them.",
});
