import { formatDay } from "../../kernel/fields/date.ts";
import { attachmentsOf } from "../../kernel/store/attachments.ts";
import { clocksOf, nextDue } from "../../kernel/store/clocks.ts";
import type { RecordType } from "../../kernel/record.ts";
import { typeNamed } from "../../kernel/registry.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { namesOf } from "../../web/names.ts";
import { first } from "../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { conversationSection } from "../../web/pages/comments.ts";
import { begunSaying } from "../../web/pages/draft-notes.ts";
import { moveButtons } from "../../web/pages/moves.ts";
import { addressOf, stateTag } from "../../web/pages/places.ts";
import { detailIds, detailSections } from "../../web/pages/record-details.ts";
import { eventsBefore } from "../../web/pages/record-timeline.ts";
import { submissionField, versionField } from "../../web/pages/submitting.ts";
import type { FieldValue, Move, PortalBlock, PortalPage, RecordSection } from "../../web/view/models.ts";
import { whatHappensNext } from "./next.ts";
import { isUnderWay, stepRow, stepsOf } from "./request-steps.ts";
import type { Step } from "./request-steps.ts";
import { ownTicketsPath, portalShell, usesPortal } from "./who.ts";

/** A ticket for the person who asked: what happens next, what was said, and the few things that they can do. */
export async function ticketFace(page: PageRequest, tx: Tx, ticket: Stored): Promise<PageAnswer | null> {
  if (!usesPortal(tx.actor)) return null;
  const type = typeNamed(tx.registry, "ticket");
  const before = first(page.query, "before");
  const [events, clocks, attachments, draft, rows] = [
    await eventsBefore(tx, ticket, {
      verbs: ["commented"],
      ...(/^\d{1,9}$/.test(before) ? { before: Number(before) } : {}),
    }),
    await clocksOf(tx, type, ticket),
    await attachmentsOf(tx, ticket),
    await begunSaying(tx, type, ticket, "comment"),
    await stepsOf(tx, ticket),
  ];
  const names = await namesOf(tx, [...detailIds(tx, type, ticket), ticket.ownerId, queueOf(ticket)]);
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id)?.title ?? null));
  const text = (name: string) => (typeof ticket.values[name] === "string" ? ticket.values[name] : null);
  const next = whatHappensNext(
    {
      state: ticket.state,
      owner: nameOf(ticket.ownerId),
      queue: nameOf(queueOf(ticket)),
      dueAt: nextDue(clocks)?.toString() ?? null,
      waitingReason: text("waitingReason"),
      reviewOn: text("reviewOn"),
      requested: ticket.values["catalogueItem"] != null,
    },
    tx.now,
  );
  const resolution = text("resolution");
  const conversation = conversationSection(tx, type, ticket, {
    page: events,
    attachments,
    templates: [],
    chosen: "",
    names,
    draft,
  });
  const told = new Set(toldUs(type).map((name) => type.fields[name]?.options.label));
  const details = detailSections(tx, type, ticket, names).flatMap((part) => {
    if (part.kind !== "fields") return [];
    return part.title === undefined ? part.fields.filter(({ label }) => told.has(label)) : part.fields;
  });
  const fields = [...details.filter(({ value }) => value.kind !== "empty"), ...inWords(type, ticket)];
  const moves = moveButtons(tx, type, ticket);
  const model: PortalPage = {
    shell: await portalShell(page, tx, {
      title: `${ticket.reference} ${ticket.title}`,
      current: ownTicketsPath,
      follows: addressOf(tx, ticket),
    }),
    back: { text: "My tickets", href: ownTicketsPath },
    caption: ticket.reference,
    title: ticket.title,
    blocks: [
      {
        kind: "inset",
        tag: stateTag(type, ticket.state),
        lines: [
          ...(ticket.state === "new" ? stepNow(rows) : []),
          ...next,
          ...(ticket.state === "resolved" && resolution ? [`What we did: ${resolution}`] : []),
        ],
      },
      ...stepsShown(rows),
      ...answersTo(ticket, moves),
      ...ratingOf(tx, ticket, moves),
      { kind: "section", section: asReplies(conversation) },
      { kind: "details", summary: "What you told us", fields },
      { kind: "moves", moves: moves.filter(({ href }) => href.endsWith("/cancel")) },
    ],
  };
  return { page: "portal", model };
}

