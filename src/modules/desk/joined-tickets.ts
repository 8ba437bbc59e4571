import { sql } from "kysely";
import { refuse } from "../../kernel/errors.ts";
import { addJob } from "../../kernel/jobs/jobs.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { say } from "../../kernel/store/comment.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { calledOutside, pageOutside } from "./restricted.ts";

type Values = Readonly<Record<string, unknown>>;

/** How many tickets follow one at the most; a major incident has hundreds, not thousands. */
export const followersMax = 2000;

/** What follows a ticket: open ones that are part of it, and duplicates whose people want to know how it ended. */
interface Followers {
  readonly parts: number;
  readonly duplicates: number;
}

/** Counts them, as far as the person may see them. */
export async function followersOf(tx: Tx, ticketId: string): Promise<Followers> {
  const { rows } = await sql<{ parts: number; duplicates: number }>`
    with parts as materialized (select t.id from ticket t
        where t.organisation_id = ${tx.actor.organisationId}::uuid and t.parent = ${ticketId}::uuid limit ${followersMax}),
      duplicates as materialized (select t.id from ticket t
        where t.organisation_id = ${tx.actor.organisationId}::uuid and t.duplicate_of = ${ticketId}::uuid limit ${followersMax})
    select (select count(*)::int from parts p join records r on r.organisation_id = ${tx.actor.organisationId}::uuid and r.id = p.id
        where r.closed_at is null and r.state <> 'resolved') as parts,
      (select count(*)::int from duplicates) as duplicates`.execute(tx.db);
  return rows[0] ?? { parts: 0, duplicates: 0 };
}

/** Said before a ticket is resolved: what closes with it, and who is told. */
export async function childrenThatFollow(tx: Tx, record: Stored): Promise<readonly string[]> {
  const { parts, duplicates } = await followersOf(tx, record.id);
  return [
    ...(parts > 0
      ? [
          `${parts === 1 ? "1 ticket that is" : `${parts} tickets that are`} part of it will be resolved with it, in the same words.`,
        ]
      : []),
    ...(duplicates > 0
      ? [`Whoever asked in ${duplicates === 1 ? "its duplicate" : `its ${duplicates} duplicates`} will be told.`]
      : []),
  ];
}

/** Said before a ticket is closed as a duplicate. */
export async function whatMergingDoes(tx: Tx, record: Stored): Promise<readonly string[]> {
  const { parts, duplicates } = await followersOf(tx, record.id);
  return [
    `${record.reference} is closed. Whoever asked is told so now, and again when the other is resolved. What was said here can be read from the other.`,
    ...(parts + duplicates > 0
      ? [`The ${parts + duplicates} that are part or duplicates of it follow the other ticket from then on.`]
      : []),
  ];
}

/** Once it is resolved, a job resolves what is part of it and tells the people of its duplicates. */
export async function tellOfResolution(tx: Tx, after: Stored): Promise<void> {
  const { parts, duplicates } = await followersOf(tx, after.id);
  if (parts + duplicates > 0) await startFollowing(tx, after);
}

/** Tells whoever asked that theirs goes on elsewhere, without a word of the other, which may not be theirs to read. */
export async function tellOfMerge(tx: Tx, after: Stored): Promise<void> {
  const type = typeNamed(tx.registry, "ticket");
  const other = await find(tx, type, String(after.values["duplicateOf"]));
  const called = calledOutside(other);
  await say(tx, type, after, {
    text: `This was reported more than once, so we carry on with it ${called === null ? "elsewhere" : `in ${called}`}. You need do nothing: we will write to you here when it is solved.`,
    audience: "everyone",
  });
  const { parts, duplicates } = await followersOf(tx, after.id);
  if (parts + duplicates > 0) await startFollowing(tx, after);
}

async function startFollowing(tx: Tx, ticket: Stored): Promise<void> {
  await addJob(tx, {
    kind: "follow-ticket",
    title: `What follows from ${calledOutside(ticket) ?? "a restricted ticket"}`,
    subject: ticket.id,
    page: pageOutside(ticket),
  });
}

/** The ticket in which a duplicate goes on: of one that is a duplicate itself, the one that it leads to. */
export async function leadToBe(tx: Tx, record: Stored, values: Values): Promise<Values> {
  return { duplicateOf: await furthest(tx, record, { ...values, field: "duplicateOf" }) };
}

/** One level deep: of a ticket that is part of another, that other. So closing never goes round in circles. */
export async function parentToBe(tx: Tx, record: Stored, values: Values): Promise<Values> {
  const parent = await furthest(tx, record, { ...values, field: "parent" });
  const { parts } = await followersOf(tx, record.id);
  if (parts > 0) refuse("parent", `Part of: other tickets are part of ${record.reference}. Take them out first`);
  return { parent };
}

async function furthest(tx: Tx, record: Stored, given: Values & { readonly field: string }): Promise<string> {
  const { field } = given;
  const label = field === "parent" ? "Part of" : "Duplicate of";
  const type = typeNamed(tx.registry, "ticket");
  const other = await find(tx, type, String(given[field]));
  const further = other.values[field];
  const last = typeof further === "string" && further !== other.id ? await find(tx, type, further) : other;
  if (last.id === record.id) refuse(field, `${label}: that leads back to ${record.reference}. Select another ticket`);
  if (last.closedAt !== null) refuse(field, `${label}: ${last.reference} is closed. Give one that is still open`);
  return last.id;
}
