import { sql } from "kysely";
import type { Line } from "../../kernel/fields/lines.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { options } from "./costs.ts";
import type { Option, Plan, Rates } from "./costs.ts";

const ratesMax = 200;

/** A row of the rates: money in pence, the share in per cent. */
interface Row {
  readonly from: string;
  readonly until: string | null;
  readonly device: number;
  readonly deviceYears: number;
  readonly simMonth: number;
  readonly allowanceMonth: number;
  readonly insuranceShare: number;
  readonly supportCouncil: number;
  readonly supportOwn: number;
  readonly licenceOwn: number;
  readonly riskCouncil: number;
  readonly riskOwn: number;
}

/** The rates that a plan’s policy has in use, as far as the actor sees them. */
export async function ratesFor(tx: Tx, { values }: Stored): Promise<readonly Rates[]> {
  const { rows } =
    await sql<Row>`select valid_from as "from", valid_until as until, device, device_years as "deviceYears", sim_month as "simMonth",
      allowance_month as "allowanceMonth", insurance_share as "insuranceShare", support_council as "supportCouncil", support_own as "supportOwn",
      licence_own as "licenceOwn", risk_council as "riskCouncil", risk_own as "riskOwn"
    from visible_device_rate where organisation_id = ${tx.actor.organisationId}::uuid and state = 'current' and policy = ${String(values["policy"])}::uuid
    order by valid_from limit ${ratesMax}`.execute(tx.db);
  return rows.map(({ from, until, insuranceShare, ...pence }) => ({
    from,
    until,
    insuranceShare: BigInt(Math.round(insuranceShare * 100)),
    device: BigInt(pence.device),
    deviceYears: BigInt(pence.deviceYears),
    simMonth: BigInt(pence.simMonth),
    allowanceMonth: BigInt(pence.allowanceMonth),
    supportCouncil: BigInt(pence.supportCouncil),
    supportOwn: BigInt(pence.supportOwn),
    licenceOwn: BigInt(pence.licenceOwn),
    riskCouncil: BigInt(pence.riskCouncil),
    riskOwn: BigInt(pence.riskOwn),
  }));
}

/** A plan as the sums take it: how many people have each option. */
export function planOf({ values }: Stored): Plan {
  // The field is one of lines.
  const groups = (values["groups"] ?? []) as readonly Line[];
  const having = (option: Option) =>
    groups.filter(({ way }) => way === option).reduce((sum, { people }) => sum + Number(people ?? 0), 0);
  const [council, sim, allowance] = options.map(having) as [number, number, number]; // one for each option
  return { startsOn: String(values["startsOn"]), years: Number(values["years"]), people: { council, sim, allowance } };
}
