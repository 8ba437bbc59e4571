import { may } from "../../../kernel/access.ts";
import { unseen } from "../../../kernel/errors.ts";
import { evaluateAll } from "../../../kernel/measures/evaluate.ts";
import type { Counted, Figure } from "../../../kernel/measures/evaluate.ts";
import { periodNamed, todayAt } from "../../../kernel/measures/periods.ts";
import type { PeriodName } from "../../../kernel/measures/periods.ts";
import { groupsMax } from "../../../kernel/measures/read.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { figureText, linkOf } from "../../../web/measures/figures.ts";
import { answerAsked } from "../../../web/wrongly-asked.ts";
import type { WronglyAsked } from "../../../web/wrongly-asked.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import type { Cell, Row, TablesPage } from "../../../web/view/models.ts";
import { TicketsReopened, TicketsResolved } from "../ticket-flow.measure.ts";
import { FirstContact, ShareFirstContact, TicketsBounced } from "../ticket-learning.measure.ts";
import { weeksAsked, weeksFilter } from "../weeks.ts";
import { judge, resolvedMin } from "./judge.ts";
import type { CategoryFigures, Judged, Lesson } from "./judge.ts";

export const learningPath = "/desk/learning";

const lessons: Readonly<Record<Lesson, string>> = {
  queue: "Change the queue: these start in the wrong place",
  training: "Train the desk: these are taken for solved and come back",
  article: "Write an article: few are solved at first contact",
};

interface Category extends CategoryFigures {
  readonly name: string;
  readonly figures: Readonly<Record<keyof typeof read, Figure>>;
}

const read = {
  resolved: TicketsResolved,
  share: ShareFirstContact,
  firstContact: FirstContact,
  bounced: TicketsBounced,
  reopened: TicketsReopened,
} as const;

/** What the desk should learn: the categories in which most goes wrong, each with its figures and what would mend it. */
export function deskLearning(page: PageRequest): Promise<PageAnswer> {
  return answerAsked(page, learningPage);
}

function learningPage(page: PageRequest, wrong: WronglyAsked): Promise<PageAnswer> {
  return page.as(async (tx) => {
    if (!may(tx.actor, "ticket", "internal")) unseen("There is no such page");
    const weeks = weeksAsked(page);
    const counted = await readFigures(tx, `last-${weeks}-weeks`);
    const filters = wrong.beside([weeksFilter(weeks)]);
    const model: TablesPage = {
      shell: await page.shell(tx, {
        title: "What the desk should learn",
        current: learningPath,
        follows: "/tickets",
        followsEvery: 15,
      }),
      breadcrumb: [
        { text: "Support desk", href: "/tickets" },
        { text: "Desk numbers", href: "/desk/numbers" },
      ],
      title: "What the desk should learn",
      sentence: `Resolved in the last ${weeks} weeks, by category: most to gain first. Every figure leads to its tickets.`,
      errors: wrong.errors,
      query: { action: learningPath, filters },
      sections: [sectionOf(counted)],
    };
    return { page: "tables", model };
  });
}

type Figures = Readonly<Record<keyof typeof read, Counted>>;

async function readFigures(tx: Tx, name: PeriodName): Promise<Figures> {
  // Each name there is stands for days.
  const period = periodNamed(name, todayAt(tx.now))!;
  const counted = await evaluateAll(
    tx,
    Object.values(read).map((measure) => ({ measure, by: "category", period })),
  );
  // One for each of `read`, in its order.
  return Object.fromEntries(Object.keys(read).map((key, at) => [key, counted[at]])) as unknown as Figures;
}

function sectionOf(figures: Figures): TablesPage["sections"][number] {
  const desk = countsOf(figures, (counted) => counted.total);
  // Tickets without a category are no category; there is nothing to learn of them but to give them one.
  const categories = figures.resolved.rows
    .filter(({ key }) => key !== null)
    .map(({ key, label }): Category => ({
      name: label,
      ...countsOf(figures, ({ rows }) => rows.find((row) => row.key === key) ?? nothing),
      figures: figuresOf(figures, ({ rows }) => rows.find((row) => row.key === key) ?? nothing),
    }));
  const judged = judge(categories, desk);
  const { leftOut } = figures.resolved;
  const left =
    leftOut > 0 ? ` The ${groupsMax} categories with the most tickets are looked at; ${leftOut} are left.` : "";
  return {
    id: "by-category",
    title: "By category",
    note: `A ticket bounced when it changed its queue more than once. Categories with fewer than ${resolvedMin} resolved tickets tell nothing and are left out.${left}`,
    table: {
      caption: "What to learn, by category",
      columns: [
        { label: "Category", wide: true },
        { label: "Resolved", number: true },
        { label: "At first contact", number: true },
        { label: "Bounced", number: true },
        { label: "Reopened", number: true },
        { label: "Suggestion" },
      ],
      rows: judged.length === 0 ? [] : [...judged.map(rowOf), wholeRow(figures)],
      empty: {
        title: "Nothing can be told yet",
        text: `It takes ${resolvedMin} resolved tickets with the same category. Choose a longer period, or give tickets their categories.`,
      },
    },
  };
}

const nothing: Figure = { value: 0, records: 0, href: null };

function countsOf(figures: Figures, pick: (counted: Counted) => Figure): CategoryFigures {
  const many = (name: keyof typeof read) => pick(figures[name]).value ?? 0;
  return {
    resolved: many("resolved"),
    firstContact: many("firstContact"),
    bounced: many("bounced"),
    reopened: many("reopened"),
  };
}

function figuresOf(figures: Figures, pick: (counted: Counted) => Figure): Category["figures"] {
  const { resolved, share, firstContact, bounced, reopened } = figures;
  return {
    resolved: pick(resolved),
    share: pick(share),
    firstContact: pick(firstContact),
    bounced: pick(bounced),
    reopened: pick(reopened),
  };
}

function rowOf({ category, lesson }: Judged<Category>): Row {
  return {
    cells: [
      { kind: "text", text: category.name },
      ...cellsOf(category.figures),
      { kind: "text", text: lesson === null ? "As the desk does elsewhere" : lessons[lesson] },
    ],
  };
}

function wholeRow(figures: Figures): Row {
  const whole = figuresOf(figures, ({ total }) => total);
  return { cells: [{ kind: "text", text: "The whole desk" }, ...cellsOf(whole), { kind: "empty" }] };
}

function cellsOf({ resolved, share, bounced, reopened }: Category["figures"]): Cell[] {
  const count = (figure: Figure): Cell => ({
    kind: "number",
    text: figureText(TicketsResolved.unit, figure.value ?? 0),
    ...linkOf(figure),
  });
  return [
    count(resolved),
    { kind: "number", text: figureText("percent", share.value), ...linkOf(share) },
    count(bounced),
    count(reopened),
  ];
}
