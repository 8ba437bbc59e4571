import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refusal } from "../../src/kernel/errors.ts";
import { typeNamed } from "../../src/kernel/registry.ts";
import { disposeApproved } from "../../src/kernel/retention/dispose.ts";
import { findDue } from "../../src/kernel/retention/find-due.ts";
import { comment } from "../../src/kernel/store/comment.ts";
import { create } from "../../src/kernel/store/create.ts";
import { list } from "../../src/kernel/store/list.ts";
import { move } from "../../src/kernel/store/move.ts";
import type { Stored, Tx } from "../../src/kernel/transaction.ts";
import { createWebWorld } from "../web-world.ts";
import type { Browser, WebWorld } from "../web-world.ts";

export let world: WebWorld;
export let administrator: Browser;
export let staff: Browser;
export let filesFolder: string;

/** Makes what every test of these stands on. */
export async function begin(): Promise<void> {
  filesFolder = await mkdtemp(join(tmpdir(), "reeve-retention-"));
  world = await createWebWorld({ filesFolder });
  [administrator, staff] = [await world.as("administrator"), await world.as("staff")];
}

/** Ends it. */
export async function end(): Promise<void> {
  await world.close();
  await rm(filesFolder, { recursive: true });
}

export const as = <Result>(who: Browser, work: (tx: Tx) => Promise<Result>) => world.store.as(who.who!, work);

export const type = (tx: Pick<Tx, "registry">, name: string) => typeNamed(tx.registry, name);

export const later = Temporal.Instant.from("2031-06-01T09:00:00Z");

export const due = () => findDue({ ownerPool: world.ownerPool, registry: world.registry, now: later });

export const dispose = () => disposeApproved({ ownerPool: world.ownerPool, registry: world.registry, filesFolder });

export const impossible = (error: unknown) => error instanceof Refusal && error.kind === "impossible";

/** A ticket that was closed long ago, with words, a comment and a file in it. */
export async function closedTicket(summary: string, values: Readonly<Record<string, unknown>> = {}): Promise<Stored> {
  const made = await as(administrator, async (tx) => {
    const ticket = await create(tx, type(tx, "ticket"), { summary, details: "All about the **walrus**", ...values });
    await comment(tx, type(tx, "ticket"), ticket.id, { text: "The narwhal too", audience: "internal" });
    return move(tx, type(tx, "ticket"), ticket.id, "any", "cancel", { comment: "Because" });
  });
  assert.notEqual(made.closedAt, null);
  return made;
}

export const schedule = (values: Readonly<Record<string, unknown>> = {}) =>
  as(administrator, (tx) =>
    create(tx, type(tx, "retention_schedule"), {
      name: "Closed tickets",
      recordType: "ticket",
      countsFrom: "closed",
      years: 3,
      action: "destroy",
      authority: "Limitation Act 1980",
      ...values,
    }),
  );

export const hold = (values: Readonly<Record<string, unknown>>) =>
  as(administrator, (tx) => create(tx, type(tx, "legal_hold"), { name: "A claim", reason: "Court asks", ...values }));

export const change = (name: string, record: Stored, how: string, more = {}) =>
  as(administrator, (tx) => move(tx, type(tx, name), record.id, "any", how, more));

/** The disposal that was listed last. */
export const listed = () =>
  as(administrator, async (tx) => (await list(tx, type(tx, "disposal"), { sort: "-reference", limit: 1 })).items[0]!);

export const outcomesOf = async ({ id }: Stored) =>
  Object.fromEntries(
    (
      await world.ownerPool.query<{ reference: string; outcome: string }>(
        "select reference, outcome from disposal_items where disposal_id = $1",
        [id],
      )
    ).rows.map(({ reference, outcome }) => [reference, outcome]),
  );

export const stillSays = async ({ id }: Stored) =>
  (
    await world.ownerPool.query(
      "select 1 from event_bodies where record_id = $1 and body ->> 'reference' is not null",
      [id],
    )
  ).rows.length > 0;
