import { sql } from "kysely";
import type pg from "pg";
import { joinRecords } from "../kernel/store/relations.ts";
import { chaseAll } from "../modules/desk/chase-partners.ts";
import { spendTime, tick } from "../modules/desk/beside-ticket.ts";
import { typeNamed } from "../kernel/registry.ts";
import type { Registry } from "../kernel/registry.ts";
import { change } from "../kernel/store/change.ts";
import { comment } from "../kernel/store/comment.ts";
import { create } from "../kernel/store/create.ts";
import { find } from "../kernel/store/find.ts";
import { list } from "../kernel/store/list.ts";
import { move } from "../kernel/store/move.ts";
import type { Values } from "../kernel/store/values.ts";
import { asSystem } from "../kernel/transaction.ts";
import type { Tx } from "../kernel/transaction.ts";
import { actingAs } from "./demo-cast.ts";
import type { Cast, Player } from "./demo-cast.ts";

interface BesideOptions {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  readonly organisationId: string;
  readonly now: Temporal.Instant;
}

/** What hangs on the demonstration's open tickets: visits, a partner, questions, a duplicate, what belongs together, a handover. */
export async function makeBeside(cast: Cast, options: BesideOptions): Promise<void> {
  const { now } = options;
  const { people, registers } = cast;
  const lead = people["lead-support"];
  const as = <Result>(player: Player, work: (tx: Tx) => Promise<Result>, at = now) =>
    asSystem({ ...options, now: at }, async (tx) => work(await actingAs(tx, player, at)));
  const open = await as(lead, (tx) => openTickets(tx));
  const next = (fits: (one: OpenTicket) => boolean = () => true) => {
    const at = open.findIndex(fits);
    return at < 0 ? undefined : open.splice(at, 1)[0];
  };
  const go = (player: Player, one: OpenTicket | undefined, name: string, values: Values, at = now) =>
    one === undefined
      ? Promise.resolve()
      : as(
          player,
          async (tx) => {
            await move(tx, typeNamed(tx.registry, "ticket"), one.id, "any", name, values);
          },
          at,
        );
  const make = (player: Player, type: string, values: Values) =>
    as(player, (tx) => create(tx, typeNamed(tx.registry, type), values));
  const day = (days: number) => now.toZonedDateTimeISO("Europe/London").toPlainDate().add({ days });
  const assigned = (one: OpenTicket) => one.state === "assigned" && !one.restricted;

  const passOn = (partner: keyof typeof partners, reference: string, promised: number, at = now) => {
    const itsOwn = (one: OpenTicket) =>
      assigned(one) &&
      partners[partner].test(one.title) &&
      Temporal.Instant.compare(Temporal.Instant.from(one.updatedAt), at) <= 0;
    return go(
      lead,
      next(itsOwn),
      "pass_on",
      {
        supplier: registers.suppliers[partner],
        supplierReference: reference,
        supplierDueOn: day(promised).toString(),
      },
      at,
    );
  };
  // One whose day has passed, where a ticket is old enough to have waited.
  const before = day(-2)
    .toZonedDateTime({ timeZone: "Europe/London", plainTime: { hour: 15 } })
    .toInstant();
  await passOn("housing", "HHS-20397", -1, before);
  await passOn("telephony", "CLT-5120", -1, before);
  await passOn("housing", "HHS-20418", 3);
  await passOn("print", "NG-7731", 0);
  await asSystem({ ...options, now }, (tx) => chaseAll(tx));
  await go(lead, next(assigned), "promise", { promisedOn: day(2).toString() });
  const asked = next(assigned);
  if (asked)
    await make(people.zainab, "advice", {
      question: "Have you seen this one after the update?",
      details: "Restarting and a new profile did not help.",
      ticket: asked.id,
      owner: lead.id,
      neededBy: day(1).toString(),
    });
  const parent = next(assigned);
  for (const child of [next(assigned), next(assigned)])
    if (parent) await go(lead, child, "join", { parent: parent.id });
  const twice = next(assigned);
  if (parent && twice) await go(lead, twice, "merge", { duplicateOf: parent.id });
  for (const [at, site] of [registers.sites.depot, registers.sites.townHall, registers.sites.library].entries()) {
    const ticket = open.filter(({ restricted }) => !restricted)[at];
    await make(at === 0 ? lead : people.callum, "visit", {
      purpose: ticket?.title.slice(0, 120) ?? "Look at the printer",
      owner: (at === 0 ? lead : people.callum).id,
      ...(ticket ? { ticket: ticket.id, visited: ticket.requesterId } : {}),
      site,
      startsAt: day(0)
        .toZonedDateTime("Europe/London")
        .add({ hours: 9 + at * 2 })
        .toInstant()
        .toString(),
      length: 60,
    });
  }
  await as(lead, (tx) => logLinked(tx, cast));
  const secret = open.find(({ restricted }) => restricted);
  await as(lead, async (tx) => {
    const type = typeNamed(tx.registry, "ticket");
    if (secret) {
      const person = await find(tx, typeNamed(tx.registry, "person"), people.zainab.id);
      await joinRecords(tx, type, secret.id, { relation: "seen_by", to: person.reference });
    }
    for (const { reference, step } of await listed(tx)) await tick(tx, reference, step, true);
    for (const one of open.slice(0, 6)) await spendTime(tx, one.reference, 20);
  });
  await make(lead, "handover", {
    name: "Tonight",
    owner: people["systems-officer"].id,
    watch: "The housing system was slow after five. The supplier rings when their fix is in.",
  });
}

