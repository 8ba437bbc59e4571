import { typeNamed } from "../kernel/registry.ts";
import { create } from "../kernel/store/create.ts";
import { list } from "../kernel/store/list.ts";
import { move } from "../kernel/store/move.ts";
import type { Stored } from "../kernel/transaction.ts";
import { atTimesOf } from "./demo-at.ts";
import type { DemoPlace } from "./demo-at.ts";
import type { Cast } from "./demo-cast.ts";

/** What a telephone for work costs, in pence, in each of two years. The shares of National Insurance are those of the tax years. */
const rates = {
  deviceYears: 3,
  supportCouncil: 4_200,
  supportOwn: 1_500,
  licenceOwn: 3_120,
  riskCouncil: 650,
  riskOwn: 900,
};
const years = [
  {
    title: "Year to March 2027",
    from: -300,
    until: 100,
    device: 28_900,
    simMonth: 780,
    allowanceMonth: 1_000,
    insuranceShare: 15,
  },
  {
    title: "From April 2027",
    from: 101,
    until: null,
    device: 31_500,
    simMonth: 820,
    allowanceMonth: 1_000,
    insuranceShare: 15,
  },
];

const plans = [
  {
    reaches: "agreed",
    title: "Office staff may take the allowance",
    groups: [
      { who: "Officers who visit people", people: 140, way: "council" },
      { who: "Office staff who asked for it", people: 210, way: "allowance" },
      { who: "Office staff with a council SIM", people: 90, way: "sim" },
    ],
    criteria: [
      { measure: "Share of those offered it who take it", wanted: "40 % or more", found: "52 %", outcome: "met" },
      {
        measure: "Calls to the desk about own devices",
        wanted: "No more than of council devices",
        found: "A third more",
        outcome: "missed",
      },
    ],
  },
  {
    reaches: "draft",
    title: "Everybody but those who visit people",
    groups: [
      { who: "Officers who visit people", people: 140, way: "council" },
      { who: "Everybody else", people: 300, way: "allowance" },
    ],
    criteria: [],
  },
  {
    reaches: "dropped",
    title: "SIMs alone for everybody",
    groups: [{ who: "Everybody", people: 440, way: "sim" }],
    criteria: [],
  },
];

/** The rates of two years and three plans under the policy on people’s own devices: agreed, being worked out and dropped. */
export async function makeDevices(cast: Cast, place: DemoPlace): Promise<void> {
  const at = atTimesOf(place, "devices made");
  const [manager, director] = [cast.people["policy-manager"], cast.people["assistant-director"]];
  const today = place.now.toZonedDateTimeISO("Europe/London").toPlainDate();
  const day = (days: number) => today.add({ days }).toString();
  const { items } = await at(0, null, (tx) =>
    list(tx, typeNamed(tx.registry, "policy"), { show: "all", sort: "reference", limit: 100 }),
  );
  const policy = items.find(({ title }) => title === "Using your own device for work");
  if (policy === undefined) return;
  for (const { from, until, ...rate } of years)
    await at(120, manager, (tx) =>
      create(tx, typeNamed(tx.registry, "device_rate"), {
        ...rates,
        ...rate,
        policy: policy.id,
        validFrom: day(from),
        validUntil: until === null ? null : day(until),
      }),
    );
  for (const { reaches, criteria, ...plan } of plans) {
    const measured = criteria.map((one) => ({ ...one, measuredOn: day(-10) }));
    const record: Stored = await at(90, manager, (tx) =>
      create(tx, typeNamed(tx.registry, "device_plan"), {
        ...plan,
        policy: policy.id,
        startsOn: day(-60),
        years: 3,
        criteria: measured,
      }),
    );
    const go = (name: string, player: typeof manager, values: Readonly<Record<string, unknown>> = {}) =>
      at(60, player, (tx) => move(tx, typeNamed(tx.registry, "device_plan"), record.id, "any", name, values));
    if (reaches === "agreed") await go("agree", director, { reviewOn: day(40) });
    if (reaches === "dropped") await go("drop", manager);
  }
}
