import { typeNamed } from "../kernel/registry.ts";
import { create } from "../kernel/store/create.ts";
import { list } from "../kernel/store/list.ts";
import { move } from "../kernel/store/move.ts";
import type { Stored, Tx } from "../kernel/transaction.ts";
import { atTimesOf } from "./demo-at.ts";
import type { At, DemoPlace } from "./demo-at.ts";
import type { Cast, Player } from "./demo-cast.ts";
import { demoActivities, demoAssessments, demoRelationships } from "./demo-relations-script.ts";

interface Stage {
  readonly at: At;
  readonly cast: Cast;
  readonly day: (days: number) => string;
}

/** Relationships with what was said, the record of processing, and impact assessments in each of their states. */
export async function makeRelations(cast: Cast, place: DemoPlace): Promise<void> {
  const today = place.now.toZonedDateTimeISO("Europe/London").toPlainDate();
  const stage = { at: atTimesOf(place, "relations made"), cast, day: (days: number) => today.add({ days }).toString() };
  for (const one of demoRelationships) await makeRelationship(stage, one);
  for (const one of demoActivities) await makeActivity(stage, one);
  for (const one of demoAssessments) await makeAssessment(stage, one);
}

const make = (tx: Tx, type: string, values: Readonly<Record<string, unknown>>) =>
  create(tx, typeNamed(tx.registry, type), values);
const go = (
  { at }: Stage,
  record: Stored,
  {
    days,
    player,
    name,
    values = {},
  }: { days: number; player: Player; name: string; values?: Readonly<Record<string, unknown>> },
) => at(days, player, (tx) => move(tx, typeNamed(tx.registry, record.type), record.id, "any", name, values));

async function makeRelationship(
  stage: Stage,
  { contacts, asks, reviewIn, ends, services = [], ...words }: (typeof demoRelationships)[number],
): Promise<void> {
  const { at, cast, day } = stage;
  const manager = cast.people["policy-manager"];
  const record = await at(200, manager, (tx) =>
    make(tx, "relationship", {
      ...words,
      partner: manager.id,
      services: services.map((key) => cast.registers.services[key]),
      reviewOn: day(reviewIn),
      asks: asks.map(({ daysAgo, ...ask }) => ({ ...ask, since: day(-daysAgo), who: manager.id })),
    }),
  );
  for (const { daysAgo, how, who, said } of contacts)
    await go(stage, record, {
      days: daysAgo,
      player: manager,
      name: "contact",
      values: { contactOn: day(-Math.ceil(daysAgo) - 1), contactHow: how, contactWith: who, contactSaid: said },
    });
  if (ends) await go(stage, record, { days: 20, player: manager, name: "end" });
}

async function makeActivity(
  stage: Stage,
  { reaches, reviewIn, system, ...words }: (typeof demoActivities)[number],
): Promise<void> {
  const { at, cast, day } = stage;
  const manager = cast.people["policy-manager"];
  const systems = system === undefined ? [] : [cast.registers.systems[system]];
  const record = await at(300, manager, (tx) => make(tx, "processing_activity", { ...words, systems }));
  if (reaches === "draft") return;
  await go(stage, record, { days: 290, player: manager, name: "enter", values: { reviewOn: day(reviewIn) } });
  if (reaches === "ended")
    await go(stage, record, {
      days: 30,
      player: manager,
      name: "end",
      values: { comment: "The scheme closed in spring. What was kept has been destroyed with a certificate." },
    });
}

async function makeAssessment(
  stage: Stage,
  { reaches, daysAgo, reviewIn, policy, advice, ...words }: (typeof demoAssessments)[number],
): Promise<void> {
  const { at, cast, day } = stage;
  const [manager, head, director] = [
    cast.people["policy-manager"],
    cast.people["head-of-delivery"],
    cast.people["assistant-director"],
  ];
  const policies = await at(0, null, (tx) =>
    list(tx, typeNamed(tx.registry, "policy"), { show: "all", sort: "reference", limit: 100 }),
  );
  const about = policies.items.find(({ title }) => title === policy);
  const record = await at(daysAgo, manager, (tx) =>
    make(tx, "impact_assessment", { ...words, owner: manager.id, ...(about ? { policy: about.id } : {}) }),
  );
  const step = (after: number, player: Player, name: string, values: Readonly<Record<string, unknown>> = {}) =>
    go(stage, record, { days: Math.max(daysAgo - after, 0.01), player, name, values });
  if (reaches === "draft") return;
  if (reaches === "not_needed") {
    await step(1, manager, "leave", {
      comment: "No data of people is in it, and nobody is served otherwise than before.",
    });
    return;
  }
  await step(1, manager, "ask");
  if (reaches === "advice") return;
  await step(5, head, "advise", { advice });
  if (reaches === "advised") return;
  await step(8, director, "agree", {
    follows: "followed",
    reason: "As advised. The measures are in the plan.",
    reviewOn: day(reviewIn),
  });
  if (reaches === "ended")
    await step(daysAgo - 10, manager, "end", { comment: "The pilot is over, and its data destroyed." });
}
