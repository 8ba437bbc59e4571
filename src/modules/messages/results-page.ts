import { unseen } from "../../kernel/errors.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { drawChart } from "../../web/charts.ts";
import { namesOf } from "../../web/names.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { addressOf, crumbsTo } from "../../web/pages/places.ts";
import { plural } from "../../web/view/format.ts";
import type { Cell, Chart, NumbersPage, Row, Table } from "../../web/view/models.ts";
import { portalShell, usesPortal } from "../portal/module.ts";
import { resultsOf } from "./results.ts";
import type { QuestionResults, Results } from "./results.ts";
import { peopleMin } from "./surveying.ts";

type Section = NonNullable<NumbersPage["sections"]>[number];

/** What may not be shown, as a cell. */
const kept: Cell = { kind: "instead", text: "Not shown" };

/** What was answered, as it was published: for everybody who sees the survey. */
export function resultsPage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const type = typeNamed(tx.registry, "survey");
    const survey = await find(tx, type, page.params["reference"] ?? "");
    const results = (await resultsOf(tx, survey)) ?? unseen("Its results are not published yet");
    const title = `What people said: ${survey.title}`;
    const options = { title, current: `/${type.path}` };
    const portal = usesPortal(tx.actor);
    const model: NumbersPage = {
      shell: portal ? await portalShell(page, tx, options) : await page.shell(tx, options),
      breadcrumb: [...crumbsTo(tx, type), { text: survey.reference, href: addressOf(tx, survey) }],
      title,
      sentence: sentenceOf(survey, results),
      tiles: tilesOf(results),
      charts: await Promise.all(results.questions.filter(({ counts }) => counts !== null).map(chartOf)),
      sections: [
        ...(await didSection(tx, survey)),
        ...partSections(results),
        ...wordSections(results),
        ...hiddenSections(results),
      ],
    };
    return { page: "numbers", model };
  });
}

function sentenceOf({ values }: Stored, { asked, answered }: Results): string {
  const when = typeof values["publishedOn"] === "string" ? ` Published on ${formatDay(values["publishedOn"])}.` : "";
  if (answered === null)
    return `Fewer than ${peopleMin}${asked === null ? "" : ` of ${asked}`} people answered, so nothing is shown: it could be told who said what.${when}`;
  const who =
    asked === null
      ? `${plural(answered, "answer")} by a link that anybody may have passed on`
      : `${answered} of ${plural(asked, "person", "people")} answered`;
  return `${who}. Nothing is shown of fewer than ${peopleMin} people, nor of others where the rest would be fewer than ${peopleMin}. What each person said was destroyed when this was published.${when}`;
}

function tilesOf({ asked, answered }: Results): NumbersPage["tiles"] {
  if (answered === null || asked === 0) return [];
  return [
    { figure: String(answered), label: asked === null ? "answers" : "people answered", tone: "neutral" },
    ...(asked === null
      ? []
      : [
          {
            figure: `${Math.round((100 * answered) / asked)} %`,
            label: "of those who were asked",
            tone: "neutral" as const,
          },
        ]),
  ];
}

async function chartOf({ question, answered, counts }: QuestionResults): Promise<Chart> {
  const all = counts ?? [];
  const most = all.indexOf(Math.max(...all));
  const share = (count: number) => `${Math.round((100 * count) / (answered ?? 1))} %`;
  const { number, text, options, kind } = question;
  return {
    id: `question-${number}`,
    finding: `${text} ${options[most] ?? ""}: ${share(all[most] ?? 0)}`,
    description: `Question ${number}, ${plural(answered ?? 0, "answer")}${kind === "many" ? "; each could choose several" : ""}`,
    svg: await drawChart({
      categories: options,
      series: [{ name: "People", values: all, as: "bars" }],
      unit: "people",
      figures: true,
      across: true,
    }),
    table: {
      caption: text,
      columns: [
        { label: "Answer", wide: true },
        { label: "People", number: true },
        { label: "Share", number: true },
      ],
      rows: options.map((option, at) => ({
        cells: [{ kind: "text", text: option }, countCell(all[at] ?? 0), { kind: "number", text: share(all[at] ?? 0) }],
      })),
    },
  };
}

function countCell(count: number): Cell {
  return { kind: "number", text: String(count) };
}

/** Each question by the parts that may be shown: of the others it is said that they are not. */
function partSections({ parts, questions }: Results): Section[] {
  if (parts.length === 0) return [];
  const table = ({ question, parts: counts }: QuestionResults): Table => ({
    caption: question.text,
    columns: [{ label: "Group", wide: true }, ...question.options.map((label) => ({ label, number: true }))],
    rows: parts.map(({ name }, at): Row => {
      const shown = counts[at] ?? null;
      return {
        cells: [
          { kind: "text", text: name },
          ...question.options.map((_option, place) => (shown ? countCell(shown[place] ?? 0) : kept)),
        ],
      };
    }),
  });
  return [
    {
      id: "parts",
      title: "Who answered",
      table: {
        caption: "Who answered",
        columns: [
          { label: "Group", wide: true },
          { label: "People", number: true },
        ],
        rows: parts.map(({ name, answered }) => ({
          cells: [{ kind: "text", text: name }, answered === null ? kept : countCell(answered)],
        })),
      },
    },
    ...questions
      .filter(({ counts }) => counts !== null)
      .map((one) => ({
        id: `parts-${one.question.number}`,
        title: `By group: ${one.question.text}`,
        table: table(one),
      })),
  ];
}

function wordSections({ questions }: Results): Section[] {
  return questions
    .filter(({ texts }) => texts !== null)
    .map(({ question, texts }) => ({
      id: `words-${question.number}`,
      title: question.text,
      table: {
        caption: "In their own words, in no order",
        columns: [{ label: "In their own words, in no order", wide: true }],
        rows: (texts ?? []).map((text) => ({ cells: [{ kind: "text", text }] })),
      },
    }));
}

function hiddenSections({ questions, answered }: Results): Section[] {
  const hidden = questions.filter((one) => one.answered === null);
  if (hidden.length === 0 || answered === null) return [];
  const caption = `Questions that fewer than ${peopleMin} people answered`;
  return [
    {
      id: "hidden",
      title: caption,
      table: {
        caption,
        columns: [{ label: "Question", wide: true }],
        rows: hidden.map(({ question }) => ({ cells: [{ kind: "text", text: question.text }] })),
      },
    },
  ];
}

/** You said, we did: what came of it, with a link to the change where the reader may see that. */
async function didSection(tx: Tx, { values }: Stored): Promise<Section[]> {
  // The field is one of lines.
  const lines = (values["did"] ?? []) as readonly Line[];
  if (lines.length === 0) return [];
  const led = (line: Line) => [line["change"], line["policy"], line["article"]].find((id) => typeof id === "string");
  const names = await namesOf(
    tx,
    lines.map((line) => led(line) ?? null),
  );
  return [
    {
      id: "did",
      title: "You said, we did",
      table: {
        caption: "You said, we did",
        columns: [{ label: "You said", wide: true }, { label: "We did", wide: true }, { label: "What came of it" }],
        rows: lines.map((line) => {
          const named = names.get(led(line) ?? "");
          return {
            cells: [
              { kind: "text", text: String(line["said"]) },
              { kind: "text", text: String(line["done"]) },
              named ? { kind: "link", text: `${named.reference} ${named.title}`, href: named.href } : { kind: "empty" },
            ],
          };
        }),
      },
    },
  ];
}
