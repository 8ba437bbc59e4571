import { sql } from "kysely";
import { refuse } from "../../kernel/errors.ts";
import { appendEvent } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { all, first } from "../page.ts";
import type { PageRequest } from "../page.ts";
import { plural } from "../view/format.ts";
import type { FormContent } from "../view/models.ts";

/** The most records that one form decides on. */
const decidedAtOnce = 100;

/** What a control of the forms of a disposal says beside its widget. */
export interface DecisionBase {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly error?: string;
}

/** The form that decides on records that are listed to be looked at: the first hundred that nobody decided on. */
export function decideForm(
  page: PageRequest,
  action: string,
  left: readonly { readonly reference: string; readonly title: string | null }[],
  base: (name: string) => DecisionBase,
): FormContent {
  const { value: _value, ...records } = base("records");
  return {
    action,
    hidden: [],
    fields: [
      {
        ...records,
        label: "Records",
        widget: "checkboxes",
        values: all(page.form, "records"),
        options: left.slice(0, decidedAtOnce).map(({ reference, title }) => ({
          value: reference,
          label: `${reference} ${title ?? "Not yours to see"}`,
        })),
      },
      {
        ...base("decision"),
        label: "What becomes of them",
        widget: "radios",
        options: [
          { value: "destroy", label: "Destroy, once approved" },
          { value: "keep", label: "Keep" },
        ],
      },
      { ...base("why"), label: "Why they are kept", hint: "Only of those that are kept", widget: "text" },
    ],
    submit: { label: "Decide" },
  };
}

/** Decides on the records that a form names. Refuses (invalid) what is no decision, and what is decided already. */
export async function decide(page: PageRequest, tx: Tx, disposal: Stored): Promise<void> {
  const references = [...new Set(all(page.form, "records"))];
  const decision = first(page.form, "decision");
  if (references.length === 0 || references.length > decidedAtOnce || references.some(isNoReference))
    refuse("records", `Select the records that you decide on, ${decidedAtOnce} at the most`);
  if (decision !== "keep" && decision !== "destroy") refuse("decision", "Select whether they are destroyed or kept");
  const keep = decision === "keep";
  const why = keep ? reasonIn(page) : null;
  const { rows } = await sql<{ many: number }>`select decide_listed(
    ${disposal.id}::uuid, ${references}::text[], ${keep ? "kept" : "listed"}, ${why}) as many`.execute(tx.db);
  if (rows[0]?.many !== references.length) refuse("records", "One of them is not listed here, or is decided already");
  // Which ones stands beside each of them; a line of a timeline has no room for a hundred.
  const to = `that ${plural(references.length, "record")} ${references.length === 1 ? "is" : "are"} ${keep ? "kept" : "to be destroyed"}`;
  const body = { to, ...(why === null ? {} : { reason: why }) };
  await appendEvent(tx, disposal.id, { verb: "decided_disposal", body });
}

/** Why records are kept, as it was written. Refuses (invalid) what is no reason. */
export function reasonIn(page: PageRequest): string {
  const why = first(page.form, "why").trim();
  if (why.length < 3 || why.length > 300 || /\p{Cc}/u.test(why) || !why.isWellFormed())
    refuse("why", "Enter why it is kept, in 3 to 300 characters");
  return why;
}

function isNoReference(reference: string): boolean {
  return reference.length > 40 || /\p{Cc}/u.test(reference) || !reference.isWellFormed();
}
