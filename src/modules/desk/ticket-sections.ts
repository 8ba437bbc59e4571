import { may, readsInternal } from "../../kernel/access.ts";
import { formatMinutes } from "../../kernel/fields/duration.ts";
import { toHtml } from "../../kernel/markdown.ts";
import { typeNamed } from "../../kernel/registry.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../../web/names.ts";
import { addressOf, pageClock, stateTag } from "../../web/pages/places.ts";
import { submissionField } from "../../web/pages/submitting.ts";
import { formatDay, formatRecent, initials, plural } from "../../web/view/format.ts";
import type { FormContent, RecordSection } from "../../web/view/models.ts";
import { readBeside } from "./beside-ticket.ts";
import type { Beside } from "./beside-ticket.ts";
import { clashesOf } from "./visits.ts";

/** What the desk adds to a ticket's page for those who work on it; whoever only asked sees none of it. */
export async function ticketSections(tx: Tx, ticket: Stored): Promise<readonly RecordSection[]> {
  if (!readsInternal(tx.actor, ticket.type, ticket) || !may(tx.actor, ticket.type, "handle", ticket)) return [];
  const beside = await readBeside(tx, ticket);
  const sections = [
    stepsOf(tx, ticket, beside),
    othersOf(tx, beside),
    askedOf(tx, ticket, beside),
    timeOf(tx, ticket, beside),
  ];
  return [...sections.flatMap((section) => section ?? []), ...saidElsewhere(tx, beside)];
}

function stepsOf(tx: Tx, ticket: Stored, { steps }: Beside): RecordSection | null {
  if (steps.length === 0) return null;
  const done = steps.filter(({ at }) => at !== null).length;
  return {
    kind: "steps",
    title: "Checklist",
    sentence: `${done} of ${plural(steps.length, "step")} done. The steps are those of its category.`,
    items: steps.map(({ id, text, by, at }) => ({
      text,
      done: at !== null,
      ...(at === null ? {} : { note: `${by ?? "Someone"}, ${formatRecent(Temporal.Instant.from(at), pageClock(tx))}` }),
      move: {
        label: at === null ? "Tick off" : "Take back",
        href: `${addressOf(tx, ticket)}/steps/${id}`,
        method: "post" as const,
        hidden: [{ name: "done", value: at === null ? "yes" : "no" }],
      },
    })),
  };
}

function othersOf(tx: Tx, { others }: Beside): RecordSection | null {
  if (others.length === 0) return null;
  const type = typeNamed(tx.registry, "ticket");
  const parts = others.filter(({ duplicate }) => !duplicate).length;
  return {
    kind: "steps",
    title: "Tickets that follow this one",
    sentence:
      parts > 0
        ? "What is part of it is resolved with it. The people of its duplicates are told."
        : "Their people are told when this is resolved.",
    items: others.map(({ reference, title, state, duplicate }) => ({
      text: `${reference} ${title}`,
      href: hrefOf(tx, type.name, reference),
      note: duplicate ? "Duplicate" : "Part of this",
      tag: stateTag(type, state),
    })),
  };
}

function askedOf(tx: Tx, ticket: Stored, { questions }: Beside): RecordSection {
  const type = typeNamed(tx.registry, "advice");
  const about = `ticket=${encodeURIComponent(ticket.reference)}`;
  const links = ticket.closedAt === null ? waysOn(tx, ticket, about) : [];
  return {
    kind: "steps",
    title: "Help with this",
    items: questions.map(({ reference, title, state, by, answer }) => ({
      text: title,
      href: hrefOf(tx, type.name, reference),
      note: answer === null ? `Asked of ${by ?? "someone"}` : `${by ?? "Someone"}: ${answer.slice(0, 300)}`,
      tag: stateTag(type, state),
    })),
    links,
  };
}

