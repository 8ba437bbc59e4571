import { can, defineRecord, field } from "../../kernel/record.ts";
import { citedClauses } from "../policy/module.ts";
import { guardAdvising, guardAgreeing, guardAsksAdvice, today } from "./protecting.ts";

const levels = { low: "Low", medium: "Medium", high: "High" } as const;
const tones = { low: "good", medium: "warn", high: "bad" } as const;

/** What something may do to people before it is done: to their privacy (UK GDPR, article 35) or to equality (Equality Act 2010, section 149). */
export const ImpactAssessment = defineRecord({
  name: "impact_assessment",
  label: { one: "Impact assessment", many: "Impact assessments" },
  reference: "IA-{0000}",
  path: "impact-assessments",
  fields: {
    title: field.text({ label: "What is assessed", is: "title", required: true, max: 160 }),
    kind: field.choice({
      label: "Kind",
      required: true,
      fixed: true,
      options: { data: "Data protection", equality: "Equality" },
    }),
    what: field.longText({ label: "What is to be done, and for whom", required: true, rows: 5, max: 10_000 }),
    policy: field.link({ label: "Policy", to: "policy", reverse: "Impact assessments", sparse: true }),
    system: field.link({ label: "System", to: "system", reverse: "Impact assessments", sparse: true }),
    processing: field.link({
      label: "In the record of processing",
      to: "processing_activity",
      reverse: "Impact assessments",
      sparse: true,
    }),
    necessity: field.longText({
      label: "Why it is necessary, and no more than that",
      hint: "What would do with less data, and why it was not chosen",
      required: true,
      rows: 4,
      max: 5000,
    }),
    groups: field.manyChoice({
      label: "Whom it may touch more than others",
      options: {
        age: "Age",
        disability: "Disability",
        gender_reassignment: "Gender reassignment",
        marriage: "Marriage and civil partnership",
        pregnancy: "Pregnancy and maternity",
        race: "Race",
        religion: "Religion or belief",
        sex: "Sex",
        orientation: "Sexual orientation",
        carers: "Carers, and people who are poor or not online",
      },
    }),
    asked: field.longText({ label: "Who was asked, and what they said", rows: 3, max: 5000 }),
    risks: field.lines({
      label: "Risks to people",
      one: "Risk",
      numbered: true,
      max: 50,
      fields: {
        risk: field.text({ label: "What may happen to whom", required: true, max: 300 }),
        likelihood: field.choice({ label: "How likely", required: true, options: levels }),
        severity: field.choice({ label: "How bad", required: true, options: levels }),
        measure: field.text({ label: "What is done about it", max: 300 }),
        remains: field.choice({ label: "Risk that is left", options: levels }),
      },
    }),
    highestLeft: field.choice({ label: "Highest risk that is left", options: levels, tones, readOnly: true }),
    advice: field.longText({
      label: "Advice",
      hint: "Of the data protection officer, or whoever advises on equality",
      rows: 4,
      max: 5000,
      askedByMoveOnly: true,
    }),
    advisedBy: field.person({ label: "Advised by", readOnly: true }),
    advisedOn: field.date({ label: "Advised on", readOnly: true }),
    follows: field.choice({
      label: "The advice is",
      options: { followed: "Followed", overruled: "Not followed" },
      askedByMoveOnly: true,
    }),
    reason: field.longText({ label: "Why, and what was decided", rows: 3, max: 3000, askedByMoveOnly: true }),
    regulatorAsked: field.yesNo({
      label: "The regulator was consulted",
      hint: "The law asks for it where a high risk to people’s data is left: UK GDPR, article 36",
      askedByMoveOnly: true,
    }),
    agreedBy: field.person({ label: "Agreed by", readOnly: true }),
    agreedOn: field.date({ label: "Agreed on", readOnly: true }),
    cites: citedClauses(),
    reviewOn: field.date({ label: "Review by" }),
  },
  askedWhen: {
    processing: { field: "kind", is: ["data"] },
    necessity: { field: "kind", is: ["data"] },
    groups: { field: "kind", is: ["equality"] },
  },
  states: {
    draft: { label: "Being written", tone: "info" },
    advice: { label: "Waiting for advice", tone: "warn", waitsFor: can("advise") },
    advised: { label: "To be agreed", tone: "warn", waitsFor: can("approve") },
    agreed: { label: "Agreed", tone: "good" },
    not_needed: { label: "Not needed", final: true },
    ended: { label: "Ended", final: true },
  },
  starts: "draft",
  moves: {
    ask: { label: "Ask for advice", from: ["draft"], to: "advice", who: can("handle"), guard: guardAsksAdvice },
    advise: {
      label: "Give advice",
      from: ["advice"],
      to: "advised",
      asks: ["advice"],
      requires: ["advice"],
      who: can("advise"),
      guard: guardAdvising,
      sets: (tx) => ({ advisedBy: tx.actor.personId, advisedOn: today(tx.now) }),
    },
    agree: {
      label: "Agree to it",
      from: ["advised"],
      to: "agreed",
      asks: ["follows", "reason", "regulatorAsked", "reviewOn"],
      requires: ["follows", "reason", "reviewOn"],
      who: can("approve"),
      guard: guardAgreeing,
      sets: (tx) => ({ agreedBy: tx.actor.personId, agreedOn: today(tx.now) }),
    },
    rewrite: { label: "Write it anew", from: ["advice", "advised", "agreed"], to: "draft", who: can("handle") },
    leave: {
      label: "It is not needed",
      from: ["draft"],
      to: "not_needed",
      who: can("handle"),
      comment: { label: "Why not", audience: "everyone", required: true },
    },
    end: {
      label: "What it is about has ended",
      from: ["agreed"],
      to: "ended",
      who: can("handle"),
      comment: { label: "What became of it", audience: "everyone", required: true },
      warning: true,
    },
  },
  clocks: { review: { rule: "day", label: "Review", day: "reviewOn", runsIn: ["agreed"] } },
  views: {
    list: {
      columns: ["reference", "title", "kind", "state", "highestLeft", "owner", "due", "updated"],
      sort: "due",
      filters: ["kind", "highestLeft", "policy", "system", "owner"],
      openOnly: true,
    },
    form: [
      "title",
      "kind",
      "what",
      "policy",
      "system",
      "processing",
      "necessity",
      "groups",
      "asked",
      "risks",
      "cites",
      "owner",
      "team",
      "sensitivity",
    ],
  },
  // The lines kind gives lines of these fields.
  derive: async (_tx, values, before) => {
    const risks = (values["risks"] ?? before?.values["risks"] ?? []) as readonly Readonly<Record<string, unknown>>[];
    const left = risks.map((risk) => String(risk["remains"] ?? ""));
    return { highestLeft: (["high", "medium", "low"] as const).find((level) => left.includes(level)) ?? null };
  },
  locked: ({ state }) =>
    state === "draft" ? null : "It is as it was when advice was asked for. Write it anew to change it",
  empty: "An impact assessment says what something may do to people before it is done. Begin one for what you plan.",
});
