import type { Module } from "../../kernel/registry.ts";
import { ArticleFeedback } from "./article-feedback.record.ts";
import { articleMeasures } from "./article.measure.ts";
import { Article } from "./article.record.ts";

export { keepReading } from "./readings.ts";
export type { Outcome } from "./readings.ts";
export { countView, guidance, readMost, suggestArticles } from "./suggest.ts";

/** Help articles, and whether they help. */
export const knowledge: Module = {
  name: "knowledge",
  label: "Help articles",
  group: "work",
  records: [Article, ArticleFeedback],
  measures: articleMeasures,
};
