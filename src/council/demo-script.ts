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
  | { readonly spends: number }
);

/** A ticket's whole life, as far as anybody knows yet. */
export interface Script {
  readonly call: DemoCall;
  readonly opened: Temporal.Instant;
  readonly requester: Player;
  /** Who wrote it down: the requester, or an officer on the telephone. */
  readonly by: Player;
  readonly channel: "portal" | "mail" | "phone" | "walk_up" | "chat";
  readonly summary: string;
  readonly details: string;
  readonly steps: readonly Step[];
}

/** A supplier, and how its references begin. */
export interface Partner {
  readonly id: string;
  readonly letters: string;
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
  /** Who mends what the call is about; null where nobody outside does. */
  readonly partner: Partner | null;
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
  const pen: Pen = {
    move: (by, minutes, name, values = {}) => steps.push({ at: later(minutes), by, move: name, values }),
    say: (by, minutes, says, audience = "everyone") =>
      steps.push({ at: later(minutes), by, says: fill(says), audience }),
    wait: (by, minutes, days, values) => {
      const from = later(minutes);
      steps.push({ at: from, by, move: "wait", values: { ...values, reviewOn: pen.inDays(days) } });
    },
    spend: (by, minutes) => steps.push({ at, by, spends: minutes }),
    inDays: (days) => at.toZonedDateTimeISO("Europe/London").toPlainDate().add({ days }).toString(),
  };
  // Who is in a hurry for something small rings; what takes days is written down.
  const told = random.chance(isSimple(call) ? 0.88 : 0.4);
  const script = () => ({
    call,
    opened,
    requester,
    by: told ? owner : requester,
    channel: told
      ? random.pick(["phone", "phone", "phone", "walk_up", "chat"] as const)
      : random.pick(["portal", "portal", "mail"] as const),
    summary: fill(call.summary),
    details: fill(call.details),
    steps,
  });
  if (part.rests === "new") return script();
  const minutes = Math.round(random.between(5, 25));
  const whileTheyTalk = addWorkingMinutes(part.calendar, opened, minutes);
  if (
    told &&
    isSimple(call) &&
    part.rests === null &&
    random.chance(0.95) &&
    whileTheyTalk !== null &&
    opened.until(whileTheyTalk).total("minutes") < 50
  ) {
    pen.move(owner, minutes, "solve", { resolution: fill(call.resolution) });
    goodbye(random, { requester, owner, well: true }, pen);
    return script();
  }
  work(random, { ...part, fill, told }, pen);
  return script();
}

/** Whether whoever takes the call can solve it while it lasts: nobody else is needed, and what they ask is answered at once. */
function isSimple({ supplier, evidence, problem, again, restricted }: DemoCall): boolean {
  return restricted !== true && [supplier, evidence, problem, again].every((one) => one === undefined);
}

/** What officers write first to whoever asked without ringing. */
const greetings = [
  "Thank you for telling us. I have it and am looking at it now.",
  "Hello, this is with me. I will write again today.",
  "Thank you, I have this one and will ring you if I need more.",
  "I am on it. You can go on with your work meanwhile.",
  "Got it, thank you. I look at it before lunch.",
];

/** From the first answer to the end, or to where it stops for now. */
function work(
  random: Random,
  part: Part & { readonly fill: (text: string) => string; readonly told: boolean },
  pen: Pen,
): void {
  const { call, requester, fill, lead } = part;
  const { move, say, spend, inDays } = pen;
  const late = random.chance(0.13);
  const [respond, resolve] = part.target;
  const taken = respond * (late && random.chance(0.5) ? random.between(1.2, 2.5) : random.between(0.1, 0.8));
  let { owner } = part;
  if (random.chance(0.2)) move(lead, taken, "assign", { owner: owner.id });
  else move(owner, taken, "take");
  if (!part.told && random.chance(0.93)) say(owner, respond * random.between(0.02, 0.15), random.pick(greetings));
  if (call.aside && random.chance(0.7)) say(owner, random.between(5, 40), call.aside, "internal");
  if (lead.id !== owner.id && call.restricted !== true && random.chance(0.05)) {
    const comment = random.pick([
      "Restarting, a new profile and another network did not help.",
      "The log names a service that I have no rights to.",
      "Third call about this from the same team this month.",
    ]);
    move(owner, random.between(20, 90), "escalate", { owner: lead.id, comment });
    owner = lead;
  }
  if (call.kind === "request" && random.chance(0.12)) move(owner, 5, "promise", { promisedOn: inDays(6) });
  const working = resolve * (late ? random.between(1.05, 1.7) : random.between(0.1, 0.75));
  if (waits(random, { ...part, owner }, pen)) return;
  if (part.rests !== null) return;
  if (random.chance(0.03)) {
    move(requester, working / 2, "cancel", {
      comment: random.pick([
        "It works again by itself, thank you.",
        "Somebody in the team showed me how. No need any more.",
        "I raised this twice, sorry. Please close this one.",
      ]),
    });
    return;
  }
  move(owner, working, "resolve", { resolution: fill(call.resolution) });
  if (random.chance(0.3)) spend(owner, random.pick([10, 15, 15, 20, 30, 45, 60]));
  const back = call.again !== undefined && random.chance(0.6);
  if (call.again !== undefined && back) {
    move(requester, random.between(200, 900), "reopen", { comment: fill(call.again) });
    say(owner, random.between(10, 90), "Sorry to hear that. I am looking at it again now.");
    move(owner, random.between(60, 400), "resolve", {
      resolution: `${fill(call.resolution)} Done again, and kept under watch for two days.`,
    });
  }
  goodbye(random, { requester, owner, well: !late && !back }, pen);
}

