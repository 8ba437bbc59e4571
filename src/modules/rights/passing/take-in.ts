import { Readable } from "node:stream";
import { may } from "../../../kernel/access.ts";
import { refuse, unseen } from "../../../kernel/errors.ts";
import { keepContent } from "../../../kernel/files/content.ts";
import { addFile, fileBytesMax } from "../../../kernel/files/files.ts";
import { inSentence } from "../../../kernel/fields/kind.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { comment } from "../../../kernel/store/comment.ts";
import { find } from "../../../kernel/store/find.ts";
import { joinRecords } from "../../../kernel/store/relations.ts";
import { timeline } from "../../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { problem } from "../../../web/flash.ts";
import { namesOf } from "../../../web/names.ts";
import { first } from "../../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { addressOf, pageClock } from "../../../web/pages/places.ts";
import { eventIds, timelineEntry } from "../../../web/pages/record-timeline.ts";
import { sendOnce, submissionField } from "../../../web/pages/submitting.ts";
import { formatMoment } from "../../../web/view/format.ts";
import type { RecordSection } from "../../../web/view/models.ts";
import { today } from "../handling.ts";
import { organisationName } from "../letter/model.ts";
import type { AnswerLetter, Block } from "../letter/model.ts";

/** The kinds of case into which the timeline of another record can be taken: those for which PDF is redacted. */
const kinds: readonly string[] = ["information_request", "data_protection_request"];
/** A timeline gives this many lines at the most; a longer one says so. */
const linesMax = 2000;

/** On the page of an open request, for those who handle it: takes in what happened to something that it asks about. */
export function takeInSections(tx: Tx, request: Stored): Promise<readonly RecordSection[]> {
  if (request.closedAt !== null || !may(tx.actor, request.type, "handle", request)) return Promise.resolve([]);
  return Promise.resolve([
    {
      kind: "steps",
      title: "What happened to something else",
      sentence:
        "Does it ask about an incident, a change or another record here? Take its timeline in as a PDF, to be redacted and sent.",
      items: [],
      form: {
        action: `${addressOf(tx, request)}/timeline-of`,
        hidden: [submissionField()],
        fields: [
          {
            id: "timeline-of",
            name: "of",
            label: "Its reference",
            hint: "Like INC-00042. You take in what you may read of it yourself",
            widget: "text",
            value: "",
          },
        ],
        submit: { label: "Take its timeline in", tone: "secondary" },
      },
    },
  ]);
}

/** POST at a request: the timeline of another record, as far as the actor reads it, becomes a PDF on the request, and both are joined. */
export function postTakeIn(page: PageRequest): Promise<PageAnswer> {
  const found = (tx: Tx) => {
    const type = page.parts.registry.byPath.get(page.params["path"] ?? "");
    if (!type || !kinds.includes(type.name)) return unseen("There is no such page");
    return find(tx, type, page.params["reference"] ?? "");
  };
  return sendOnce(page, {
    work: async (tx) => {
      const request = await found(tx);
      const type = typeNamed(tx.registry, request.type);
      const { other } = await joinRecords(tx, type, request.id, { relation: "relates_to", to: first(page.form, "of") });
      // Whoever reads the request must not learn of a case that they may not see.
      if (other.sensitivity === "restricted" && request.sensitivity !== "restricted")
        refuse("of", `${other.reference} is restricted. Restrict this request first, then take its timeline in`);
      const { letterAsPdf } = await import("../letter/pdf.ts");
      const pdf = await letterAsPdf(await documentOf(tx, other), null);
      const content = await keepContent(page.parts.filesFolder, Readable.from([pdf]), fileBytesMax);
      const file = await addFile(tx, `Timeline of ${other.reference}.pdf`, content);
      await comment(tx, type, request.id, {
        text: `The timeline of ${other.reference}, as I may read it. What is kept among those who work on it is marked “Internal”: go through it before it is sent.`,
        audience: "internal",
        files: [file.id],
      });
      return { location: `${addressOf(tx, request)}?tab=files`, recordId: request.id };
    },
    flash: () => "The timeline was taken in. Redact it before it is sent",
    again: async (tx, refusal) => ({ redirect: addressOf(tx, await found(tx)), flash: problem(refusal.message) }),
  });
}

/** What happened to a record, the earliest first, as a document: each line with its moment, who did it and every word that was said. */
async function documentOf(tx: Tx, record: Stored): Promise<AnswerLetter> {
  const type = typeNamed(tx.registry, record.type);
  const events = await timeline(tx, record, { limit: linesMax });
  const names = await namesOf(tx, eventIds(tx, type, record, events));
  const body = events.flatMap((event): Block[] => {
    const { actor, sentence, changes, erased } = timelineEntry({ tx, type, record }, event, names);
    const text = event.body?.text;
    const told = (changes ?? [])
      // A comment is given whole below.
      .filter(({ field }) => text === undefined || !field.endsWith("omment"))
      .map(({ field, from, to }) => `- ${field}: ${from === "" ? "" : `from ${from} to `}${to}`);
    const words = [
      ...(event.audience === "internal" ? ["Internal."] : []),
      ...(told.length > 0 ? [told.join("\n")] : []),
      ...(text === undefined || text === "" ? [] : [text]),
      ...(erased === undefined ? [] : [erased]),
    ];
    return [
      {
        kind: "heading",
        text: `${formatMoment(Temporal.Instant.from(event.at), pageClock(tx).zone)}: ${actor} ${sentence}`,
      },
      ...words.map((markdown): Block => ({ kind: "text", markdown })),
    ];
  });
  const longer =
    events.length === linesMax ? ` Only the first ${linesMax.toLocaleString("en-GB")} lines are here.` : "";
  return {
    organisation: await organisationName(tx),
    reference: record.reference,
    subject: `What happened: ${record.title}`,
    day: today(tx),
    to: [],
    opening: [
      {
        kind: "text",
        markdown: `The timeline of the ${inSentence(type.label.one)} ${record.reference}, the earliest first, as it was kept. Times are those of London.${longer}`,
      },
    ],
    body,
    closing: [],
  };
}
