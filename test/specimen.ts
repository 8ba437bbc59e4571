import { createRegistry } from "../src/kernel/registry.ts";
import type { Registry } from "../src/kernel/registry.ts";
import { can, defineRecord, field } from "../src/kernel/record.ts";
import { sqlOfType } from "../src/kernel/schema/definition-sql.ts";
import { createPool, createStore } from "../src/kernel/transaction.ts";
import type { Store } from "../src/kernel/transaction.ts";
import type { World } from "./world.ts";

const names = { ticket: "Tickets", legal_hold: "Legal holds" };

/** A type of the tests' own with a field of every kind, so that each kind meets a real table. */
export const Specimen = defineRecord({
  name: "specimen",
  label: { one: "Specimen", many: "Specimens" },
  reference: "SPE-{yyyy}-{000}",
  path: "specimens",
  fields: {
    text: field.text({ label: "Text", is: "title", required: true, max: 100 }),
    line: field.text({ label: "Line", max: 60, indexed: true }),
    longText: field.longText({ label: "Long text", max: 500 }),
    choice: field.choice({
      label: "Choice",
      options: { red: "Red", "dark-blue": "Dark; very dark", green: "Green it’s called", order: "Order" },
    }),
    manyChoice: field.manyChoice({
      label: "Many choice",
      options: { red: "Red", "dark-blue": "Dark; very dark", green: "Green it’s called" },
    }),
    wholeNumber: field.wholeNumber({ label: "Whole number" }),
    decimal: field.decimal({ label: "Decimal" }),
    money: field.money({ label: "Money" }),
    percent: field.percent({ label: "Percent" }),
    date: field.date({ label: "Date" }),
    moment: field.moment({ label: "Moment" }),
    duration: field.duration({ label: "Duration" }),
    yesNo: field.yesNo({ label: "Yes or no" }),
    link: field.link({ label: "Link", to: "team" }),
    colleagues: field.links({ label: "Links", to: "person" }),
    person: field.person({ label: "Person", is: "requester" }),
    otherTeam: field.team({ label: "Another team" }),
    email: field.email({ label: "E-mail address", personal: true }),
    phone: field.phone({ label: "Telephone" }),
    webAddress: field.webAddress({ label: "Web address" }),
    file: field.file({ label: "File" }),
    registered: field.registered({ label: "Registered", many: true, from: () => names, options: names }),
    secret: field.text({ label: "Secret", internal: true }),
    computed: field.computed({
      label: "Computed",
      from: (values) => `${String(values["wholeNumber"] ?? "no")} of them`,
    }),
    lines: field.lines({
      label: "Lines",
      one: "Line",
      numbered: true,
      max: 20,
      fields: {
        order: field.wholeNumber({ label: "Order" }),
        heading: field.text({ label: "Heading", required: true }),
        day: field.date({ label: "Day" }),
        how: field.choice({ label: "How", options: { post: "By post", hand: "By hand" } }),
        address: field.text({ label: "Address", required: true }),
        signed: field.yesNo({ label: "Signed for" }),
      },
      askedWhen: { address: { field: "how", is: ["post"] }, signed: { field: "how", is: ["post", "hand"] } },
    }),
  },
  states: { open: { label: "Open" }, waiting: { label: "Waiting" }, done: { label: "Done", final: true } },
  starts: "open",
  moves: {
    hold: { label: "Hold", from: ["open"], to: "waiting", asks: ["line"], requires: ["line"], who: can("handle") },
    finish: {
      label: "Finish",
      from: ["open", "waiting"],
      to: "done",
      who: can("sign"),
      comment: { label: "Why", audience: "internal", required: true },
    },
    hand: { label: "Hand over", from: ["open"], asks: ["owner", "team"], who: can("handle") },
  },
  views: { list: { columns: ["reference", "text", "money", "state"], sort: "-opened", filters: ["choice", "date"] } },
  empty: "Specimens are for tests.",
});

/** A world's registry with specimens in it, a store that knows them, and their tables made. */
export interface SpecimenWorld {
  readonly registry: Registry;
  readonly store: Store;
}

/** Adds specimens to the database of a world, as a migration would. Close its store before the world's. */
export async function addSpecimens(world: World): Promise<SpecimenWorld> {
  const registry = createRegistry([
    ...world.registry.modules,
    { name: "tests", label: "Tests", group: "work", records: [Specimen] },
  ]);
  for (const statement of sqlOfType(Specimen)) await world.ownerPool.query(statement);
  await world.ownerPool.query("insert into record_types (name) values ('specimen')");
  return { registry, store: createStore({ pool: createPool(world.appUrl, 4), registry }) };
}
