import { sql } from "kysely";
import { may, readsInternal } from "../../kernel/access.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../../web/names.ts";
import { stateTag } from "../../web/pages/places.ts";
import type { RecordSection, Tag } from "../../web/view/models.ts";
import { isFromCatalogue } from "../desk/module.ts";
import { Approval } from "../requests/approval.record.ts";
import { Task } from "../requests/task.record.ts";

const stepsMax = 60;

/** A decision or a task of a request. */
export interface Step {
  readonly kind: "approval" | "request_task";
  readonly reference: string;
  readonly title: string;
  readonly state: string;
  /** The name of who decides or of the team that does it; null while nobody is named. */
  readonly who: string | null;
  /** `yyyy-mm-dd` */
  readonly due: string | null;
  readonly said: string | null;
}

/** The approvals and tasks of a request, as far as the person may see them, in the order in which they came. */
export async function stepsOf(tx: Tx, ticket: Stored): Promise<Step[]> {
  if (!isFromCatalogue(ticket) || !may(tx.actor, "request_task", "read")) return [];
  const of = sql`v.organisation_id = ${tx.actor.organisationId}::uuid and v.ticket = ${ticket.id}::uuid`;
  const { rows } = await sql<Step>`
    (select 'approval' as kind, v.reference, v.title, v.state, p.title as who, v.due_on as due, v.reason as said, v.opened_at, v.place, v.id from visible_approval v
      left join records p on p.organisation_id = v.organisation_id and p.id = v.owner_id where ${of})
    union all
    (select 'request_task', v.reference, v.title, v.state, p.title, v.due_on, v.outcome, v.opened_at, v.place, v.id from visible_request_task v
      left join records p on p.organisation_id = v.organisation_id and p.id = v.team_id where ${of})
    order by opened_at, kind, place, id limit ${stepsMax}`.execute(tx.db);
  return rows;
}

const underWay = new Set(["pending", "open", "doing"]);

/** Whether somebody is to decide it or to do it now. */
export function isUnderWay({ state }: Step): boolean {
  return underWay.has(state);
}

/** A step as a line: whose it is, how far, and by when or what was said. */
export function stepRow(step: Step): { readonly text: string; readonly tag: Tag; readonly note?: string } {
  const { kind, title, state, who, due, said } = step;
  return {
    text:
      kind === "approval"
        ? `Decision by ${who ?? "somebody who is still to be named"}`
        : `${who ?? "A team"}: ${title.split(": ")[0]}`,
    tag: stateTag(kind === "approval" ? Approval : Task, state),
    ...(said ? { note: said } : due && isUnderWay(step) ? { note: `By ${formatDay(due)}` } : {}),
  };
}

/** On the page of a request from the catalogue, for officers: how far it is, each step with the way to it. */
export async function requestSection(tx: Tx, ticket: Stored): Promise<readonly RecordSection[]> {
  if (!readsInternal(tx.actor, ticket.type, ticket)) return [];
  const steps = await stepsOf(tx, ticket);
  if (steps.length === 0) return [];
  const now = steps.filter(isUnderWay).length;
  return [
    {
      kind: "steps",
      title: "The steps of this request",
      sentence:
        now === 0
          ? "None is under way."
          : `${now} of ${steps.length} under way. Each begins when those before it are done.`,
      items: steps.map((step) => ({ ...stepRow(step), href: hrefOf(tx, step.kind, step.reference) })),
    },
  ];
}
