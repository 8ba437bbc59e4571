import type { StartingRoleName } from "./roles.ts";

/** Somebody invented for the demonstration. */
export interface DemoPerson {
  readonly name: string;
  readonly jobTitle: string;
  readonly role: StartingRoleName;
}

/** The people with a button on the sign-in page, in its order; `reeve token` knows them by these keys. */
const withAccounts = {
  "delivery-support": { name: "Amina Yusuf", jobTitle: "Delivery support officer", role: "deliverySupport" },
  "policy-manager": { name: "Priya Nair", jobTitle: "Policy and relationship manager", role: "policyManager" },
  "service-manager": { name: "Tom Reid", jobTitle: "Service manager", role: "serviceManager" },
  "lead-support": { name: "Dee Osei", jobTitle: "Lead support officer", role: "leadSupport" },
  "systems-officer": { name: "Ama Boateng", jobTitle: "Digital systems officer", role: "systemsOfficer" },
  "assistant-director": { name: "Marcus Webb", jobTitle: "Assistant director, digital", role: "assistantDirector" },
  "head-of-delivery": { name: "Helen Marsh", jobTitle: "Head of delivery", role: "headOfDelivery" },
  staff: { name: "Joe Price", jobTitle: "Member of staff, housing", role: "staff" },
  councillor: { name: "Ngozi Okafor", jobTitle: "Councillor, Millbrook ward", role: "councillor" },
  administrator: { name: "Sam Field", jobTitle: "Administrator", role: "administrator" },
} as const satisfies Readonly<Record<string, DemoPerson>>;

/** What a demo person is called by in code and on the command line. */
export type DemoKey = keyof typeof withAccounts;

/** The ten people who can be signed in as, by key. The part of their address before the @ is the key. */
export const demoPeople: Readonly<Record<DemoKey, DemoPerson & { readonly email: string }>> = addressed(withAccounts);

/** Officers without a button, who work the queues. */
export const demoOfficers = {
  zainab: { name: "Zainab Hussain", jobTitle: "Support officer", role: "supportOfficer" },
  leah: { name: "Leah Bennett", jobTitle: "Support officer", role: "supportOfficer" },
  callum: { name: "Callum Fraser", jobTitle: "Field support officer", role: "supportOfficer" },
  piotr: { name: "Piotr Zielinski", jobTitle: "Field support officer", role: "supportOfficer" },
  grace: { name: "Grace Adeyemi", jobTitle: "Web officer", role: "supportOfficer" },
  owen: { name: "Owen Hughes", jobTitle: "Developer", role: "supportOfficer" },
} as const satisfies Readonly<Record<string, DemoPerson>>;

export type OfficerKey = keyof typeof demoOfficers;

/** Staff who ask for help. */
export const demoStaff: readonly DemoPerson[] = (
  [
    ["Sunita Rao", "Benefits officer"],
    ["Gareth Lloyd", "Planning officer"],
    ["Maria Santos", "Social worker, adults"],
    ["Yusuf Demir", "Environmental health officer"],
    ["Chloe Barker", "Customer services adviser"],
    ["Daniel Achebe", "Finance business partner"],
    ["Ruth Ellery", "Democratic services officer"],
    ["Kieran Doyle", "Highways inspector"],
    ["Farida Karim", "Housing options officer"],
    ["Alice Thornton", "Registrar"],
    ["Ben Okoro", "Revenues officer"],
    ["Megan Price-Jones", "Social worker, children"],
    ["Imran Sheikh", "Licensing officer"],
    ["Hannah Whitfield", "Human resources adviser"],
    ["Lukasz Nowak", "Building control surveyor"],
    ["Patricia Quinn", "Solicitor"],
    ["Tariq Mahmood", "Procurement officer"],
    ["Eleanor Finch", "Library manager"],
    ["Samuel Boakye", "Parking services officer"],
    ["Jade Wilkins", "Customer services adviser"],
    ["Robert Ainsley", "Head of finance"],
    ["Nadia Petrova", "School admissions officer"],
    ["Colin Hargreaves", "Depot supervisor"],
    ["Beth Carrick", "Communications officer"],
    ["Anil Kapadia", "Public health analyst"],
  ] as const
).map(([name, jobTitle]) => ({
  name,
  jobTitle,
  role:
    jobTitle === "Solicitor" || jobTitle === "Communications officer" || jobTitle === "Head of finance"
      ? ("answerApprover" as const)
      : ("staff" as const),
}));

/** An address that no mail can ever reach (RFC 2606). */
export function demoAddress(local: string): string {
  return `${local}@demo.reeve.invalid`;
}

/** `Megan Price-Jones` as addresses spell it: `megan.price-jones`. */
export function localPart(name: string): string {
  return name.toLowerCase().replaceAll(" ", ".");
}

function addressed(people: Readonly<Record<DemoKey, DemoPerson>>): Record<DemoKey, DemoPerson & { email: string }> {
  // Object.entries forgets that the keys are those of the demo people.
  return Object.fromEntries(
    Object.entries(people).map(([key, person]) => [key, { ...person, email: demoAddress(key) }]),
  ) as Record<DemoKey, DemoPerson & { email: string }>;
}
