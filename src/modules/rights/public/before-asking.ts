import { formatDay } from "../../../kernel/fields/date.ts";
import { toHtml } from "../../../kernel/markdown.ts";
import { formOf } from "./asking.ts";
import type { Asking, PublicView } from "./asking.ts";
import type { Draft } from "./draft.ts";
import { publicShell } from "./front.ts";
import { answerParts, readAnswer } from "./log-read.ts";
import { noteSuggestions, suggestAnswers } from "./suggestions.ts";

const caption = "Ask for information";

/** Published answers that may be enough, before anything is sent; null where there is none. */
export async function suggestionsPage(asking: Asking, draft: Draft): Promise<PublicView | null> {
  const { parts, place } = asking;
  const text = `${draft.subject ?? ""} ${draft.question ?? ""}`;
  const found = await suggestAnswers(parts, place.front.id, text);
  if (found.length === 0) return null;
  const references = found.map(({ reference }) => reference);
  await noteSuggestions(
    parts,
    place.front.id,
    "shown",
    references.filter((one) => !draft.shown.includes(one)),
  );
  const now = { ...draft, shown: [...new Set([...draft.shown, ...references])].slice(0, 50) };
  const form = formOf(asking, now, "suggestions");
  const title = "This may already answer you";
  return {
    model: {
      shell: publicShell(place, title),
      goBack: { ...form, go: "to:question" },
      caption,
      title,
      lead: "We have answered these before. Look at one: what you wrote is kept.",
      blocks: [
        {
          kind: "openings",
          ...form,
          rows: found.map((one) => ({
            text: one.title,
            go: `open:${one.reference}`,
            ...(one.answeredOn === null ? {} : { note: `Answered on ${formatDay(one.answeredOn)}` }),
          })),
          submit: "None of these, go on",
          others: [],
        },
      ],
    },
  };
}

/** Shows an answer without losing what was typed, or ends there because it was enough. */
export async function answerWithin(
  asking: Asking,
  draft: Draft,
  deed: "open" | "enough",
  reference: string,
): Promise<PublicView> {
  const { parts, place } = asking;
  const offered = draft.shown.includes(reference);
  const answer = offered ? await readAnswer(parts, place.front.id, reference) : null;
  if (answer === null || answer.state !== "published")
    return (await suggestionsPage(asking, draft)) ?? { redirect: `${place.base}/answers` };
  if (deed === "enough") {
    await noteSuggestions(parts, place.front.id, "enough", [reference]);
    return { redirect: `${place.base}/answers/${reference}?enough=yes` };
  }
  if (!draft.opened.includes(reference)) await noteSuggestions(parts, place.front.id, "opened", [reference]);
  const now = { ...draft, opened: [...new Set([...draft.opened, reference])] };
  const form = formOf(asking, now, "suggestions");
  return {
    model: {
      shell: publicShell(place, answer.title),
      goBack: { ...form, go: "to:question" },
      caption: "Answered before",
      title: answer.title,
      blocks: [
        { kind: "html", title: "Question and answer", html: toHtml(answerParts(answer)) },
        {
          kind: "openings",
          ...form,
          title: "Does this answer you?",
          rows: [],
          submit: "No, go on with my request",
          others: [{ label: "Yes, I need not ask", go: `enough:${reference}` }],
        },
      ],
    },
  };
}
