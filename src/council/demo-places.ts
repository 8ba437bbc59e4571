import { typeNamed } from "../kernel/registry.ts";
import { change } from "../kernel/store/change.ts";
import type { Tx } from "../kernel/transaction.ts";
import type { Registers } from "./demo-registers.ts";

/** Somebody of the demonstration, as far as it says where they work and with what. */
interface Placed {
  readonly id: string;
  readonly jobTitle: string;
}

/** Words of job titles, and where such people work; everybody else is at the town hall. */
const places: readonly (readonly [RegExp, keyof Registers["sites"]])[] = [
  [/highways|environmental|building control|field support/i, "depot"],
  [/library|customer services|registrar|councillor/i, "library"],
];

/** Words of job titles, and the services that such people use beside e-mail, which everybody does. */
const uses: readonly (readonly [RegExp, keyof Registers["services"]])[] = [
  [/housing|benefits|social worker/i, "housing"],
  [/finance|revenues|benefits|customer services/i, "payments"],
  [/customer services|enquir/i, "enquiries"],
  [/web officer|developer|policy/i, "website"],
  [/surveyor|social worker|inspector|field|councillor/i, "remote"],
];

/** Says of everybody where they work and which services they use. */
export async function placePeople(tx: Tx, { sites, services }: Registers, people: readonly Placed[]): Promise<void> {
  const type = typeNamed(tx.registry, "person");
  for (const { id, jobTitle } of people) {
    const site = places.find(([words]) => words.test(jobTitle))?.[1] ?? "townHall";
    const used = uses.flatMap(([words, service]) => (words.test(jobTitle) ? [services[service]] : []));
    const values = { site: sites[site], services: [services.email, ...used] };
    await change(tx, type, id, "any", values, { trusted: true });
  }
}