/** The fields in which whoever asked said what it is about: what they were asked, and what is known of it since. */
function toldUs(type: RecordType): readonly string[] {
  return [...type.views.questions.map(({ field }) => field), "category", "service", "system", "device", "promisedOn"];
}

/** What they answered of whom it affects and how much, in the words of the questions: the figures are the desk’s. */
function inWords(type: RecordType, { values }: Stored): FieldValue[] {
  return type.views.questions.flatMap(({ ask = "", field: name }): FieldValue[] => {
    const field = type.fields[name];
    const widget = field?.options.working ? field.kind.input(field.options, null) : undefined;
    const options = widget?.widget === "radios" ? widget.options : [];
    const answer = options.find(({ value }) => value === String(values[name]));
    return answer ? [{ label: ask.replace("?", ""), value: { kind: "text", text: answer.label } }] : [];
  });
}

/** The conversation in words for somebody who answers, and does not know what a comment is. */
function asReplies(conversation: RecordSection): RecordSection {
  if (conversation.kind !== "conversation" || !conversation.form) return conversation;
  const said: Readonly<Record<string, { label: string; hint: string }>> = {
    text: { label: "Reply", hint: "Everyone who works on it reads it" },
    "files[]": { label: "Pictures or documents", hint: "A picture of the screen says most" },
  };
  const fields = conversation.form.fields.map((field) => ({ ...field, ...said[field.name] }));
  return { ...conversation, form: { ...conversation.form, fields, submit: { label: "Send your reply" } } };
}

/** Whether it is solved is for the person who asked to say. */
function answersTo(ticket: Stored, moves: readonly Move[]): PortalBlock[] {
  if (ticket.state !== "resolved") return [];
  const says = { close: "Yes, it is solved", reopen: "No, it is not" };
  const shown = Object.entries(says).flatMap(([name, label]) =>
    moves.filter(({ href }) => href.endsWith(`/moves/${name}`)).map((move) => ({ ...move, label })),
  );
  return shown.length === 0 ? [] : [{ kind: "moves", title: "Is it solved?", moves: shown }];
}

/** How it went, said once; afterwards what was said. */
function ratingOf(tx: Tx, ticket: Stored, moves: readonly Move[]): PortalBlock[] {
  const type = typeNamed(tx.registry, "ticket");
  const { rating, ratingComment } = type.fields;
  const given = ticket.values["rating"];
  if (typeof given === "number" && ticket.requesterId === tx.actor.personId)
    return [{ kind: "inset", lines: [`You told us how we did: ${given} out of 5. Thank you.`] }];
  const href = moves.find((move) => move.href.endsWith("/moves/rate"))?.href;
  if (href === undefined || !rating || !ratingComment) return [];
  const input = rating.kind.input(rating.options, null);
  if (input.widget !== "radios") return [];
  return [
    {
      kind: "form",
      form: {
        action: href,
        hidden: [versionField(ticket.version), submissionField()],
        fields: [
          {
            id: "field-rating",
            name: "rating",
            label: rating.options.label,
            ...input,
            options: input.options.toReversed(),
          },
          {
            id: "field-ratingComment",
            name: "ratingComment",
            label: ratingComment.options.label,
            optional: true,
            widget: "text",
            value: "",
          },
        ],
        submit: { label: "Send", tone: "secondary" },
      },
    },
  ];
}

/** What a request waits for now, in a sentence. */
function stepNow(rows: readonly Step[]): string[] {
  const now = rows.filter(isUnderWay);
  return now.map(({ kind, who, due }) => {
    const by = due ? ` by ${formatDay(due)}` : "";
    return kind === "approval"
      ? `It waits for ${who ?? "somebody who is still to be named"} to decide${by}.`
      : `${who ?? "A team"} does its part${by}.`;
  });
}

function stepsShown(rows: readonly Step[]): PortalBlock[] {
  if (rows.length === 0) return [];
  return [{ kind: "steps", title: "The steps", steps: rows.map(stepRow) }];
}

function queueOf(ticket: Stored): string | null {
  const { queue } = ticket.values;
  return typeof queue === "string" ? queue : null;
}
