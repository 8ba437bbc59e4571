import { plural } from "../../../web/view/format.ts";

/** How a queue gives out its tickets: each of the team in turn, whoever has the least open, whoever has the skills. */
export type AssignmentRule = "turn" | "load" | "skill";

/** Somebody of the team, as far as it matters for whom work is given to. */
export interface Candidate {
  readonly id: string;
  readonly name: string;
  /** The last day away, in words; null for whoever is here. */
  readonly awayUntil: string | null;
  /** Whether they are on a shift now; null where the team plans none. */
  readonly onShift: boolean | null;
  readonly onCall: boolean;
  /** The skills that the work needs and they have not. */
  readonly lacks: readonly string[];
  /** How many open tickets they have. */
  readonly open: number;
  /** The number of their latest turn; 0 for none yet. */
  readonly turn: number;
}

/** Who gets it (null: nobody can take it), and why, as a sentence without a full stop. */
export interface Choice {
  readonly personId: string | null;
  readonly because: string;
}

interface Work {
  readonly rule: AssignmentRule;
  /** Whether the queue is open now: out of hours work goes to who is on call. */
  readonly inHours: boolean;
  /** The names of the skills that it needs. */
  readonly needs: readonly string[];
}

/** The longest explanation, in characters. */
const explanationMax = 300;
const namedMax = 4;

/** Chooses whom work goes to. Whoever is away, off shift or without a needed skill is never chosen, and is named with why not. */
export function choose(candidates: readonly Candidate[], work: Work): Choice {
  const passed: string[] = [];
  const able = candidates.filter((candidate) => {
    const why = whyNot(candidate, work);
    if (why !== null) passed.push(`${candidate.name} ${why}`);
    return why === null;
  });
  const order = work.rule === "turn" ? byTurn : byLoad;
  const [chosen] = able.toSorted(order);
  const others = said(passed);
  if (!chosen) {
    if (candidates.length === 0) return { personId: null, because: "The queue’s team has nobody who could take it" };
    if (!work.inHours && candidates.every(({ onCall }) => !onCall))
      return { personId: null, because: "Out of hours, and nobody is on call" };
    return { personId: null, because: shortened(`Nobody can take it: ${others}`) };
  }
  const reason = [
    work.inHours ? "" : "On call",
    work.rule === "skill" && work.needs.length > 0 ? `Has the skill ${work.needs.join(", ")}` : "",
    work.rule === "turn" ? "Next in turn" : `Least loaded: ${plural(chosen.open, "open ticket")}`,
  ].filter((part) => part !== "");
  return { personId: chosen.id, because: shortened([reason.join(", "), others].filter(Boolean).join("; ")) };
}

function whyNot({ awayUntil, onShift, onCall, lacks }: Candidate, { rule, inHours }: Work): string | null {
  if (awayUntil !== null) return `is away until ${awayUntil}`;
  if (!inHours && !onCall) return "is not on call";
  if (inHours && onShift === false) return "is off shift";
  return rule === "skill" && lacks.length > 0 ? `has not the skill ${lacks.join(", ")}` : null;
}

function byTurn(one: Candidate, other: Candidate): number {
  return one.turn - other.turn || (one.id < other.id ? -1 : 1);
}

function byLoad(one: Candidate, other: Candidate): number {
  return one.open - other.open || byTurn(one, other);
}

function said(passed: readonly string[]): string {
  const more = passed.length - namedMax;
  return [...passed.slice(0, namedMax), ...(more > 0 ? [`${more} more`] : [])].join("; ");
}

function shortened(text: string): string {
  return text.length <= explanationMax ? text : `${text.slice(0, explanationMax - 1)}…`;
}
