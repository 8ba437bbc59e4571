import { sql } from "kysely";
import { refuse } from "../../kernel/errors.ts";
import { formatMoment } from "../../kernel/fields/moment.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { readReferenceData } from "../../kernel/store/reference-data.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { coversEverything } from "./change-freeze.record.ts";

type Values = Readonly<Record<string, unknown>>;

/** The longest that one change may take. */
const windowDaysMax = 31;
const collisionsMax = 20;

/** A planned change, as it stands in the way of another. */
export interface PlannedChange {
  readonly reference: string;
  readonly title: string;
  readonly affected: string;
  readonly windowFrom: string;
  readonly windowTo: string;
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
  const affected = String(planned["affected"] ?? "");
  const [freeze] = await freezesIn(tx, { from, to, affected });
  if (freeze && planned["kind"] !== "emergency")
    refuse(
      "windowFrom",
      `Planned from: ${freeze.reference} “${freeze.title}” holds from ${formatDay(String(freeze.values["validFrom"]))}${freeze.values["validUntil"] ? ` to ${formatDay(String(freeze.values["validUntil"]))}` : ""}, and only emergencies go ahead in it. Choose another time`,
    );
  const [other] = await collisionsWith(tx, { id: change.id, from, to, affected });
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
  readonly affected: string;
}

/** The freezes that hold on a day of the window for what is affected. */
export async function freezesIn(tx: Tx, { from, to, affected }: Planned): Promise<readonly Stored[]> {
  const all = (await readReferenceData(tx, ["change_freeze"])).get("change_freeze") ?? [];
  const [first, last] = [from, to].map(londonDay) as [string, string];
  return all.filter(({ state, values }) => {
    const covers = String(values["covers"]);
    const holds = String(values["validFrom"]) <= last && (values["validUntil"] ?? "9999-12-31") >= first;
    return state === "agreed" && holds && (isEverything(covers) || sharesName(covers, affected));
  });
}

/** The changes that are planned or under way in the window on the same service or system, as far as the actor sees them. */
export async function collisionsWith(tx: Tx, { id, from, to, affected }: Planned): Promise<PlannedChange[]> {
  const { rows } = await sql<PlannedChange>`
    select reference, title, affected, window_from as "windowFrom", window_to as "windowTo" from visible_change_request
    where organisation_id = ${tx.actor.organisationId}::uuid and state in ('scheduled', 'implementing')
      and window_from < ${to}::timestamptz and window_to > ${from}::timestamptz and id is distinct from ${id ?? null}::uuid
    order by window_from, id limit 500`.execute(tx.db);
  return rows.filter((other) => sharesName(other.affected, affected)).slice(0, collisionsMax);
}

/** Whether two lists of services and systems have one in common, however it is spelt in capitals and spaces. */
export function sharesName(one: string, other: string): boolean {
  const names = new Set(namesIn(one));
  return namesIn(other).some((name) => names.has(name));
}

function namesIn(list: string): string[] {
  return list
    .split(/[,;\n]/)
    .map((name) => name.trim().replaceAll(/\s+/g, " ").toLowerCase())
    .filter((name) => name !== "");
}

function isEverything(covers: string): boolean {
  return covers.trim().toLowerCase() === coversEverything.toLowerCase();
}

function londonDay(moment: string): string {
  return Temporal.Instant.from(moment).toZonedDateTimeISO("Europe/London").toPlainDate().toString();
}
