import { sql } from "kysely";
import { titlesOf } from "../../kernel/store/timeline.ts";
import { typeNamed } from "../../kernel/registry.ts";
import type { Tx } from "../../kernel/transaction.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { draftsSection } from "../../web/pages/draft-notes.ts";
import { stateTag } from "../../web/pages/places.ts";
import type { PortalBlock, PortalPage, PortalRow } from "../../web/view/models.ts";
import { whatHappensNext } from "./next.ts";
import type { Waits } from "./next.ts";
import { mustAsk, ownTicketsPath, portalShell } from "./who.ts";

const openMax = 50;
const endedMax = 20;
/** What ended this many days ago is shown no more. */
const endedDays = 60;

/** A ticket that somebody asked for, with the names that tell what happens next. */
export interface OwnTicket extends Waits {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
}

/** What the actor asked for: open, newest first, and what ended lately. */
export async function ownTickets(tx: Tx): Promise<{ open: OwnTicket[]; ended: OwnTicket[] }> {
  const [open, ended] = [await read(tx, sql`closed_at is null`, openMax), await read(tx, recently(tx), endedMax)];
  const ids = [...open, ...ended].flatMap(({ ownerId, queueId }) => [ownerId, queueId].filter((id) => id !== null));
  const names = await titlesOf(tx, ids);
  const named = (row: Row): OwnTicket => ({
    ...row,
    owner: row.ownerId === null ? null : (names.get(row.ownerId) ?? null),
    queue: row.queueId === null ? null : (names.get(row.queueId) ?? null),
  });
  return { open: open.map(named), ended: ended.map(named) };
}

type Row = Omit<OwnTicket, "owner" | "queue"> & { readonly ownerId: string | null; readonly queueId: string | null };

async function read(tx: Tx, which: ReturnType<typeof sql>, limit: number): Promise<Row[]> {
  const { rows } = await sql<
    Row & { due: string }
  >`select id, reference, title, state, owner_id as "ownerId", within_id as "queueId",
      next_due_at as due, waiting_reason as "waitingReason", review_on as "reviewOn", catalogue_item is not null as requested
    from visible_ticket where organisation_id = ${tx.actor.organisationId}::uuid and requester_id = ${tx.actor.personId}::uuid and ${which}
    order by opened_at desc, id limit ${limit}`.execute(tx.db);
  return rows.map(({ due, ...row }) => ({ ...row, dueAt: due === "infinity" ? null : due }));
}

function recently(tx: Tx) {
  return sql`closed_at > ${tx.now.subtract({ hours: 24 * endedDays }).toString()}::timestamptz`;
}

/** A ticket as something to open, with what happens next in plain words. */
export function ticketRow(tx: Tx, ticket: OwnTicket): PortalRow {
  const [note] = whatHappensNext(ticket, tx.now);
  return {
    text: ticket.title,
    href: `/tickets/${ticket.reference}`,
    note: `${ticket.reference}. ${note ?? ""}`,
    tag: stateTag(typeNamed(tx.registry, "ticket"), ticket.state),
  };
}

/** Everything that somebody asked for. */
export function ownTicketsPage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    mustAsk(tx);
    const { open, ended } = await ownTickets(tx);
    const drafts = await draftsSection(tx);
    const begun = drafts
      .flatMap(({ table }) => table.rows)
      .flatMap(({ cells }): PortalRow[] => {
        const link = cells.find((cell) => cell.kind === "link");
        return link ? [{ text: link.text, href: link.href, note: "Not sent yet" }] : [];
      });
    const blocks: PortalBlock[] = [
      ...(begun.length > 0 ? [{ kind: "rows" as const, title: "Begun and not sent", id: "begun", rows: begun }] : []),
      {
        kind: "rows",
        title: "Open",
        id: "open",
        rows: open.map((ticket) => ticketRow(tx, ticket)),
        empty: "Nothing that you asked for is open.",
      },
      ...(ended.length > 0
        ? [
            {
              kind: "rows" as const,
              title: "Ended lately",
              id: "ended",
              rows: ended.map((ticket) => ticketRow(tx, ticket)),
            },
          ]
        : []),
      { kind: "moves", moves: [{ label: "Ask for something else", href: "/help", method: "get" }] },
    ];
    const model: PortalPage = {
      shell: await portalShell(page, tx, { title: "My tickets", current: ownTicketsPath, follows: "work" }),
      title: "My tickets",
      blocks,
    };
    return { page: "portal", model };
  });
}
