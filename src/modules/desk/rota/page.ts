import { sql } from "kysely";
import { may } from "../../../kernel/access.ts";
import { refuse, unseen } from "../../../kernel/errors.ts";
import { isDay } from "../../../kernel/fields/date.ts";
import { isId } from "../../../kernel/store/find.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { namesOf } from "../../../web/names.ts";
import type { Named } from "../../../web/names.ts";
import { first } from "../../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { answerAsked } from "../../../web/wrongly-asked.ts";
import type { WronglyAsked } from "../../../web/wrongly-asked.ts";
import { formatDate, plural } from "../../../web/view/format.ts";
import type { Cell, Link, NumbersPage, Table } from "../../../web/view/models.ts";
import type { TeamShift } from "../assigning/candidates.ts";
import { londonDay } from "../service-level.ts";
import { readRota } from "./read.ts";
import type { Rota, RotaDay } from "./read.ts";

export const rotaPath = "/desk/rota";
const zone = "Europe/London";
const teamsMax = 100;
const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** A team’s week: who is on shift, who is away and on call, and when nobody is there though a queue is open. */
export function deskRota(page: PageRequest): Promise<PageAnswer> {
  return answerAsked(page, rotaPage);
}

function rotaPage(page: PageRequest, wrong: WronglyAsked): Promise<PageAnswer> {
  return page.as(async (tx) => {
    if (!may(tx.actor, "shift", "read")) unseen("There is no such page");
    const teams = await readTeams(tx);
    const asked = first(page.query, "team");
    if (asked !== "" && !(isId(asked) && teams.some(({ id }) => id === asked.toLowerCase())))
      refuse("team", "Team: select one of those in the list");
    const team = [
      ({ id }: Team) => id === asked.toLowerCase(),
      ({ own, plans }: Team) => own && plans,
      ({ own }: Team) => own,
      ({ plans }: Team) => plans,
      () => true,
    ].flatMap((which) => teams.find(which) ?? [])[0];
    const monday = mondayOf(first(page.query, "week"), tx.now);
    const rota = team ? await readRota(tx, team.id, monday) : null;
    const shell = await page.shell(tx, { title: "Rota", current: rotaPath, follows: "/shifts" });
    const filters = wrong.beside([
      {
        kind: "select",
        name: "team",
        label: "Team",
        options: teams.map(({ id, title }) => ({ value: id, label: title, selected: id === team?.id })),
      },
      { kind: "date", name: "week", label: "The week with", value: monday.toString() },
    ]);
    const model: NumbersPage = {
      shell,
      breadcrumb: [{ text: "Support desk", href: "/tickets" }],
      title: "Rota",
      errors: wrong.errors,
      query: { action: rotaPath, filters },
      tiles: [],
      charts: [],
      ...(team && rota ? await shown(tx, team, monday, rota) : {}),
    };
    return { page: "numbers", model };
  });
}

interface Team {
  readonly id: string;
  readonly title: string;
  /** Whether the person is in it, and whether it plans shifts. */
  readonly own: boolean;
  readonly plans: boolean;
}

/** The teams that look after queues or plan shifts. */
async function readTeams(tx: Tx): Promise<Team[]> {
  const { rows } = await sql<Team>`select id, title, id = any (${tx.actor.teams}::uuid[]) as own,
      exists (select 1 from records s where s.organisation_id = t.organisation_id and s.type = 'shift' and s.team_id = t.id and s.closed_at is null) as plans
    from records t
    where organisation_id = ${tx.actor.organisationId}::uuid and type = 'team' and closed_at is null
      and exists (select 1 from records w where w.organisation_id = t.organisation_id and w.type in ('queue', 'shift') and w.team_id = t.id and w.closed_at is null)
    order by lower(title), id limit ${teamsMax}`.execute(tx.db);
  return rows;
}

function mondayOf(given: string, now: Temporal.Instant): Temporal.PlainDate {
  if (given !== "" && !isDay(given)) refuse("week", "The week with: give a day, like 2026-11-23");
  const day = Temporal.PlainDate.from(given || londonDay(now));
  return day.subtract({ days: day.dayOfWeek - 1 });
}

