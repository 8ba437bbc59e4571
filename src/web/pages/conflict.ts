import { schemaOf } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { sameValue } from "../../kernel/store/values.ts";
import type { Values } from "../../kernel/store/values.ts";
import { timeline } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { namesOf } from "../names.ts";
import { recentInSentence } from "../view/format.ts";
import type { Conflict } from "../view/models.ts";
import { cut, linesIn, mentionedIn, shownOf, textOf } from "./field-value.ts";
import type { Names } from "./field-value.ts";
import { pageClock } from "./places.ts";
import { actorOf } from "./record-timeline.ts";
import { linesOf } from "./seen-fields.ts";

/**
 * Both versions of a record: what the person typed and what someone else saved meanwhile, in each field where they differ.
 * A field that the person left as it was is theirs alone, and is said to be so.
 */
export async function conflictOf(
  tx: Tx,
  type: RecordType,
  record: Stored,
  typed: Values,
  untouched: ReadonlySet<string>,
): Promise<Conflict> {
  const fields = Object.keys(typed).flatMap((name) => (type.fields[name] ? [[name, type.fields[name]] as const] : []));
  const names = await namesOf(
    tx,
    fields.flatMap(([name, field]) => [...mentionedIn(field, typed[name]), ...mentionedIn(field, record.values[name])]),
  );
  const [last] = await timeline(tx, record, { verbs: ["created", "changed", "moved"], newestFirst: true, limit: 1 });
  const rows = fields.map(([name, field]) => {
    const [yours = null, theirs = null] = [typed[name], record.values[name]];
    const left = untouched.has(name);
    const row = {
      field: field.options.label,
      yours: left ? "You did not change this" : words(field, yours, names),
      theirs: words(field, theirs, names),
      differs: !left && !sameValue(yours, theirs),
    };
    return { row, same: sameValue(yours, theirs) };
  });
  const differing = rows.filter(({ same }) => !same);
  return {
    who: last ? actorOf(last) : "Someone",
    moment: last ? recentInSentence(Temporal.Instant.from(last.at), pageClock(tx)) : "a moment ago",
    rows: (differing.length > 0 ? differing : rows).map(({ row }) => row),
  };
}

/** A value in words; what was typed and is not valid stands as it was typed. */
function words(field: Parameters<typeof shownOf>[0], value: unknown, names: Names): string {
  const lines = linesOf(field);
  if (lines) {
    return linesIn(value)
      .map((line) =>
        Object.entries(lines.fields)
          .map(([name, part]) => words(part, line[name], names))
          .filter((text) => text !== "")
          .join(": "),
      )
      .map((line, at) => `${at + 1}. ${cut(line, 400)}`)
      .join("\n");
  }
  if (value === null || value === undefined) return "";
  const valid = schemaOf(field).safeParse(value).success;
  return valid ? cut(textOf(shownOf(field, value), names), 2000) : String(value);
}
