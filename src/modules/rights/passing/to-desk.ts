import { sql } from "kysely";
import { addJob } from "../../../kernel/jobs/jobs.ts";
import type { JobKind } from "../../../kernel/jobs/run.ts";
import { can } from "../../../kernel/record.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { insertRecord } from "../../../kernel/store/create.ts";
import { find } from "../../../kernel/store/find.ts";
import { joinRecords } from "../../../kernel/store/relations.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { endAnswering } from "../answering/case-answer.ts";
import { caseKinds } from "../answering/case-kinds.ts";
import { carryOver, leadsOn } from "./carry.ts";

/** The job that makes a ticket of a case which turned out to be ordinary business. */
export const passToDeskJob = "pass-to-desk";

/** How a case came, as tickets say it. */
const channels: Readonly<Record<string, string>> = { email: "mail", spoken: "phone", form: "portal" };

/** The state of a case that needed no law: the desk, or whoever does it every day, sees to it. */
export const ordinary = { label: "Handled as ordinary business", final: true } as const;

/** Ends a case that is none and makes a ticket of it, with all that was said. */
export const passToDesk = {
  label: "It is ordinary business: pass to the desk",
  to: "ordinary",
  comment: { label: "What they are told", audience: "everyone", required: true },
  who: can("handle"),
  effects: startPassingToDesk,
  follows: () =>
    Promise.resolve([
      "The case ends, and no statistic counts it. A ticket is made of it with what was asked and said, and with its files. A restricted case makes a restricted ticket.",
    ]),
  warning: true,
} as const;

/** What follows from `passToDesk`: teams are asked no longer, and a job makes the ticket, for whoever handles cases need not see tickets. */
async function startPassingToDesk(tx: Tx, record: Stored): Promise<void> {
  // Complaints and breaches have neither questions nor a text.
  if (caseKinds.some(({ type }) => type === record.type)) await endAnswering(tx, record);
  await addJob(tx, {
    kind: passToDeskJob,
    title: `The ticket of ${record.sensitivity === "normal" ? record.reference : "a restricted case"}`,
    subject: record.id,
    page: null,
  });
}

/** Makes the ticket of a case that was passed to the desk. */
export const makeTicketOfCase: JobKind = (run) =>
  run.asProduct(async (tx) => {
    const kind = await typeOfRecord(tx, run.subject);
    const type = typeNamed(tx.registry, kind);
    const record = await find(tx, type, run.subject);
    if (await leadsOn(tx, record.id, "ticket")) return "It has its ticket already.";
    const ticketType = typeNamed(tx.registry, "ticket");
    // A breach comes by no mail.
    const words = record.values[type.byMail?.words ?? "what"];
    const { applicant, replyTo } = record.values;
    const from =
      record.requesterId === null
        ? [applicant, replyTo].filter((part) => typeof part === "string" && part !== "").join(", ")
        : "";
    const { id } = await insertRecord(
      tx,
      ticketType,
      {
        summary: record.title,
        details: [words, from === "" ? null : `From ${from}`].filter((part) => typeof part === "string").join("\n\n"),
        kind: "request",
        requester: record.requesterId,
        channel: channels[String(record.values["receivedBy"])] ?? null,
        ...(record.sensitivity === "restricted" ? { sensitivity: "restricted" } : {}),
      },
      { trusted: true },
    );
    const ticket = await find(tx, ticketType, id);
    await joinRecords(tx, ticketType, id, { relation: "follows_from", to: record.id });
    await carryOver(tx, record, ticket);
    return "The ticket is made.";
  });

async function typeOfRecord(tx: Tx, id: string): Promise<string> {
  const { rows } = await sql<{ type: string }>`
    select type from records where organisation_id = ${tx.actor.organisationId}::uuid and id = ${id}::uuid`.execute(
    tx.db,
  );
  return rows[0]!.type;
}
