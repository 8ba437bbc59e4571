import type pg from "pg";
import type { Registry } from "../kernel/registry.ts";
import { typeNamed } from "../kernel/registry.ts";
import { change } from "../kernel/store/change.ts";
import { create } from "../kernel/store/create.ts";
import { find } from "../kernel/store/find.ts";
import { list } from "../kernel/store/list.ts";
import { move } from "../kernel/store/move.ts";
import type { Line } from "../kernel/fields/lines.ts";
import { asSystem } from "../kernel/transaction.ts";
import type { Tx } from "../kernel/transaction.ts";
import { drawSample } from "../modules/desk/quality/sample.ts";
import { actingAs } from "./demo-cast.ts";
import type { Cast } from "./demo-cast.ts";

interface DemoPart {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  readonly organisationId: string;
  readonly now: Temporal.Instant;
}

const criteria = {
  "Understood what was asked": "The notes say in a sentence what the person needed, and it is what was done.",
  "Kept the person told": "They heard when it was taken, when it waited and when it was done, in plain words.",
  "Solved it for good": "The cause was found, or the workaround and the problem are linked.",
  "Left good notes": "A colleague could carry on from them, and the resolution says what was done.",
} as const;

/** Of those drawn, so many are left to be scored. */
const leftToDo = 3;

/** Draws the sample of two weeks of the desk’s closed tickets, most of them scored and shared by its lead. */
export async function makeQuality(cast: Cast, options: DemoPart): Promise<void> {
  const { now } = options;
  await asSystem(options, (tx) => makeCriteria(tx, cast, now));
  for (const daysAgo of [7, 0])
    await asSystem({ ...options, now: now.subtract({ hours: 24 * daysAgo + 3 }) }, (tx) => drawSample(tx));
  await asSystem(options, (tx) => scoreMost(tx, cast, now));
}

async function makeCriteria(tx: Tx, cast: Cast, now: Temporal.Instant): Promise<void> {
  const begun = await actingAs(tx, cast.people["lead-support"], now.subtract({ hours: 24 * 40 }));
  for (const [name, guidance] of Object.entries(criteria))
    await create(begun, typeNamed(tx.registry, "quality_criterion"), { name, guidance });
  for (const queue of [cast.queues.desk, cast.queues.field])
    await change(begun, typeNamed(tx.registry, "queue"), queue, "any", { qualitySample: 1 });
}

async function scoreMost(tx: Tx, cast: Cast, now: Temporal.Instant): Promise<void> {
  const type = typeNamed(tx.registry, "quality_review");
  const acting = await actingAs(tx, cast.people["lead-support"], now.subtract({ hours: 2 }));
  const { items } = await list(acting, type, { sort: "reference", limit: 40 });
  const others = items.filter(({ values }) => values["officer"] !== acting.actor.personId);
  for (const [at, review] of others.slice(0, -leftToDo).entries()) {
    // The field is one of lines.
    const { values } = await find(acting, type, review.id);
    const lines = (values["scores"] ?? []) as readonly Line[];
    const scores = lines.map((line, place) => ({ ...line, score: 5 - ((at + place * 2) % 4) }));
    await change(acting, type, review.id, "any", { scores, remarks: "Thank you. Look at what is below 4 with me." });
    await move(acting, type, review.id, "any", "score", {});
    if (at % 2 === 0) await move(acting, type, review.id, "any", "share", {});
  }
}
