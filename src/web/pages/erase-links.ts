import { holdsWords } from "../../kernel/memory/erasable.ts";
import { mayErase, mayEraseWhole } from "../../kernel/memory/erase.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { TimelineEvent } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import type { EraseLink, Move } from "../view/models.ts";
import { addressOf } from "./places.ts";

/** Where a line of a record's timeline is erased by law; the whole record without one. */
export function eraseAddress(tx: Pick<Tx, "registry">, record: Stored, line: number | null): string {
  return `${addressOf(tx, record)}/erase${line === null ? "" : `?line=${line}`}`;
}

/** The action that erases a whole record, for those who may, until it has been. */
export function eraseAction(tx: Tx, type: RecordType, record: Stored): Move[] {
  return mayEraseWhole(tx.actor, type, record) && record.title !== "Erased"
    ? [{ label: "Erase by law", href: eraseAddress(tx, record, null), method: "get" }]
    : [];
}

/** The link beside a line that holds words or personal values, for those who may erase it; `which` names the line. */
export function eraseLink(
  { tx, type, record }: { readonly tx: Tx; readonly type: RecordType; readonly record: Stored },
  event: TimelineEvent,
  which: string,
): { readonly erase?: EraseLink } {
  return holdsWords(type, event) && mayErase(tx.actor, type)
    ? { erase: { href: eraseAddress(tx, record, event.sequence), which: `line ${event.sequence}, ${which}` } }
    : {};
}
