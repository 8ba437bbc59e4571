import { can, defineRecord, field } from "../../kernel/record.ts";
import { ownsOrWrote } from "../../kernel/store/written-by.ts";
import { refuse } from "../../kernel/errors.ts";

/** How people are to get a telephone for work, what that costs over some years, and by what it is judged afterwards. */
export const DevicePlan = defineRecord({
  name: "device_plan",
  label: { one: "Device plan", many: "Device plans" },
  reference: "DVP-{000}",
  path: "device-plans",
  fields: {
    title: field.text({
      label: "Title",
      hint: "“Half of the field officers take the allowance”",
      is: "title",
      required: true,
      max: 140,
    }),
    policy: field.link({ label: "Policy", to: "policy", required: true, reverse: "Device plans" }),
    startsOn: field.date({ label: "Begins on", required: true }),
    years: field.wholeNumber({ label: "Years", required: true, min: 1, max: 5 }),
    groups: field.lines({
      label: "Who gets what",
      one: "Group",
      max: 50,
      fields: {
        who: field.text({ label: "Who", required: true, max: 120 }),
        people: field.wholeNumber({ label: "How many people", required: true, min: 0, max: 100_000 }),
        way: field.choice({
          label: "They have",
          required: true,
          options: {
            council: "A council device with its SIM",
            sim: "Their own device with a council SIM",
            allowance: "Their own device and SIM, with an allowance through payroll",
          },
        }),
      },
    }),
    criteria: field.lines({
      label: "How we know that it worked",
      one: "Criterion",
      max: 20,
      sparse: true,
      fields: {
        measure: field.text({ label: "What is measured", required: true, max: 200 }),
        wanted: field.text({ label: "What we want", required: true, max: 120 }),
        found: field.text({ label: "What it is", max: 120 }),
        measuredOn: field.date({ label: "Measured on" }),
        outcome: field.choice({ label: "Met", options: { met: "Met", partly: "In part", missed: "Not met" } }),
      },
    }),
    agreedBy: field.person({ label: "Agreed by", readOnly: true }),
    reviewOn: field.date({ label: "Look at it again on" }),
  },
  states: {
    draft: { label: "Being worked out", tone: "info" },
    agreed: { label: "Agreed", tone: "good" },
    dropped: { label: "Dropped", final: true },
  },
  starts: "draft",
  moves: {
    agree: {
      label: "Agree to it",
      from: ["draft"],
      to: "agreed",
      asks: ["reviewOn"],
      requires: ["reviewOn"],
      who: can("approve"),
      guard: async (tx, plan) => {
        if (await ownsOrWrote(tx, plan))
          refuse("reviewOn", "A plan is agreed to by someone other than its owner and whoever wrote it last");
      },
      sets: (tx) => ({ agreedBy: tx.actor.personId }),
    },
    reopen: {
      label: "Work it out again",
      from: ["agreed", "dropped"],
      to: "draft",
      who: can("handle"),
      sets: () => ({ agreedBy: null }),
    },
    drop: { label: "Drop it", from: ["draft", "agreed"], to: "dropped", who: can("handle"), warning: true },
  },
  clocks: { review: { rule: "day", label: "Look at it again", day: "reviewOn", runsIn: ["agreed"] } },
  views: {
    list: {
      columns: ["reference", "title", "startsOn", "years", "policy", "owner", "due", "state"],
      sort: "-opened",
      filters: ["policy", "owner"],
      openOnly: true,
    },
    form: ["title", "policy", "startsOn", "years", "groups", "criteria", "owner", "team", "sensitivity"],
    page: ["policy", "startsOn", "years", "groups", "criteria", "agreedBy", "reviewOn"],
  },
  defaults: async (tx) => ({ owner: tx.actor.personId, years: 3 }),
  empty:
    "A device plan says who gets a telephone for work and how, and what that costs over some years. Work out the first.",
});
