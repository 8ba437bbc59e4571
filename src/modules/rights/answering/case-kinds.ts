import { refuse } from "../../../kernel/errors.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { findIfSeen } from "../../../kernel/store/find.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";

type Values = Readonly<Record<string, unknown>>;

/** The law by which something can be withheld from an answer; `none` where nothing is weighed, as with what a member asks. */
export type Law = "foi" | "eir" | "reuse" | "data" | "none";

/** The days inside the deadline of a kind of case, and how those are reminded who are late: working days. */
export interface PlanDays {
  readonly commissionDays: number;
  readonly answerDays: number;
  readonly draftDays: number;
  readonly agreeDays: number;
  readonly chaseBefore: number;
  readonly chaseEvery: number;
  readonly escalateAfter: number;
}

/** How the milestones of a case are counted. */
export interface Counting {
  /** The clock of its answer. */
  readonly clock: string;
  /** How many working days that gives where nothing extends it; what is more moves the later milestones. */
  readonly days: number;
  /**
   * What is counted: the working days that the ledger of the clock counts (`ledger`); those after its first day, where the law
   * counts from the day itself (`after`); or those from receipt to its day, where it counts back from a meeting or names a day (`receipt`).
   */
  readonly by: "ledger" | "after" | "receipt";
}

/**
 * What a kind of case says so that it is split into questions, drafted, signed and sent by the parts of this folder: one entry in
 * `caseKinds`, a field of that name on questions and on agreed texts, and a call of the guards in the move that answers it.
 */
export interface CaseKind {
  /** The name of its record type. */
  readonly type: string;
  /** The field of questions and agreed texts that leads to it. */
  readonly field: "request" | "enquiry" | "dataRequest";
  /** What it is called in a sentence. */
  readonly called: string;
  /** Its field of the day to count from. */
  readonly from: string;
  readonly counting: (values: Values) => Counting;
  /** The days where an organisation has said nothing else. */
  readonly plan: PlanDays;
  /** Why a team is given a day, without saying who asked. */
  readonly dayBecause: string;
  /** The states in which it is worked on; in other open states it waits for whoever asked. */
  readonly worked: readonly string[];
  readonly law: (values: Values) => Law;
  /** Its decision by the outcome of the text; null where an answer decides on nothing, and the text has no outcome. */
  readonly decisions: Readonly<Record<string, string>> | null;
  /** Other records by which teams are asked, by their type and the field that leads to the case. */
  readonly alsoAsks?: { readonly type: string; readonly field: string };
  /** Whether what withholds something from such a case needs an agreed text, whose letter has all that a refusal must say. */
  readonly withholdsByText: (values: Values) => boolean;
}

const chasing = { chaseBefore: 1, chaseEvery: 2, escalateAfter: 2 } as const;
/** Of 20 working days. */
const ofTwenty: PlanDays = { commissionDays: 3, answerDays: 8, draftDays: 10, agreeDays: 17, ...chasing };
/** The same shares of the ten days of a member’s enquiry, each a whole day, and two days to send it. */
const ofTen: PlanDays = { commissionDays: 2, answerDays: 4, draftDays: 5, agreeDays: 8, ...chasing };

const same = { granted: "granted", part: "part", refused: "refused", not_held: "not_held", neither: "neither" };

/** Every kind of case that is answered by an agreed text. */
export const caseKinds: readonly CaseKind[] = [
  {
    type: "information_request",
    field: "request",
    called: "request",
    from: "receivedOn",
    counting: () => ({ clock: "answer", days: 20, by: "ledger" }),
    plan: ofTwenty,
    dayBecause: "and the law gives us a day",
    worked: ["open"],
    law: ({ regime }) => (regime === "reuse" ? "reuse" : String(regime).startsWith("eir") ? "eir" : "foi"),
    decisions: same,
    withholdsByText: () => true,
  },
  {
    type: "members_question",
    field: "enquiry",
    called: "question",
    from: "receivedOn",
    // Rule 15. A written question is due before its meeting, however far that is: its milestones are those of an enquiry.
    counting: ({ kind }) =>
      kind === "council" || kind === "committee"
        ? { clock: "meeting", days: Infinity, by: "receipt" }
        : { clock: "answer", days: 10, by: "ledger" },
    plan: ofTen,
    dayBecause: "and our own rules give us a day",
    worked: ["open"],
    law: () => "none",
    decisions: null,
    withholdsByText: () => false,
  },
  {
    type: "data_protection_request",
    field: "dataRequest",
    called: "request",
    from: "receivedOn",
    // Rules 9 to 11: a month has about 20 working days. What another body wants by a day has that day alone.
    counting: ({ kind }) =>
      kind === "disclosure"
        ? { clock: "wanted", days: Infinity, by: "receipt" }
        : { clock: "answer", days: 20, by: "after" },
    plan: ofTwenty,
    dayBecause: "and the law gives us a day",
    worked: ["open"],
    law: () => "data",
    decisions: { granted: "granted", part: "part", refused: "refused", not_held: "nothing" },
    alsoAsks: { type: "data_search", field: "request" },
    // What another body asks to be told is no right of theirs: nobody is refused one (UK GDPR art 12(4)).
    withholdsByText: ({ kind }) => kind !== "disclosure",
  },
];

/** The kind of case of that type. */
export function kindOf(type: string): CaseKind {
  const kind = caseKinds.find((one) => one.type === type);
  if (!kind) throw new Error(`${type} is no kind of case`);
  return kind;
}

/** The case that a question or an agreed text belongs to, by its kind and id; null while none is named. */
export function caseNamed({ values }: Pick<Stored, "values">): { readonly kind: CaseKind; readonly id: string } | null {
  for (const kind of caseKinds) {
    const id = values[kind.field];
    if (typeof id === "string") return { kind, id };
  }
  return null;
}

/** The case that a question or an agreed text belongs to, as far as the actor sees it. */
export async function caseOf(tx: Tx, of: Pick<Stored, "values">): Promise<Stored | null> {
  const named = caseNamed(of);
  return named && findIfSeen(tx, typeNamed(tx.registry, named.kind.type), named.id);
}

/** A question or a text belongs to one case, and to no second one. */
export function checkOneCase(values: Values): void {
  const named = caseKinds.filter(({ field }) => typeof values[field] === "string");
  if (named.length !== 1) refuse(named[1]?.field ?? caseKinds[0]!.field, "Select the one case that this belongs to");
}
