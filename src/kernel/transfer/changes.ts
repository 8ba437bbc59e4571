import { mustBeAllowed } from "../access.ts";
import { Refusal } from "../errors.ts";
import type { RecordType } from "../record.ts";
import { checkLinks } from "../store/check-links.ts";
import { checkRequired, checkValues, givenOutsideMoves, sameValue } from "../store/values.ts";
import type { Values } from "../store/values.ts";
import type { Stored, Tx } from "../transaction.ts";

/**
 * What of these values differs from what a record holds, once it is sure that `change` would take it: the same questions
 * in the same order, and nothing written. Refuses as `change` does. Where nothing differs, nothing is asked.
 */
export async function changesOf(tx: Tx, type: RecordType, record: Stored, given: Values): Promise<Values> {
  const checked = checkValues(type, given, { allowed: givenOutsideMoves(type) });
  const changes = Object.fromEntries(
    Object.entries(checked).filter(([name, value]) => !sameValue(comparable(record.values[name]), comparable(value))),
  );
  const names = Object.keys(changes);
  if (names.length === 0) return {};
  mustBeAllowed(tx.actor, type, type.access.change.permission, `change this ${type.label.one.toLowerCase()}`, record);
  const locked = type.locked(record);
  if (locked !== null && names.some((name) => name !== "sensitivity"))
    throw new Refusal("impossible", [{ message: locked }]);
  await checkLinks(tx, type, changes, record.id);
  const derived = type.derive ? await type.derive(tx, changes, record) : {};
  const after = { ...record.values, ...changes, ...derived };
  checkRequired(type, after, [], changes);
  await type.check?.(tx, after, record);
  return changes;
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
