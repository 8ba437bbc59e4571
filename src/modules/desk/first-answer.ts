import type { TimelineFact, Told } from "../../kernel/clock.ts";

/** The ways of asking in which the desk speaks with whoever asks there and then. */
const spoken: readonly unknown[] = ["phone", "walk_up", "chat"];

/**
 * Whether a line that is no comment answers whoever asked. A call does that somebody else noted for them: they spoke with the
 * desk. So does a log of another tool, which holds no messages, once somebody there has taken it up. That it is given to somebody
 * here, taken or sent on tells whoever asked nothing.
 */
export function isAnswer({ verb, actorId, forId, by, state }: TimelineFact, { values, requesterId }: Told): boolean {
  if (verb === "created")
    return actorId !== null && actorId !== requesterId && forId !== requesterId && spoken.includes(values["channel"]);
  return actorId === null && by !== undefined && state === "assigned";
}
