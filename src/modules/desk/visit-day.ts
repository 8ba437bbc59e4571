import { sql } from "kysely";
import { may } from "../../kernel/access.ts";
import { refuse, unseen } from "../../kernel/errors.ts";
import { isDay } from "../../kernel/fields/date.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { findMany } from "../../kernel/store/find-many.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { namesOf } from "../../web/names.ts";
import type { Named } from "../../web/names.ts";
import { first } from "../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { moveButtons } from "../../web/pages/moves.ts";
import { addressOf, stateTag } from "../../web/pages/places.ts";
import { answerAsked } from "../../web/wrongly-asked.ts";
import type { WronglyAsked } from "../../web/wrongly-asked.ts";
import { formatWeekdayDate } from "../../web/view/format.ts";
import type { DayPage } from "../../web/view/models.ts";
import { londonDay } from "./service-level.ts";

export const visitsPath = "/desk/visits";
const visitsMax = 60;
const zone = "Europe/London";

/** A day's visits, one's own unless everybody's are asked for: where, when, whom to ask, and what to press. */
export function visitDay(page: PageRequest): Promise<PageAnswer> {
  return answerAsked(page, dayPage);
}

function dayPage(page: PageRequest, wrong: WronglyAsked): Promise<PageAnswer> {
  return page.as(async (tx) => {
    if (!may(tx.actor, "visit", "handle")) unseen("There is no such page");
    const asked = first(page.query, "day");
    if (asked !== "" && !isDay(asked)) refuse("day", "Day: give it like 2026-11-23");
    const day = Temporal.PlainDate.from(asked === "" ? londonDay(tx.now) : asked);
    const who = first(page.query, "who");
    if (who !== "" && who !== "everyone") refuse("who", "Whose visits: everyone, or yours");
    const everyone = who === "everyone";
    const visits = await visitsOn(tx, day, everyone);
    const [names, sites] = await Promise.all([
      namesOf(
        tx,
        visits.flatMap((visit) =>
          [visit.ownerId, visit.requesterId, visit.values["ticket"]].flatMap((id) =>
            typeof id === "string" ? [id] : [],
          ),
        ),
      ),
      sitesOf(tx, visits),
    ]);
    const here = (to: Temporal.PlainDate, all: boolean) =>
      `${visitsPath}?day=${to.toString()}${all ? "&who=everyone" : ""}`;
    const filters = wrong.beside([{ kind: "date", name: "day", label: "Day", value: day.toString() }]);
    const model: DayPage = {
      shell: await page.shell(tx, { title: "Visits", current: visitsPath, follows: "/visits" }),
      breadcrumb: [{ text: "Support desk", href: "/tickets" }],
      title: `Visits on ${formatWeekdayDate(day)}`,
      sentence: `${visits.length === 0 ? "No visits" : visits.length === 1 ? "1 visit" : `${visits.length} visits`} ${everyone ? "by everybody" : "of yours"}.`,
      errors: wrong.errors,
      query: { action: visitsPath, filters, hidden: everyone ? [{ name: "who", value: "everyone" }] : [] },
      ways: [
        { text: "The day before", href: here(day.subtract({ days: 1 }), everyone) },
        { text: "The day after", href: here(day.add({ days: 1 }), everyone) },
        { text: "Mine", href: here(day, false), ...(everyone ? {} : { current: true }) },
        { text: "Everybody’s", href: here(day, true), ...(everyone ? { current: true } : {}) },
        { text: "Plan a visit", href: "/visits/new" },
      ],
      entries: visits.map((visit) => entryOf(tx, visit, { names, sites, visits })),
      empty: {
        title: "No visits on this day",
        text: "Plan one from a ticket’s page, and it stands here with the address and whom to ask for.",
        actions: [{ text: "Plan a visit", href: "/visits/new" }],
      },
    };
    return { page: "day", model };
  });
}

