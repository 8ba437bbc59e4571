import type { Problem } from "../../../kernel/errors.ts";
import type { Form } from "../../../kernel/fields/kind.ts";
import { first } from "../../../web/page.ts";
import type { Asking, PublicView } from "./asking.ts";
import { answerWithin, suggestionsPage } from "./before-asking.ts";
import { newDraft, openDraft } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { checkPage, questionPage } from "./question-pages.ts";
import { sendAsked } from "./send.ts";
import { nextStep, stepOrder, steps } from "./steps.ts";
import type { StepName } from "./steps.ts";

/** GET: the first question of a new form. */
export function beginAsking(asking: Asking): PublicView {
  return { model: questionPage(asking, newDraft(Temporal.Now.instant()), "kind", {}, []) };
}

/** POST: takes the answer to one question and asks the next, goes back to one, or sends all. */
export async function goOnAsking(asking: Asking, form: Form): Promise<PublicView> {
  const draft = openDraft(asking.parts.secret, asking.place.front.id, first(form, "draft"));
  if (draft === null) {
    const problem = { message: "The form was begun too long ago, or came incomplete. Please answer from the start" };
    return { model: questionPage(asking, newDraft(Temporal.Now.instant()), "kind", {}, [problem]), status: 422 };
  }
  const go = first(form, "go");
  const [deed, what] = [go.split(":", 1)[0], go.slice(go.indexOf(":") + 1)];
  if (deed === "to" && what in steps) return { model: questionPage(asking, draft, stepNamed(what) ?? "kind", {}, []) };
  if (deed === "open" || deed === "enough") return answerWithin(asking, draft, deed, what);
  const step = first(form, "step");
  if (step === "check") return nextStep(draft) === null ? sendAsked(asking, draft, form) : goTo(asking, draft);
  if (step === "suggestions") return goTo(asking, { ...draft, done: withStep(draft, "suggestions") });
  const name = stepNamed(step);
  return name === null || name === "suggestions" ? goTo(asking, draft) : answered(asking, draft, name, form);
}

function stepNamed(text: string): StepName | null {
  return stepOrder.find((name) => name === text) ?? null;
}

function withStep({ done }: Draft, name: StepName): string[] {
  return [...new Set([...done, name])];
}

async function answered(
  asking: Asking,
  draft: Draft,
  name: Exclude<StepName, "suggestions">,
  form: Form,
): Promise<PublicView> {
  const read = steps[name].read(form, draft);
  if (isProblems(read)) return { model: questionPage(asking, draft, name, form, read), status: 422 };
  // Other words may have other answers.
  const again = (name === "subject" || name === "question") && draft[name] !== undefined && read[name] !== draft[name];
  const done = withStep(draft, name).filter((one) => !(again && one === "suggestions"));
  return goTo(asking, { ...draft, ...read, done });
}

function isProblems(read: Partial<Draft> | readonly Problem[]): read is readonly Problem[] {
  return Array.isArray(read);
}

/** The first question that was not answered yet, or all answers to be checked. */
async function goTo(asking: Asking, draft: Draft): Promise<PublicView> {
  const name = nextStep(draft);
  if (name === null) return { model: checkPage(asking, draft) };
  if (name !== "suggestions") return { model: questionPage(asking, draft, name, {}, []) };
  const suggested = await suggestionsPage(asking, draft);
  return suggested ?? goTo(asking, { ...draft, done: withStep(draft, "suggestions") });
}
