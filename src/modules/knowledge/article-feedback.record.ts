import { can, defineRecord, field } from "../../kernel/record.ts";

/** What became of a reading of an article: it helped, it did not, a ticket was begun all the same, or an officer sent it. */
export const ArticleFeedback = defineRecord({
  name: "article_feedback",
  label: { one: "Article reading", many: "Article readings" },
  reference: "RDG-{00000}",
  path: "article-readings",
  fields: {
    about: field.text({ label: "Article’s title", is: "title", required: true, max: 200 }),
    article: field.link({ label: "Article", to: "article", required: true, fixed: true, is: "within" }),
    outcome: field.choice({
      label: "What came of it",
      required: true,
      fixed: true,
      options: {
        solved: "It solved it",
        not_solved: "It did not help",
        ticket: "They began a ticket all the same",
        sent: "An officer sent it",
      },
      tones: { solved: "good", not_solved: "warn" },
    }),
    words: field.longText({ label: "What was missing", max: 1000, rows: 3 }),
    ticket: field.link({ label: "Ticket", to: "ticket" }),
  },
  states: { given: { label: "To be read", tone: "info" }, read: { label: "Read", final: true } },
  starts: "given",
  moves: {
    read: { label: "Mark as read", from: ["given"], to: "read", who: can("handle") },
    unread: { label: "Mark as not read", from: ["read"], to: "given", who: can("handle") },
  },
  views: {
    list: {
      columns: ["reference", "about", "outcome", "words", "ticket", "opened"],
      sort: "-opened",
      filters: ["article", "outcome"],
    },
    form: ["about", "article", "outcome", "words", "ticket"],
  },
  empty: "What people say of help articles stands here: whether one solved it, and what was missing.",
});