async function visitsOn(tx: Tx, day: Temporal.PlainDate, everyone: boolean): Promise<readonly Stored[]> {
  const start = day.toZonedDateTime(zone).toInstant().toString();
  const end = day.add({ days: 1 }).toZonedDateTime(zone).toInstant().toString();
  const { rows } = await sql<{
    id: string;
  }>`select id from visible_visit where organisation_id = ${tx.actor.organisationId}::uuid
    and starts_at >= ${start}::timestamptz and starts_at < ${end}::timestamptz and state <> 'cancelled'
    ${everyone ? sql`` : sql`and owner_id = ${tx.actor.personId}::uuid`}
    order by starts_at, id limit ${visitsMax}`.execute(tx.db);
  const type = typeNamed(tx.registry, "visit");
  const ids = rows.map(({ id }) => id);
  const found = await findMany(tx, [{ type, ids, fields: Object.keys(type.fields) }]);
  return ids.flatMap((id) => found.get(id) ?? []);
}

interface Site {
  readonly title: string;
  readonly reference: string;
  readonly address: string | null;
  readonly phone: string | null;
}

async function sitesOf(tx: Tx, visits: readonly Stored[]): Promise<ReadonlyMap<string, Site>> {
  const ids = [...new Set(visits.map(({ values }) => String(values["site"])))];
  if (ids.length === 0) return new Map();
  const { rows } = await sql<Site & { id: string }>`select id, title, reference, address, phone from visible_site
    where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${ids}::uuid[])`.execute(tx.db);
  return new Map(rows.map((row) => [row.id, row]));
}

interface Around {
  readonly names: ReadonlyMap<string, Named>;
  readonly sites: ReadonlyMap<string, Site>;
  readonly visits: readonly Stored[];
}

function entryOf(tx: Tx, visit: Stored, { names, sites, visits }: Around): DayPage["entries"][number] {
  const type = typeNamed(tx.registry, "visit");
  const [from, until] = spanOf(visit);
  const site = sites.get(String(visit.values["site"]));
  const named = (label: string, id: unknown) => {
    const name = typeof id === "string" ? names.get(id) : undefined;
    return name ? [{ label, text: name.title, href: name.href }] : [];
  };
  const text = (label: string, value: unknown) =>
    typeof value === "string" && value !== "" ? [{ label, text: value }] : [];
  const clash = visits.find(
    (other) =>
      other.id !== visit.id &&
      other.ownerId === visit.ownerId &&
      visit.ownerId !== null &&
      visit.closedAt === null &&
      other.closedAt === null &&
      overlap(spanOf(other), [from, until]),
  );
  return {
    id: visit.reference,
    when: `${clockTime(from)} to ${clockTime(until)}`,
    state: stateTag(type, visit.state),
    title: visit.title,
    href: addressOf(tx, visit),
    lines: [
      ...(site ? [{ label: "Site", text: site.title, href: `/sites/${site.reference}` }] : []),
      ...text("Address", site?.address?.replaceAll("\n", ", ")),
      ...text("Where", visit.values["place"]),
      ...named("Ask for", visit.requesterId),
      ...(site?.phone ? [{ label: "Telephone", text: site.phone, href: `tel:${site.phone.replaceAll(" ", "")}` }] : []),
      ...named("Ticket", visit.values["ticket"]),
      ...named("Who goes", visit.ownerId),
    ],
    ...(clash ? { warning: `At the same time: ${clash.reference} ${clash.title}` } : {}),
    moves: moveButtons(tx, type, visit)
      .filter(({ href }) => /\/(start|finish|nobody)$/.test(href))
      .map((one) =>
        one.method === "post" ? { ...one, hidden: [...(one.hidden ?? []), { name: "_back", value: visitsPath }] } : one,
      ),
  };
}

function spanOf({ values }: Stored): readonly [Temporal.Instant, Temporal.Instant] {
  const from = Temporal.Instant.from(String(values["startsAt"]));
  return [from, from.add({ minutes: Number(values["length"] ?? 0) })];
}

function overlap(
  [from, until]: readonly [Temporal.Instant, Temporal.Instant],
  [otherFrom, otherUntil]: readonly [Temporal.Instant, Temporal.Instant],
): boolean {
  return Temporal.Instant.compare(from, otherUntil) < 0 && Temporal.Instant.compare(otherFrom, until) < 0;
}

function clockTime(at: Temporal.Instant): string {
  return at.toZonedDateTimeISO(zone).toPlainTime().toString({ smallestUnit: "minute" });
}
