import { changesEveryRole } from "../access.ts";
import { forbid, refuse } from "../errors.ts";
import type { Line } from "../fields/lines.ts";
import { defineRecord, field } from "../record.ts";
import { guardAdministrator } from "./administrators.ts";
import { guardSignInAddress } from "./sign-in-address.ts";

/** Someone the council deals with: staff, members, suppliers' people, and callers who have no account. */
export const Person = defineRecord({
  name: "person",
  label: { one: "Person", many: "People" },
  reference: "PER-{00000}",
  path: "people",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120, personal: true }),
    email: field.email({
      label: "E-mail address",
      personal: true,
      indexed: true,
      hint: "Someone who can sign in does so with it. After a change they sign in again, with the new one",
    }),
    addressBounces: field.yesNo({
      label: "Mail comes back",
      readOnly: true,
      hint: "No mail goes there until somebody says that it arrives again, or the address is changed",
    }),
    phone: field.phone({ label: "Telephone", personal: true }),
    jobTitle: field.text({ label: "Job title", max: 120 }),
    manager: field.person({ label: "Line manager", hint: "Who approves what they ask for" }),
    site: field.link({
      label: "Place of work",
      to: "site",
      reverse: "People who work here",
      hint: "Where they are most of the time. What is told to a site reaches them",
    }),
    services: field.links({
      label: "Services they use",
      to: "service",
      reverse: "People who use it",
      hint: "What is told to those who use a service reaches them",
    }),
    active: field.yesNo({ label: "Active", hint: "Someone who is not active cannot sign in" }),
    accountId: field.text({ label: "Account", max: 100, readOnly: true, indexed: true, internal: true }),
    sourceReference: field.text({
      label: "Known elsewhere as",
      max: 200,
      indexed: true,
      hint: "Their name in the system they were brought in from",
    }),
    roles: field.lines({
      label: "Roles",
      one: "Role",
      fields: { role: field.link({ label: "Role", to: "role", required: true }) },
    }),
  },
  states: { current: { label: "Current", tone: "good" }, left: { label: "Left", final: true } },
  starts: "current",
  moves: {
    leave: { label: "Mark as left", from: ["current"], to: "left", sets: () => ({ active: false }), warning: true },
    mail_arrives: {
      label: "Mail arrives again",
      from: ["current", "left"],
      sets: () => ({ addressBounces: false }),
      pointless: (_tx, { values }) => values["addressBounces"] !== true,
    },
    return: { label: "Mark as returned", from: ["left"], to: "current", sets: () => ({ active: true }) },
  },
  views: {
    list: {
      columns: ["reference", "name", "jobTitle", "email", "team", "site", "state"],
      sort: "name",
      filters: ["team", "site", "services", "active"],
      openOnly: true,
    },
    form: [
      "name",
      "jobTitle",
      "email",
      "phone",
      "team",
      "manager",
      "site",
      "services",
      "active",
      "roles",
      "sensitivity",
    ],
    page: [
      "jobTitle",
      "email",
      "addressBounces",
      "phone",
      "manager",
      "site",
      "services",
      "active",
      "sourceReference",
      "roles",
    ],
  },
  defaults: async () => ({ active: true }),
  // Another address has not come back yet.
  derive: async (_tx, values, before) =>
    before?.values["addressBounces"] === true && "email" in values && values["email"] !== before.values["email"]
      ? { addressBounces: false }
      : {},
  check: async (tx, values, before) => {
    // Else whoever keeps the list of people could make themselves an administrator.
    if (rolesIn(values["roles"]) !== rolesIn(before?.values["roles"]) && !changesEveryRole(tx.actor)) {
      forbid("You may not give or take away roles. It needs the permission “change” for all roles");
    }
    if (!before) return;
    if (values["manager"] === before.id)
      refuse("manager", "Line manager: select somebody else, for nobody is their own");
    await guardAdministrator(tx, values, before);
    await guardSignInAddress(tx, values, before);
  },
  empty: "People who work here or ask for things: staff, members, suppliers and callers.",
});

function rolesIn(lines: unknown): string {
  // The lines kind gives lines; a person brought in from elsewhere has none.
  return ((lines ?? []) as readonly Line[])
    .map((line) => String(line["role"]))
    .sort()
    .join(" ");
}
