import { handsOf } from "../../kernel/access.ts";
import { Refusal } from "../../kernel/errors.ts";
import { can, defineRecord, field } from "../../kernel/record.ts";
import { writersOf } from "./change-approval.ts";

/** A change that is done often and always alike: authorised once, used many times. */
export const ChangeTemplate = defineRecord({
  name: "change_template",
  label: { one: "Standard change", many: "Standard changes" },
  reference: "CHT-{000}",
  path: "standard-changes",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    useWhen: field.longText({ label: "When to use it", rows: 2 }),
    steps: field.longText({ label: "What is done, step by step", required: true }),
    testPlan: field.longText({ label: "How we know that it works", rows: 3 }),
    backOutPlan: field.longText({ label: "How we go back if it does not", required: true, rows: 3 }),
    authorisedBy: field.person({ label: "Authorised by", readOnly: true }),
    authorisedOn: field.date({ label: "Authorised on", readOnly: true }),
  },
  states: {
    draft: { label: "Draft", tone: "info", waitsFor: can("authorise") },
    authorised: { label: "Authorised", tone: "good" },
    withdrawn: { label: "Withdrawn", final: true },
  },
  starts: "draft",
  moves: {
    authorise: {
      label: "Authorise for good",
      from: ["draft"],
      to: "authorised",
      who: can("authorise"),
      guard: async (tx, template) => {
        const hands = handsOf(tx.actor);
        const own = [template.ownerId, ...(await writersOf(tx, template))];
        if (own.some((id) => typeof id === "string" && hands.includes(id)))
          throw new Refusal("impossible", [
            { message: "A standard change is authorised by someone other than its owner and whoever wrote it" },
          ]);
      },
      sets: (tx) => ({
        authorisedBy: tx.actor.personId,
        authorisedOn: tx.now.toZonedDateTimeISO("Europe/London").toPlainDate().toString(),
      }),
    },
    redraft: {
      label: "Send back to draft",
      from: ["authorised", "withdrawn"],
      to: "draft",
      who: can("authorise"),
      sets: () => ({ authorisedBy: null, authorisedOn: null }),
    },
    withdraw: {
      label: "Withdraw",
      from: ["draft", "authorised"],
      to: "withdrawn",
      who: can("authorise"),
      warning: true,
    },
  },
  views: {
    list: { columns: ["reference", "name", "state", "owner", "authorisedOn"], sort: "name", openOnly: true },
    form: ["name", "useWhen", "steps", "testPlan", "backOutPlan", "owner"],
    page: ["useWhen", "steps", "testPlan", "backOutPlan", "authorisedBy", "authorisedOn"],
  },
  defaults: (tx) => Promise.resolve({ owner: tx.actor.personId }),
  locked: ({ state, reference }) =>
    state === "draft" ? null : `${reference} is ${state} as it stands. Send it back to draft to change it`,
  empty:
    "A standard change is one that is done often and always alike. Authorised once, it can be used without asking again.",
});
