import type { RecordType } from "./record.ts";

/**
 * Works out once for each type what follows from its definition alone. A type is never changed in place: what an
 * administrator adds to it makes a new one.
 */
export function keptByType<Value>(make: (type: RecordType) => Value): (type: RecordType) => Value {
  const kept = new WeakMap<RecordType, { readonly value: Value }>();
  return (type) => {
    const known = kept.get(type);
    if (known) return known.value;
    const value = make(type);
    kept.set(type, { value });
    return value;
  };
}
