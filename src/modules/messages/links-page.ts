import { stringify } from "csv-stringify/sync";
import { sql } from "kysely";
import { may } from "../../kernel/access.ts";
import { Refusal, refuse, unseen } from "../../kernel/errors.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { first } from "../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { csvFormat } from "../../web/pages/csv.ts";
import { addressOf, crumbsTo } from "../../web/pages/places.ts";
import { plural } from "../../web/view/format.ts";
import type { DocumentPage } from "../../web/view/models.ts";
import { byLinkPath, hashOfSurveyKey, openSurveyKey, personalSurveyKeys } from "./survey-keys.ts";
import { asksByLink } from "./surveying.ts";

/** The most links of one survey, as the database holds it. */
const linksMax = 5000;

/** The links by which people outside answer a survey, for whoever looks after it. */
export function linksPage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => shown(page, tx, await surveyAt(page, tx), null));
}

/** POST: makes the one link for everybody, or a file of links that are shown this once. */
export async function makeLinks(page: PageRequest): Promise<PageAnswer> {
  const { secret, baseUrl } = page.parts;
  try {
    return await page.as(async (tx): Promise<PageAnswer> => {
      const survey = await surveyAt(page, tx);
      if (survey.state !== "open") refuse("many", "Links are made while the survey is open");
      if (survey.values["byLink"] === "open") {
        if ((await turnout(tx, survey)).made === 0) await keep(tx, survey, [openSurveyKey(secret, survey.id)]);
        return { redirect: linksHref(survey), flash: "The link is made" };
      }
      const many = manyIn(first(page.form, "many"));
      const keys = personalSurveyKeys(many);
      await keep(tx, survey, keys);
      const rows = keys.map((key, at) => [at + 1, `${baseUrl}${byLinkPath(key)}`]);
      return {
        body: stringify([["Number", "Link"], ...rows], csvFormat),
        type: "text/csv; charset=utf-8",
        headers: {
          "content-disposition": `attachment; filename="${survey.reference}-links.csv"`,
          "cache-control": "no-store",
        },
      };
    });
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
    return page.as(async (tx) => shown(page, tx, await surveyAt(page, tx), error));
  }
}

/** Where they are made. */
export function linksHref({ reference }: Pick<Stored, "reference">): string {
  return `/surveys/${reference}/links`;
}

function manyIn(typed: string): number {
  const many = Number(typed.trim());
  return Number.isInteger(many) && many >= 1 && many <= linksMax
    ? many
    : refuse("many", `How many links: give a number from 1 to ${linksMax.toLocaleString("en-GB")}`);
}

async function keep(tx: Tx, survey: Stored, keys: readonly string[]): Promise<void> {
  const { rows } = await sql<{ made: number }>`
    select add_survey_links(${survey.id}::uuid, ${keys.map(hashOfSurveyKey)}::bytea[]) as made`.execute(tx.db);
  if (rows[0]?.made === 0)
    refuse("many", `How many links: a survey has ${linksMax.toLocaleString("en-GB")} at the most. Make fewer`);
}

async function turnout(tx: Tx, survey: Stored): Promise<{ made: number; answered: number }> {
  const { rows } = await sql<{ made: number; answered: number }>`
    select links as made, answered from survey_links_made(${survey.id}::uuid)`.execute(tx.db);
  return rows[0] ?? { made: 0, answered: 0 };
}

/** Refuses (unseen) whoever does not look after surveys, and a survey that asks people who work here. */
async function surveyAt(page: PageRequest, tx: Tx): Promise<Stored> {
  const survey = await find(tx, typeNamed(tx.registry, "survey"), page.params["reference"] ?? "");
  return asksByLink(survey) && may(tx.actor, "survey", "handle") ? survey : unseen("This survey has no links");
}

async function shown(page: PageRequest, tx: Tx, survey: Stored, refusal: Refusal | null): Promise<PageAnswer> {
  const { made, answered } = await turnout(tx, survey);
  const isOpen = survey.values["byLink"] === "open";
  const link = `${page.parts.baseUrl}${byLinkPath(openSurveyKey(page.parts.secret, survey.id))}`;
  const error = refusal?.problems[0]?.message;
  const mayMake = survey.state === "open" && (isOpen ? made === 0 : made < linksMax);
  const title = "Links for people outside";
  const model: DocumentPage = {
    shell: await page.shell(tx, { title: `${refusal ? "Error: " : ""}${title}`, current: "/surveys" }),
    breadcrumb: [
      ...crumbsTo(tx, typeNamed(tx.registry, "survey")),
      { text: survey.reference, href: addressOf(tx, survey) },
    ],
    caption: survey.title,
    title,
    lead: isOpen
      ? "Anybody who has the link can answer, without an account. The same person can answer twice: it shows what people think, and is no vote."
      : "Each link takes one answer, without an account. Nobody can tell which link said what; which were used is forgotten when the results are published.",
    notes: [
      ...(survey.state === "draft" ? ["Links are made once the survey is open: choose “Ask people” first."] : []),
      ...(made === 0
        ? []
        : isOpen
          ? [`The link: ${link}`, `${plural(answered, "answer")} so far.`]
          : [`${plural(made, "link")} made, ${answered} used.`]),
      ...(isOpen || made === 0 ? [] : ["A file of links is given once. Nobody can read the links again, so keep it."]),
    ],
    links: [],
    errors: error === undefined ? [] : [{ text: error, fieldId: "many" }],
    groups: [],
    ...(mayMake
      ? {
          form: {
            title: isOpen ? "Make the link" : "Make links",
            content: {
              action: linksHref(survey),
              hidden: [],
              fields: isOpen
                ? []
                : [
                    {
                      widget: "number" as const,
                      id: "many",
                      name: "many",
                      label: "How many links",
                      hint: "You get a file with one on each line, to send or print. Ask for 10 or more: of fewer answers nothing is shown",
                      value: first(page.form, "many"),
                      ...(error === undefined ? {} : { error }),
                    },
                  ],
              submit: { label: isOpen ? "Make the link" : "Make a file of links" },
            },
          },
        }
      : {}),
  };
  return { page: "document", model, ...(refusal ? { status: 422 } : {}) };
}
