import type { Problem } from "../../../kernel/errors.ts";
import type { Form } from "../../../kernel/fields/kind.ts";
import { first } from "../../../web/page.ts";
import type { PortalPage } from "../../../web/view/models.ts";
import { formOf } from "./asking.ts";
import type { Asking } from "./asking.ts";
import type { Draft } from "./draft.ts";
import { publicShell } from "./front.ts";
import { stepBefore, steps, stepsFor } from "./steps.ts";
import type { StepName } from "./steps.ts";

const caption = "Ask for information";

/** One question, holding what was answered before. */
export function questionPage(
  asking: Asking,
  draft: Draft,
  name: StepName,
  typed: Form,
  problems: readonly Problem[],
): PortalPage {
  const step = steps[name === "suggestions" ? "question" : name];
  const form = formOf(asking, draft, name);
  const before = stepBefore(draft, name);
  // What was typed and refused stands there again.
  const kept = { ...draft, ...Object.fromEntries(Object.keys(typed).map((field) => [field, first(typed, field)])) };
  const fields = step.fields({ ...kept, done: draft.done, shown: draft.shown, opened: draft.opened }).map((field) => {
    const error = problems.find((problem) => problem.field === field.name)?.message;
    return error === undefined ? field : { ...field, error };
  });
  return {
    shell: publicShell(asking.place, step.title),
    ...(before === null
      ? { back: { text: "Information from the council", href: asking.place.base } }
      : { goBack: { action: form.action, hidden: form.hidden, go: `to:${before}` } }),
    caption,
    title: step.title,
    ...(step.lead === undefined ? {} : { lead: step.lead }),
    errors: problems.map(({ field, message }) => ({
      text: message,
      ...(field === undefined ? {} : { fieldId: `field-${field}` }),
    })),
    blocks: [{ kind: "ask", ...form, fields, submit: "Continue" }],
  };
}

/** All that was answered, before it is sent. */
export function checkPage(asking: Asking, draft: Draft, problem?: string): PortalPage {
  const form = formOf(asking, draft, "check");
  const answers = stepsFor(draft).flatMap((name) => {
    if (name === "suggestions") return [];
    const answer = steps[name].said(draft);
    return answer === null ? [] : [{ question: steps[name].title, answer, go: `to:${name}` }];
  });
  return {
    shell: publicShell(asking.place, "Check your answers"),
    goBack: { action: form.action, hidden: form.hidden, go: "to:reply" },
    caption,
    title: "Check your answers before you send them",
    lead: `We keep what you write with your request, and use it to answer you.${
      // Nobody else is shown what is held about somebody.
      draft.kind === "own" ? " It is seen by few people." : " We may publish the answer, never your name or address."
    }`,
    errors: problem === undefined ? [] : [{ text: problem }],
    blocks: [{ kind: "check", ...form, answers, submit: "Send the request" }],
  };
}