/** What whoever asked says of it in the end. */
function goodbye(
  random: Random,
  { requester, owner, well }: { requester: Player; owner: Player; well: boolean },
  { move, say }: Pen,
): void {
  if (random.chance(0.3))
    say(
      requester,
      random.between(10, 300),
      random.pick(["Thank you, that did it.", "All good now, thanks for being so quick.", "Working again. Thank you."]),
    );
  if (random.chance(0.4)) {
    const [rating, ratingComment] = random.pick(well ? whenWell : whenNot);
    move(requester, random.between(5, 120), "rate", { rating, ...(ratingComment ? { ratingComment } : {}) });
  }
  move(random.chance(0.4) ? requester : owner, random.between(500, 1500), "close");
}

/** Stars, and why, where they say. */
type Said = readonly [rating: number, words: string];

const whenWell: readonly Said[] = [
  [5, "Quick, and explained so that I could follow"],
  [5, ""],
  [5, "Solved while I was still on the telephone"],
  [5, ""],
  [4, ""],
  [4, "All good, though I had to say it twice"],
  [3, ""],
];
const whenNot: readonly Said[] = [
  [4, "Slow, but right in the end"],
  [3, ""],
  [3, "I had to ask what was happening"],
  [2, "It came back the next day"],
  [1, "Two days without the system I work in"],
];

interface Pen {
  readonly move: (by: Player, minutes: number, name: string, values?: Values) => void;
  readonly say: (by: Player, minutes: number, says: string, audience?: "everyone" | "internal") => void;
  /** Waits, to be looked at again so many days later. */
  readonly wait: (by: Player, minutes: number, days: number, values: Values) => void;
  /** Minutes of work, at the moment of what was written last. */
  readonly spend: (by: Player, minutes: number) => void;
  /** The day so many days after what was written last. */
  readonly inDays: (days: number) => string;
}

/** The waiting that the call brings with it. True when the ticket is left waiting. */
function waits(random: Random, { call, requester, owner, rests, partner }: Part, pen: Pen): boolean {
  const { move, say, wait } = pen;
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
    if (waitingFor === "supplier" && partner !== null) {
      passOn(random, { owner, partner, rests }, pen);
      if (rests === "waiting") return true;
      continue;
    }
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

/** A partner has it until the day that they promise, or the next one. */
function passOn(
  random: Random,
  { owner, partner, rests }: { owner: Player; partner: Partner; rests: Part["rests"] },
  pen: Pen,
): void {
  const { move, inDays } = pen;
  move(owner, random.between(10, 120), "pass_on", {
    supplier: partner.id,
    supplierReference: `${partner.letters}-${Math.floor(random.between(1000, 9999))}`,
    supplierDueOn: inDays(rests === "waiting" ? 14 : 4),
  });
  if (rests === "waiting") return;
  if (random.chance(0.4))
    move(owner, random.between(1800, 3000), "chase", {
      // Counted from before those working days, with Christmas perhaps among them.
      supplierDueOn: inDays(16),
      comment: random.pick([
        "Their engineer is ill. They send another.",
        "The part is on its way, they say.",
        "No answer by mail. By telephone they say that it is in test.",
      ]),
    });
  move(owner, random.between(200, 1500), "resume");
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
