import { refuse } from "../../../kernel/errors.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { findIfSeen } from "../../../kernel/store/find.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";

type Values = Readonly<Record<string, unknown>>;

/** The law by which something can be withheld from an answer; `none` where the case has tests of its own. */
export type Law = "foi" | "eir" | "reuse" | "none";

/**
 * What a kind of case says so that it is split into questions, drafted, signed and sent by the parts of this folder: one entry in
 * `caseKinds`, a field of that name on questions and on agreed texts, and a call of the guards in the move that answers it.
 */
export interface CaseKind {
  /** The name of its record type. */
  readonly type: string;
  /** The field of questions and agreed texts that leads to it. */
  readonly field: "request";
  /** Its field of the day to count from, and the clock of its answer. */
  readonly from: string;
  readonly clock: string;
  /** How many days the law gives where nothing extends them; what is more moves the later milestones. */
  readonly days: number;
  /** Its field with what was asked, in the words of whoever asked. */
  readonly asked: string;
  /** The states in which it is worked on; in other open states it waits for whoever asked. */
  readonly worked: readonly string[];
  readonly law: (values: Values) => Law;
}

/** Every kind of case that is answered by an agreed text. */
export const caseKinds: readonly CaseKind[] = [
  {
    type: "information_request",
    field: "request",
    from: "receivedOn",
    clock: "answer",
    days: 20,
    asked: "question",
    worked: ["open"],
    law: ({ regime }) => (regime === "reuse" ? "reuse" : String(regime).startsWith("eir") ? "eir" : "foi"),
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
  if (named.length !== 1) refuse(caseKinds[0]!.field, "Select the one case that this belongs to");
}
