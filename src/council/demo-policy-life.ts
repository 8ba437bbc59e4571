import { typeNamed } from "../kernel/registry.ts";
import { change } from "../kernel/store/change.ts";
import { create } from "../kernel/store/create.ts";
import { find } from "../kernel/store/find.ts";
import { list } from "../kernel/store/list.ts";
import { move } from "../kernel/store/move.ts";
import type { Line } from "../kernel/fields/lines.ts";
import type { Stored } from "../kernel/transaction.ts";
import {
  askToConfirm,
  chaseLate,
  followedByCaller,
  stillToAsk,
  tellCiting,
  warnOfEnd,
} from "../modules/policy/module.ts";
import { atTimesOf } from "./demo-at.ts";
import type { At, DemoPlace } from "./demo-at.ts";
import { actingAs } from "./demo-cast.ts";
import type { Cast, Player } from "./demo-cast.ts";
import {
  demoBasis,
  demoCitations,
  demoComments,
  demoExceptions,
  demoRevisions,
  proposedForTools,
} from "./demo-policy-script.ts";
import type { DemoRevision } from "./demo-policy-script.ts";

interface Stage extends DemoPlace {
  readonly cast: Cast;
  readonly at: At;
  /** A day so many days from today. */
  readonly day: (days: number) => string;
}

/** What becomes of the policies once they are in force: next versions, who confirmed them, a consultation, exceptions. */
export async function makePolicyLife(cast: Cast, options: DemoPlace): Promise<void> {
  const today = options.now.toZonedDateTimeISO("Europe/London").toPlainDate();
  const stage: Stage = {
    ...options,
    cast,
    at: atTimesOf(options, followedByCaller),
    day: (days) => today.add({ days }).toString(),
  };
  const policies = await policiesByTitle(stage);
  await citeClauses(stage, policies);
  const everybody = await makeAudiences(stage);
  for (const revision of demoRevisions) await revise(stage, policies, { revision, everybody });
  await stage.at(0.1, null, (tx) => chaseLate(tx));
  await consult(stage, policies, everybody);
  await exceptions(stage, policies);
}

type Policies = ReadonlyMap<string, Stored>;

async function policiesByTitle({ at }: Stage): Promise<Policies> {
  const { items } = await at(0, null, (tx) =>
    list(tx, typeNamed(tx.registry, "policy"), { show: "all", limit: 100, sort: "reference" }),
  );
  return new Map(items.map((policy) => [policy.title, policy]));
}

async function makeAudiences({ at, cast }: Stage): Promise<Stored> {
  return at(90, cast.people["policy-manager"], async (tx) => {
    const type = typeNamed(tx.registry, "audience");
    const make = (name: string, purpose: string, values: Readonly<Record<string, unknown>>) =>
      create(tx, type, { name, purpose, owner: tx.actor.personId, ...values });
    await make("Social care", "Whoever holds case notes about residents.", {
      parts: [
        { way: "in", kind: "title", words: "social worker" },
        { way: "in", kind: "title", words: "housing" },
      ],
    });
    await make("Councillors", "Members of the council.", {
      parts: [{ way: "in", kind: "title", words: "councillor" }],
    });
    await make("Town Hall", "Whoever works at the Town Hall, for what happens in the building.", {
      parts: [{ way: "in", kind: "site", site: cast.registers.sites.townHall }],
    });
    await make("Housing and homelessness", "Whoever uses or runs the housing service, for news of its system.", {
      parts: [
        { way: "in", kind: "service_users", service: cast.registers.services.housing },
        { way: "in", kind: "service_owners", service: cast.registers.services.housing },
      ],
    });
    return make("Everybody", "Everybody who works for the council, and councillors.", { everyone: true });
  });
}

/** Articles and policies that rest on clauses, so that a change of one is told there. */
async function citeClauses({ at }: Stage, policies: Policies): Promise<void> {
  await at(80, null, async (tx) => {
    for (const { type: name, title, policy, clause } of demoCitations) {
      const type = typeNamed(tx.registry, name);
      const { items } = await list(tx, type, { show: "all", sort: "title", limit: 100 });
      const citing = items.find((one) => one.title === title);
      const cited = policies.get(policy);
      if (citing && cited)
        await change(tx, type, citing.id, "any", { cites: [{ policy: cited.id, clause }] }, { trusted: true });
    }
    for (const { title, basis } of demoBasis) {
      const policy = policies.get(title);
      if (policy) await change(tx, typeNamed(tx.registry, "policy"), policy.id, "any", { basis }, { trusted: true });
    }
  });
}

