import { can, defineRecord, field } from "../../kernel/record.ts";
import { policiesToComment } from "./offered-policies.ts";
import { guardTakingBack, mayComment } from "./consultation.ts";

/** What somebody who was consulted says of a clause, and the answer that it gets. */
export const PolicyComment = defineRecord({
  name: "policy_comment",
  label: { one: "Consultation comment", many: "Consultation comments" },
  reference: "CNS-{00000}",
  path: "consultation-comments",
  fields: {
    title: field.text({ label: "Your comment in a sentence", is: "title", required: true, max: 200 }),
    policy: field.link({ label: "Policy", to: "policy", required: true, fixed: true }),
    clause: field.wholeNumber({
      label: "Clause",
      hint: "Leave it empty for the whole policy",
      min: 1,
      max: 999,
      fixed: true,
    }),
    words: field.longText({ label: "More, if you like", max: 5000, rows: 5 }),
    from: field.person({ label: "From", is: "requester", readOnly: true }),
    outcome: field.choice({
      label: "What becomes of it",
      askedByMoveOnly: true,
      options: {
        accepted: "The policy changes as it asks",
        partly: "The policy changes in part",
        noted: "It is noted, and nothing changes",
        declined: "It is not taken up",
      },
      tones: { accepted: "good", partly: "good" },
    }),
    answer: field.longText({ label: "Answer", max: 5000, rows: 4, askedByMoveOnly: true }),
  },
  states: {
    open: { label: "To be answered", tone: "warn" },
    answered: { label: "Answered", tone: "good", final: true },
    taken_back: { label: "Taken back", final: true },
  },
  starts: "open",
  moves: {
    answer: {
      label: "Answer it",
      from: ["open"],
      to: "answered",
      asks: ["outcome", "answer"],
      requires: ["outcome", "answer"],
      who: can("handle"),
    },
    take_back: {
      label: "Take it back",
      from: ["open"],
      to: "taken_back",
      who: can("take_back"),
      guard: guardTakingBack,
    },
    reopen: { label: "Answer it anew", from: ["answered"], to: "open", who: can("handle") },
  },
  views: {
    list: {
      columns: ["reference", "title", "policy", "clause", "from", "outcome", "state", "opened"],
      sort: "reference",
      filters: ["policy", "outcome"],
      openOnly: true,
    },
    form: ["policy", "clause", "title", "words"],
    questions: [
      { field: "policy", ask: "Which policy do you want to comment on?" },
      { field: "clause", ask: "Which clause of it?", hint: "Leave it empty for the whole policy" },
      { field: "title", ask: "What do you want to say, in a sentence?" },
      { field: "words", ask: "Is there more to say?" },
    ],
    page: ["policy", "clause", "words", "outcome", "answer"],
  },
  defaults: async (tx) => ({ from: tx.actor.personId }),
  offers: { policy: policiesToComment },
  check: mayComment,
  locked: ({ state }) => (state === "open" ? null : "It has its answer, so it stays as it was said"),
  empty: "What people say of policies while they are consulted stands here, until each comment has its answer.",
});
