import { defineRecord, field } from "../record.ts";

/** Some of the people who work here, said by what they are: teams, roles, job titles, sites, services, or one by one. */
export const Audience = defineRecord({
  name: "audience",
  label: { one: "Audience", many: "Audiences" },
  reference: "AUD-{000}",
  path: "audiences",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    purpose: field.longText({ label: "What it is for", rows: 3, max: 1000 }),
    everyone: field.yesNo({
      label: "Everybody who works here",
      hint: "Everybody who is active and has a role. What stands below can still leave people out",
    }),
    parts: field.lines({
      label: "Who is in it",
      one: "Part",
      max: 50,
      sparse: true,
      fields: {
        way: field.choice({
          label: "In or out",
          required: true,
          default: "in",
          options: { in: "Is in it", out: "Is left out" },
        }),
        kind: field.choice({
          label: "Who",
          required: true,
          options: {
            team: "The members of a team",
            role: "The holders of a role",
            title: "People whose job title has some words",
            site: "The people who work at a site",
            service_users: "The people who use a service",
            service_owners: "The people who run a service: its owner, and the members of its team",
            person: "One person",
          },
        }),
        team: field.link({ label: "Which team", to: "team", required: true }),
        role: field.link({ label: "Which role", to: "role", required: true }),
        words: field.text({ label: "Words of the job title", required: true, max: 80 }),
        site: field.link({ label: "Which site", to: "site", required: true }),
        service: field.link({ label: "Which service", to: "service", required: true }),
        person: field.person({ label: "Which person", required: true }),
      },
      askedWhen: {
        team: { field: "kind", is: ["team"] },
        role: { field: "kind", is: ["role"] },
        words: { field: "kind", is: ["title"] },
        site: { field: "kind", is: ["site"] },
        service: { field: "kind", is: ["service_users", "service_owners"] },
        person: { field: "kind", is: ["person"] },
      },
    }),
  },
  states: { current: { label: "Current", tone: "good" }, retired: { label: "Retired", final: true } },
  starts: "current",
  moves: {
    retire: { label: "Retire it", from: ["current"], to: "retired", warning: true },
    restore: { label: "Use it again", from: ["retired"], to: "current" },
  },
  views: {
    list: { columns: ["reference", "name", "everyone", "owner", "state"], sort: "name", openOnly: true },
    form: ["name", "purpose", "everyone", "parts", "owner"],
    page: ["purpose", "everyone", "parts"],
  },
  empty:
    "Audiences say whom something is meant for, by team, role, job title, site or service. Make the first: “Everybody”.",
});
