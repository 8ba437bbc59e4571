import { sql } from "kysely";
import { formatDay } from "../../kernel/fields/date.ts";
import type { ModuleSchedule } from "../../kernel/jobs/schedules.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { change } from "../../kernel/store/change.ts";
import { say } from "../../kernel/store/comment.ts";
import { viewOf } from "../../kernel/store/row.ts";
import { asSystem } from "../../kernel/transaction.ts";
import type { Tx } from "../../kernel/transaction.ts";
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
  return said;
}

async function acknowledgeEach(tx: Tx, asked: Acknowledged): Promise<number> {
  const { type: name, called, clocks, by, otherwise, kind } = asked;
  const type = typeNamed(tx.registry, name);
  const { rows } = await sql<New>`
    select id, version, received_on::text as received from ${viewOf(type)} v
    where organisation_id = ${tx.actor.organisationId}::uuid and closed_at is null and acknowledged_on is null
      and (requester_id is not null or exists (select 1 from outside_requesters o where o.organisation_id = v.organisation_id and o.record_id = v.id))
      and received_on >= ${today(tx)}::date - ${newDays}::integer ${kind === undefined ? sql`` : sql`and kind = ${kind}`}
    order by received_on, id limit ${requestsMax}`.execute(tx.db);
  for (const { id, version, received } of rows) {
    const after = await change(tx, type, id, version, { acknowledgedOn: today(tx) }, { trusted: true });
    const due = await dueDay(tx, after, clocks);
    const next = due === null ? otherwise : `${by} ${formatDay(due)}. We will answer sooner if we can.`;
    const text = `We received your ${called} on ${formatDay(received)}. Its reference is **${after.reference}**.${next === undefined ? "" : `\n\n${next}`}`;
    await say(tx, type, after, { text, audience: "everyone" });
  }
  return rows.length;
}
