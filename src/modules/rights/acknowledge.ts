import { sql } from "kysely";
import { formatDay } from "../../kernel/fields/date.ts";
import type { ModuleSchedule } from "../../kernel/jobs/schedules.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { change } from "../../kernel/store/change.ts";
import { say } from "../../kernel/store/comment.ts";
import { viewOf } from "../../kernel/store/row.ts";
import { asSystem } from "../../kernel/transaction.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { dueDay, today } from "./handling.ts";

/** In one organisation and one go; what is left comes a minute later. */
const requestsMax = 200;
/** What came longer ago, as from another system, was acknowledged there: days. */
const newDays = 30;

/** What is acknowledged: what it is called, the clocks that say by when it is answered, and how that is said. */
interface Acknowledged {
  readonly type: string;
  readonly called: string;
  readonly clocks: readonly string[];
  /** Before the day; what is said where there is none comes from `otherwise`. */
  readonly by: string;
  readonly otherwise?: string;
  /** Only cases of this kind; what went to somebody else first is acknowledged by them. */
  readonly kind?: string;
}

const byLaw = "By law we must answer by";
const acknowledged: readonly Acknowledged[] = [
  { type: "information_request", called: "request", clocks: ["answer"], by: byLaw },
  { type: "data_protection_request", called: "request", clocks: ["answer"], by: byLaw },
  { type: "members_question", called: "question", clocks: ["answer", "meeting"], by: "You will have an answer by" },
  {
    type: "information_complaint",
    kind: "data",
    called: "complaint",
    clocks: ["answerBy"],
    by: "You will have our answer by",
    otherwise:
      "We are looking into it, will tell you how we get on, and will tell you the outcome as soon as there is one.",
  },
];

/** Each minute: tells whoever asked for information, by the product's own words, that it has come and by when it must be answered. */
export const acknowledgeRequests: ModuleSchedule = {
  task: "acknowledge-requests",
  match: "* * * * *",
  when: "Each minute",
  what: "Tells those who asked or complained that it has come, and by when it must be answered",
  run: async ({ ownerPool, registry }) => {
    const { rows } = await ownerPool.query<{ id: string }>(
      "select id from reeve.organisations order by id limit 10000",
    );
    let told = 0;
    for (const { id } of rows)
      told += await asSystem({ ownerPool, registry, organisationId: id }, (tx) => acknowledgeAll(tx));
    return told;
  },
};

interface New {
  readonly id: string;
  readonly version: number;
  readonly received: string;
}

/** Gives how many cases it was said in. What has nobody to tell is left. */
export async function acknowledgeAll(tx: Tx): Promise<number> {
  let said = 0;
  for (const one of acknowledged) said += await acknowledgeEach(tx, one);
  return said + (await tellOfMeetings(tx));
}

/** Tells who asked a written question when its meeting is on another day than they were told of, and by when it is answered then. */
async function tellOfMeetings(tx: Tx): Promise<number> {
  const type = typeNamed(tx.registry, "members_question");
  const { rows } = await sql<{ id: string; version: number; meeting: string; told: string | null }>`
    select id, version, meeting_on::text as meeting, told_meeting_on::text as told from ${viewOf(type)} v
    where organisation_id = ${tx.actor.organisationId}::uuid and closed_at is null and acknowledged_on is not null
      and kind in ('council', 'committee') and meeting_on is distinct from told_meeting_on
    order by received_on, id limit ${requestsMax}`.execute(tx.db);
  for (const { id, version, meeting, told } of rows) {
    const after = await change(tx, type, id, version, { toldMeetingOn: meeting }, { trusted: true });
    // Their first meeting was told by the acknowledgement, or by whoever acknowledged it by hand.
    if (told === null) continue;
    const due = await dueDay(tx, after, ["meeting"]);
    const answer = due === null ? "" : ` ${answeredBy(tx, "You will have an answer by", due)}`;
    const text = `The meeting for your question **${after.reference}** is now on ${formatDay(meeting)}.${answer}`;
    await say(tx, type, after, { text, audience: "everyone" });
  }
  return rows.filter(({ told }) => told !== null).length;
}

/** By when it is answered, as whoever asked is told. A day that has been is no promise. */
function answeredBy(tx: Tx, by: string, due: string): string {
  return due < today(tx)
    ? `It should have been answered by ${formatDay(due)}. We will answer it as soon as we can.`
    : `${by} ${formatDay(due)}. We will answer sooner if we can.`;
}

async function acknowledgeEach(tx: Tx, asked: Acknowledged): Promise<number> {
  const { type: name, kind } = asked;
  const type = typeNamed(tx.registry, name);
  const { rows } = await sql<New>`
    select id, version, received_on::text as received from ${viewOf(type)} v
    where organisation_id = ${tx.actor.organisationId}::uuid and closed_at is null and acknowledged_on is null
      and (requester_id is not null or exists (select 1 from outside_requesters o where o.organisation_id = v.organisation_id and o.record_id = v.id))
      and received_on >= ${today(tx)}::date - ${newDays}::integer ${kind === undefined ? sql`` : sql`and kind = ${kind}`}
    order by received_on, id limit ${requestsMax}`.execute(tx.db);
  for (const one of rows) await acknowledge(tx, asked, one);
  return rows.length;
}

async function acknowledge(
  tx: Tx,
  { type: name, called, clocks, by, otherwise }: Acknowledged,
  one: New,
): Promise<void> {
  const type = typeNamed(tx.registry, name);
  const after = await change(tx, type, one.id, one.version, { acknowledgedOn: today(tx) }, { trusted: true });
  const due = await dueDay(tx, after, clocks);
  const next = due === null ? otherwise : answeredBy(tx, by, due);
  const text = `We received your ${called} on ${formatDay(one.received)}. Its reference is **${after.reference}**.${next === undefined ? "" : `\n\n${next}`}`;
  await say(tx, type, after, { text, audience: "everyone" });
}

/** Acknowledges one case now, as the round of each minute would have done then: for a past that is made. Others are left. */
export async function acknowledgeOne(tx: Tx, { id, version, type, values }: Stored): Promise<void> {
  const asked = acknowledged.find(
    (one) => one.type === type && (one.kind === undefined || one.kind === values["kind"]),
  );
  if (asked) await acknowledge(tx, asked, { id, version, received: String(values["receivedOn"]) });
}
