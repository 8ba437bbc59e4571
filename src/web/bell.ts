import { countUnread, unreadMax } from "../kernel/notifications/inbox.ts";
import type { Tx } from "../kernel/transaction.ts";
import type { Shell } from "./view/models.ts";

/** Where a person's notifications stand. */
export const notificationsPath = "/notifications";

/** The bell: how many are unread, no further than “9+”. */
export async function bellOf(tx: Tx): Promise<NonNullable<Shell["notifications"]>> {
  const count = await countUnread(tx);
  return {
    href: notificationsPath,
    ...(count === 0 ? {} : { count: count > unreadMax ? `${unreadMax}+` : String(count) }),
  };
}
