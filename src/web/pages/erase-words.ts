import { erasedFields } from "../../kernel/memory/erasable.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { TimelineEvent } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { namesOf } from "../names.ts";
import type { ErasePage } from "../view/models.ts";
import { eventIds, timelineEntry } from "./record-timeline.ts";
import { seenField } from "./seen-fields.ts";

type Words = Pick<ErasePage, "line" | "goes" | "stays" | "before">;

/** How much of what a line says is shown, so that it is known again; never more than half of it. */
const beginningMax = 80;

const told = "A new line in the timeline: that you erased this, your reason, and a certificate";
const inBackups = "Backups that were made before. When one is restored, this is erased again";

/** Which line it is, and what becomes of it. */
export async function explainLine(tx: Tx, type: RecordType, record: Stored, event: TimelineEvent): Promise<Words> {
  const names = await namesOf(tx, eventIds(tx, type, record, [event]));
  const { actor, sentence, moment, changes = [] } = timelineEntry({ tx, type, record }, event, names);
  const [change] = changes;
  const timed = event.verb !== "commented" && hasClocks(type);
  return {
    line: [
      { label: "Number", text: String(event.sequence) },
      { label: "Who", text: actor },
      { label: "What", text: sentence },
      { label: "When", text: moment },
      ...(change
        ? [{ label: `${change.field} begins`, text: beginning(change.to === "" ? change.from : change.to) }]
        : []),
    ],
    goes: [
      "All that this line says, for ever: every word and value in it",
      "Any way to find the record by words that only this line held",
    ],
    stays: [
      "That it happened, who did it and when",
      `What the ${inSentence(type.label.one)} holds now`,
      ...(timed ? ["Its deadlines, counted from what the other lines still say"] : []),
      told,
      inBackups,
    ],
    before: `If the ${inSentence(type.label.one)} still holds what must go, change it first. The line that tells of that change says it too, so erase that line as well.`,
  };
}

/** What becomes of a whole record. */
export function explainRecord(tx: Tx, type: RecordType, record: Stored): Words {
  const erased = new Set(erasedFields(type));
  const labels = (names: readonly string[]) =>
    names.flatMap((name) => seenField(tx, type, name, record)?.options.label ?? []).join(", ");
  const kept = labels(Object.keys(type.fields).filter((name) => !erased.has(name)));
  return {
    line: [],
    goes: [
      `What these fields say: ${labels([...erased])}. The title becomes “Erased”`,
      "What every line of its timeline says, every comment too",
      "Its files",
      ...(type.name === "person" ? ["The account that they sign in with, and their tokens"] : []),
      "Any way to find it by those words",
    ],
    stays: [
      `Its number ${record.reference}, its dates and its state`,
      ...(hasClocks(type) ? ["Its deadlines, counted from what it still holds"] : []),
      ...(kept === "" ? [] : [`What these fields hold: ${kept}. Change first what must not stay`]),
      "That each thing in its timeline happened, who did it and when",
      told,
      inBackups,
    ],
  };
}

function hasClocks(type: RecordType): boolean {
  return Object.keys(type.clocks).length > 0;
}

/** The first words of a text, at most half of it: enough to know it again, too little to learn it. */
function beginning(text: string): string {
  const letters = Array.from(text.replaceAll(/\s+/g, " ").trim());
  const shown = letters.slice(0, Math.min(beginningMax - 1, Math.ceil(letters.length / 2))).join("");
  const lastSpace = shown.lastIndexOf(" ");
  return `${lastSpace > 0 ? shown.slice(0, lastSpace) : shown}…`;
}
