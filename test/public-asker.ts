import assert from "node:assert/strict";
import { openDraft, sealDraft } from "../src/modules/rights/public/draft.ts";
import type { Draft } from "../src/modules/rights/public/draft.ts";
import { words } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

/** What is answered on each question page, by its step. */
export type Answers = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A request as somebody usually asks it. */
export const usualAnswers: Answers = {
  kind: { kind: "information" },
  subject: { subject: "School crossing patrols" },
  question: { question: "What was spent on them in each year since 2020?\n\nA table will do." },
  format: { format: "" },
  name: { name: "Ifeoma Zeller" },
  reply: { email: "ifeoma@example.org", address: "" },
};

type Answer = Awaited<ReturnType<WebWorld["app"]["inject"]>>;

/** Somebody outside, without an account: their own place, from which they send forms and read pages. */
export interface Outsider {
  post(path: string, form: Readonly<Record<string, string>>): Promise<Answer>;
  get(url: string): Promise<Answer>;
}

/** What the hidden control of a page holds. */
export const hidden = (page: Answer, name: string): string =>
  new RegExp(`<input type="hidden" name="${name}" value="([^"]*)">`).exec(page.body)?.[1] ?? "";

/** Asks on the public pages of a world as people do, a question a page. */
export function publicAsker(world: WebWorld) {
  let places = 0;
  let asking = 0;
  /** Each has a place of their own, for what is sent from one is bounded. */
  const somebody = (app = world.app): Outsider => {
    places += 1;
    const remoteAddress = `198.51.100.${places}`;
    return {
      post: (path, form) =>
        app.inject({
          method: "POST",
          url: path,
          remoteAddress,
          headers: { "content-type": "application/x-www-form-urlencoded" },
          payload: new URLSearchParams(form).toString(),
        }),
      get: (url) => app.inject({ url, remoteAddress }),
    };
  };

  /** Answers the questions that the form asks, until it shows all answers or one is not given here. */
  async function answerAll(person: Outsider, given: Answers = usualAnswers): Promise<Answer> {
    asking += 1;
    let page = await person.get("/information/ask");
    for (let at = 0; at < 12; at++) {
      const step = hidden(page, "step");
      // The same words from many look like a program’s.
      const answer =
        step === "question" && given === usualAnswers
          ? { question: `${usualAnswers["question"]?.["question"]} (${asking})` }
          : given[step];
      if (answer === undefined) return page;
      page = await person.post("/information/ask", { draft: hidden(page, "draft"), step, ...answer });
    }
    return page;
  }

  /** The draft of a page as if it had been begun some time ago, since a test is quicker than a person. */
  function older(page: Answer, change: Partial<Draft> = {}): string {
    const { secret } = world.parts;
    const { organisationId } = world.council;
    const draft = openDraft(secret, organisationId, hidden(page, "draft")) ?? assert.fail("there is no draft");
    return sealDraft(secret, organisationId, { ...draft, begunAt: draft.begunAt - 60_000, ...change });
  }

  const send = (person: Outsider, page: Answer, more: Readonly<Record<string, string>> = {}) =>
    person.post("/information/ask", { draft: older(page), step: "check", ...more });

  /** Asks for something and gives where it is followed, and its key. */
  async function asked(person = somebody(), given = usualAnswers) {
    const sent = await send(person, await answerAll(person, given));
    assert.equal(sent.statusCode, 303, words(sent));
    const location = String(sent.headers.location);
    return { person, page: location.replace(/\?.*$/, ""), key: /requests\/([\w-]+)/.exec(location)?.[1] ?? "" };
  }

  return { somebody, answerAll, older, send, asked };
}
