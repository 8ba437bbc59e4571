import { sql } from "kysely";
import { refuse } from "../../kernel/errors.ts";
import { formatMoment } from "../../kernel/fields/moment.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { readReferenceData } from "../../kernel/store/reference-data.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { affectedIds, sharesWords } from "./affected.ts";
import { neededBy, needsAny } from "./needed.ts";
import type { Needed } from "./needed.ts";

type Values = Readonly<Record<string, unknown>>;

/** The longest that one change may take. */
const windowDaysMax = 31;
const collisionsMax = 20;

/** What a change touches, and when. Moments are ISO 8601 in UTC. */
export interface Touching {
  readonly windowFrom: string;
  readonly windowTo: string;
  /** Services and systems, by id. */
  readonly touches: readonly string[];
  /** The rest in words. */
  readonly affected: string | null;
}

/** A planned change, as it stands in the way of another. */
export interface PlannedChange extends Touching {
  readonly reference: string;
  readonly title: string;
}

/** A window ends after it begins, and within a month. */
export function checkWindow(_tx: Tx, values: Values): void {
  const [from, to] = [values["windowFrom"], values["windowTo"]];
  if (typeof from !== "string" || typeof to !== "string") return;
  if (to <= from) refuse("windowTo", "Planned until: give a time after that from which it is planned");
  if (
    Temporal.Instant.compare(
      Temporal.Instant.from(from).add({ hours: 24 * windowDaysMax }),
      Temporal.Instant.from(to),
    ) < 0
  )
    refuse("windowTo", `Planned until: a change takes at most ${windowDaysMax} days. Split what takes longer`);
}

/** No change in a freeze but in an emergency, and none beside another on the same service or system but with a reason. */
export async function guardWindow(tx: Tx, change: Stored, values: Values): Promise<void> {
  const planned = { ...change.values, ...values };
  checkWindow(tx, planned);
  const [from, to] = [planned["windowFrom"], planned["windowTo"]];
  if (typeof from !== "string" || typeof to !== "string") return;
  const [freeze] = await freezesIn(tx, { from, to, values: planned });
  if (freeze && planned["kind"] !== "emergency")
    refuse(
      "windowFrom",
      `Planned from: ${freeze.reference} “${freeze.title}” holds from ${formatDay(String(freeze.values["validFrom"]))}${freeze.values["validUntil"] ? ` to ${formatDay(String(freeze.values["validUntil"]))}` : ""}, and only emergencies go ahead in it. Choose another time`,
    );
  const [other] = await collisionsWith(tx, { id: change.id, from, to, values: planned });
  if (other && !values["besideReason"])
    refuse(
      "besideReason",
      `${other.reference} “${other.title}” is planned from ${formatMoment(other.windowFrom)} to ${formatMoment(other.windowTo)} on the same service or system. Choose another time, or say why both can go ahead`,
    );
}

interface Planned {
  /** The change itself, which does not stand in its own way. */
  readonly id?: string;
  /** Moments in UTC. */
  readonly from: string;
  readonly to: string;
  /** What it says it touches. */
  readonly values: Values;
}

/** The freezes that hold on a day of the window for what is touched, or for what cannot do without it. */
export async function freezesIn(tx: Tx, planned: Planned): Promise<readonly Stored[]> {
  const holding = await freezesHolding(tx, dayOf(planned.from), dayOf(planned.to));
  const touching = touchingOf(planned);
  const needed = await neededBy(
    tx,
    holding.flatMap(({ values }) => affectedIds(values)),
  );
  return holding.filter((freeze) => covers(freeze, touching, needed));
}

/** Whether a freeze keeps a change from its window: it holds on one of its days, and for what it touches. */
export function covers({ values }: Stored, touching: Touching, needed: Needed): boolean {
  const [first, last] = [dayOf(touching.windowFrom), dayOf(touching.windowTo)];
  if (String(values["validFrom"]) > last || (values["validUntil"] ?? "9999-12-31") < first) return false;
  return (
    values["extent"] === "everything" ||
    needsAny(affectedIds(values), touching.touches, needed) ||
    sharesWords(values["covers"], touching.affected)
  );
}

/** Whether two changes at the same time touch the same, or one of them what the other’s cannot do without. */
export function collide(one: Touching, other: Touching, needed: Needed): boolean {
  const [from, to, otherFrom, otherTo] = [one.windowFrom, one.windowTo, other.windowFrom, other.windowTo].map((at) =>
    Date.parse(at),
  ) as [number, number, number, number];
  if (from >= otherTo || otherFrom >= to) return false;
  return (
    needsAny(one.touches, other.touches, needed) ||
    needsAny(other.touches, one.touches, needed) ||
    sharesWords(one.affected, other.affected)
  );
}

function touchingOf({ from, to, values }: Planned): Touching {
  const affected = typeof values["affected"] === "string" ? values["affected"] : null;
  return { windowFrom: from, windowTo: to, touches: affectedIds(values), affected };
}

/** The freezes that hold on some day from the first to the last. */
export async function freezesHolding(tx: Tx, first: string, last: string): Promise<readonly Stored[]> {
  const all = (await readReferenceData(tx, ["change_freeze"])).get("change_freeze") ?? [];
  return all.filter(
    ({ state, values }) =>
      state === "agreed" && String(values["validFrom"]) <= last && (values["validUntil"] ?? "9999-12-31") >= first,
  );
}

/** The changes that are planned or under way and collide with one, as far as the actor sees them. */
export async function collisionsWith(tx: Tx, planned: Planned): Promise<PlannedChange[]> {
  const { rows } = await sql<PlannedChange>`
    select reference, title, affected, window_from as "windowFrom", window_to as "windowTo", array(select l.to_id from links l
        where l.organisation_id = c.organisation_id and l.from_id = c.id and l.relation in ('services', 'systems')) as touches
    from visible_change_request c
    where organisation_id = ${tx.actor.organisationId}::uuid and state in ('scheduled', 'implementing')
      and window_from < ${planned.to}::timestamptz and window_to > ${planned.from}::timestamptz and id is distinct from ${planned.id ?? null}::uuid
    order by window_from, id limit 500`.execute(tx.db);
  const own = touchingOf(planned);
  const needed = await neededBy(tx, [...own.touches, ...rows.flatMap(({ touches }) => touches)]);
  return rows.filter((other) => collide(own, other, needed)).slice(0, collisionsMax);
}

/** The day in London of a moment. */
function dayOf(moment: string): string {
  return Temporal.Instant.from(moment).toZonedDateTimeISO("Europe/London").toPlainDate().toString();
}
