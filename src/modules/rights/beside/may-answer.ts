import { may } from "../../../kernel/access.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { alikeRecords } from "../../../kernel/store/alike.ts";
import type { AlikeRecord } from "../../../kernel/store/alike.ts";
import { findAll } from "../../../kernel/store/find.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { hrefOf } from "../../../web/names.ts";
import { addressOf } from "../../../web/pages/places.ts";
import { submissionField } from "../../../web/pages/submitting.ts";
import type { RecordSection } from "../../../web/view/models.ts";
import { answeredOn, caseBeside, earlier, wordsOfAnswer } from "./earlier.ts";

/** Registers whose records may hold what is asked for. */
const registers = [
  "service",
  "system",
  "supplier",
  "device_plan",
  "article",
  "policy",
  "processing_activity",
  "impact_assessment",
  "catalogue_item",
] as const;
const shownMax = 5;
/** Some of what is found may be an answer twice over, or hold no words. */
const lookedAtMax = 15;

/** Words of every request, and of every name in a register. */
const common = `please provide tell council councils authority information request requests requested requesting freedom act
  foi recorded held hold copy copies list full details detail number numbers total many much year years
  month months january february march april may june july august september october november december financial period since last
  current currently date spend spent spending cost costs paid pay amount breakdown following question questions answer know like
  would could also including include under per using use used make made get give given each every member members local public
  service services system systems supplier suppliers policy policies company limited ltd plc group uk solutions new one two three
  work working open opening hour hours look looking review reviews again happen happened people person time times day days week weeks
  ask asked kind type area areas reason reasons response need`;

/**
 * On the page of a request, of a member’s question, and of each question of those, for whoever handles it: earlier answers and
 * records here that may answer it, by the words of its subject and of what is asked. Nothing where nothing fits.
 */
export async function mayAnswerSections(tx: Tx, record: Stored): Promise<readonly RecordSection[]> {
  if (record.closedAt !== null || !may(tx.actor, record.type, "handle", record)) return [];
  const about = await caseBeside(tx, record);
  if (about === null || about.closedAt !== null) return [];
  const { question, details } = record.values;
  const words = [record.title, question ?? details].filter((text) => typeof text === "string").join("\n");
  const types = Object.fromEntries(registers.filter((name) => may(tx.actor, name, "read")).map((name) => [name, null]));
  const [answers = [], records = []] = await alikeRecords(tx, words, common, about.id, [
    { types: earlier, shared: 34, most: lookedAtMax },
    { types, shared: null, most: shownMax },
  ]);
  return [...(await answersSection(tx, record, answers)), ...recordsSection(tx, records)];
}

async function answersSection(tx: Tx, record: Stored, found: readonly AlikeRecord[]): Promise<RecordSection[]> {
  const answers = (await read(tx, found)).filter((one) => wordsOfAnswer(one) !== null);
  const published = new Set(answers.map(({ values }) => values["request"]).filter((id) => id !== null));
  // What was published of a case stands for the case: it was gone through before it went out.
  const offers = answers
    .filter(({ id }) => !published.has(id))
    .slice(0, shownMax)
    .map((one) => {
      const day = answeredOn(one);
      const type = typeNamed(tx.registry, one.type);
      return {
        text: `${one.reference} ${one.title}`,
        href: addressOf(tx, one),
        note: `${type.label.one}${day === null ? "" : `, answered on ${formatDay(day)}`}`,
        ...(one.sensitivity === "normal" && may(tx.actor, "agreed_text", "handle")
          ? {
              does: {
                label: "Use its words",
                href: `${addressOf(tx, record)}/earlier-answer`,
                method: "post" as const,
                hidden: [{ name: "from", value: one.reference }, submissionField()],
              },
            }
          : {}),
      };
    });
  return offers.length === 0
    ? []
    : [
        {
          kind: "offers",
          title: "May answer it: earlier answers",
          text: "What was answered before, in words like these. Its words go into the agreed text with where they are from.",
          offers,
        },
      ];
}

function recordsSection(tx: Tx, records: readonly AlikeRecord[]): RecordSection[] {
  return records.length === 0
    ? []
    : [
        {
          kind: "offers",
          title: "May answer it: records here",
          offers: records.map(({ type, reference, title }) => ({
            text: `${reference} ${title}`,
            href: hrefOf(tx, type, reference),
            note: typeNamed(tx.registry, type).label.one,
          })),
        },
      ];
}

/** The records that were found, in their order. */
async function read(tx: Tx, found: readonly AlikeRecord[]): Promise<readonly Stored[]> {
  const stored = new Map<string, Stored>();
  for (const name of new Set(found.map(({ type }) => type))) {
    const ids = found.filter(({ type }) => type === name).map(({ id }) => id);
    for (const [id, record] of await findAll(tx, typeNamed(tx.registry, name), ids)) stored.set(id, record);
  }
  return found.flatMap(({ id }) => stored.get(id) ?? []);
}