/** The ways on from a ticket that begin another record: each form comes with what is known already. */
function waysOn(tx: Tx, ticket: Stored, about: string): { text: string; href: string }[] {
  const carried = ["requester", "queue", "category", "service", "system", "device"].flatMap((name) =>
    typeof ticket.values[name] === "string" ? [`${name}=${ticket.values[name]}`] : [],
  );
  // What is split off something restricted is so until somebody says otherwise.
  if (ticket.sensitivity === "restricted") carried.push("sensitivity=restricted");
  const [first = ""] = typeNamed(tx.registry, "ticket").reference.split("-");
  const visited = ticket.requesterId === null ? "" : `&visited=${ticket.requesterId}`;
  return [
    ...(may(tx.actor, "advice", "create")
      ? [{ text: "Ask a colleague", href: `/questions-to-colleagues/new?${about}` }]
      : []),
    ...(may(tx.actor, "visit", "create")
      ? [
          {
            text: "Plan a visit",
            href: `/visits/new?${about}&purpose=${encodeURIComponent(ticket.title.slice(0, 160))}${visited}`,
          },
        ]
      : []),
    ...(first !== "" && may(tx.actor, "ticket", "create")
      ? [
          {
            text: "Split off a new ticket",
            href: `/tickets/new?splitFrom=${ticket.reference}${carried.map((one) => `&${one}`).join("")}`,
          },
        ]
      : []),
    ...(ticket.sensitivity === "restricted"
      ? [{ text: "Name who may see it", href: `${addressOf(tx, ticket)}?tab=connected` }]
      : []),
  ];
}

function timeOf(tx: Tx, ticket: Stored, { spells, minutes }: Beside): RecordSection {
  const zone = pageClock(tx).zone;
  return {
    kind: "steps",
    title: "Time spent",
    ...(minutes > 0 ? { sentence: `${formatMinutes(minutes)} in all.` } : {}),
    items: spells.map((spell) => ({
      text: formatMinutes(spell.minutes),
      note: `${spell.by ?? "Someone"}, ${formatDay(Temporal.PlainDate.from(spell.on).toZonedDateTime(zone).toInstant(), zone)}`,
      ...(spell.mine
        ? { move: { label: "Take back", href: `${addressOf(tx, ticket)}/time/${spell.id}`, method: "post" as const } }
        : {}),
    })),
    form: timeForm(addressOf(tx, ticket)),
  };
}

/** The form that adds time spent to the ticket at an address; with what was typed and why it was refused, where it was. */
export function timeForm(address: string, refused?: { readonly typed: string; readonly error: string }): FormContent {
  return {
    action: `${address}/time`,
    hidden: [submissionField()],
    fields: [
      {
        id: "time-minutes",
        name: "minutes",
        label: "How long",
        hint: "Like 15m or 1h 30m",
        widget: "text",
        value: refused?.typed ?? "",
        width: "short",
        ...(refused ? { error: refused.error } : {}),
      },
    ],
    submit: { label: "Add time spent", ...(refused ? {} : { tone: "secondary" as const }) },
    ...(refused ? { cancel: { text: "Go back", href: address } } : {}),
  };
}

/** What was said on its duplicates, as far as the person may read it there. */
function saidElsewhere(tx: Tx, { said }: Beside): RecordSection[] {
  if (said.length === 0) return [];
  return [
    {
      kind: "conversation",
      title: "Said on its duplicates",
      comments: said.toReversed().map(({ reference, sequence, at, author, audience, text }) => ({
        id: `${reference}-${sequence}`,
        author: author ?? "Someone",
        initials: initials(author ?? "Someone"),
        moment: formatRecent(Temporal.Instant.from(at), pageClock(tx)),
        iso: at,
        note: `on ${reference}`,
        internal: audience === "internal",
        bodyHtml: toHtml(text ?? ""),
        ...(text === null ? { erased: true } : {}),
      })),
    },
  ];
}

/** Of a visit: what else whoever goes is promised to at that time. */
export async function visitSections(tx: Tx, visit: Stored): Promise<readonly RecordSection[]> {
  const clashes = await clashesOf(tx, visit);
  if (clashes.length === 0) return [];
  return [
    {
      kind: "steps",
      title: "At the same time",
      sentence: "Whoever goes is promised elsewhere then. Change the time of one of them, or who goes.",
      items: clashes.map(({ reference, title }) => ({
        text: `${reference} ${title}`,
        href: hrefOf(tx, "visit", reference),
        tag: { text: "Clash", tone: "bad" as const },
      })),
    },
  ];
}
