import { typeNamed } from "../kernel/registry.ts";
import { change } from "../kernel/store/change.ts";
import { create } from "../kernel/store/create.ts";
import { list } from "../kernel/store/list.ts";
import { move } from "../kernel/store/move.ts";
import type { Values } from "../kernel/store/values.ts";
import type { Stored, Tx } from "../kernel/transaction.ts";
import { actingAs, actingAsProduct } from "./demo-cast.ts";
import type { Cast, Player } from "./demo-cast.ts";

/** Writes the past of the demonstration by the kernel's own verbs, as its people and at days that have been. */
export interface Pen {
  make(by: Player, daysAgo: number, type: string, values: Values): Promise<Stored>;
  go(by: Player, daysAgo: number, record: Stored, name: string, values?: Values): Promise<Stored>;
  /** The moment at which something of that day happens. */
  moment(daysAgo: number): Temporal.Instant;
  /** The product at that moment. */
  asProduct(daysAgo: number): Promise<Tx>;
  /** Somebody's transaction at that moment. */
  at(by: Player, daysAgo: number): Promise<Tx>;
}

/** What a desk did in a year beside its tickets: visits, handovers, changes that went well or did not, major incidents. */
export async function makeYear(tx: Tx, cast: Cast, now: Temporal.Instant): Promise<void> {
  const pen = penOf(tx, now);
  await makeMajorIncidents(pen, cast);
  await makeChanges(pen, cast);
  await makeVisits(pen, cast);
  await makeHandovers(pen, cast);
  await nameProblems(await pen.at(cast.people["lead-support"], 0), cast);
}

/** A pen for the days before a moment. */
export function penOf(tx: Tx, now: Temporal.Instant): Pen {
  let acting = tx;
  // Whole days by the calendar: late on a winter’s evening so many hours ago would be the next day of a summer.
  const moment: Pen["moment"] = (daysAgo) =>
    now
      .toZonedDateTimeISO("Europe/London")
      .subtract({ days: Math.floor(daysAgo) })
      .subtract({ minutes: Math.round((daysAgo % 1) * 24 * 60) })
      .toInstant();
  const at: Pen["at"] = async (by, daysAgo) => (acting = await actingAs(acting, by, moment(daysAgo)));
  return {
    moment,
    at,
    asProduct: async (daysAgo) => (acting = await actingAsProduct(tx, moment(daysAgo))),
    make: async (by, daysAgo, type, values) => create(await at(by, daysAgo), typeNamed(tx.registry, type), values),
    go: async (by, daysAgo, record, name, values = {}) =>
      move(await at(by, daysAgo), typeNamed(tx.registry, record.type), record.id, "any", name, values),
  };
}

/** The title of what is made first of it. */
export const firstOfYear = "Nobody can print in the Town Hall";

const incidents = [
  [302, firstOfYear, "printQueue", "The print server’s disk was full of waiting jobs."],
  [188, "Homefinder does not open", "homefinder", "A certificate of the supplier’s had run out overnight."],
  [97, "The website answers with errors", "cms", "A plug-in was updated without a test of the search page."],
] as const;

async function makeMajorIncidents({ make, go }: Pen, { people, registers }: Cast): Promise<void> {
  const lead = people["lead-support"];
  for (const [days, title, system, rootCause] of incidents) {
    const incident = await make(lead, days, "major_incident", {
      title,
      systems: [registers.systems[system]],
      communications: people.zainab.id,
      scribe: people.leah.id,
    });
    const told = { stage: "investigating", update: "We know of it and are looking for the cause.", nextUpdateIn: "30" };
    await go(lead, days - 0.01, incident, "update", told);
    await go(lead, days - 0.03, incident, "decide", { decision: "Ring the supplier’s emergency line" });
    await go(lead, days - 0.1, incident, "resolve", {
      update: "It works as usual again. Thank you for your patience.",
    });
    const { values } = await go(lead, days - 2, incident, "draft_review", { rootCause });
    const review = String(values["review"]).replaceAll(/^To be written.*$/gm, "Watched by a check of its own since.");
    await go(lead, days - 5, incident, "close", { review });
  }
}

