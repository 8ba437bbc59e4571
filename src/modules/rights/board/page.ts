import { sql } from "kysely";
import { refuse, unseen } from "../../../kernel/errors.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { viewOf } from "../../../kernel/store/row.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { namesOf } from "../../../web/names.ts";
import type { Named } from "../../../web/names.ts";
import { first } from "../../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { formatCount, formatDue } from "../../../web/view/format.ts";
import type { Cell, Filter, NumbersPage, Row, Tile } from "../../../web/view/models.ts";
import { answerAsked } from "../../../web/wrongly-asked.ts";
import type { WronglyAsked } from "../../../web/wrongly-asked.ts";
import type { Danger } from "./forecast.ts";
import { isLateBy } from "./promised.ts";
import { boardTypesOf, casesMax, readBoard } from "./read.ts";
import type { BoardCase } from "./read.ts";
import { dangerTags, namesNeeded, waitsOn, whyOf } from "./words.ts";

export const boardPath = "/rights/board";

const shownMax = 50;
const pagesMax = 1000;

/** GET: every open case in order of danger, with when it will be answered and whom it waits for. */
export function boardPage(page: PageRequest): Promise<PageAnswer> {
  return answerAsked(page, showBoard);
}

function showBoard(page: PageRequest, wrong: WronglyAsked): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const types = boardTypesOf(tx);
    if (types.length === 0) unseen("There is no such page");
    const asked = readAsked(
      page,
      types.map(({ name }) => name),
    );
    const { cases, more } = await readBoard(
      tx,
      { kind: asked.kind, ownerId: asked.mine ? tx.actor.personId : null },
      types,
    );
    const chosen = cases.filter(({ forecast }) => asked.danger === null || forecast.danger === asked.danger);
    const shown = chosen.slice((asked.page - 1) * shownMax, asked.page * shownMax);
    const filters = wrong.beside(filtersOf(tx, asked));
    const [names, unexplained, shell] = await Promise.all([
      namesOf(tx, shown.flatMap(namesNeeded)),
      unexplainedAmong(tx, shown),
      page.shell(tx, {
        title: "Never-late board",
        current: boardPath,
        follows: "/information-requests",
        followsEvery: 15,
      }),
    ]);
    const model: NumbersPage = {
      shell,
      breadcrumb: [{ text: "Information requests", href: "/information-requests" }],
      title: "Never-late board",
      sentence: sentenceOf(cases, more),
      errors: wrong.errors,
      query: { action: boardPath, filters },
      links: pagesOf(asked, chosen.length),
      tiles: tilesOf(asked, cases),
      charts: [],
      sections: [
        {
          id: "cases",
          title: titleOf(asked, chosen.length),
          table: {
            caption: "Open cases in order of danger",
            columns: [
              { label: "Danger" },
              { label: "Case" },
              { label: "Subject" },
              { label: "Due" },
              { label: "Forecast" },
              { label: "Waits for" },
              { label: "Why", wide: true },
            ],
            rows: shown.map((one) => rowOf(tx, one, names, unexplained)),
            empty: { title: "Nothing open", text: "No case that you work on is open here." },
          },
        },
      ],
    };
    return { page: "numbers", model };
  });
}

interface Asked {
  readonly kind: string | null;
  readonly mine: boolean;
  readonly danger: Danger | null;
  readonly page: number;
}

function readAsked({ query }: PageRequest, kinds: readonly string[]): Asked {
  const kind = first(query, "kind") || null;
  if (kind !== null && !kinds.includes(kind)) refuse("kind", "Kind: select one of those in the list");
  const owner = first(query, "owner");
  if (owner !== "" && owner !== "me") refuse("owner", "Whose: select everybody’s or mine");
  const danger = first(query, "danger") || null;
  if (danger !== null && !Object.hasOwn(dangerTags, danger))
    refuse("danger", "Danger: select one of those in the list");
  const page = first(query, "page") || "1";
  if (!/^[1-9]\d{0,3}$/.test(page) || Number(page) > pagesMax) refuse("page", "Follow one of the links of the page");
  // Checked above.
  return { kind, mine: owner === "me", danger: danger as Danger | null, page: Number(page) };
}

function filtersOf(tx: Tx, { kind, mine, danger }: Asked): Filter[] {
  return [
    {
      kind: "select",
      name: "kind",
      label: "Kind",
      options: [
        { value: "", label: "All cases" },
        ...boardTypesOf(tx).map(({ name, label }) => ({ value: name, label: label.many, selected: name === kind })),
      ],
    },
    {
      kind: "select",
      name: "owner",
      label: "Whose",
      options: [
        { value: "", label: "Everybody’s" },
        { value: "me", label: "Mine", selected: mine },
      ],
    },
    {
      kind: "select",
      name: "danger",
      label: "Danger",
      options: [
        { value: "", label: "All" },
        ...Object.entries(dangerTags).map(([value, { text }]) => ({ value, label: text, selected: value === danger })),
      ],
    },
  ];
}

