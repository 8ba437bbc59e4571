import { may } from "../../kernel/access.ts";
import { seesAll } from "../../kernel/shared-sight.ts";
import type { Actor } from "../../kernel/transaction.ts";

/** Whether somebody sees the desk’s numbers: whoever works its tickets, and whoever reads them all. What they count is what they may see. */
export function seesNumbers(actor: Actor): boolean {
  return may(actor, "ticket", "internal") || seesAll(actor, "ticket");
}
