import { createHash } from "node:crypto";
import { sql } from "kysely";
import type pg from "pg";
import { businessCalendar } from "../kernel/clocks/business-calendar.ts";
import { addWorkingMinutes, workingMinutesBetween } from "../kernel/clocks/business-hours.ts";
import { holidayNames } from "../kernel/clocks/calendars.ts";
import { parseOpeningHours } from "../kernel/clocks/opening-hours.ts";
import { changedQueries } from "../kernel/database/changed-queries.ts";
import { typeNamed } from "../kernel/registry.ts";
import type { Registry } from "../kernel/registry.ts";
import { stepsByCaller } from "../modules/desk/module.ts";
import { comment } from "../kernel/store/comment.ts";
import { create } from "../kernel/store/create.ts";
import { move } from "../kernel/store/move.ts";
import { referenceOf } from "../kernel/store/reference.ts";
import { asSystem } from "../kernel/transaction.ts";
import type { Stored, Tx } from "../kernel/transaction.ts";
import { spendTime } from "../modules/desk/beside-ticket.ts";
import { deskCalls, otherCalls } from "./demo-calls.ts";
import type { DemoCall } from "./demo-calls.ts";
import { actingAs } from "./demo-cast.ts";
import type { Cast, Player } from "./demo-cast.ts";
import { demoQueues } from "./demo-desk.ts";
import type { DemoQueue } from "./demo-desk.ts";
import { createRandom } from "./demo-random.ts";
import type { Random } from "./demo-random.ts";
import { writeScript } from "./demo-script.ts";
import type { Partner, Script, Step } from "./demo-script.ts";

const days = 365;
const dayMinutes = 600;
const usualTargets = [
  [15, 240],
  [60, 480],
  [240, 1800],
  [600, 3000],
  [600, 6000],
] as const;

interface TicketOptions {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  readonly organisationId: string;
  readonly now: Temporal.Instant;
  /** Taken for them before, oldest first: there are as many tickets as references. */
  readonly references: readonly string[];
  /** Those of which the tickets are there already. */
  readonly there?: ReadonlySet<string>;
}

/** The tickets of the demonstration that are still to be made. */
export interface TicketWork {
  /** Makes this many, several at once. The newest come first: the desk has its open work before its past. */
  make(many: number, atOnce: number): Promise<void>;
}

/** Tickets of the last year, each as far as it has come by now and each in a transaction of its own. */
export function ticketWork(cast: Cast, options: TicketOptions): TicketWork {
  const { references, now, there } = options;
  const waiting = writeScripts(cast, { now, many: references.length })
    .map((script, at) => ({ script, reference: references[at]! }))
    .filter(({ reference }) => there?.has(reference) !== true);
  const ownerPool = planningOnce(options.ownerPool);
  return {
    make: async (many, atOnce) => {
      let left = many;
      const work = async () => {
        // A pool that is ending says that Reeve stops: what is not made yet is left out.
        while (left-- > 0 && !options.ownerPool.ending) {
          const next = waiting.pop();
          if (next)
            await asSystem({ ...options, ownerPool, before: readingByIndex }, (tx) =>
              play(tx, cast, { ...next.script, reference: next.reference }, now),
            );
        }
      };
      await Promise.all(Array.from({ length: atOnce }, work));
    },
  };
}

/** Takes references for tickets that are made later, in one go. */
export async function takeTicketReferences(tx: Tx, many: number): Promise<string[]> {
  const type = typeNamed(tx.registry, "ticket");
  const { rows } = await sql<{
    number: number;
  }>`select next_number(${type.name}, '') as number from generate_series(1, ${many}::int)`.execute(tx.db);
  return rows.map(({ number }) => referenceOf(type.reference, number, ""));
}

/** Each query is planned once for a connection: here the same few hundred run many thousand times. */
function planningOnce(pool: pg.Pool): pg.Pool {
  return changedQueries(pool, (query) =>
    query.values === undefined ? query : { ...query, name: createHash("sha1").update(query.text).digest("hex") },
  );
}

/** Plans that are made while the tables are empty would read all of them each time, ever slower as they fill. */
export async function readingByIndex(trx: Tx["db"]): Promise<void> {
  await sql`set local enable_seqscan = off`.execute(trx);
}

/** Does what the script says up to now, as the people who did it and at the times when they did. */
async function play(
  tx: Tx,
  cast: Cast,
  script: Script & { readonly reference: string },
  now: Temporal.Instant,
): Promise<void> {
  const type = typeNamed(tx.registry, "ticket");
  const { call, reference } = script;
  // Each takes up their own ticket, at a time of its own.
  tx.memo.set(stepsByCaller, Promise.resolve(true));
  let acting = await actingAs(tx, script.by, script.opened);
  const values = {
    summary: script.summary,
    details: script.details,
    kind: call.kind,
    impact: call.impact,
    urgency: call.urgency,
    category: cast.categories[call.category],
    queue: cast.queues[call.queue],
    requester: script.requester.id,
    channel: script.channel,
    ...cast.registers.about(call.category),
    ...(call.restricted ? { sensitivity: "restricted" } : {}),
  };
  let record: Stored = await create(acting, type, values, { reference });
  for (const [place, step] of script.steps.entries()) {
    if (Temporal.Instant.compare(step.at, now) > 0) break;
    // An answer is followed at once by work: one without the other is still to come.
    const next = script.steps[place + 1];
    const isAnswer = "says" in step && step.by.id === script.requester.id;
    if (isAnswer && next && "move" in next && next.move === "resume" && Temporal.Instant.compare(next.at, now) > 0)
      break;
    acting = await actingAs(acting, step.by, step.at);
    if ("spends" in step) await spendTime(acting, record.reference, step.spends);
    else if ("move" in step) record = await move(acting, type, record.id, record.version, step.move, step.values);
    else await comment(acting, type, record.id, { text: step.says, audience: step.audience });
  }
}

