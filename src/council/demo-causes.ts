import { typeNamed } from "../kernel/registry.ts";
import { change } from "../kernel/store/change.ts";
import { create } from "../kernel/store/create.ts";
import { list } from "../kernel/store/list.ts";
import { move } from "../kernel/store/move.ts";
import type { Values } from "../kernel/store/values.ts";
import type { Stored, Tx } from "../kernel/transaction.ts";
import { actingAs } from "./demo-cast.ts";
import type { Cast, Player } from "./demo-cast.ts";

interface Pen {
  /** Hours from now, before it where negative. */
  at(by: Player, hours: number): Promise<Tx>;
  make(by: Player, hours: number, type: string, values: Values): Promise<Stored>;
  go(by: Player, hours: number, record: Stored, name: string, values?: Values): Promise<Stored>;
}

/** Known errors, changes with what stands in their way, and a major incident under way: made by those whose work they are. */
export async function makeCauses(tx: Tx, cast: Cast, now: Temporal.Instant): Promise<void> {
  let acting = tx;
  const at: Pen["at"] = async (by, hours) =>
    (acting = await actingAs(acting, by, now.add({ seconds: Math.round(hours * 3600) })));
  const pen: Pen = {
    at,
    make: async (by, hours, type, values) => create(await at(by, hours), typeNamed(tx.registry, type), values),
    go: async (by, hours, record, name, values = {}) =>
      move(await at(by, hours), typeNamed(tx.registry, record.type), record.id, "any", name, values),
  };
  const scanner = await makeProblems(pen, cast);
  await makeChanges(pen, cast, { now, scanner });
  await makeMajorIncidents(pen, cast);
}

async function makeProblems(
  { make, go }: Pen,
  { people, categories, registers: { services, systems: known } }: Cast,
): Promise<Stored> {
  const lead = people["lead-support"];
  const scanner = await make(people.callum, -600, "problem", {
    title: "Scanners on the second floor forget their settings",
    description: "After each restart the scanners send to the old mailbox, so that scans seem to be lost.",
    services: [services.printing],
    systems: [known.scanners],
    category: categories.Printer,
    impact: 2,
  });
  await go(people.callum, -590, scanner, "investigate");
  await go(people.callum, -560, scanner, "know", {
    workaround:
      "On the scanner choose **Menu**, **Restore profile**, then **Council**. It holds until the next restart.",
    rootCause: "The maker’s update of May does not save profiles of more than 20 addresses.",
  });
  const sleep = await make(people.zainab, -300, "problem", {
    title: "Laptop loses Wi-Fi after it wakes from sleep",
    description: "Since the driver of the autumn, laptops do not find the network when they wake.",
    affected: "Wi-Fi, Laptops",
    category: categories["Wi-Fi"],
    impact: 1,
  });
  await go(people.zainab, -280, sleep, "know", {
    workaround: "Switch Wi-Fi off and on again with the key beside F12. Closing the lid is not enough.",
  });
  await make(lead, -70, "problem", {
    title: "Password resets fail on Monday mornings",
    description: "Five calls each of the last three Mondays before nine. Not at other times.",
    affected: "Sign-in",
    category: categories["Password reset"],
    impact: 2,
  });
  const expired = await make(people["systems-officer"], -900, "problem", {
    title: "Online forms time out when many files are sent",
    services: [services.website],
    systems: [known.cms],
    category: categories["Online form"],
    impact: 1,
  });
  await go(people["systems-officer"], -850, expired, "resolve", {
    rootCause: "The proxy gave up after 30 seconds.",
    solution: "It now waits for five minutes, and the form shows how far it is.",
  });
  return scanner;
}

const plan = {
  steps: "1. Tell the desk.\n2. Take a copy.\n3. Make the change.\n4. Look at the log.",
  testPlan: "Sign in, open a case, print a letter.",
  backOutPlan: "Put the copy back, which takes 20 minutes.",
};

