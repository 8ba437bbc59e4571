import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Refusal, unseen } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { toHtml } from "../../kernel/markdown.ts";
import { isKey } from "../../kernel/outside/key.ts";
import { first } from "../../web/page.ts";
import type { WebParts } from "../../web/parts.ts";
import { formIn, maySend, secretAddress, show, slowly } from "../../web/public-forms.ts";
import { readFront, shellForEverybody } from "../../web/public-front.ts";
import type { PortalBlock, PortalPage } from "../../web/view/models.ts";
import { answerErrors, answersIn, questionFields } from "./answering.ts";
import { questionsOf } from "./questions.ts";
import type { Question } from "./questions.ts";
import { byLinkPath, hashOfSurveyKey } from "./survey-keys.ts";
import { peopleMin } from "./surveying.ts";

/** Answers in an hour from one place: a school or a library is one place, and a program wants more. */
const answersAnHour = 60;

/** What a key opens (`survey_by_key` in 0135). */
interface Opened {
  readonly organisation: string;
  readonly title: string;
  readonly state: "open" | "closed" | "published";
  readonly purpose: string;
  readonly closesOn: string;
  readonly personal: boolean;
  readonly used: boolean;
  readonly questions: readonly Readonly<Record<string, unknown>>[];
  /** You said, we did: once the results are published. */
  readonly did: readonly { readonly said: string; readonly done: string }[];
}

/**
 * The page where people without an account answer a survey: no cookie, no script, and nothing of whoever answers is kept but, for a day and
 * apart from the answers, a keyed hash of their network by which it is counted how many come from one place.
 */
export function registerByLink(app: FastifyInstance, parts: WebParts): void {
  const guarded = { ...slowly, preHandler: secretAddress };
  const page = async (request: FastifyRequest, reply: FastifyReply, refusal: Refusal | null = null) => {
    const { key, survey } = await surveyAt(parts, request);
    const answered = first((request.query ?? {}) as Form, "answered") === "yes";
    const model = await pageOf(parts, { key, survey, answered, form: formIn(request), refusal });
    return show(parts, reply, { model, ...(refusal ? { status: 422 } : {}) }, "no-store");
  };
  app.get(byLinkPath(":key"), guarded, (request, reply) => page(request, reply));
  app.post(byLinkPath(":key"), guarded, async (request, reply) => {
    try {
      const { key, survey } = await surveyAt(parts, request);
      const answers = answersIn(formIn(request), questionsIn(survey));
      if (first(formIn(request), "website") !== "")
        throw new Refusal("invalid", [
          { message: "A program filled this in. Please answer again, and leave alone what you cannot see" },
        ]);
      if (!(await maySend(parts, request, { what: "an answer", anHour: answersAnHour })))
        throw new Refusal("invalid", [
          {
            message: "Many answers have come from your connection within an hour. Wait an hour, then send yours again",
          },
        ]);
      const { rows } = await parts.store.pool.query<{ outcome: string | null }>(
        "select reeve.answer_survey_by_key($1, $2::jsonb) as outcome",
        [hashOfSurveyKey(key), JSON.stringify(answers)],
      );
      // What came too late is told by the page itself: it is over, or this link was used.
      const taken = rows[0]?.outcome === "taken" ? "?answered=yes" : "";
      if (rows[0]?.outcome === "full")
        throw new Refusal("invalid", [{ message: "Very many people have answered, and no more answers can be taken" }]);
      return await show(parts, reply, { redirect: `${byLinkPath(key)}${taken}` });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind === "unseen") throw error;
      return page(request, reply, error);
    }
  });
}

async function surveyAt(parts: WebParts, request: FastifyRequest): Promise<{ key: string; survey: Opened }> {
  const { key = "" } = request.params as Readonly<Record<string, string>>;
  const { rows } = isKey(key)
    ? await parts.store.pool.query<{ survey: Opened | null }>("select reeve.survey_by_key($1) as survey", [
        hashOfSurveyKey(key),
      ])
    : { rows: [] };
  return { key, survey: rows[0]?.survey ?? unseen("There is no such survey") };
}

function questionsIn({ questions }: Opened): readonly Question[] {
  return questionsOf({ values: { questions } });
}

interface Shown {
  readonly key: string;
  readonly survey: Opened;
  readonly answered: boolean;
  readonly form: Form;
  readonly refusal: Refusal | null;
}

async function pageOf(parts: WebParts, { key, survey, answered, form, refusal }: Shown): Promise<PortalPage> {
  const front = (await readFront(parts.store, survey.organisation)) ?? unseen("There is no such survey");
  const address = byLinkPath(key);
  const shell = shellForEverybody(front, `${refusal ? "Error: " : ""}${survey.title}`, address);
  const asks = survey.state === "open" && !survey.used && !answered;
  return {
    shell,
    caption: "Survey",
    title: survey.title,
    ...(asks ? { lead: `Please answer by ${formatDay(survey.closesOn)}. It takes a few minutes.` } : {}),
    errors: answerErrors(refusal),
    blocks: asks
      ? [
          { kind: "html", title: "Why we ask", html: toHtml(survey.purpose) },
          { kind: "inset", lines: promises(survey) },
          {
            kind: "ask",
            title: "Questions",
            action: address,
            hidden: [],
            fields: questionFields(form, questionsIn(survey), refusal),
            submit: "Send my answers",
          },
        ]
      : [...(answered || survey.used ? [thanks] : []), ...whatBecame(survey)],
  };
}

const thanks: PortalBlock = {
  kind: "panel",
  title: "Thank you",
  lines: ["Your answers are kept without your name"],
};

function promises({ personal }: Opened): string[] {
  return [
    `We do not ask who you are, and keep nothing that tells: no name, no e-mail address, no cookie. Results are shown for ${peopleMin} people or more together.`,
    personal
      ? "This link takes one answer. That it was used is kept apart from what was said, so nobody can tell what you answered."
      : "Please answer once.",
    "If you write something in your own words, leave out what only you could have said.",
  ];
}

function whatBecame({ state, did, closesOn }: Opened): PortalBlock[] {
  if (state === "open")
    return [
      { kind: "inset", lines: [`It is open until ${formatDay(closesOn)}. This page then says what came of it.`] },
    ];
  if (state === "closed" || did.length === 0)
    return [
      {
        kind: "inset",
        lines: ["This survey is over and takes no more answers. This page says later what came of it."],
      },
    ];
  return [
    {
      kind: "section",
      section: {
        kind: "table",
        title: "You said, we did",
        table: {
          caption: "You said, we did",
          columns: [
            { label: "You said", wide: true },
            { label: "We did", wide: true },
          ],
          rows: did.map(({ said, done }) => ({
            cells: [
              { kind: "text", text: said },
              { kind: "text", text: done },
            ],
          })),
        },
      },
    },
  ];
}
