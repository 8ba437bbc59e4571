import { defineRecord, field } from "../record.ts";

/** A building or depot that people work in and officers visit. */
export const Site = defineRecord({
  name: "site",
  label: { one: "Site", many: "Sites" },
  reference: "SIT-{000}",
  path: "sites",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    address: field.longText({ label: "Address", rows: 3, max: 500 }),
    access: field.longText({ label: "How to get in", rows: 2, max: 1000, internal: true }),
    phone: field.phone({ label: "Telephone" }),
  },
  states: { open: { label: "Open", tone: "good" }, closed: { label: "Closed", final: true } },
  starts: "open",
  moves: {
    close: { label: "Close the site", from: ["open"], to: "closed", warning: true },
    reopen: { label: "Open it again", from: ["closed"], to: "open" },
  },
  views: {
    list: { columns: ["reference", "name", "phone", "owner", "state"], sort: "name", openOnly: true },
    form: ["name", "address", "access", "phone", "owner"],
  },
  empty: "Sites are the buildings and depots that officers visit.",
});