function addressOf(asked: Asked, changed: Partial<Asked>): string {
  const { kind, mine, danger, page } = { ...asked, ...changed };
  const query = new URLSearchParams({
    ...(kind === null ? {} : { kind }),
    ...(mine ? { owner: "me" } : {}),
    ...(danger === null ? {} : { danger }),
    ...(page === 1 ? {} : { page: String(page) }),
  }).toString();
  return query === "" ? boardPath : `${boardPath}?${query}`;
}

function pagesOf(asked: Asked, many: number): NumbersPage["links"] & object {
  const last = Math.ceil(many / shownMax);
  return [
    ...(asked.page > 1 ? [{ text: `The ${shownMax} before`, href: addressOf(asked, { page: asked.page - 1 }) }] : []),
    ...(asked.page < last ? [{ text: `The next ${shownMax}`, href: addressOf(asked, { page: asked.page + 1 }) }] : []),
  ];
}

function sentenceOf(cases: readonly BoardCase[], more: boolean): string {
  const late = cases.filter(({ forecast }) => forecast.danger === "late").length;
  const likely = cases.filter(({ forecast }) => forecast.danger === "likely").length;
  const now = late === 0 && likely === 0 ? "Nothing is late and nothing is likely to be." : "";
  return [
    now,
    "Each open case stands here once, those in the most danger first. The forecast goes by how the team’s cases of the last year came out, by who is away with nobody standing in, and by what is asked of others. It counts the days that each kind of case is counted by.",
    more ? `Only the first ${formatCount(casesMax)} of a kind are looked at.` : "",
  ]
    .filter((part) => part !== "")
    .join(" ");
}

function titleOf({ danger, page }: Asked, many: number): string {
  const what = danger === null ? "Open cases" : `Open cases: ${dangerTags[danger].text.toLowerCase()}`;
  return many > shownMax
    ? `${what}, ${formatCount((page - 1) * shownMax + 1)} to ${formatCount(Math.min(many, page * shownMax))} of ${formatCount(many)}`
    : what;
}

function tilesOf(asked: Asked, cases: readonly BoardCase[]): Tile[] {
  const labels: readonly (readonly [Danger, string, Tile["tone"]])[] = [
    ["late", "late", "bad"],
    ["likely", "likely to be late", "bad"],
    ["tight", "tight", "warn"],
    ["fine", "in time", "neutral"],
    ["waits", "wait, no deadline runs", "neutral"],
  ];
  const nobodys = cases.filter(({ ownerId }) => ownerId === null).length;
  return [
    ...labels.map(([danger, label, tone]): Tile => {
      const many = cases.filter(({ forecast }) => forecast.danger === danger).length;
      return {
        figure: formatCount(many),
        label,
        tone: many > 0 ? tone : "neutral",
        ...(many > 0 ? { href: addressOf(asked, { danger, page: 1 }) } : {}),
      };
    }),
    { figure: formatCount(nobodys), label: "that nobody has", tone: nobodys > 0 ? "warn" : "neutral" },
  ];
}

function rowOf(tx: Tx, one: BoardCase, names: ReadonlyMap<string, Named>, unexplained: ReadonlySet<string>): Row {
  const { forecast, daysLeft, dueOn, finishOn } = one;
  const name = names.get(one.id);
  const clock = { now: tx.now, zone: "Europe/London" };
  const due: Cell =
    dueOn === null
      ? { kind: "empty" }
      : { kind: "due", ...dueWords(Temporal.PlainDate.from(dueOn), clock), iso: dueOn };
  return {
    id: one.id,
    highlight: forecast.danger === "late",
    cells: [
      { kind: "tag", ...dangerTags[forecast.danger] },
      { kind: "link", text: name?.reference ?? "", href: name?.href ?? boardPath },
      { kind: "text", text: name?.title ?? "" },
      due,
      finishOn === null || (forecast.like === null && daysLeft !== null && daysLeft < 0)
        ? { kind: "empty" }
        : { kind: "date", text: formatDay(finishOn), iso: finishOn },
      { kind: "text", text: waitsOn(tx.registry, one, names) },
      { kind: "text", text: whyOf(one, names, unexplained) },
    ],
  };
}

/** A deadline of the law is a day, and ends with it. */
function dueWords(day: Temporal.PlainDate, clock: Parameters<typeof formatDue>[1]): ReturnType<typeof formatDue> {
  const due = formatDue(day.toZonedDateTime({ timeZone: clock.zone, plainTime: "23:59" }).toInstant(), clock);
  return { ...due, text: due.text.replace(/ 23:59$/, "") };
}

/** Of these, the cases that are late and of which nobody has said why. */
async function unexplainedAmong(tx: Tx, cases: readonly BoardCase[]): Promise<ReadonlySet<string>> {
  const late = cases.filter(({ daysLeft }) => daysLeft !== null && daysLeft < 0);
  const found = await Promise.all(
    [...Map.groupBy(late, ({ type }) => type)].map(async ([name, some]) => {
      const type = typeNamed(tx.registry, name);
      const { rows } = await sql<{ id: string }>`select id from ${viewOf(type)}
        where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${some.map(({ id }) => id)}::uuid[]) and late_because is null and ${isLateBy(tx, type)}`.execute(
        tx.db,
      );
      return rows;
    }),
  );
  return new Set(found.flat().map(({ id }) => id));
}
