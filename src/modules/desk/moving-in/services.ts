import { sql } from "kysely";
import type { Tx } from "../../../kernel/transaction.ts";
import { hypercareOf } from "../service-level.ts";
import type { MovedTicket } from "./moved.ts";
import { serviceIn } from "./naming-columns.ts";
import type { ServiceChoice } from "./naming-columns.ts";

/** How many tickets are about a service, in the file and here; `id` is null for those of none. */
export interface OfService {
  readonly id: string | null;
  readonly name: string;
  readonly inFile: number;
  readonly here: number;
}

const servicesMax = 1000;

/** A service that tickets can be about. */
export interface ServiceName {
  readonly id: string;
  readonly name: string;
}

/** The services that tickets can be about, by name, as far as the actor sees them. */
export async function openServices(tx: Tx): Promise<ServiceName[]> {
  const { rows } = await sql<ServiceName>`select id, title as name from visible_service
    where organisation_id = ${tx.actor.organisationId}::uuid and closed_at is null order by lower(title), id limit ${servicesMax}`.execute(
    tx.db,
  );
  return rows;
}

/** What a ticket that is brought in is about: its service and the hypercare that watches it. */
export interface About {
  readonly service: string | null;
  readonly hypercare: string | null;
}

/** What these tickets are about, by number. A service that was withdrawn since is none. */
export async function aboutThem(
  tx: Tx,
  tickets: readonly MovedTicket[],
  choice: ServiceChoice | null,
): Promise<ReadonlyMap<string, About>> {
  if (choice === null) return new Map();
  const open = new Set((await openServices(tx)).map(({ id }) => id));
  const about = new Map<string, About>();
  for (const ticket of tickets) {
    const service = serviceIn(ticket, choice);
    if (service === null || !open.has(service)) continue;
    about.set(ticket.number, { service, hypercare: await hypercareOf(tx, service, ticket.openedAt) });
  }
  return about;
}

/**
 * How many tickets are about each service: `inFile` as the choice says, by the service's id, and as the tickets of these numbers are
 * here now. As the product.
 */
export async function countServices(
  tx: Tx,
  source: string,
  numbers: readonly string[],
  inFile: ReadonlyMap<string | null, number>,
): Promise<OfService[]> {
  const { rows } = await sql<{ id: string | null; name: string | null; many: number }>`
    select s.id, s.title as name, count(*)::integer as many from ticket t
    left join records s on s.organisation_id = t.organisation_id and s.id = t.service
    where t.organisation_id = ${tx.actor.organisationId}::uuid and t.source = ${source} and t.source_reference = any (${numbers}::text[])
    group by s.id, s.title`.execute(tx.db);
  const names = new Map((await openServices(tx)).map(({ id, name }) => [id, name]));
  const ids = new Set([...inFile.keys(), ...rows.map(({ id }) => id)]);
  return [...ids].map((id) => {
    const found = rows.find((row) => row.id === id);
    const name = found?.name ?? names.get(id ?? "") ?? "";
    return { id, name, inFile: inFile.get(id) ?? 0, here: found?.many ?? 0 };
  });
}
