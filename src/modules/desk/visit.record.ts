import { can, defineRecord, field } from "../../kernel/record.ts";
import { newVisitDefaults } from "./visits.ts";
import { restrictedAsTicket } from "./restricted.ts";

/** An appointment at a site: who comes, when, for which ticket, and how it went. */
export const Visit = defineRecord({
  name: "visit",
  label: { one: "Visit", many: "Visits" },
  reference: "VIS-{00000}",
  path: "visits",
  fields: {
    purpose: field.text({ label: "What for", is: "title", required: true, max: 160 }),
    ticket: field.link({ label: "Ticket", to: "ticket", reverse: "Visits for this ticket" }),
    site: field.link({ label: "Site", to: "site", required: true, reverse: "Visits here" }),
    place: field.text({ label: "Where on the site", max: 120, hint: "Floor, room or desk" }),
    owner: field.person({ label: "Who goes", is: "owner" }),
    visited: field.person({ label: "Whom to ask for", is: "requester" }),
    startsAt: field.moment({ label: "When", required: true, indexed: true }),
    length: field.duration({ label: "How long", required: true, hint: "Like 30m or 2h" }),
    outcome: field.longText({ label: "How it went", rows: 3, askedByMoveOnly: true }),
  },
  states: {
    planned: { label: "Planned", tone: "info" },
    under_way: { label: "Under way", tone: "warn" },
    done: { label: "Done", tone: "good", final: true },
    nobody_there: { label: "Nobody there", tone: "bad", final: true },
    cancelled: { label: "Cancelled", final: true },
  },
  starts: "planned",
  moves: {
    start: { label: "Start", from: ["planned"], to: "under_way", who: can("handle") },
    finish: { label: "Done", from: ["planned", "under_way"], to: "done", asks: ["outcome"], who: can("handle") },
    nobody: { label: "Nobody there", from: ["planned", "under_way"], to: "nobody_there", who: can("handle") },
    cancel: { label: "Cancel the visit", from: ["planned"], to: "cancelled", who: can("handle"), warning: true },
    plan: { label: "Plan it again", from: ["nobody_there", "cancelled"], to: "planned", who: can("handle") },
  },
  views: {
    list: {
      columns: ["reference", "purpose", "site", "owner", "startsAt", "state"],
      sort: "startsAt",
      filters: ["site", "owner", "ticket", "startsAt"],
      openOnly: true,
    },
    form: ["purpose", "ticket", "site", "place", "owner", "visited", "startsAt", "length"],
  },
  defaults: newVisitDefaults,
  derive: restrictedAsTicket,
  empty: "Visits are appointments at a site. Plan one from a ticket, and find the day’s list under Visits today.",
});
