import type pg from "pg";
import type { Registry } from "../kernel/registry.ts";
import { asSystem } from "../kernel/transaction.ts";
import type { Tx } from "../kernel/transaction.ts";
import { actingAs } from "./demo-cast.ts";
import type { Player } from "./demo-cast.ts";

/** Where the later part of a demonstration is made. */
export interface DemoPlace {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  readonly organisationId: string;
  readonly now: Temporal.Instant;
}

/** A transaction of its own, at so many days before now, as this person; as the product where nobody is named. */
export type At = <Result>(
  daysAgo: number,
  player: Pick<Player, "id" | "name"> | null,
  work: (tx: Tx) => Promise<Result>,
) => Promise<Result>;

/** Makes one. `done` says in each transaction's memo what the caller does at once, where a job would. */
export function atTimesOf(place: DemoPlace, done: string): At {
  return (daysAgo, player, work) => {
    // A pool that is ending says that Reeve stops.
    if (place.ownerPool.ending) return Promise.reject(new Error("Reeve stops"));
    const now = place.now.subtract({ minutes: Math.max(Math.round(daysAgo * 24 * 60), 1) });
    return asSystem({ ...place, now }, async (tx) => {
      tx.memo.set(done, Promise.resolve(true));
      return work(player === null ? tx : await actingAs(tx, player, now));
    });
  };
}
