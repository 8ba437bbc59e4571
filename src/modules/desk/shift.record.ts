import { refuse } from "../../kernel/errors.ts";
import { defineRecord, field } from "../../kernel/record.ts";

/** The longest shift: a week on call. Hours. */
const hoursMax = 24 * 7;

/** When somebody works for a team, at the desk or on site, or is on call for it. */
export const Shift = defineRecord({
  name: "shift",
  label: { one: "Shift", many: "Shifts" },
  reference: "SHF-{00000}",
  path: "shifts",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120, hint: "Like “Early desk”" }),
    person: field.person({ label: "Person", required: true }),
    team: field.team({ label: "Team", is: "team", hint: "For which team it is" }),
    kind: field.choice({
      label: "Kind",
      required: true,
      default: "desk",
      options: { desk: "At the desk", site: "On site", call: "On call" },
    }),
    startsAt: field.moment({ label: "From", required: true, indexed: true }),
    endsAt: field.moment({ label: "Until", required: true }),
    place: field.text({ label: "Where", max: 120, hint: "For a shift on site: which office" }),
    hypercare: field.link({
      label: "Extra cover of",
      to: "hypercare",
      reverse: "Shifts of its extra cover",
      readOnly: true,
      sparse: true,
    }),
  },
  states: { planned: { label: "Planned", tone: "info" }, cancelled: { label: "Cancelled", final: true } },
  starts: "planned",
  moves: {
    cancel: { label: "Cancel the shift", from: ["planned"], to: "cancelled", warning: true },
    restore: { label: "Plan it again", from: ["cancelled"], to: "planned" },
  },
  views: {
    list: {
      columns: ["reference", "name", "person", "team", "kind", "startsAt", "endsAt", "state"],
      sort: "startsAt",
      filters: ["team", "person", "kind", "startsAt", "hypercare"],
      openOnly: true,
    },
    form: ["name", "person", "team", "kind", "startsAt", "endsAt", "place"],
  },
  check: (_tx, values) => {
    const [starts, ends] = [values["startsAt"], values["endsAt"]];
    if (typeof starts !== "string" || typeof ends !== "string") return;
    const hours = (Date.parse(ends) - Date.parse(starts)) / 3_600_000;
    if (hours <= 0) refuse("endsAt", "Until: give a moment after the shift begins");
    if (hours > hoursMax) refuse("endsAt", "Until: a shift lasts a week at the most. Plan the next as one of its own");
  },
  empty:
    "A shift says when somebody works for a team or is on call. Once a team plans shifts, work goes only to whoever is on one.",
});
