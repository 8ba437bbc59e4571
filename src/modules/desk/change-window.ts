import { sql } from "kysely";
import { refuse } from "../../kernel/errors.ts";
import { formatMoment } from "../../kernel/fields/moment.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { readReferenceData } from "../../kernel/store/reference-data.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { affectedIds, sharesWords } from "./affected.ts";
import { aroundOf } from "./needed.ts";

type Values = Readonly<Record<string, unknown>>;

/** The longest that one change may take. */
const windowDaysMax = 31;
const collisionsMax = 20;

/** A planned change, as it stands in the way of another. */
export interface PlannedChange {
  readonly reference: string;
  readonly title: string;
  readonly windowFrom: string;
  readonly windowTo: string;
}

interface Candidate extends PlannedChange {
  readonly affected: string | null;
  readonly touches: readonly string[];
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
export async function freezesIn(tx: Tx, { from, to, values }: Planned): Promise<readonly Stored[]> {
  const holding = await freezesHolding(tx, londonDay(from), londonDay(to));
  if (holding.length === 0) return [];
  const { needing } = await aroundOf(tx, affectedIds(values));
  return holding.filter(
    (freeze) =>
      freeze.values["extent"] === "everything" ||
      affectedIds(freeze.values).some((id) => needing.has(id)) ||
      sharesWords(freeze.values["covers"], values["affected"]),
  );
}

/** The freezes that hold on some day from the first to the last. */
export async function freezesHolding(tx: Tx, first: string, last: string): Promise<readonly Stored[]> {
  const all = (await readReferenceData(tx, ["change_freeze"])).get("change_freeze") ?? [];
  return all.filter(
    ({ state, values }) =>
      state === "agreed" && String(values["validFrom"]) <= last && (values["validUntil"] ?? "9999-12-31") >= first,
  );
}

/**
 * The changes that are planned or under way in the window on the same service or system, on one that it needs or on one that
 * needs it, as far as the actor sees them.
 */
export async function collisionsWith(tx: Tx, { id, from, to, values }: Planned): Promise<PlannedChange[]> {
  const { needed, needing } = await aroundOf(tx, affectedIds(values));
  const { rows } = await sql<Candidate>`
    select reference, title, affected, window_from as "windowFrom", window_to as "windowTo", array(select l.to_id from links l
        where l.organisation_id = c.organisation_id and l.from_id = c.id and l.relation in ('services', 'systems')) as touches
    from visible_change_request c
    where organisation_id = ${tx.actor.organisationId}::uuid and state in ('scheduled', 'implementing')
      and window_from < ${to}::timestamptz and window_to > ${from}::timestamptz and id is distinct from ${id ?? null}::uuid
    order by window_from, id limit 500`.execute(tx.db);
  return rows
    .filter(
      ({ touches, affected }) =>
        touches.some((one) => needed.has(one) || needing.has(one)) || sharesWords(affected, values["affected"]),
    )
    .slice(0, collisionsMax);
}

/** The day in London of a moment. */
function londonDay(moment: string): string {
  return Temporal.Instant.from(moment).toZonedDateTimeISO("Europe/London").toPlainDate().toString();
}
