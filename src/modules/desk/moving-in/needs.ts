import { Refusal } from "../../../kernel/errors.ts";
import type { Parts, Row } from "./moved.ts";

/** The rows of a part by any of its names; of the only part there is, whatever its name. Refuses (invalid) where it is not there. */
export function needs(parts: Parts, ...names: readonly [string, ...string[]]): readonly Row[] {
  for (const name of names) {
    const rows = parts.get(name);
    if (rows) return rows;
  }
  const [only, ...others] = parts.values();
  if (only && others.length === 0) return only;
  const there = parts.size === 0 ? "It holds no list at all" : `It holds ${[...parts.keys()].join(", ")}`;
  throw new Refusal("invalid", [{ message: `The file holds no list called ${names[0]}. ${there}` }]);
}