async function makeChanges(
  { make, go }: Pen,
  { people, registers: { services, systems: known } }: Cast,
  { now, scanner }: { now: Temporal.Instant; scanner: Stored },
): Promise<void> {
  const [lead, systems, head] = [people["lead-support"], people["systems-officer"], people["head-of-delivery"]];
  const today = now.toZonedDateTimeISO("Europe/London").toPlainDate();
  const window = (days: number, from: number, hours: number) => {
    const begins = today.add({ days }).toZonedDateTime({ timeZone: "Europe/London", plainTime: { hour: from } });
    return { windowFrom: begins.toInstant().toString(), windowTo: begins.add({ hours }).toInstant().toString() };
  };
  await make(lead, -500, "change_freeze", {
    name: "Council tax bills go out",
    why: "Everybody looks at their bill in the same week.",
    extent: "everything",
    validFrom: today.add({ days: 40 }).toString(),
    validUntil: today.add({ days: 47 }).toString(),
  });
  const template = await make(systems, -2000, "change_template", {
    name: "Add a shared mailbox",
    useWhen: "A team asks for one, and its manager agrees.",
    ...plan,
  });
  await go(lead, -1990, template, "authorise");
  const common = { spread: 1, undo: 1, practice: 1, ...plan };
  const mailbox = await make(systems, -200, "change_request", {
    ...common,
    title: "Shared mailbox for the elections team",
    reason: "The team of twelve answers as one.",
    kind: "standard",
    template: template.id,
    services: [services.email],
  });
  await go(systems, -199, mailbox, "use_template");
  await go(systems, -198, mailbox, "schedule", window(-8, 9, 2));
  await go(systems, -190, mailbox, "begin");
  await go(systems, -189, mailbox, "finish", { outcome: "successful" });
  await go(systems, -188, mailbox, "close");
  const urgent = await make(systems, -130, "change_request", {
    ...common,
    title: "Close the hole in the document store",
    reason: "The maker warned of it this morning, and it is used already.",
    kind: "emergency",
    urgentReason: "Anyone who can reach it can read every file",
    systems: [known.documents],
    spread: 3,
    practice: 3,
  });
  await go(systems, -129.5, urgent, "submit");
  await go(lead, -129, urgent, "authorise");
  await go(systems, -128.9, urgent, "schedule", window(-5, 20, 2));
  await go(systems, -128, urgent, "begin");
  await go(systems, -126, urgent, "finish", {
    outcome: "problems",
    comment: "Done. Search was away for ten minutes longer than planned.",
  });
  const payments = await make(people.grace, -100, "change_request", {
    ...common,
    title: "Move online payments to the new provider",
    reason: "The contract with the old one ends.",
    kind: "normal",
    services: [services.payments, services.website],
    spread: 3,
    undo: 2,
    practice: 3,
    isPublic: true,
    publicText: "Paying online is away for two hours while we move it to a new provider",
  });
  await go(people.grace, -96, payments, "submit");
  await go(lead, -90, payments, "authorise");
  await go(head, -72, payments, "authorise_high");
  await go(people.grace, -70, payments, "schedule", window(6, 20, 2));
  // The same evening, on a system that carries one of its services: it can go ahead beside it, and says why.
  const pages = await make(people.owen, -66, "change_request", {
    ...common,
    title: "New version of the website editor",
    reason: "It mends what accessibility testing found.",
    kind: "normal",
    systems: [known.cms],
    undo: 2,
  });
  await go(people.owen, -64, pages, "submit");
  await go(lead, -60, pages, "authorise");
  await go(people.owen, -58, pages, "schedule", {
    ...window(6, 21, 2),
    besideReason: "Owen does both, the payments first",
  });
  await make(lead, -480, "change_freeze", {
    name: "Local elections",
    why: "Results are shown on the website through the night.",
    extent: "some",
    services: [services.website],
    validFrom: today.add({ days: 12 }).toString(),
    validUntil: today.add({ days: 15 }).toString(),
  });
  const scanners = await make(people.callum, -30, "change_request", {
    ...common,
    title: "Update the scanners’ own software",
    reason: "It mends that they forget their settings.",
    kind: "normal",
    systems: [known.scanners],
    spread: 2,
    practice: 2,
    problem: scanner.id,
  });
  await go(people.callum, -26, scanners, "submit");
}

async function makeMajorIncidents(
  { at, make, go }: Pen,
  { people, categories, registers: { services, systems } }: Cast,
): Promise<void> {
  const [lead, zainab] = [people["lead-support"], people.zainab];
  const past = await make(lead, -75, "major_incident", {
    title: "Telephones of the contact centre are silent",
    description: "No calls come in since eight.",
    services: [services.telephone],
    systems: [systems.exchange],
    startedAt: (await at(lead, -75)).now.subtract({ minutes: 20 }).toString(),
    communications: zainab.id,
    scribe: people.leah.id,
    isPublic: true,
    publicTitle: "Calling the council",
  });
  await go(lead, -74.8, past, "update", {
    stage: "investigating",
    update: "You may not get through to us by telephone. We are looking into it.",
    nextUpdateIn: "30",
  });
  await go(lead, -74.5, past, "decide", { decision: "Send calls over the second line" });
  await go(lead, -74.4, past, "update", {
    stage: "watching",
    update: "Calls come in again over another line. Some may still be cut off.",
    nextUpdateIn: "120",
  });
  await go(lead, -72.5, past, "resolve", { update: "Telephones work as usual again." });
  await go(lead, -50, past, "draft_review", {
    rootCause: "A card in the exchange of the provider had failed, and its spare was not switched on.",
  });
  const open = await make(lead, -1.2, "major_incident", {
    title: "Remote access is slow for everyone at home",
    description: "Sign-in takes minutes, and sessions freeze.",
    services: [services.remote, services.enquiries],
    systems: [systems.vpn],
    communications: zainab.id,
    scribe: people.leah.id,
    isPublic: true,
    publicTitle: "Our staff may answer later than usual",
  });
  const asLead = await at(lead, -1);
  const type = typeNamed(asLead.registry, "ticket");
  const remote = { category: [categories["Remote access"], categories["Wi-Fi"]] };
  const { items } = await list(asLead, type, { where: remote, states: ["new", "assigned"], sort: "-opened", limit: 4 });
  for (const { id } of items) await change(asLead, type, id, "any", { majorIncident: open.id });
  await go(lead, -0.9, open, "update", {
    stage: "investigating",
    update: "Colleagues at home work slowly just now, so answers may take longer. We are looking into it.",
    nextUpdateIn: "60",
  });
  await go(lead, -0.5, open, "decide", { decision: "Ask everybody who is in an office to disconnect at home" });
}
