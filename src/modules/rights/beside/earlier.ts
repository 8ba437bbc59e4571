import { formatDay } from "../../../kernel/fields/date.ts";
import { dayOf } from "../../../kernel/store/as-of.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { caseOf } from "../answering/case-kinds.ts";

/** The kinds of case that show what was answered before. What somebody asks of themselves nobody else was answered. */
export const shown: readonly string[] = ["information_request", "members_question"];

/** What holds an earlier answer, by the states in which it may be used again. */
export const earlier: Readonly<Record<string, readonly string[]>> = {
  publication: ["published"],
  information_request: ["answered"],
  members_question: ["answered", "published"],
};

/** The case that a page is about, as far as the actor sees it: the record itself, or that of a question; null for any other. */
export async function caseBeside(tx: Tx, record: Stored): Promise<Stored | null> {
  const of = record.type === "case_question" ? await caseOf(tx, record) : record;
  return of !== null && shown.includes(of.type) ? of : null;
}

/** The day on which it was answered, `yyyy-mm-dd`; null where nobody wrote it down. */
export function answeredOn({ type, values, closedAt }: Stored): string | null {
  if (type === "publication") return typeof values["answeredOn"] === "string" ? values["answeredOn"] : null;
  return closedAt === null ? null : dayOf(Temporal.Instant.from(closedAt));
}

/** The words of an earlier answer; null where it holds none, as an entry of the publication scheme. */
export function wordsOfAnswer({ type, state, values }: Stored): string | null {
  const { answer } = values;
  return earlier[type]?.includes(state) && typeof answer === "string" && answer.trim() !== "" ? answer : null;
}

/** Where words are from: “From FOI-2026-0012, answered on 4 May 2026”. */
export function whereFrom(record: Stored): string {
  const day = answeredOn(record);
  return `From ${record.reference}${day === null ? "" : `, answered on ${formatDay(day)}`}`;
}
