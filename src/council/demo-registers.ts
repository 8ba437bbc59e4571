import { typeNamed } from "../kernel/registry.ts";
import { insertRecord } from "../kernel/store/create.ts";
import type { Values } from "../kernel/store/values.ts";
import type { Tx } from "../kernel/transaction.ts";
import type { CategoryName } from "./demo-desk.ts";

const suppliers = {
  print: {
    name: "Northgate Print Services",
    supportPhone: "020 7946 0151",
    supportEmail: "help@northgate-print.example",
  },
  housing: { name: "Harbour Housing Software", supportPhone: "0161 496 0123", customerNumber: "ABC-0417" },
  telephony: { name: "Clearline Telecom", supportPhone: "0808 157 0192" },
} as const;

const services = {
  email: { name: "E-mail and calendar", criticality: "critical" },
  housing: {
    name: "Housing and homelessness",
    criticality: "critical",
    isPublic: true,
    publicName: "Help with housing",
  },
  payments: { name: "Online payments", criticality: "critical", isPublic: true, publicName: "Paying online" },
  telephone: { name: "Telephones", criticality: "critical", isPublic: true, publicName: "Calling us" },
  enquiries: {
    name: "Enquiries",
    criticality: "important",
    isPublic: true,
    publicName: "Answers to your letters and e-mails",
  },
  printing: { name: "Printing and scanning", criticality: "ordinary" },
  website: { name: "Website and online forms", criticality: "important", isPublic: true, publicName: "Our website" },
  remote: { name: "Working from elsewhere", criticality: "important" },
} as const;

const systems = {
  homefinder: { name: "Homefinder", criticality: "critical", supplier: "housing", service: "housing" },
  printQueue: { name: "Follow-me printing", criticality: "ordinary", supplier: "print", service: "printing" },
  vpn: { name: "Remote access gateway", criticality: "important", service: "remote" },
  scanners: { name: "Scanners", criticality: "ordinary", supplier: "print", service: "printing" },
  documents: { name: "Document store", criticality: "important" },
  exchange: { name: "Telephone exchange", criticality: "critical", supplier: "telephony", service: "telephone" },
  cms: { name: "Website editor", criticality: "important", service: "website" },
} as const;

const sites = {
  townHall: {
    name: "Town Hall",
    address: "1 Market Square\nAldermoor\nAL1 1AA",
    phone: "020 7946 0100",
    access: "Pass at the front desk",
  },
  depot: {
    name: "Harrow Lane depot",
    address: "Harrow Lane\nAldermoor\nAL4 7DP",
    phone: "020 7946 0140",
    access: "Ring the gate; high-visibility vest",
  },
  library: { name: "Millbrook library", address: "22 Mill Road\nAldermoor\nAL3 2QT", phone: "020 7946 0160" },
} as const;

/** The system and the service that a call of a category is about. */
const aboutOf: Partial<Record<CategoryName, { system?: keyof typeof systems; service?: keyof typeof services }>> = {
  Printer: { system: "printQueue", service: "printing" },
  "Remote access": { system: "vpn", service: "remote" },
  "Line-of-business system": { system: "homefinder", service: "housing" },
  "Online form": { system: "cms", service: "website" },
  "Content change": { system: "cms", service: "website" },
  "Shared mailbox": { service: "email" },
};

/** The checklists of some categories. */
export const demoChecklists: Partial<Record<string, readonly string[]>> = {
  "New starter": ["Account made", "Mailbox and calendar", "Laptop set up and handed over", "Shown how to ask for help"],
  Leaver: ["Account closed at the end of the day", "Mailbox handed on", "Laptop and phone back"],
  "Lost or stolen device": ["Wiped from a distance", "Password changed", "Information security told"],
};

/** The registers of the demonstration that tickets lead to: ids by the names that scripts use. */
export interface Registers {
  readonly suppliers: Readonly<Record<keyof typeof suppliers, string>>;
  readonly services: Readonly<Record<keyof typeof services, string>>;
  readonly systems: Readonly<Record<keyof typeof systems, string>>;
  readonly sites: Readonly<Record<keyof typeof sites, string>>;
  /** What a ticket of this category says of system and service. */
  readonly about: (category: CategoryName) => Values;
}

/** Makes suppliers, services, systems, sites and a device for some people. */
export async function makeRegisters(
  tx: Tx,
  { staff, owner }: { staff: readonly { readonly id: string }[]; owner: string },
): Promise<Registers> {
  const make = async (type: string, values: Values, state?: string) =>
    (await insertRecord(tx, typeNamed(tx.registry, type), values, { trusted: true, ...(state ? { state } : {}) })).id;
  const all = async <Key extends string>(type: string, of: Readonly<Record<Key, Values>>) => {
    const keys = Object.keys(of) as Key[]; // the keys are its own
    const made = await Promise.all(keys.map(async (key) => [key, await make(type, of[key])] as const));
    return Object.fromEntries(made) as Readonly<Record<Key, string>>; // one for each of them
  };
  const [supplierIds, serviceIds, siteIds] = await Promise.all([
    all("supplier", suppliers),
    all("service", services),
    all("site", sites),
  ]);
  const systemIds = (await all(
    "system",
    Object.fromEntries(
      Object.entries(systems).map(([key, values]) => [
        key,
        {
          ...values,
          owner,
          ...("service" in values ? { service: serviceIds[values.service] } : {}),
          ...("supplier" in values ? { supplier: supplierIds[values.supplier] } : {}),
        },
      ]),
    ),
    // One for each of them.
  )) as Ids<typeof systems>;
  await Promise.all(
    staff.slice(0, 12).map(({ id }, at) =>
      make(
        "device",
        {
          name: `ABC-L2${String(41 + at * 7).padStart(3, "0")}`,
          kind: "laptop",
          model: at % 3 === 0 ? "ThinkPad T14" : "Latitude 5450",
          serialNumber: `PF${4100 + at * 37}`,
          holder: id,
          site: siteIds.townHall,
        },
        "in_use",
      ),
    ),
  );
  return registersOf({ supplierIds, serviceIds, systemIds, siteIds });
}

type Ids<Of> = Readonly<Record<keyof Of, string>>;
type Named = <Key extends string>(
  type: string,
  of: Readonly<Record<Key, { readonly name: string }>>,
) => Readonly<Record<Key, string>>;

/** The registers of a demonstration that was made before; `named` gives ids by the names of records. */
export function registersNamed(named: Named): Registers {
  return registersOf({
    supplierIds: named("supplier", suppliers),
    serviceIds: named("service", services),
    systemIds: named("system", systems),
    siteIds: named("site", sites),
  });
}

function registersOf(ids: {
  readonly supplierIds: Ids<typeof suppliers>;
  readonly serviceIds: Ids<typeof services>;
  readonly systemIds: Ids<typeof systems>;
  readonly siteIds: Ids<typeof sites>;
}): Registers {
  return {
    suppliers: ids.supplierIds,
    services: ids.serviceIds,
    systems: ids.systemIds,
    sites: ids.siteIds,
    about: (category) => {
      const { system, service } = aboutOf[category] ?? {};
      return {
        ...(system ? { system: ids.systemIds[system] } : {}),
        ...(service ? { service: ids.serviceIds[service] } : {}),
      };
    },
  };
}
