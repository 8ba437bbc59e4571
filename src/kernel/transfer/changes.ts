import { Refusal, refusalOr } from "../errors.ts";
import type { RecordType } from "../record.ts";
import { previewChanges } from "../store/change.ts";
import { checkValues, givenOutsideMoves, sameValue } from "../store/values.ts";
import type { Values } from "../store/values.ts";
import type { Stored, Tx } from "../transaction.ts";

/** What a row says of a record that is here. */
export interface Said {
  readonly record: Stored;
  readonly given: Values;
}

/**
 * What of these values differs from what each record holds, once it is sure that `change` would take it; or why it would
 * not. Nothing is written. Where nothing differs, nothing is asked.
 */
export async function changesOf(tx: Tx, type: RecordType, said: readonly Said[]): Promise<(Values | Refusal)[]> {
  const differing: (Values | Refusal)[] = [];
  for (const one of said) differing.push(await refusalOr(() => differences(type, one)));
  const asked = differing.flatMap((given, at) =>
    given instanceof Refusal || Object.keys(given).length === 0
      ? []
      : [{ at, before: said[at]!.record, version: said[at]!.record.version, given }],
  );
  for (const [place, outcome] of (await previewChanges(tx, type, asked)).entries())
    if (outcome instanceof Refusal) differing[asked[place]!.at] = outcome;
  return differing;
}

function differences(type: RecordType, { record, given }: Said): Values {
  const checked = checkValues(type, given, { allowed: givenOutsideMoves(type) });
  return Object.fromEntries(
    Object.entries(checked).filter(([name, value]) => !sameValue(comparable(record.values[name]), comparable(value))),
  );
}

/** Lists of links say the same in any order; parts of a line in any order too, and none says what null says. */
function comparable(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  if (value.every((one) => typeof one === "string")) return value.toSorted();
  return value.map((line: unknown) =>
    typeof line === "object" && line !== null
      ? Object.entries(line)
          .filter(([, part]) => part !== null && part !== undefined)
          .toSorted(([one], [other]) => (one < other ? -1 : 1))
      : line,
  );
}