/** Tickets that come of others: the calls of a major incident, and the second half of one that spoke of two things. */
const linked = [
  ["Remote access takes ten minutes to sign in", "majorIncident"],
  ["Frozen again at home, third time today", "majorIncident"],
  ["Cannot get in from home since this morning", "majorIncident"],
  ["The headset of the same caller crackles", "splitFrom"],
] as const;

/** How many that are. */
export const linkedMany = linked.length;

/** Logs them, joined to what they are about: whose device, which change, which article, which major incident. */
async function logLinked(tx: Tx, { queues, categories, staff }: Cast): Promise<void> {
  const type = typeNamed(tx.registry, "ticket");
  const newest = async (name: string, states: readonly string[]) =>
    (await list(tx, typeNamed(tx.registry, name), { states, sort: "-opened", limit: 1 })).items[0]?.id ?? null;
  const incident = await newest("major_incident", ["open"]);
  const made: string[] = [];
  for (const [at, [summary, link]] of linked.entries()) {
    const isPart = link === "majorIncident";
    const requester = staff[at]?.id ?? null;
    const { rows } = await sql<{ id: string }>`select id from device
      where organisation_id = ${tx.actor.organisationId}::uuid and holder = ${requester}::uuid limit 1`.execute(tx.db);
    const { id } = await create(tx, type, {
      summary,
      kind: "incident",
      impact: 3,
      urgency: 2,
      channel: "phone",
      queue: queues.desk,
      category: isPart ? categories["Remote access"] : categories["Telephone"],
      requester,
      device: rows[0]?.id ?? null,
      [link]: isPart ? incident : (made[0] ?? null),
    });
    made.push(id);
  }
  const [planned, article] = [
    await newest("change_request", ["scheduled", "implementing", "awaiting"]),
    await newest("article", ["published"]),
  ];
  await change(tx, type, made[0]!, "any", { change: planned });
  await comment(tx, type, made.at(-1)!, { text: "Our help article says how, in five steps.", audience: "everyone" });
  await change(tx, type, made.at(-1)!, "any", { article }, { trusted: true });
}

/** Of what each partner’s tickets speak. */
const partners = {
  housing: /housing|homefinder|case|letter|report/i,
  print: /print|scan|toner/i,
  telephony: /phone|call|wi-fi|network|line/i,
};

interface OpenTicket {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly state: string;
  readonly updatedAt: string;
  readonly requesterId: string | null;
  readonly restricted: boolean;
}

async function openTickets(tx: Tx): Promise<OpenTicket[]> {
  const { rows } =
    await sql<OpenTicket>`select id, reference, title, state, updated_at as "updatedAt", requester_id as "requesterId", sensitivity <> 'normal' as restricted
    from visible_ticket where organisation_id = ${tx.actor.organisationId}::uuid and state in ('new', 'assigned') order by opened_at limit 40`.execute(
      tx.db,
    );
  return rows;
}

/** The first steps of open tickets whose category has a checklist. */
async function listed(tx: Tx): Promise<{ reference: string; step: string }[]> {
  const { rows } = await sql<{ reference: string; step: string }>`select t.reference, s.id as step
    from visible_ticket t join category_checklist s on s.organisation_id = t.organisation_id and s.parent_id = t.category and s.position = 0
    where t.organisation_id = ${tx.actor.organisationId}::uuid and t.closed_at is null limit 5`.execute(tx.db);
  return rows;
}