/** The next version of a policy: written, approved and published; whoever must confirm it is asked, and most have done so. */
async function revise(
  { at, cast: { people }, day }: Stage,
  policies: Policies,
  { revision, everybody }: { revision: DemoRevision; everybody: Stored },
): Promise<void> {
  const policy = policies.get(revision.title);
  if (!policy) return;
  const { daysAgo } = revision;
  const go = (days: number, player: Player, name: string, values: Readonly<Record<string, unknown>> = {}) =>
    at(days, player, (tx) => move(tx, typeNamed(tx.registry, "policy"), policy.id, "any", name, values));
  const manager = people["policy-manager"];
  const review = await go(daysAgo + 20, manager, "review");
  await at(daysAgo + 12, manager, (tx) =>
    change(tx, typeNamed(tx.registry, "policy"), policy.id, "any", {
      clauses: rewritten(review.values["clauses"] as readonly Line[], revision.clauses),
      ...(revision.quiz ? { quiz: revision.quiz } : {}),
    }),
  );
  await go(daysAgo + 3, people["assistant-director"], "approve");
  const asks =
    revision.confirmDays === undefined ? {} : { attestedBy: everybody.id, attestBy: day(revision.confirmDays) };
  const published = await go(daysAgo, manager, "publish", {
    change: revision.change,
    changeReason: revision.reason,
    reviewOn: day(revision.reviewDays),
    ...asks,
  });
  if (revision.change === "editorial") return;
  const asked = await at(daysAgo, null, async (tx) => {
    await tellCiting(tx, published);
    const some = await stillToAsk(tx, published);
    await askToConfirm(tx, published, some);
    return some;
  });
  // The same people always put it off.
  const ready = asked.filter(({ name }, place) => place % revision.slackers !== 1 && name !== "Joe Price");
  await at(daysAgo / 2, null, async (tx) => {
    const type = typeNamed(tx.registry, "attestation");
    const { items } = await list(tx, type, {
      where: { policy: [policy.id] },
      show: "open",
      sort: "reference",
      limit: 200,
    });
    const own = new Map(items.map((one) => [one.ownerId, one]));
    for (const [place, person] of ready.entries()) {
      const mine = own.get(person.id);
      if (!mine) continue;
      const acting = await actingAs(tx, person, tx.now.add({ minutes: place * 7 }));
      const answers = revision.quiz?.map(({ rightAnswer }) => rightAnswer).join(" ");
      await move(acting, type, mine.id, "any", "confirm", answers ? { answers } : {});
    }
  });
}

/** Clauses with other words where a revision has them; the others, and their numbers, stay. */
function rewritten(clauses: readonly Line[], texts: Readonly<Record<number, string>>): readonly Line[] {
  return clauses.map((line, at) => ({ ...line, text: texts[line.number ?? at + 1] ?? line["text"] }));
}

async function consult({ at, cast, day }: Stage, policies: Policies, everybody: Stored): Promise<void> {
  const policy = policies.get(proposedForTools.title);
  if (!policy) return;
  const manager = cast.people["policy-manager"];
  const whole = await at(6, manager, async (tx) => {
    const type = typeNamed(tx.registry, "policy");
    const { values } = await find(tx, type, policy.id);
    // The field is one of lines.
    const clauses = rewritten(values["clauses"] as readonly Line[], proposedForTools.clauses);
    return change(tx, type, policy.id, "any", { clauses });
  });
  const given = { consulted: everybody.id, consultUntil: day(9) };
  await at(5, manager, (tx) => move(tx, typeNamed(tx.registry, "policy"), whole.id, "any", "consult", given));
  for (const { from, clause, title, words, outcome, answer } of demoComments) {
    const player = cast.staff.find(({ name }) => name === from) ?? cast.people.staff;
    const made = await at(4, player, (tx) =>
      create(tx, typeNamed(tx.registry, "policy_comment"), { policy: policy.id, clause, title, words }),
    );
    if (answer)
      await at(2, manager, (tx) =>
        move(tx, typeNamed(tx.registry, "policy_comment"), made.id, "any", "answer", { outcome, answer }),
      );
  }
}

async function exceptions({ at, cast, day }: Stage, policies: Policies): Promise<void> {
  for (const { from, policy: title, clause, what, why, daysAgo, becomes, conditions, endsDays } of demoExceptions) {
    const policy = policies.get(title);
    const player = cast.staff.find(({ name }) => name === from) ?? cast.people.staff;
    if (!policy) continue;
    const given = { policy: policy.id, clause, title: what, reason: why };
    const asked = await at(daysAgo, player, (tx) => create(tx, typeNamed(tx.registry, "policy_exception"), given));
    const go = (days: number, name: string, values: Readonly<Record<string, unknown>>) =>
      at(days, cast.people["assistant-director"], (tx) =>
        move(tx, typeNamed(tx.registry, "policy_exception"), asked.id, "any", name, values),
      );
    if (becomes === "refused") await go(daysAgo - 2, "refuse", { decision: conditions });
    if (becomes === "granted" || becomes === "ended")
      await go(daysAgo - 2, "grant", { conditions, expiresOn: day(endsDays ?? 30) });
    if (becomes === "ended") await go(3, "end", { comment: "The new scanner is on the network." });
  }
  await at(0.1, null, (tx) => warnOfEnd(tx));
}