async function shown(
  tx: Tx,
  team: Team,
  monday: Temporal.PlainDate,
  rota: Rota,
): Promise<Pick<NumbersPage, "sentence" | "sections" | "links">> {
  const names = await namesOf(tx, rota.people);
  const said = (ids: readonly string[]) => ids.map((id) => names.get(id)?.title ?? "somebody else").join(", ");
  const gaps = rota.days.reduce((sum, { gaps: some }) => sum + some.length, 0);
  const on = (day: Temporal.PlainDate) => `${rotaPath}?team=${team.id}&week=${day.toString()}`;
  const links: Link[] = [
    { text: "The week before", href: on(monday.subtract({ days: 7 })) },
    { text: "The week after", href: on(monday.add({ days: 7 })) },
    { text: "All shifts", href: `/shifts?team=${team.id}` },
    ...(may(tx.actor, "shift", "create") ? [{ text: "Plan a shift", href: `/shifts/new?team=${team.id}` }] : []),
  ];
  const sentence = [
    rota.onCall.length > 0 ? `On call now: ${said(rota.onCall)}.` : "Nobody is on call now.",
    rota.onShift.length > 0 ? `On shift now: ${said(rota.onShift)}.` : "Nobody is on shift now.",
    gaps > 0 ? `This week has ${plural(gaps, "gap")} in which a queue is open and nobody is on shift.` : "",
  ]
    .filter((part) => part !== "")
    .join(" ");
  const title = `${team.title}, ${formatDate(monday)} to ${formatDate(monday.add({ days: 6 }))}`;
  return { sentence, links, sections: [{ id: "week", title, table: weekTable(rota, names) }] };
}

function weekTable({ days, people }: Rota, names: ReadonlyMap<string, Named>): Table {
  const nameOf = (id: string) => names.get(id)?.title ?? "Somebody else";
  const ordered = people.toSorted((one, other) => nameOf(one).localeCompare(nameOf(other), "en-GB"));
  return {
    caption: "Who is there, by day",
    columns: [
      { label: "Person" },
      ...days.map(({ day }) => ({ label: `${weekdays[day.dayOfWeek - 1]} ${day.day}`, day: true })),
    ],
    rows: [
      ...ordered.map((id) => ({
        cells: [{ kind: "text", text: nameOf(id) } as const, ...days.map((day) => personCell(day, id))],
      })),
      {
        highlight: days.some(({ gaps }) => gaps.length > 0),
        cells: [{ kind: "text", text: "Gaps" }, ...days.map(gapsCell)],
      },
    ],
  };
}

const kinds = { desk: "desk", site: "site", call: "on call" } as const;

function personCell({ day, shifts, away }: RotaDay, id: string): Cell {
  const own = shifts.filter(({ personId }) => personId === id);
  const texts = own.map((shift) => `${timesOf(day, shift)} ${kinds[shift.kind]}`);
  if (away.has(id)) return { kind: "tags", tags: [{ text: ["Away", ...texts].join(", "), tone: "warn" }] };
  if (texts.length === 0) return { kind: "empty" };
  return {
    kind: "tags",
    tags: own.map((shift, at) => ({ text: texts[at] ?? "", tone: shift.kind === "call" ? "info" : "good" })),
  };
}

function gapsCell({ day, gaps }: RotaDay): Cell {
  if (gaps.length === 0) return { kind: "empty" };
  const iso = (at: number) => Temporal.Instant.fromEpochMilliseconds(at).toString();
  return {
    kind: "tags",
    tags: gaps.map(({ from, until }) => ({
      text: timesOf(day, { startsAt: iso(from), endsAt: iso(until) }),
      tone: "bad",
    })),
  };
}

/** "9–17", "8:30–12", as far as it is of that day: seven of them stand beside each other. */
function timesOf(day: Temporal.PlainDate, { startsAt, endsAt }: Pick<TeamShift, "startsAt" | "endsAt">): string {
  const [from, until] = [startsAt, endsAt].map((at) => Temporal.Instant.from(at).toZonedDateTimeISO(zone));
  const time = ({ hour, minute }: Temporal.ZonedDateTime) =>
    minute === 0 ? String(hour) : `${hour}:${String(minute).padStart(2, "0")}`;
  const begins = from && from.toPlainDate().equals(day) ? time(from) : "0";
  const ends = until && until.toPlainDate().equals(day) ? time(until) : "24";
  return begins === "0" && ends === "24" ? "All day" : `${begins}–${ends}`;
}
