import { sql } from "kysely";
import type { Line } from "../../../kernel/fields/lines.ts";
import type { ServiceLevelTarget } from "../../../kernel/clocks/service-level.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";

type Values = Readonly<Record<string, unknown>>;

/** A hypercare as tickets need it. */
export interface HypercareWindow {
  readonly id: string;
  readonly reference: string;
  readonly running: boolean;
  /** Days in London, both included. */
  readonly startsOn: string;
  readonly endsOn: string;
  readonly services: readonly string[];
  readonly systems: readonly string[];
  readonly levels: readonly Line[];
}

/** What tickets need of a hypercare. */
export function windowOf({ id, reference, state, values }: Stored): HypercareWindow {
  // These are fields of links and of lines.
  const ids = (name: string) => (values[name] ?? []) as readonly string[];
  return {
    id,
    reference,
    running: state === "running",
    startsOn: String(values["startsOn"]),
    endsOn: String(values["endsOn"]),
    services: ids("services"),
    systems: ids("systems"),
    levels: (values["levels"] ?? []) as readonly Line[],
  };
}

/** The running window on a ticket’s service or system, or on the service that its system carries; null for none, and for what was opened before it. */
export async function windowFor(
  tx: Tx,
  windows: readonly HypercareWindow[],
  { asked, openedOn, today }: { readonly asked: Values; readonly openedOn: string; readonly today: string },
): Promise<string | null> {
  const { service, system } = asked;
  const running = windows.filter(
    (one) => one.running && one.startsOn <= openedOn && one.startsOn <= today && today <= one.endsOn,
  );
  if (running.length === 0 || (typeof service !== "string" && typeof system !== "string")) return null;
  const carried = typeof system === "string" ? await serviceOf(tx, system) : null;
  const found = running
    .filter(
      ({ services, systems }) =>
        systems.some((id) => id === system) || services.some((id) => id === service || id === carried),
    )
    .toSorted((one, other) => (one.startsOn < other.startsOn ? 1 : -1));
  return found[0]?.id ?? null;
}

async function serviceOf(tx: Tx, system: string): Promise<string | null> {
  const { rows } = await sql<{ service: string | null }>`select service from visible_system
    where organisation_id = ${tx.actor.organisationId}::uuid and id = ${system}::uuid`.execute(tx.db);
  return rows[0]?.service ?? null;
}

/** The tighter of what a queue promises and what a hypercare does; the version says by what each was counted. */
export function tightened(
  target: ServiceLevelTarget,
  clock: "respond" | "resolve",
  { window, priority }: { readonly window: HypercareWindow | undefined; readonly priority: unknown },
): ServiceLevelTarget {
  const minutes = window?.levels.find((line) => line["priority"] === priority)?.[clock];
  const usual = target.targetMinutes;
  if (!window || typeof minutes !== "number" || usual === null || minutes >= usual) return target;
  const { says: _usual, ...promised } = target;
  return {
    ...promised,
    targetMinutes: minutes,
    policyVersion: `${target.policyVersion}, tightened by ${window.reference} to ${minutes} minutes`,
  };
}
