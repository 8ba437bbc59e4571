import { changesEveryRole } from "../access.ts";
import { forbid, refuse } from "../errors.ts";
import { everyType } from "../fields/registered.ts";
import { can, defineRecord, field } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { addressProblem } from "./address.ts";

/** Another system that is told of what happens here. */
export const Webhook = defineRecord({
  name: "webhook",
  label: { one: "Webhook", many: "Webhooks" },
  reference: "HOOK-{000}",
  path: "webhooks",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120, hint: "The system that is told" }),
    address: field.webAddress({
      label: "Address",
      required: true,
      hint: "Where it is told, such as https://integration.example.gov.uk/reeve",
    }),
    types: field.registered({
      label: "Types of record",
      many: true,
      max: 1000,
      from: everyType,
      hint: "None for every type",
    }),
    kinds: field.manyChoice({
      label: "What happens",
      hint: "None for all of these",
      options: {
        created: "A record is made",
        changed: "A record is changed",
        moved: "A record moves on",
        commented: "Somebody comments",
        erased: "The law has something erased",
      },
    }),
    sends: field.choice({
      label: "What is sent",
      required: true,
      default: "address",
      options: {
        address: "What happened, and where to read it",
        record: "That, and the record as it is then",
      },
    }),
    actsFor: field.person({
      label: "Sees what this person sees",
      hint: "You, where it is empty. Nothing is sent of a record that they may not see, nor anything once they have left",
    }),
  },
  states: {
    on: { label: "On", tone: "good" },
    failing: { label: "Off: it does not answer", tone: "bad", waitsFor: can("change") },
    off: { label: "Off", tone: "neutral" },
    withdrawn: { label: "Withdrawn", final: true },
  },
  starts: "on",
  moves: {
    switch_off: { label: "Switch off", from: ["on", "failing"], to: "off" },
    switch_on: { label: "Switch on", from: ["off", "failing"], to: "on" },
    set_aside: { label: "Switch off until it answers again", from: ["on"], to: "failing", warning: true },
    withdraw: { label: "Withdraw", from: ["on", "failing", "off"], to: "withdrawn", warning: true },
    restore: { label: "Use it again", from: ["withdrawn"], to: "off" },
  },
  views: {
    list: { columns: ["reference", "name", "address", "types", "actsFor", "state"], sort: "name", openOnly: true },
    form: ["name", "address", "types", "kinds", "sends", "actsFor"],
    page: ["address", "types", "kinds", "sends", "actsFor"],
  },
  defaults: async (tx) => (tx.actor.personId === null ? {} : { actsFor: tx.actor.personId }),
  check: (tx, values, before) => {
    const problem = addressProblem(String(values["address"] ?? ""));
    if (problem !== null) refuse("address", problem);
    mustDecideWhatItSees(tx, values, before);
  },
  empty: "A webhook tells another system what happens here, at once and signed. Changes can also be read by API.",
});

/**
 * What is sent is what one person may see, so that person decides where it goes, or somebody who could take on any role
 * anyway: else whoever keeps the list of webhooks could have everything sent to themselves.
 */
function mustDecideWhatItSees(tx: Tx, values: Readonly<Record<string, unknown>>, before: Stored | null): void {
  const { personId } = tx.actor;
  const told = ["address", "types", "kinds", "sends", "actsFor"];
  const same =
    before !== null && told.every((name) => JSON.stringify(values[name]) === JSON.stringify(before.values[name]));
  const seers = [values["actsFor"], before?.values["actsFor"]].filter((one) => one !== null && one !== undefined);
  if (same || personId === null || seers.every((one) => one === personId) || changesEveryRole(tx.actor)) return;
  forbid(
    "You may not decide what is sent of what somebody else sees. Let it see what you see, or ask someone with the permission “change” for all roles",
  );
}
