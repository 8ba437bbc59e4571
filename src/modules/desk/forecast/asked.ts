import { refuse } from "../../../kernel/errors.ts";
import { isId } from "../../../kernel/store/find.ts";
import { first } from "../../../web/page.ts";
import type { PageRequest } from "../../../web/page.ts";
import { queueAsked } from "../queue-choice.ts";

export const forecastPath = "/desk/forecast";

/** Which part of the forecast a page shows. */
export interface Asked {
  readonly queue: string | null;
  /** A person’s id, or `none`. */
  readonly owner: string | null;
  /** `late`, or the hour as `2026-11-23T10`. */
  readonly hour: string | null;
  readonly clock: "respond" | "resolve" | null;
}

/** Reads an address of the forecast. Refuses what it does not know. */
export function readAsked({ query }: PageRequest): Asked {
  const [owner, hour, clock] = ["owner", "hour", "clock"].map((name) => first(query, name));
  if (owner && owner !== "none" && !isId(owner)) refuse("owner", "Owner: give the id of a person, or none");
  if (hour && hour !== "late" && !/^\d{4}-\d{2}-\d{2}T\d{2}$/.test(hour))
    refuse("hour", "Hour: follow one of the links");
  if (clock && clock !== "respond" && clock !== "resolve") refuse("clock", "Deadline: respond or resolve");
  return {
    queue: queueAsked({ query }),
    owner: owner ? owner.toLowerCase() : null,
    hour: hour || null,
    // Checked above.
    clock: (clock || null) as Asked["clock"],
  };
}

/** The address of the tickets of a part. */
export function addressOf(asked: Asked, changed: Partial<Asked>): string {
  const all = Object.entries({ ...asked, ...changed }).filter(([, value]) => value !== null);
  const query = new URLSearchParams(all.map(([name, value]) => [name, String(value)])).toString();
  return `${forecastPath}${query === "" ? "" : `?${query}`}#tickets`;
}
