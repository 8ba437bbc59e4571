import { addWorkingMinutes } from "../kernel/clocks/business-hours.ts";
import type { BusinessCalendar } from "../kernel/clocks/business-calendar.ts";
import type { Values } from "../kernel/store/values.ts";
import type { Player } from "./demo-cast.ts";
import { demoWords } from "./demo-calls.ts";
import type { DemoCall } from "./demo-calls.ts";
import type { Random } from "./demo-random.ts";

/** Something that happens to a ticket. */
export type Step = { readonly at: Temporal.Instant; readonly by: Player } & (
  | { readonly move: string; readonly values: Values }
  | { readonly says: string; readonly audience: "everyone" | "internal" }
);

/** A ticket's whole life, as far as anybody knows yet. */
export interface Script {
  readonly call: DemoCall;
  readonly opened: Temporal.Instant;
  readonly requester: Player;
  /** Who wrote it down: the requester, or an officer on the telephone. */
  readonly by: Player;
  readonly summary: string;
  readonly details: string;
  readonly steps: readonly Step[];
}

interface Part {
  readonly call: DemoCall;
  readonly opened: Temporal.Instant;
  readonly requester: Player;
  readonly owner: Player;
  readonly lead: Player;
  readonly calendar: BusinessCalendar;
  /** Working minutes to respond and to resolve. */
  readonly target: readonly [respond: number, resolve: number];
  /** Where it stops for now: not yet taken, in work, or waiting; null when it goes to its end. */
  readonly rests: "new" | "assigned" | "waiting" | null;
}

/** Writes what happens to one ticket, in working time. */
export function writeScript(random: Random, part: Part): Script {
  const { call, opened, requester, owner } = part;
  const fill = filler(random);
  const steps: Step[] = [];
  let at = opened;
  const later = (minutes: number) => {
    at = addWorkingMinutes(part.calendar, at, minutes) ?? at;
    return at;
  };
  const move = (by: Player, minutes: number, name: string, values: Values = {}) =>
    steps.push({ at: later(minutes), by, move: name, values });
  const say = (by: Player, minutes: number, says: string, audience: "everyone" | "internal" = "everyone") =>
    steps.push({ at: later(minutes), by, says: fill(says), audience });
  const wait: Pen["wait"] = (by, minutes, days, values) => {
    const from = later(minutes);
    const reviewOn = from.toZonedDateTimeISO("Europe/London").toPlainDate().add({ days }).toString();
    steps.push({ at: from, by, move: "wait", values: { ...values, reviewOn } });
  };
  const script = () => ({
    call,
    opened,
    requester,
    by: random.chance(0.2) ? owner : requester,
    summary: fill(call.summary),
    details: fill(call.details),
    steps,
  });
  if (part.rests === "new") return script();

  const late = random.chance(0.13);
  const [respond, resolve] = part.target;
  const taken = respond * (late && random.chance(0.5) ? random.between(1.2, 2.5) : random.between(0.1, 0.8));
  if (random.chance(0.2)) move(part.lead, taken, "assign", { owner: owner.id });
  else move(owner, taken, "take");
  if (call.aside && random.chance(0.7)) say(owner, random.between(5, 40), call.aside, "internal");
  const working = resolve * (late ? random.between(1.05, 1.7) : random.between(0.1, 0.75));
  if (waits(random, part, { move, say, wait })) return script();
  if (part.rests !== null) return script();
  if (random.chance(0.03)) {
    move(requester, working / 2, "cancel", {
      comment: random.pick([
        "It works again by itself, thank you.",
        "Somebody in the team showed me how. No need any more.",
        "I raised this twice, sorry. Please close this one.",
      ]),
    });
    return script();
  }
  move(owner, working, "resolve", { resolution: fill(call.resolution) });
  if (call.again && random.chance(0.6)) {
    move(requester, random.between(200, 900), "reopen", { comment: fill(call.again) });
    say(owner, random.between(10, 90), "Sorry to hear that. I am looking at it again now.");
    move(owner, random.between(60, 400), "resolve", {
      resolution: `${fill(call.resolution)} Done again, and kept under watch for two days.`,
    });
  }
  if (random.chance(0.3))
    say(
      requester,
      random.between(10, 300),
      random.pick(["Thank you, that did it.", "All good now, thanks for being so quick.", "Working again. Thank you."]),
    );
  move(random.chance(0.4) ? requester : owner, random.between(500, 1500), "close");
  return script();
}

interface Pen {
  readonly move: (by: Player, minutes: number, name: string, values?: Values) => void;
  readonly say: (by: Player, minutes: number, says: string, audience?: "everyone" | "internal") => void;
  /** Waits, to be looked at again so many days later. */
  readonly wait: (by: Player, minutes: number, days: number, values: Values) => void;
}

/** The waiting that the call brings with it. True when the ticket is left waiting. */
function waits(random: Random, { call, requester, owner, rests }: Part, { move, say, wait }: Pen): boolean {
  if (call.asks && random.chance(0.85)) {
    const [question, answer] = call.asks;
    say(owner, random.between(5, 60), question);
    wait(owner, 1, 3, { waitingFor: "user", waitingReason: question });
    if (rests === "waiting") return true;
    say(requester, random.between(20, 700), answer);
    move(owner, random.between(5, 90), "resume");
  }
  for (const [waitingFor, reason] of [
    ["supplier", call.supplier],
    ["evidence", call.evidence],
    ["problem", call.problem],
  ] as const) {
    if (!reason || !random.chance(0.75)) continue;
    wait(owner, random.between(10, 120), 7, { waitingFor, waitingReason: reason });
    if (rests === "waiting") return true;
    if (random.chance(0.5))
      say(
        owner,
        random.between(100, 500),
        `Still waiting: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}. I will write again tomorrow.`,
      );
    move(owner, random.between(200, 1500), "resume");
  }
  return false;
}

/** Fills in `{room}` and the like, the same word for the same mark throughout a ticket. */
function filler(random: Random): (text: string) => string {
  const chosen = new Map<string, string>();
  const words: Readonly<Record<string, readonly string[]>> = demoWords;
  return (text) => {
    const filled = text.replaceAll(/\{(\w+)\}/g, (_mark, name: string) => {
      const known =
        chosen.get(name) ??
        (name === "number" ? String(Math.floor(random.between(100, 999))) : random.pick(words[name] ?? [name]));
      chosen.set(name, known);
      return known;
    });
    return filled.charAt(0).toUpperCase() + filled.slice(1);
  };
}
