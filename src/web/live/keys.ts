/** By what the hub finds pages, lists and people. */
import type { Who } from "../../kernel/transaction.ts";
import type { Shown } from "./changes.ts";
import type { Stream } from "./hub.ts";

/** What somebody goes by. */
export const personKey = ({ organisationId, personId }: Who) => `${organisationId} ${personId}`;
/** What a list goes by, of which a change is told. */
export const listKey = ({ organisationId, type }: { organisationId: string; type: string }) =>
  `${organisationId} ${type}`;
/** The same for pages that show its records beside what they are of. */
export const asideKey = (of: { organisationId: string; type: string }) => `aside ${listKey(of)}`;
const keyOf = (shown: Shown) =>
  shown.recordId ?? (shown.what === "nothing" || shown.what === "told" ? shown.what : listKey(shown));
/** Everything by which a page is found. */
export const keysOf = (stream: Stream) => [keyOf(stream.shown), ...otherListsOf(stream).map(asideKey)];

/** The lists whose records a page shows beside what it is of. */
export function otherListsOf({ shown: { organisationId }, also = [] }: Stream): Shown[] {
  return also.map((type) => ({ organisationId, what: "list", type, recordId: null }));
}

/** Adds to the values of a key. */
export function add<Value>(map: Map<string, Set<Value>>, key: string, value: Value): void {
  const known = map.get(key);
  if (known) known.add(value);
  else map.set(key, new Set([value]));
}

/** Takes a value away from a key's. */
export function remove<Value>(map: Map<string, Set<Value>>, key: string, value: Value): void {
  const known = map.get(key);
  known?.delete(value);
  if (known?.size === 0) map.delete(key);
}
