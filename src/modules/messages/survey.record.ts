import { can, defineRecord, field } from "../../kernel/record.ts";
import { checkSurvey, discard, guardOpening, guardReminding, isSettled, remind, today } from "./surveying.ts";
import { inviteByJob } from "./invite.ts";
import { publishResults } from "./results.ts";

/**
 * Questions to the people of an audience, each of whom answers once and without a name. Whoever answers, and what is said, lie apart in
 * the database (see db/migrations/0111-surveys.sql) and are destroyed when the counts are published.
 */
export const Survey = defineRecord({
  name: "survey",
  label: { one: "Survey", many: "Surveys" },
  reference: "SUR-{0000}",
  path: "surveys",
  fields: {
    title: field.text({ label: "Title", is: "title", required: true, max: 140 }),
    purpose: field.longText({
      label: "Why we ask, and what we will do with it",
      hint: "Whoever is asked reads this first",
      required: true,
      max: 3000,
      rows: 4,
    }),
    audience: field.link({ label: "Who is asked", to: "audience", required: true }),
    closesOn: field.date({ label: "Answers until", required: true }),
    questions: field.lines({
      label: "Questions",
      one: "Question",
      numbered: true,
      max: 30,
      fields: {
        text: field.text({ label: "Question", required: true, max: 300 }),
        kind: field.choice({
          label: "How it is answered",
          required: true,
          default: "one",
          options: {
            one: "One of several answers",
            many: "Any of several answers",
            scale: "From strongly disagree to strongly agree",
            words: "In their own words",
          },
        }),
        options: field.longText({
          label: "Answers to choose from",
          hint: "One on each line, 2 to 20",
          required: true,
          max: 3000,
          rows: 4,
        }),
        required: field.yesNo({ label: "Must be answered" }),
      },
      askedWhen: { options: { field: "kind", is: ["one", "many"] } },
    }),
    breakdown: field.choice({
      label: "Break the results down",
      hint: "This is settled before anybody answers. Parts of fewer than 10 people are never shown",
      required: true,
      default: "none",
      options: {
        none: "Not at all",
        team: "By team, where 10 or more of a team are asked",
        question: "By the answers to one of the questions",
      },
    }),
    breakdownQuestion: field.wholeNumber({
      label: "Which question",
      hint: "The number of a question with one answer",
      min: 1,
      max: 999,
      required: true,
      sparse: true,
    }),
    openedOn: field.date({ label: "Opened on", readOnly: true }),
    remindedOn: field.date({ label: "Reminded on", readOnly: true }),
    closedOn: field.date({ label: "Closed on", readOnly: true }),
    publishedOn: field.date({ label: "Published on", readOnly: true }),
    did: field.lines({
      label: "You said, we did",
      one: "Thing done",
      max: 30,
      sparse: true,
      fields: {
        said: field.text({ label: "You said", required: true, max: 300 }),
        done: field.text({ label: "We did", required: true, max: 500 }),
        kind: field.choice({
          label: "What came of it",
          required: true,
          default: "other",
          options: { change: "A change", policy: "A policy", article: "A help article", other: "Something else" },
        }),
        change: field.link({ label: "Which change", to: "change_request", required: true }),
        policy: field.link({ label: "Which policy", to: "policy", required: true }),
        article: field.link({ label: "Which article", to: "article", required: true }),
      },
      askedWhen: {
        change: { field: "kind", is: ["change"] },
        policy: { field: "kind", is: ["policy"] },
        article: { field: "kind", is: ["article"] },
      },
    }),
    sensitivity: field.choice({
      label: "Who sees it",
      options: { normal: "All staff", restricted: "Those who write surveys" },
      tones: { restricted: "warn" },
      default: "restricted",
      readOnly: true,
    }),
  },
  askedWhen: { breakdownQuestion: { field: "breakdown", is: ["question"] } },
  states: {
    draft: { label: "Draft", tone: "info" },
    open: { label: "Open for answers", tone: "warn" },
    closed: { label: "Closed, to be published", tone: "info" },
    published: { label: "Results published", tone: "good", final: true },
    cancelled: { label: "Cancelled", final: true },
  },
  starts: "draft",
  moves: {
    open: {
      label: "Ask people",
      from: ["draft"],
      to: "open",
      who: can("handle"),
      guard: guardOpening,
      sets: (tx) => ({ openedOn: today(tx.now), sensitivity: "normal" }),
      follows: async () => [
        "Everybody in the audience now is asked. The questions and the breakdown cannot be changed afterwards.",
      ],
      effects: inviteByJob,
    },
    remind: {
      label: "Remind those who have not answered",
      from: ["open"],
      who: can("handle"),
      guard: guardReminding,
      sets: (tx) => ({ remindedOn: today(tx.now) }),
      effects: remind,
    },
    close: {
      label: "Close it",
      from: ["open"],
      to: "closed",
      who: can("handle"),
      sets: (tx) => ({ closedOn: today(tx.now) }),
    },
    publish: {
      label: "Publish the results",
      from: ["closed"],
      to: "published",
      who: can("publish"),
      sets: (tx) => ({ publishedOn: today(tx.now) }),
      follows: async () => [
        "The results are counted once, all staff can read them, and what each person said is destroyed.",
        "Nothing is shown of fewer than 10 people, nor of others where the rest would be fewer than 10.",
      ],
      effects: publishResults,
    },
    cancel: {
      label: "Cancel it",
      from: ["draft", "open", "closed"],
      to: "cancelled",
      who: can("handle"),
      comment: { label: "Why", audience: "everyone", required: true },
      effects: discard,
      warning: true,
    },
  },
  clocks: { answers: { rule: "day", label: "Answers until", day: "closesOn", runsIn: ["draft", "open"] } },
  views: {
    list: {
      columns: ["reference", "title", "state", "audience", "owner", "due", "publishedOn"],
      sort: "-opened",
      filters: ["audience", "breakdown", "owner"],
    },
    form: [
      "title",
      "purpose",
      "audience",
      "closesOn",
      "questions",
      "breakdown",
      "breakdownQuestion",
      "did",
      "owner",
      "team",
    ],
    page: [
      "purpose",
      "audience",
      "closesOn",
      "questions",
      "breakdown",
      "breakdownQuestion",
      "openedOn",
      "remindedOn",
      "closedOn",
      "publishedOn",
      "did",
    ],
  },
  defaults: async (tx) => ({ owner: tx.actor.personId }),
  // Whatever is new is a draft, and a draft is for those who write.
  derive: async (_tx, _values, before) => (before ? {} : { sensitivity: "restricted" }),
  check: checkSurvey,
  locked: isSettled,
  empty:
    "Surveys ask people what they think, without their names. Write the first, and say what you will do with the answers.",
});