async function makeChanges({ make, go, moment }: Pen, { people }: Cast): Promise<void> {
  const [lead, systems] = [people["lead-support"], people["systems-officer"]];
  const common = {
    spread: 1,
    undo: 1,
    practice: 1,
    steps: "1. Tell the desk.\n2. Take a copy.\n3. Make the change.\n4. Look at the log.",
    testPlan: "Sign in, open a case, print a letter.",
    backOutPlan: "Put the copy back, which takes 20 minutes.",
  };
  const months = ["successful", "successful", "backed_out", "successful", "successful", "problems", "successful"];
  for (const [month, outcome] of [...months, "successful", "successful", "successful"].entries()) {
    const days = 330 - month * 30;
    const one = await make(systems, days, "change_request", {
      ...common,
      title: `Security updates of the servers, month ${month + 1}`,
      reason: "The makers’ updates of the month.",
      kind: "normal",
      affected: "All servers",
    });
    await go(systems, days - 1, one, "submit");
    if (month === 7) {
      const comment = "The makers took two of the updates back. The rest goes with next month’s.";
      await go(systems, days - 2, one, "cancel", { comment });
      continue;
    }
    await go(lead, days - 2, one, "authorise");
    const window = { windowFrom: moment(days - 6).toString(), windowTo: moment(days - 6.1).toString() };
    await go(systems, days - 3, one, "schedule", window);
    await go(systems, days - 6, one, "begin");
    const comment = outcome === "successful" ? {} : { comment: "Homefinder did not start after it" };
    await go(systems, days - 6.1, one, "finish", { outcome, ...comment });
    await go(lead, days - 9, one, "close", {
      review: "Looked at by the team. Homefinder is started first from now on.",
    });
  }
}

const visits = [
  ["Fit a second screen", "Fitted, with a longer cable"],
  ["Printer on floor 2 jams", "New rollers. Printed fifty pages without a jam"],
  ["Room screen shows no picture", "The cable under the table was loose"],
  ["Collect the laptops of leavers", "Four of five; the last comes by post"],
  ["Set up the counter’s new tills", "All three take cards"],
  ["Look at the Wi-Fi in the reading room", "Moved the access point out of the cupboard"],
] as const;

async function makeVisits({ make, go, moment }: Pen, { people, registers: { sites }, staff }: Cast): Promise<void> {
  const places = Object.values(sites);
  for (let round = 0; round < 24; round++) {
    const days = 350 - round * 14;
    const by = round % 3 === 0 ? people.piotr : people.callum;
    const [purpose, outcome] = visits[round % visits.length]!;
    const visit = await make(by, days + 2, "visit", {
      purpose,
      owner: by.id,
      site: places[round % places.length]!,
      visited: staff[(round * 5) % staff.length]!.id,
      startsAt: moment(days).toString(),
      length: 45,
    });
    if (round % 9 === 4) await go(by, days - 0.02, visit, "nobody");
    else await go(by, days - 0.03, visit, "finish", { outcome });
  }
}

async function makeHandovers({ make, go }: Pen, { people }: Cast): Promise<void> {
  const [lead, systems] = [people["lead-support"], people["systems-officer"]];
  const watch = [
    "Nothing special. Two laptops are ready for collection at the front desk.",
    "The backup ran long yesterday. Ring if it is not through by six.",
    "Council meeting until late: the chamber’s microphones were tested at four.",
  ];
  for (let week = 8; week > 0; week--) {
    const night = await make(lead, week * 7, "handover", {
      name: "Friday night",
      owner: systems.id,
      watch: watch[week % watch.length]!,
    });
    await go(systems, week * 7 - 0.1, night, "read");
    await go(systems, week * 7 - 0.6, night, "end");
  }
}

/** Open tickets that say what a known error says belong to it. */
async function nameProblems(tx: Tx, { categories }: Cast): Promise<void> {
  const [ticket, problem] = [typeNamed(tx.registry, "ticket"), typeNamed(tx.registry, "problem")];
  for (const category of [categories.Printer, categories["Wi-Fi"]]) {
    const where = { category: [category] };
    const [known] = (await list(tx, problem, { where, states: ["known_error"], sort: "-opened", limit: 1 })).items;
    const { items } = await list(tx, ticket, { where, show: "open", sort: "-opened", limit: 3 });
    for (const { id } of known ? items : []) await change(tx, ticket, id, "any", { problem: known!.id });
  }
}
