import { refuse } from "../../kernel/errors.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import { formatMoment } from "../../kernel/fields/moment.ts";
import { addJob } from "../../kernel/jobs/jobs.ts";
import { timeline } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { calledOutside } from "./restricted.ts";

type Values = Readonly<Record<string, unknown>>;

/** How far a major incident is, in the words of the status page. */
export const updateStages = {
  investigating: "Investigating",
  identified: "Cause found",
  watching: "Mended, and being watched",
  resolved: "Resolved",
} as const;

/** The job that tells the people of its tickets. */
export const tellTicketsKind = "tell-tickets";

const linesMax = 200;

/** One more update, and the moment by which people hear again. Its words go to the list, so that the next form is empty. */
export function updates(tx: Tx, incident: Stored, values: Values): Values {
  const minutes = Number(values["nextUpdateIn"]);
  return {
    updates: withUpdate(tx, incident, values["stage"], values["update"]),
    nextUpdateAt: momentOf(tx.now.add({ minutes })),
    update: null,
  };
}

/** The last update says how it ended; nothing more is promised. */
export function resolvesMajor(tx: Tx, incident: Stored, values: Values): Values {
  const told = withUpdate(tx, incident, "resolved", values["update"]);
  return { stage: "resolved", updates: told, nextUpdateAt: null, update: null };
}

function withUpdate(tx: Tx, incident: Stored, stage: unknown, text: unknown): readonly Line[] {
  // What was told to colleagues alone stays among them, even if the incident is shown to the public later.
  const isPublic = incident.values["isPublic"] === true && incident.sensitivity === "normal";
  const audience = isPublic ? "public" : "colleagues";
  return withLine(incident, "updates", { at: momentOf(tx.now), stage, text, audience });
}

/** One more decision, by whoever wrote it down. */
export function decides(tx: Tx, incident: Stored, values: Values): Values {
  const line = { at: momentOf(tx.now), what: values["decision"], by: tx.actor.personId };
  return { decisions: withLine(incident, "decisions", line), decision: null };
}

function withLine(incident: Stored, field: string, line: Line): readonly Line[] {
  const before = linesOf(incident, field);
  if (before.length >= linesMax) refuse(field, `At most ${linesMax} are kept here. Make another major incident`);
  return [...before, line];
}

/** What everybody hears is said once: a job writes it on each open ticket of the incident. */
export async function tellTickets(tx: Tx, incident: Stored): Promise<void> {
  if (tx.actor.personId === null) return;
  await addJob(tx, {
    kind: tellTicketsKind,
    title: `Tell those who reported ${calledOutside(incident) ?? "a restricted incident"}`,
    subject: incident.id,
    page: calledOutside(incident) === null ? null : `/major-incidents/${incident.reference}`,
  });
}

/** A first draft from what was written down while it lasted: people finish it. */
export async function draftsReview(tx: Tx, incident: Stored, values: Values): Promise<Values> {
  const happened = await timeline(tx, incident, { verbs: ["created", "moved"], limit: 300 });
  const moments: [at: string, what: string][] = [
    ...happened.flatMap(({ at, verb, body }): [string, string][] =>
      verb === "created" ? [[at, "Declared a major incident"]] : movedWords(at, body?.move),
    ),
    ...linesOf(incident, "updates").map((line): [string, string] => [
      String(line["at"]),
      `People were told: ${oneLine(line["text"])}`,
    ]),
    ...linesOf(incident, "decisions").map((line): [string, string] => [
      String(line["at"]),
      `Decided: ${oneLine(line["what"])}`,
    ]),
  ];
  const began = incident.values["startedAt"];
  if (typeof began === "string") moments.push([began, "It began"]);
  const inOrder = moments.toSorted(([one], [other]) => (one < other ? -1 : 1));
  const lines = inOrder.map(([at, what]) => `- ${formatMoment(at)}: ${what}`);
  const cause = values["rootCause"] ?? incident.values["rootCause"];
  return {
    review: [
      "## Root cause",
      typeof cause === "string" ? cause : "To be written.",
      "## Timeline",
      cutLines(lines).join("\n"),
      "## What went well",
      "To be written.",
      "## What did not",
      "To be written.",
      "## Actions",
      "To be written: each with who does it, and by when.",
    ].join("\n\n"),
  };
}

function movedWords(at: string, move: string | undefined): [string, string][] {
  const words: Readonly<Record<string, string>> = { resolve: "Resolved", reopen: "Reopened" };
  const said = move === undefined ? undefined : words[move];
  return said === undefined ? [] : [[at, said]];
}

/** No more than the field holds; the earliest are what a review begins with. */
function cutLines(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > 15_000) return [...kept, "- …"];
    kept.push(line);
  }
  return kept;
}

function oneLine(text: unknown): string {
  const line = String(text ?? "")
    .replaceAll(/\s+/g, " ")
    .trim();
  return line.length > 300 ? `${line.slice(0, 299).toWellFormed()}…` : line;
}

/** A review that is still as it was drafted is none. */
export function guardMajorReview(_tx: Tx, incident: Stored, values: Values): void {
  const review = String(values["review"] ?? incident.values["review"] ?? "");
  if (review.trim() === "")
    refuse("review", "Enter the review: its root cause, what went well, and what is to be done");
  if (/^To be written/m.test(review)) refuse("review", "Finish the review: some of it still says “To be written”");
}

/** The lines of a field. */
export function linesOf({ values }: Stored, field: string): readonly Line[] {
  // The field is one of lines.
  return (values[field] ?? []) as readonly Line[];
}

function momentOf(instant: Temporal.Instant): string {
  return instant.toString({ smallestUnit: "millisecond" });
}
