import { changesEveryRole } from "../access.ts";
import { forbid, refuse } from "../errors.ts";
import { defineRecord, field } from "../record.ts";
import type { Line } from "../fields/lines.ts";
import type { Tx } from "../transaction.ts";
import { administers, guardAdministeringRole } from "./administrators.ts";

/** What a person may do: permissions for types of record, each with how far it reaches. */
export const Role = defineRecord({
  name: "role",
  label: { one: "Role", many: "Roles" },
  reference: "ROLE-{000}",
  path: "roles",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    purpose: field.longText({ label: "Who it is for", rows: 2 }),
    groups: field.lines({
      label: "Groups that give it",
      one: "Group",
      fields: {
        groupId: field.text({
          label: "Group in your directory",
          required: true,
          max: 200,
          hint: "As your sign-in or provisioning sends it: in Entra ID the group’s object ID",
        }),
        name: field.text({ label: "What it is called there", max: 200 }),
      },
    }),
    asksSecondStep: field.yesNo({
      label: "Two-step sign-in",
      hint: "Whether its people need a code from an authenticator app to sign in with a password",
    }),
    audits: field.yesNo({
      label: "Audit search",
      hint: "Whether its people may see who did what to any record: that it was, not what restricted records say",
    }),
    permissions: field.lines({
      label: "Permissions",
      one: "Permission",
      max: 500,
      fields: {
        type: field.text({ label: "Type of record", required: true, max: 60, hint: "Its name, or * for every type" }),
        permission: field.text({
          label: "Permission",
          required: true,
          max: 60,
          hint: "read, create, change, comment, internal, restricted, or one that a move asks for",
        }),
        scope: field.choice({
          label: "Reach",
          required: true,
          options: { own: "Their own", team: "Their team’s", all: "All" },
        }),
      },
    }),
  },
  states: { current: { label: "Current", tone: "good" }, withdrawn: { label: "Withdrawn", final: true } },
  starts: "current",
  moves: {
    withdraw: {
      label: "Withdraw the role",
      from: ["current"],
      to: "withdrawn",
      guard: guardAdministeringRole,
      warning: true,
    },
    restore: { label: "Use it again", from: ["withdrawn"], to: "current" },
  },
  views: {
    list: { columns: ["reference", "name", "purpose", "state"], sort: "name", openOnly: true },
    form: ["name", "purpose", "groups", "asksSecondStep", "audits", "permissions"],
  },
  check: async (tx, values, before) => {
    // Else whoever may make or change some role could put into it what they have not, and a group that gives it to them.
    if (!changesEveryRole(tx.actor) && gives(values) !== gives(before?.values ?? {}))
      forbid(
        "You may not decide what a role permits or which groups give it. It needs the permission “change” for all roles",
      );
    // The lines kind gives lines; a change that leaves them alone gives none.
    const lines = (values["permissions"] ?? []) as readonly Line[];
    for (const line of lines) {
      const type = String(line["type"]);
      if (type !== "*" && !tx.registry.types.has(type))
        refuse(
          "permissions",
          `There is no type of record called “${type}”. The types are: ${[...tx.registry.types.keys()].join(", ")}`,
        );
      const known = permissionsOf(tx, type);
      if (!known.includes(String(line["permission"])))
        refuse(
          "permissions",
          `There is no permission called “${String(line["permission"])}” for ${type === "*" ? "any type" : type}. The permissions are: ${known.join(", ")}`,
        );
    }
    if (before && !administers(values)) await guardAdministeringRole(tx, before);
  },
  referenceData: true,
  empty: "A role says what its people may see and do. Give each person the roles that their work needs.",
});

/** What a role gives to its people, and who they are. */
function gives(values: Readonly<Record<string, unknown>>): string {
  const lines = (name: string) =>
    ((values[name] ?? []) as readonly Line[]).map(({ id: _id, number: _number, ...line }) => line);
  return JSON.stringify([lines("permissions"), lines("groups"), values["audits"] === true]);
}

/** The permissions that mean something for a type, or for any where the type is `*`. */
function permissionsOf(tx: Tx, type: string): string[] {
  const types = [...tx.registry.types.values()].filter(({ name }) => type === "*" || name === type);
  const asked = types.flatMap(({ access, moves }) => [
    access.create.permission,
    access.change.permission,
    ...Object.values(moves).flatMap(({ who }) => who?.permission ?? []),
  ]);
  return [...new Set(["read", "create", "change", "comment", "internal", "restricted", "erase", ...asked])];
}
