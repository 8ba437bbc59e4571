import { defineRecord, field } from "../record.ts";

/** People who share work. A permission “for their team” reaches the records of the teams that they are in. */
export const Team = defineRecord({
  name: "team",
  label: { one: "Team", many: "Teams" },
  reference: "TEAM-{000}",
  path: "teams",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    purpose: field.longText({ label: "What it does", rows: 3 }),
    email: field.email({ label: "E-mail address" }),
    manager: field.person({
      label: "Manager",
      hint: "Whoever the team’s lead answers to. Told when a deadline of the team is nearly missed",
    }),
    members: field.lines({
      label: "Members",
      one: "Member",
      fields: {
        member: field.person({ label: "Person", required: true }),
        lead: field.yesNo({ label: "Leads the team" }),
      },
    }),
  },
  states: { current: { label: "Current", tone: "good" }, closed: { label: "Closed", final: true } },
  starts: "current",
  moves: {
    close: { label: "Close the team", from: ["current"], to: "closed", warning: true },
    reopen: { label: "Open it again", from: ["closed"], to: "current" },
  },
  views: {
    list: { columns: ["reference", "name", "email", "owner", "state"], sort: "name", openOnly: true },
    form: ["name", "purpose", "email", "owner", "manager", "members"],
  },
  empty: "Teams share work. Make one, add its members, and give it queues to look after.",
});
