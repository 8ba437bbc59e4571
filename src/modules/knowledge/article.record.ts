import { can, defineRecord, field } from "../../kernel/record.ts";
import { citedClauses } from "../policy/module.ts";
import { guardPublishing, publishedValues, stillRight } from "./publishing.ts";

/**
 * An answer that people find by themselves. Only what is published for all staff can be read by all of them: everything else is
 * restricted (see `sensitivity`), which the database holds to in every list, search and export.
 */
export const Article = defineRecord({
  name: "article",
  label: { one: "Help article", many: "Help articles" },
  reference: "ART-{0000}",
  path: "articles",
  fields: {
    title: field.text({
      label: "Title",
      hint: "What it helps with, in the reader’s words: “Connect to Wi-Fi on a council laptop”",
      is: "title",
      required: true,
      max: 160,
    }),
    body: field.longText({
      label: "Text",
      hint: "What to do, a step at a time. Put no names, telephone numbers or passwords in it",
      required: true,
      max: 30_000,
      rows: 12,
    }),
    synonyms: field.text({
      label: "Other words for it",
      hint: "What people type when they look for it, with commas between: internet, wireless, network",
      max: 500,
    }),
    category: field.link({ label: "Category", to: "category" }),
    tool: field.link({
      label: "Which tool it is about",
      hint: "Guidance on a tool is listed with it, and whoever changes the tool finds it there",
      to: "system",
      reverse: "Guidance on it",
      sparse: true,
    }),
    services: field.links({
      label: "Services it is about",
      hint: "Guidance on a service is listed with it",
      to: "service",
      reverse: "Guidance on this service",
      sparse: true,
    }),
    readers: field.choice({
      label: "Written for",
      options: {
        beginners: "People who are new to it",
        everybody: "Everybody who uses it",
        managers: "Managers",
        members: "Members of the council",
        specialists: "People who look after it for others",
      },
      default: "everybody",
    }),
    seeAlso: field.links({ label: "See also", to: "article", reverse: "Named as “See also” by" }),
    cites: citedClauses(),
    audience: field.choice({
      label: "Who it is for",
      required: true,
      default: "staff",
      options: { staff: "All staff", desk: "The desk only" },
    }),
    edition: field.wholeNumber({ label: "Version", readOnly: true }),
    publishedBy: field.person({ label: "Published by", readOnly: true }),
    publishedOn: field.date({ label: "Published on", readOnly: true }),
    reviewOn: field.date({ label: "Review by", hint: "When somebody looks whether it is still right" }),
    madeFrom: field.link({ label: "Made from the ticket", to: "ticket", readOnly: true, internal: true }),
    sensitivity: field.choice({
      label: "Who can read it",
      options: { normal: "All staff", restricted: "Those who write articles" },
      tones: { restricted: "warn" },
      default: "restricted",
      readOnly: true,
    }),
  },
  states: {
    draft: { label: "Draft", tone: "info" },
    in_review: { label: "Being checked", tone: "warn", waitsFor: can("publish") },
    published: { label: "Published", tone: "good" },
    retired: { label: "Retired", final: true },
  },
  starts: "draft",
  moves: {
    publish: {
      label: "Publish",
      from: ["draft", "in_review"],
      to: "published",
      asks: ["reviewOn"],
      requires: ["reviewOn"],
      who: can("publish"),
      guard: guardPublishing,
      sets: publishedValues,
    },
    submit: { label: "Have it checked", from: ["draft"], to: "in_review", who: can("handle") },
    confirm: {
      label: "It is still right",
      from: ["published"],
      asks: ["reviewOn"],
      requires: ["reviewOn"],
      who: can("handle"),
      guard: stillRight,
    },
    revise: {
      label: "Take it back to change it",
      from: ["in_review", "published"],
      to: "draft",
      who: can("handle"),
      sets: () => ({ sensitivity: "restricted" }),
    },
    retire: {
      label: "Retire it",
      from: ["draft", "in_review", "published"],
      to: "retired",
      who: can("publish"),
      comment: { label: "Why", audience: "internal" },
      sets: () => ({ sensitivity: "restricted" }),
      warning: true,
    },
  },
  clocks: { review: { rule: "day", label: "Review", day: "reviewOn", runsIn: ["published"] } },
  views: {
    list: {
      columns: ["reference", "title", "state", "audience", "edition", "owner", "due", "updated"],
      sort: "title",
      filters: ["category", "tool", "services", "readers", "audience", "owner"],
      openOnly: true,
    },
    form: [
      "title",
      "body",
      "synonyms",
      "category",
      "tool",
      "services",
      "readers",
      "cites",
      "seeAlso",
      "audience",
      "reviewOn",
      "owner",
      "team",
    ],
    page: [
      "body",
      "synonyms",
      "category",
      "tool",
      "services",
      "readers",
      "cites",
      "seeAlso",
      "audience",
      "edition",
      "publishedBy",
      "publishedOn",
      "reviewOn",
      "madeFrom",
    ],
  },
  // Whatever is new is a draft, and a draft is for those who write.
  derive: async (_tx, _values, before) => (before ? {} : { sensitivity: "restricted" }),
  locked: ({ state }) =>
    state === "published"
      ? "It is published. Take it back to change it, and somebody checks it again"
      : state === "retired"
        ? "It is retired, so it stays as it was"
        : null,
  empty: "Help articles answer what people ask most, so that they need not ask. Make the first from a ticket.",
});
