import type { Store } from "../../../kernel/transaction.ts";

/** What the database gives away of an organisation without anybody being signed in. Moments are ISO 8601 in UTC. */
export interface PublicStatus {
  readonly id: string;
  readonly name: string;
  readonly colour: string;
  readonly demo: boolean;
  readonly incidents: readonly {
    readonly reference: string;
    readonly title: string;
    readonly over: boolean;
    readonly began: string;
    readonly next: string | null;
    readonly updates: readonly {
      readonly number: number;
      readonly stage: string | null;
      readonly text: string;
      readonly at: string;
    }[];
  }[];
  /** What was said to everybody by messages. */
  readonly notices?: readonly {
    readonly reference: string;
    readonly title: string;
    readonly text: string;
    readonly from: string;
    readonly until: string;
  }[];
  readonly changes: readonly {
    readonly reference: string;
    readonly text: string;
    readonly now: boolean;
    readonly from: string;
    readonly to: string;
  }[];
  /** Each service that is meant to be public, by what is shown here; `by` is the reference of what its state follows from. */
  readonly services: readonly {
    readonly name: string;
    readonly state: "working" | "disrupted" | "maintenance" | "planned";
    readonly by: string | null;
  }[];
}

/** Reads it for one organisation, or for the only one here where none is named; null where there is none such. */
export async function readStatus(
  store: Pick<Store, "pool">,
  organisation: string | null,
): Promise<PublicStatus | null> {
  const { rows } = await store.pool.query<{ status: PublicStatus | null }>(
    "select reeve.public_status($1::uuid) || jsonb_build_object('notices', reeve.public_notices($1::uuid)) as status",
    [organisation],
  );
  return rows[0]?.status ?? null;
}
