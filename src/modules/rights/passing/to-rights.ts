import { formatDay } from "../../../kernel/fields/date.ts";
import type { JobKind } from "../../../kernel/jobs/run.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { dayOf } from "../../../kernel/store/as-of.ts";
import { change } from "../../../kernel/store/change.ts";
import { say } from "../../../kernel/store/comment.ts";
import { insertRecord } from "../../../kernel/store/create.ts";
import { find } from "../../../kernel/store/find.ts";
import { joinRecords } from "../../../kernel/store/relations.ts";
import { carryOver, leadsOn } from "./carry.ts";

/** How a ticket came, as cases say it. */
const receivedBy: Readonly<Record<string, string>> = {
  mail: "email",
  phone: "spoken",
  walk_up: "spoken",
  chat: "form",
  portal: "form",
};

/** Makes the case that a ticket goes on as, with what was said and sent, and tells whoever asked by when they are answered. */
export const makeCaseOfTicket: JobKind = (run) =>
  run.asProduct(async (tx) => {
    const ticket = await find(tx, typeNamed(tx.registry, "ticket"), run.subject);
    const type = typeNamed(tx.registry, String(ticket.values["passedAs"]));
    if (await leadsOn(tx, ticket.id, type.name)) return "It goes on already.";
    const { passedSubject, reachedOn, channel, details } = ticket.values;
    const { id } = await insertRecord(
      tx,
      type,
      {
        ...type.byMail?.values,
        [type.titleField]: passedSubject,
        ...(type.byMail
          ? { [type.byMail.words]: [ticket.title, details].filter((words) => typeof words === "string").join("\n\n") }
          : {}),
        requester: ticket.requesterId,
        receivedOn: reachedOn,
        receivedBy: receivedBy[String(channel)] ?? "form",
        ...(ticket.sensitivity === "restricted" ? { sensitivity: "restricted" } : {}),
      },
      { trusted: true },
    );
    const made = await find(tx, type, id);
    await joinRecords(tx, type, id, { relation: "follows_from", to: ticket.id });
    await carryOver(tx, ticket, made);
    const due = made.dueAt === null ? null : dayOf(Temporal.Instant.from(made.dueAt).subtract({ minutes: 1 }));
    const called = made.sensitivity === "normal" ? ` as ${made.reference}` : "";
    await say(tx, typeNamed(tx.registry, "ticket"), ticket, {
      text: `The people who look after information rights go on with this${called}. It counts from ${formatDay(String(reachedOn))}${due === null ? "" : `, and you will be answered by ${formatDay(due)}`}. You need do nothing.`,
      audience: "everyone",
    });
    if (made.sensitivity === "restricted" && ticket.sensitivity !== "restricted") {
      const now = await find(tx, typeNamed(tx.registry, "ticket"), ticket.id);
      await change(
        tx,
        typeNamed(tx.registry, "ticket"),
        ticket.id,
        now.version,
        { sensitivity: "restricted" },
        { trusted: true },
      );
    }
    return "It goes on as a case.";
  });
