import type { FastifyInstance } from "fastify";
import { may } from "../../kernel/access.ts";
import { countMax } from "../../kernel/store/list.ts";
import type { RecordType } from "../../kernel/record.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { standIns } from "../../kernel/organisation/absences.ts";
import type { Absence } from "../../kernel/organisation/absences.ts";
import { StandInOver } from "../../kernel/act-as.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../names.ts";
import { pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { homeOf, ownWork } from "../parts.ts";
import type { WebParts } from "../parts.ts";
import { formatCount, formatRecent, formatWeekdayDate, plural } from "../view/format.ts";
import type { Clock } from "../view/format.ts";
import type { Cell, Empty, Link, MyWorkPage, Row, Tile } from "../view/models.ts";
import { draftsSection } from "./draft-notes.ts";
import { dueCell } from "./list-cells.ts";
import { pageClock, stateTag } from "./places.ts";
import { askedOfSection, withoutAsked, workColumns as columns, type WorkElsewhere } from "./my-work-asked.ts";
import { readMyWork } from "./my-work-read.ts";
import type { MyWork, WorkItem } from "./my-work-read.ts";

type Section = MyWorkPage["sections"][number];

/** The home: what this person has to do across every type, soonest first, and what they asked for. */
export function registerMyWork(app: FastifyInstance, parts: WebParts): void {
  app.get("/", pageRoute(parts, answer));
}

async function answer(page: PageRequest): Promise<PageAnswer> {
  const read = await page.as(async (tx) => {
    const home = homeOf(page.parts, tx.actor);
    // Whoever stands in for somebody today begins it here.
    if (home && (await standIns(tx)).length === 0) return { home: home.href };
    const clock = pageClock(tx);
    const [all, asked, drafts, shell, absences] = await Promise.all([
      readMyWork(tx, clock),
      ownWork(page.parts, tx),
      draftsSection(tx),
      page.shell(tx, { title: "My work", current: "/", follows: "work", followsEvery: 2 }),
      tx.actor.standsInFor ? [] : standIns(tx),
    ]);
    const work = withoutAsked(all, asked);
    const officer = tx.actor.grants.some(({ permission }) => permission === "handle" || permission === "change");
    const works = officer || work.counts.open > 0;
    const sections = [
      ...asked.map(askedOfSection),
      ...(works ? [dueSection(tx, work, clock)] : []),
      ...decisionsSection(tx, work, clock),
      ...(works ? nobodysSection(tx, work, clock) : []),
      ...askedSection(tx, work, clock, !works),
    ];
    const own: MyWorkPage = {
      shell,
      greeting: greetingOf(page.session.name, clock),
      sentence: tx.actor.standsInFor
        ? `What is to do for ${tx.actor.standsInFor.name}, who is away.`
        : sentenceOf(work, clock, officer),
      tiles: tilesOf(work, officer),
      sections: [...sections, ...drafts],
    };
    return { model: own, away: absences };
  });
  if (read.home !== undefined) return { redirect: read.home };
  const { model, away } = read;
  // Each in a transaction of its own, bound to what the database hands on, once this one has let its connection go.
  const others: Section[] = [];
  for (const absence of away) others.push(...(await standInSection(page, absence)));
  return { page: "my-work", model: { ...model, sections: [...model.sections, ...others] } };
}

function greetingOf(name: string, { now, zone }: Clock): string {
  const hour = now.toZonedDateTimeISO(zone).hour;
  const part = hour < 12 ? "morning" : hour < 18 ? "afternoon" : "evening";
  const [first = name, second] = name.split(/\s+/);
  // “Cllr Okafor” is spoken to by the title; everyone else by the first name.
  return `Good ${part}, ${/^(Cllr|Councillor|Dr|Sir|Dame|Lord|Lady)$/i.test(first) && second ? `${first} ${name.split(/\s+/).at(-1)}` : first}`;
}

function sentenceOf({ counts, asked }: MyWork, { now, zone }: Clock, officer: boolean): string {
  const day = formatWeekdayDate(now.toZonedDateTimeISO(zone).toPlainDate());
  const owned = [
    ...(counts.late > 0 ? [`${things(counts.late)} late`] : []),
    ...(counts.today > 0 ? [`${things(counts.today)} due today`] : []),
  ];
  if (owned.length > 0) return `${day}. ${owned.join(" and ")}.`;
  if (counts.open > 0) return `${day}. Nothing of yours is late or due today.`;
  if (officer) return `${day}. You have nothing open.`;
  return asked.length > 0
    ? `${day}. ${plural(asked.length, "thing")} that you asked for ${asked.length === 1 ? "is" : "are"} open.`
    : `${day}. Nothing that you asked for is open.`;
}

/** "1 thing is", "12 things are". */
function things(count: number): string {
  return `${bounded(count)} ${count === 1 ? "thing is" : "things are"}`;
}

function tilesOf({ counts, asked }: MyWork, officer: boolean): Tile[] {
  if (!officer && counts.open === 0)
    return asked.length > 0
      ? [
          tile(asked.length, "open that you asked for", "#asked"),
          tile(asked.filter(({ tone }) => tone === "warn").length, "waiting for an answer", "#asked", "warn"),
        ]
      : [];
  return [
    tile(counts.late, "late", "#due", "bad"),
    tile(counts.today, "due today", "#due", "warn"),
    tile(counts.week, "due in the next 7 days", "#due"),
    tile(counts.open, "open", "#due"),
  ];
}

function tile(count: number, label: string, href: string, tone: Tile["tone"] = "neutral"): Tile {
  return { figure: bounded(count), label, tone: count > 0 ? tone : "neutral", ...(count > 0 ? { href } : {}) };
}

function dueSection(tx: Tx, { owned, counts, elsewhere }: WorkElsewhere, clock: Clock): Section {
  return {
    id: "due",
    title: "Due, soonest first",
    ...(owned.length > 0
      ? {
          count:
            plural(counts.open > countMax ? countMax : counts.open, "record") +
            (counts.open > owned.length ? `, ${elsewhere > 0 ? "" : "the first "}${owned.length} here` : ""),
        }
      : {}),
    links: listsOf(tx, owned, "owner=me"),
    table: {
      caption: "Due, soonest first",
      columns,
      rows: owned.map((item) => ({
        id: `due-${item.id}`,
        cells: cellsOf(tx, item, dueCell(item.dueAt, clock)),
        ...(isNow(item, clock) ? { highlight: true } : {}),
      })),
      empty: tx.actor.standsInFor
        ? {
            title: `Nothing is ${tx.actor.standsInFor.name}’s just now`,
            text: "Records that they own stand here by when they are due.",
          }
        : {
            title: `Nothing ${elsewhere > 0 ? "else " : ""}is yours just now`,
            text: "Records that you own stand here by when they are due. Take one that nobody has, or look at the lists on the left.",
          },
    },
  };
}

/** What waits for a decision that the person may take. */
function decisionsSection(tx: Tx, { decisions }: MyWork, clock: Clock): Section[] {
  if (decisions.length === 0) return [];
  const rows = decisions.map((item): Row => ({
    id: `decide-${item.id}`,
    cells: cellsOf(tx, item, dueCell(item.dueAt, clock)),
  }));
  return [
    {
      id: "decisions",
      title: "Waits for your decision",
      table: { caption: "What waits for a decision that you may take", columns, rows },
    },
  ];
}

/** What is to do for a person for whom they stand in today, and the button that begins it. */
async function standInSection(page: PageRequest, { personId, personName, untilDay }: Absence): Promise<Section[]> {
  const name = personName ?? "somebody";
  try {
    return await page.asStandIn(personId, async (tx) => {
      const clock = pageClock(tx);
      const { decisions, owned } = await readMyWork(tx, clock);
      // It opens once they stand in: in their own name they may not see it.
      const closed = (cell: Cell): Cell => (cell.kind === "link" ? { kind: "text", text: cell.text } : cell);
      const rows = [...decisions, ...owned].map((item, at) => ({
        id: `for-${personId}-${at < decisions.length ? "decide" : "due"}-${item.id}`,
        cells: cellsOf(tx, item, dueCell(item.dueAt, clock)).map(closed),
      }));
      const empty = { title: "Nothing waits just now", text: "What is theirs to do stands here until they are back." };
      return [
        {
          id: `for-${personId}`,
          title: `For ${name}, who is away until ${formatDay(untilDay)}`,
          count: plural(rows.length, "record"),
          begin: { person: personId, label: `Stand in for ${name}` },
          table: { caption: `What is to do for ${name}`, columns, rows, empty },
        },
      ];
    });
  } catch (error) {
    // Whoever came back in this moment has no such work any more.
    if (error instanceof StandInOver) return [];
    throw error;
  }
}

/** Records of the person's teams that nobody has taken yet. */
function nobodysSection(tx: Tx, { nobodys }: MyWork, clock: Clock): Section[] {
  if (nobodys.length === 0) return [];
  const rows = nobodys.map((item): Row => ({
    id: `nobodys-${item.id}`,
    cells: cellsOf(tx, item, dueCell(item.dueAt, clock)),
  }));
  return [
    {
      id: "nobodys",
      title: "Nobody has it yet",
      links: listsOf(tx, nobodys, "owner=none"),
      table: { caption: "Records of your teams that nobody has yet", columns, rows },
    },
  ];
}

function askedSection(tx: Tx, { asked }: MyWork, clock: Clock, first: boolean): Section[] {
  if (asked.length === 0 && !first) return [];
  const rows = asked.map((item): Row => ({
    id: `asked-${item.id}`,
    cells: cellsOf(tx, item, {
      kind: "date",
      text: formatRecent(Temporal.Instant.from(item.openedAt), clock),
      iso: item.openedAt,
    }),
  }));
  return [
    {
      id: "asked",
      title: "What I asked for",
      links: listsOf(tx, asked, "requester=me"),
      table: {
        caption: "What I asked for and is open, newest first",
        columns: [{ label: "Asked" }, ...columns.slice(1)],
        rows,
        empty: emptyAsked(tx),
      },
    },
  ];
}

function emptyAsked(tx: Tx): Empty {
  const actions = [...tx.registry.types.values()]
    .filter((type) => asks(tx, type))
    .map((type) => ({ text: `New ${type.label.one.toLowerCase()}`, href: `/${type.path}/new` }));
  return {
    title: "You have asked for nothing that is still open",
    text: "What you ask for stands here with how far it is, until it is done.",
    actions,
  };
}

/** Whether people ask for records of this type: it has a requester, and this person may make one. */
function asks(tx: Tx, type: RecordType): boolean {
  return (
    may(tx.actor, type.name, type.access.create.permission) &&
    Object.values(type.fields).some(({ options }) => options.is === "requester")
  );
}

function cellsOf(tx: Tx, { type, reference, title, state }: WorkItem, when: Cell): Cell[] {
  const definition = tx.registry.types.get(type);
  return [
    when,
    { kind: "link", text: reference, href: hrefOf(tx, type, reference) },
    { kind: "text", text: title },
    { kind: "text", text: definition?.label.one ?? type },
    definition ? { kind: "tag", ...stateTag(definition, state) } : { kind: "text", text: state },
  ];
}

/** Late, or due within the day: it needs the person now. */
function isNow({ dueAt }: WorkItem, { now }: Clock): boolean {
  return dueAt !== null && Temporal.Instant.compare(Temporal.Instant.from(dueAt), now) < 0;
}

/** The same records as lists, one for each type that is among them and can be narrowed so. */
function listsOf(tx: Tx, items: readonly WorkItem[], query: string): Link[] {
  const field = query.split("=")[0] ?? "";
  return [...new Set(items.map(({ type }) => type))].flatMap((name) => {
    const type = tx.registry.types.get(name);
    return type && Object.hasOwn(type.fields, field)
      ? [{ text: `${type.label.many.toLowerCase()} as a list`, href: `/${type.path}?${query}` }]
      : [];
  });
}

function bounded(count: number): string {
  return count > countMax ? `${formatCount(countMax)}+` : formatCount(count);
}
