import { may, mustBeAllowed, onlyAsks } from "../../kernel/access.ts";
import type { Actor, Tx } from "../../kernel/transaction.ts";
import type { PageRequest } from "../../web/page.ts";
import type { ShellOptions } from "../../web/shell.ts";
import type { NavItem, Shell } from "../../web/view/models.ts";
import { Ticket } from "../desk/ticket.record.ts";

export const helpPath = "/help";
export const ownTicketsPath = "/help/tickets";

/** What only those hold who work on something. */
const works = new Set(["handle", "change", "internal", "approve", "publish"]);

/** Whether somebody only ever asks: they see no ticket but their own, and neither work on nor discuss records of any kind. */
export function usesPortal(actor: Actor): boolean {
  return (
    actor.standsInFor === undefined &&
    onlyAsks(actor, Ticket) &&
    !actor.grants.some(
      ({ type, permission, scope }) =>
        works.has(permission) ||
        (scope !== "own" && (permission === "comment" || (type === "ticket" && permission === "read"))),
    )
  );
}

/** The portal is for whoever may ask. Refuses (forbidden) anybody else. */
export function mustAsk(tx: Tx): void {
  mustBeAllowed(tx.actor, Ticket, "create", "ask for help here");
}

/** What surrounds the pages of the portal: the few places that somebody needs who asks twice a year. */
export async function portalShell(page: PageRequest, tx: Tx, options: ShellOptions): Promise<Shell> {
  const shell = await page.shell(tx, options);
  const place = (label: string, href: string): NavItem => ({
    label,
    href,
    ...(href === options.current ? { current: true } : {}),
  });
  const count = shell.notifications?.count;
  return {
    ...shell,
    organisation: { ...shell.organisation, href: usesPortal(tx.actor) ? helpPath : shell.organisation.href },
    places: [
      place("Help", helpPath),
      place("My tickets", ownTicketsPath),
      ...(may(tx.actor, "policy", "read") ? [place("Policies", "/policies")] : []),
      { ...place("Notifications", "/notifications"), ...(count === undefined ? {} : { count }) },
      place(shell.person?.name ?? "Your account", "/account"),
      ...(usesPortal(tx.actor) ? [] : [place("My work", "/")]),
    ],
  };
}
