import { sql } from "kysely";
import { ukWorkingDays } from "../../kernel/clocks/calendars.ts";
import { workingDateAfter } from "../../kernel/clocks/working-days.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { dayOf } from "../../kernel/store/as-of.ts";
import { create } from "../../kernel/store/create.ts";
import { find } from "../../kernel/store/find.ts";
import { move } from "../../kernel/store/move.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { approvalsOf, wavesOf } from "./item.ts";
import type { ItemApproval, ItemStep } from "./item.ts";

/** Working days in which somebody is asked to decide. */
const decideDays = 3;
/** The most approvals and tasks of one ticket that are looked at. */
const partsMax = 200;

interface Part {
  readonly id: string;
  readonly reference: string;
  readonly state: string;
  readonly place: number | null;
  readonly owner: string | null;
  readonly reason: string | null;
}

/**
 * Takes a request to its next step, as the product: asks for the next approval, gives out the tasks that can now be done, or
 * ends the ticket. Can be called at any time and as often as anyone likes: it looks at what there is. Gives what it did.
 */
export async function nextStep(tx: Tx, ticketId: string): Promise<string> {
  // Two people who finish at once must not both give out what comes next.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`reeve.request.${ticketId}`}, 0))`.execute(tx.db);
  const ticket = await find(tx, typeNamed(tx.registry, "ticket"), ticketId);
  const itemId = ticket.values["catalogueItem"];
  if (typeof itemId !== "string") return "This ticket did not come from the catalogue.";
  const [approvals, tasks] = [await partsOf(tx, "approval", ticketId), await partsOf(tx, "request_task", ticketId)];
  if (ticket.closedAt !== null || ticket.state === "resolved") return endAll(tx, approvals, tasks);
  const declined = approvals.find(({ state }) => state === "declined");
  if (declined) return decline(tx, ticket, declined, { approvals, tasks });
  const item = await find(tx, typeNamed(tx.registry, "catalogue_item"), itemId);
  if (approvals.some(({ state }) => state === "pending")) return "An approval is waited for.";
  const needed = approvalsOf(item);
  const next = needed.findIndex((_, at) => !approvals.some(({ place, state }) => place === at + 1 && state !== "void"));
  if (next !== -1) return ask(tx, { ticket, item }, needed[next]!, next + 1);
  return work(tx, { ticket, item }, tasks);
}

/** Gives out the first wave that is not done, or ends the ticket when all are. */
async function work(tx: Tx, { ticket, item }: Request, tasks: readonly Part[]): Promise<string> {
  for (const wave of wavesOf(item)) {
    const missing = wave.filter(({ place }) => !tasks.some((task) => task.place === place));
    for (const step of missing) await giveOut(tx, ticket, step);
    if (missing.length > 0) return `Given out: ${missing.map(({ what }) => what).join("; ")}.`;
    if (tasks.some(({ place, state }) => isOpen(state) && wave.some((step) => step.place === place)))
      return "Work is under way.";
  }
  await move(tx, typeNamed(tx.registry, "ticket"), ticket.id, "any", "resolve", {
    resolution: `Everything that belongs to “${item.title}” has been done.`,
  });
  return "Every step is done, so the ticket is resolved.";
}

interface Request {
  readonly ticket: Stored;
  readonly item: Stored;
}

function isOpen(state: string): boolean {
  return state === "open" || state === "doing";
}

async function giveOut(tx: Tx, ticket: Stored, step: ItemStep & { readonly place: number }): Promise<void> {
  await create(
    tx,
    typeNamed(tx.registry, "request_task"),
    {
      title: `${step.what}: ${ticket.title}`.slice(0, 200),
      ticket: ticket.id,
      requester: ticket.requesterId,
      team: step.teamId,
      place: step.place,
      dueOn: workingDay(tx, step.days),
      sensitivity: ticket.sensitivity,
    },
    { trusted: true },
  );
}

/** Asks the next person. Where nobody can be found it is made without one, and stands in the team’s list for somebody to be named. */
async function ask(tx: Tx, { ticket, item }: Request, needed: ItemApproval, place: number): Promise<string> {
  const approver = await approverOf(tx, { ticket, item }, needed);
  const as = { manager: "Line manager", service_owner: "Owner of the service", person: "Named approver" }[needed.by];
  const made = await create(
    tx,
    typeNamed(tx.registry, "approval"),
    {
      title: `${item.title}${needed.why === "" ? "" : `: ${needed.why}`}`.slice(0, 200),
      ticket: ticket.id,
      details: typeof ticket.values["details"] === "string" ? ticket.values["details"] : null,
      requester: ticket.requesterId,
      owner: approver,
      team: ticket.teamId,
      askedAs: as,
      place,
      dueOn: workingDay(tx, decideDays),
      sensitivity: ticket.sensitivity,
    },
    { trusted: true },
  );
  return approver === null ? `${made.reference} waits for somebody to be named.` : `${made.reference} was asked for.`;
}

/** Who is to decide: never the person who asks. Whoever has nobody above them is decided on by the owner of the item. */
async function approverOf(tx: Tx, { ticket, item }: Request, needed: ItemApproval): Promise<string | null> {
  const asker = ticket.requesterId;
  const managerOf = async (personId: string | null) => {
    if (personId === null) return null;
    const { rows } = await sql<{ manager: string | null }>`select manager from visible_person
      where organisation_id = ${tx.actor.organisationId}::uuid and id = ${personId}::uuid`.execute(tx.db);
    return rows[0]?.manager ?? null;
  };
  const first =
    needed.by === "manager" ? await managerOf(asker) : needed.by === "service_owner" ? item.ownerId : needed.personId;
  const others = [first === asker ? await managerOf(asker) : null, item.ownerId];
  return [first, ...others].find((id) => id !== null && id !== asker) ?? null;
}

async function decline(
  tx: Tx,
  ticket: Stored,
  { reason }: Part,
  { approvals, tasks }: { readonly approvals: readonly Part[]; readonly tasks: readonly Part[] },
): Promise<string> {
  await move(tx, typeNamed(tx.registry, "ticket"), ticket.id, "any", "cancel", {
    comment: `This was declined. The reason given: ${reason ?? "none"}`,
  });
  await endAll(tx, approvals, tasks);
  return "It was declined, so the ticket is cancelled.";
}

/** What nobody needs any more once the ticket has ended. */
async function endAll(tx: Tx, approvals: readonly Part[], tasks: readonly Part[]): Promise<string> {
  for (const { id, state } of approvals)
    if (state === "pending") await move(tx, typeNamed(tx.registry, "approval"), id, "any", "withdraw", {});
  for (const { id, state } of tasks)
    if (isOpen(state))
      await move(tx, typeNamed(tx.registry, "request_task"), id, "any", "drop", { comment: "The request has ended" });
  return "The request has ended.";
}

async function partsOf(tx: Tx, type: "approval" | "request_task", ticketId: string): Promise<Part[]> {
  const reason = type === "approval" ? sql`reason` : sql`outcome as reason`;
  const { rows } =
    await sql<Part>`select id, reference, state, place, owner_id as owner, ${reason} from ${sql.table(`visible_${type}`)}
    where organisation_id = ${tx.actor.organisationId}::uuid and ticket = ${ticketId}::uuid order by opened_at, id limit ${partsMax}`.execute(
      tx.db,
    );
  return rows;
}

/** So many working days from now, `yyyy-mm-dd`. */
function workingDay(tx: Tx, days: number): string {
  return workingDateAfter(ukWorkingDays(), dayOf(tx.now), days);
}
