import { defineMeasure } from "../../kernel/measures/measure.ts";
import { ArticleFeedback } from "./article-feedback.record.ts";
import { Article } from "./article.record.ts";

const owner = "Service desk manager";
const over = { happened: "opened" } as const;
const readings = { one: "reading", many: "readings" } as const;

/** Which articles spare people a ticket, and which do not. Each figure leads to the readings behind it. */
export const articleMeasures = [
  defineMeasure(ArticleFeedback, {
    name: "tickets-avoided",
    label: "Tickets avoided by help articles",
    meaning: "How often somebody who read a help article said that it solved what they came with.",
    owner,
    unit: readings,
    over,
    of: { where: { outcome: ["solved"] } },
    works: "count",
    usuallyBy: "article",
  }),
  defineMeasure(ArticleFeedback, {
    name: "tickets-after-article",
    label: "Tickets begun after reading an article",
    meaning: "How often somebody read a help article and began a ticket all the same.",
    owner,
    unit: readings,
    over,
    of: { where: { outcome: ["ticket"] } },
    works: "count",
    usuallyBy: "article",
  }),
  defineMeasure(ArticleFeedback, {
    name: "articles-share-solved",
    label: "Share of readings that an article solved",
    meaning:
      "Of 100 readings that ended with an answer from the reader or with a ticket, how many the article solved. Articles that officers send do not count.",
    owner,
    unit: "percent",
    over,
    of: { where: { outcome: ["solved", "not_solved", "ticket"] } },
    works: { share: { where: { outcome: ["solved"] } } },
    usuallyBy: "article",
  }),
  defineMeasure(ArticleFeedback, {
    name: "articles-sent",
    label: "Articles that officers sent",
    meaning: "How often an officer answered a ticket with a help article.",
    owner,
    unit: readings,
    over,
    of: { where: { outcome: ["sent"] } },
    works: "count",
    usuallyBy: "article",
  }),
  defineMeasure(Article, {
    name: "articles-to-review",
    label: "Help articles to be reviewed",
    meaning: "How many published articles somebody must look at again by a day in the period.",
    owner,
    unit: { one: "article", many: "articles" },
    over: { happened: "reviewOn" },
    of: { states: ["published"] },
    works: "count",
  }),
] as const;
