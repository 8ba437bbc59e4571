import { sql } from "kysely";
import { Refusal } from "../../kernel/errors.ts";
import type { JobKind } from "../../kernel/jobs/run.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { comment } from "../../kernel/store/comment.ts";
import { find } from "../../kernel/store/find.ts";
import { timeline } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { plural } from "../../web/view/format.ts";
import { linesOf, updateStages } from "./major-incident.ts";
import { calledOutside } from "./restricted.ts";

/** Tickets written on in one transaction, and in all. */
const batchMax = 25;
const ticketsMax = 5000;

/**
 * Writes the latest update of a major incident on each of its open tickets, so that everyone who reported it hears the same.
 * The product writes it: an update is for all of them, also for those whose ticket whoever wrote it may not see.
 */
export const tellTicketsJob: JobKind = async (run) => {
  const ids = await run.asProduct((tx) => openTickets(tx, run.subject));
  let told = 0;
  for (let at = 0; at < ids.length; at += batchMax) {
    const batch = ids.slice(at, at + batchMax);
    told += await run.asProduct((tx) => tellBatch(tx, run.subject, batch));
    await run.as((tx) => run.progress(tx, at + batch.length, ids.length));
  }
  return told === 0 ? "Nobody was left to be told." : `The update was written on ${plural(told, "ticket")}.`;
};

async function openTickets(tx: Tx, incident: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from visible_ticket
    where organisation_id = ${tx.actor.organisationId}::uuid and major_incident = ${incident}::uuid and closed_at is null
    order by id limit ${ticketsMax}`.execute(tx.db);
  return rows.map(({ id }) => id);
}

async function tellBatch(tx: Tx, incidentId: string, ids: readonly string[]): Promise<number> {
  // Two updates in quick succession have two jobs; one waits for the other, so that nobody is told twice.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`tell ${incidentId}`}, 0))`.execute(tx.db);
  const incident = await find(tx, typeNamed(tx.registry, "major_incident"), incidentId);
  const message = messageOf(incident);
  if (message === null) return 0;
  let told = 0;
  for (const id of ids) if (await tellOne(tx, id, message)) told += 1;
  return told;
}

/** Says it on a ticket where it was not said before. Whether it was said now. */
async function tellOne(tx: Tx, id: string, { text, mark }: Message): Promise<boolean> {
  const type = typeNamed(tx.registry, "ticket");
  try {
    const said = await timeline(tx, { id, type: type.name }, { verbs: ["commented"], newestFirst: true, limit: 100 });
    if (said.some(({ actorId, body }) => actorId === null && body?.text?.endsWith(mark) === true)) return false;
    await comment(tx, type, id, { text, audience: "everyone" });
    return true;
  } catch (error) {
    // It was disposed of, or closed to all, in the meantime.
    if (error instanceof Refusal && error.kind === "unseen") return false;
    throw error;
  }
}

interface Message {
  readonly text: string;
  /** How it ends, by which it is known to have been said. */
  readonly mark: string;
}

function messageOf(incident: Stored): Message | null {
  const all = linesOf(incident, "updates");
  const last = all.at(-1);
  if (last === undefined) return null;
  const stages: Readonly<Record<string, string>> = updateStages;
  const said = `**${stages[String(last["stage"])] ?? "Update"}.** ${String(last["text"])}`;
  // A restricted incident is not named where those who reported it read.
  const called = calledOutside(incident);
  const mark = called === null ? said : `Update ${all.length} of ${called}.`;
  return { text: called === null ? said : `${said}\n\n${mark}`, mark };
}