function writeScripts(cast: Cast, { now, many }: { now: Temporal.Instant; many: number }): Script[] {
  const random = createRandom(7);
  const calendar = businessCalendar({
    weekly: parseOpeningHours("Mon-Fri 08:00-18:00"),
    holidays: holidayNames("england-and-wales"),
  });
  const start = now.subtract({ hours: 24 * days });
  const minutes = workingMinutesBetween(calendar, start, now);
  const moments = Array.from({ length: many }, () => minutes * momentOf(random)).toSorted((one, other) => one - other);
  const calls = [...deskCalls, ...otherCalls].flatMap((call) => Array<DemoCall>(call.often ?? 1).fill(call));
  const askers = askersOf(cast);
  const lately: DemoCall[] = [];
  return moments.map((minute, place) => {
    // The same call does not come twice within a day or so.
    const call = random.pick(calls.filter((one) => !lately.includes(one)));
    if (lately.push(call) > 8) lately.shift();
    const queue: DemoQueue = demoQueues[call.queue];
    // What is restricted goes to those who may see it.
    const owner =
      cast.people[
        call.restricted ? random.pick(["lead-support", "administrator"] as const) : random.pick(queue.workers)
      ];
    const target = (queue.targets ?? usualTargets)[call.impact + call.urgency - 2] ?? [600, 6000];
    const script = writeScript(random, {
      call,
      opened: addWorkingMinutes(calendar, start, minute) ?? start,
      requester: random.pick(askers.filter(({ id }) => id !== owner.id)),
      owner,
      lead: cast.people[queue.team.lead],
      calendar,
      partner: partnerOf(cast, call),
      target,
      rests: restOf(random, (minutes - minute) / dayMinutes, call),
    });
    return place % 2 === 0 && isOftenMisplaced(call) ? sentRound(script, cast) : script;
  });
}

/** What the desk has yet to learn: where these belong. */
function isOftenMisplaced({ category, restricted }: DemoCall): boolean {
  return restricted !== true && (category === "Permissions" || category === "Wi-Fi");
}

/** The same ticket, sent to another queue by whoever took it up, and back from there before they go on. */
function sentRound(script: Script, { people, queues }: Cast): Script {
  const { call, steps } = script;
  const place = steps.findIndex((step) => "move" in step && (step.move === "take" || step.move === "assign"));
  const [taken, next] = [steps[place], steps[place + 1]];
  if (!taken || !next) return script;
  const [there, back] = call.queue === "desk" ? (["field", "piotr"] as const) : (["desk", "zainab"] as const);
  const part = taken.at.until(next.at).total("seconds") / 3;
  const send = (by: Player, parts: number, queue: string): Step => ({
    at: taken.at.add({ seconds: Math.floor(part * parts) }),
    by,
    move: "assign",
    values: { queue },
  });
  const round = [send(taken.by, 1, queues[there]), send(people[back], 2, queues[call.queue])];
  return { ...script, steps: steps.toSpliced(place + 1, 0, ...round) };
}

/** When in the year: more and more come, as teams learn where to ask. */
function momentOf(random: Random): number {
  const at = random.between(0, 1);
  return random.chance(0.3) ? at : Math.sqrt(at);
}

function partnerOf({ registers: { suppliers } }: Cast, { queue, category }: DemoCall): Partner | null {
  if (category === "Printer") return { id: suppliers.print, letters: "NG" };
  if (category === "Telephone" || category === "Wi-Fi") return { id: suppliers.telephony, letters: "CLT" };
  return queue === "systems" ? { id: suppliers.housing, letters: "HHS" } : null;
}

/** Where a ticket that is still open has stopped; the younger it is, the likelier. */
function restOf(random: Random, ageDays: number, call: DemoCall): "new" | "assigned" | "waiting" | null {
  const share =
    ageDays < 1 ? 0.85 : ageDays < 3 ? 0.55 : ageDays < 7 ? 0.22 : ageDays < 20 ? 0.035 : ageDays < 60 ? 0.004 : 0;
  if (!random.chance(share)) return null;
  if (ageDays < 1.5 && random.chance(0.5)) return "new";
  return (call.asks ?? call.supplier ?? call.evidence ?? call.problem) && random.chance(0.6) ? "waiting" : "assigned";
}

/** Mostly staff; those with a button ask more often, so that each finds something of their own. */
function askersOf({ people, staff }: Cast): Player[] {
  return [
    ...staff.flatMap((player) => often(player, 2)),
    ...often(people.staff, 6),
    ...often(people.councillor, 4),
    ...[
      people["delivery-support"],
      people["policy-manager"],
      people["service-manager"],
      people["assistant-director"],
      people["head-of-delivery"],
    ].flatMap((player) => often(player, 2)),
  ];
}

function often(player: Player, times: number): Player[] {
  return Array<Player>(times).fill(player);
}
