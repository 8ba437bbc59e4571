import { can, defineRecord } from "../../../kernel/record.ts";
import { assembled } from "./assemble.ts";
import { remarked, settled } from "./remarks.ts";
import { textFields } from "./text-fields.ts";
import { checkText, deriveText, guardSent, newText, revised } from "./text-rules.ts";
import { guardSigning, guardSubmitted, sentBack, signed, submitted, whatRevisingVoids, whoSigns } from "./signing.ts";

/** The one text by which a case is answered: drafted from the answers to its questions, commented on, signed by its hash, sent. */
export const AgreedText = defineRecord({
  name: "agreed_text",
  label: { one: "Agreed text", many: "Agreed texts" },
  reference: "TXT-{00000}",
  path: "agreed-texts",
  fields: textFields,
  states: {
    drafting: { label: "Being drafted", tone: "info" },
    signing: { label: "Waiting for signatures", tone: "warn", waitsFor: { ...can("sign"), of: "owner" } },
    agreed: { label: "Agreed", tone: "good" },
    sent: { label: "Sent", tone: "good", final: true },
    dropped: { label: "Not used", final: true },
  },
  starts: "drafting",
  moves: {
    submit: {
      label: "Send it for signature",
      from: ["drafting"],
      to: "signing",
      asks: ["alsoSigns"],
      who: can("handle"),
      guard: guardSubmitted,
      sets: submitted,
      follows: whoSigns,
    },
    sign: {
      label: "Sign it",
      from: ["signing"],
      to: { by: "standing", states: { more: "signing", all: "agreed" } },
      who: can("sign"),
      guard: guardSigning,
      sets: signed,
    },
    send_back: {
      label: "Ask for changes",
      from: ["signing"],
      to: "drafting",
      comment: { label: "What should change", audience: "everyone", required: true },
      who: can("sign"),
      sets: sentBack,
    },
    remark: {
      label: "Comment on a passage",
      from: ["drafting", "signing"],
      asks: ["remarkSection", "remarkPassage", "remark"],
      requires: ["remarkSection", "remark"],
      who: can("remark"),
      sets: remarked,
    },
    settle: {
      label: "Settle a comment",
      from: ["drafting", "signing"],
      asks: ["remarkNumber", "remarkReply"],
      requires: ["remarkNumber", "remarkReply"],
      who: can("handle"),
      sets: settled,
    },
    assemble: {
      label: "Take in the teams’ answers",
      from: ["drafting"],
      who: can("handle"),
      sets: assembled,
    },
    revise: {
      label: "Change the text",
      from: ["signing", "agreed"],
      to: "drafting",
      who: can("handle"),
      sets: revised,
      follows: whatRevisingVoids,
      warning: true,
    },
    send: {
      label: "Say that it was sent",
      from: ["agreed"],
      to: "sent",
      who: can("send"),
      guard: guardSent,
    },
    drop: {
      label: "Do not use it",
      from: ["drafting", "signing", "agreed"],
      to: "dropped",
      comment: { label: "Why", audience: "everyone" },
      who: can("handle"),
      warning: true,
    },
  },
  clocks: {
    draft: { rule: "day", label: "Draft by", day: "draftBy", runsIn: ["drafting"] },
    agree: { rule: "day", label: "Sign by", day: "agreeBy", runsIn: ["drafting", "signing"] },
  },
  views: {
    list: {
      columns: ["reference", "title", "state", "outcome", "owner", "due", "updated"],
      sort: "due",
      filters: ["request", "owner", "outcome", "draftInTime", "agreedInTime", "draftedOn", "agreedOn"],
      openOnly: true,
    },
    form: [
      "request",
      "title",
      "outcome",
      "sections",
      "costs",
      "costLimit",
      "addedTogether",
      "actingTogether",
      "owner",
      "team",
      "sensitivity",
    ],
    page: [
      "request",
      "outcome",
      "letterPdf",
      "letterWord",
      "sections",
      "withheld",
      "costs",
      "costLimit",
      "addedTogether",
      "actingTogether",
      "signatures",
      "drafter",
      "draftBy",
      "draftedOn",
      "draftInTime",
      "agreeBy",
      "agreedOn",
      "agreedInTime",
    ],
  },
  defaults: newText,
  derive: deriveText,
  check: checkText,
  locked: ({ state }) =>
    state === "signing" || state === "agreed"
      ? "It is signed as it stands. Choose “Change the text”: the signatures are then void"
      : state === "sent"
        ? "It was sent, so it stays as it was"
        : null,
  empty: "The one text that answers a case stands here, from the first draft to the letter that was sent.",
});
