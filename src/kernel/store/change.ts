import { sql } from "kysely";
import { mustBeAllowed } from "../access.ts";
import { noLongerAsked, unaskedProblems } from "../asked.ts";
import { Refusal } from "../errors.ts";
import { attachFiles, filesTold } from "../files/files.ts";
import type { RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { registersChanged } from "../transaction.ts";
import { addedValues, storeAdded } from "./added.ts";
import { checkLinks } from "./check-links.ts";
import { nextDue, readClocks, storeClocks, toldOfClocks } from "./clocks.ts";
import { movesDeadlines, startMoving } from "./deadline-jobs.ts";
import { find } from "./find.ts";
import { storeLinesAndLinks } from "./lines.ts";
import { rulesOfTable } from "./refused-by-database.ts";
import { ownColumns, sharedValues } from "./row.ts";
import { appendEvent, timelineFacts } from "./timeline.ts";
import type { EventBody } from "./timeline.ts";
import { checkFixed, checkOffered, checkRequired, checkValues, givenOutsideMoves, sameValue } from "./values.ts";
import type { Values } from "./values.ts";
import { wordsOf } from "./words.ts";

interface ChangeOptions {
  readonly trusted?: boolean;
}

/**
 * Changes some values of a record that was read at `version`. Refuses (stale) when someone else changed it since, and
 * (invalid, forbidden) as `create` does. Values that are as they were change nothing and leave no event.
 */
export async function change(
  tx: Tx,
  type: RecordType,
  idOrReference: string,
  version: ReadVersion,
  given: Values,
  options: ChangeOptions = {},
): Promise<Stored> {
  const before = await find(tx, type, idOrReference);
  const checked = await mayChange(tx, type, before, version, given, options);
  const after = await applyValues(tx, type, before, { values: checked, verb: "changed", body: {} });
  return asItIsNow(tx, type, after);
}

/** What a change would come to: the same refusals, and nothing written. */
export async function previewChange(
  tx: Tx,
  type: RecordType,
  before: Stored,
  version: ReadVersion,
  given: Values,
): Promise<Outcome> {
  const checked = await mayChange(tx, type, before, version, given, {});
  return outcomeOf(tx, type, before, { values: checked, verb: "changed", body: {} });
}

/** The values as they may be written. Refuses as `change` does. */
async function mayChange(
  tx: Tx,
  type: RecordType,
  before: Stored,
  version: ReadVersion,
  given: Values,
  options: ChangeOptions,
): Promise<Values> {
  mustBeAllowed(tx.actor, type, type.access.change.permission, `change this ${type.label.one.toLowerCase()}`, before);
  mustBeCurrent(before, version);
  const checked = checkValues(type, given, options.trusted ? { trusted: true } : { allowed: givenOutsideMoves(type) });
  const locked = options.trusted ? null : type.locked(before);
  if (locked !== null && Object.keys(changedValues(before, checked)).some((name) => name !== "sensitivity"))
    throw new Refusal("impossible", [{ message: locked }]);
  if (!options.trusted) {
    checkFixed(type, changedValues(before, checked));
    checkOffered(type, changedValues(before, checked));
  }
  if (!options.trusted) await checkLinks(tx, type, changedValues(before, checked), before.id);
  return checked;
}

/** The record as it stands after an action; as the actor left it, when the action took it out of their sight. */
export async function asItIsNow(tx: Tx, type: RecordType, left: Stored): Promise<Stored> {
  try {
    return await find(tx, type, left.id);
  } catch (error) {
    if (error instanceof Refusal && error.kind === "unseen") return left;
    throw error;
  }
}

/** The version of a record that the caller read, or `any` where they mean to write over whatever is there. */
export type ReadVersion = number | "any";

/** Refuses when the record has moved on since the person read it. */
export function mustBeCurrent(record: Stored, version: ReadVersion): void {
  if (version !== "any" && record.version !== version)
    throw new Refusal("stale", [{ message: "Someone else changed this record after you opened it" }]);
}

/** What an action does to a record: new values, perhaps a new state, and the line on its timeline. */
export interface Action {
  readonly values: Values;
  readonly state?: string;
  readonly verb: string;
  readonly body: EventBody;
  readonly requires?: readonly string[];
}

/** What an action comes to before anything is written. */
export interface Outcome {
  /** The values that differ from those before, worked out ones among them. */
  readonly values: Values;
  /** All the values that the record then has. */
  readonly after: Values;
  readonly state: string;
}

/** Works out what an action comes to. Refuses values that leave a gap or do not fit together. */
export async function outcomeOf(tx: Tx, type: RecordType, before: Stored, action: Action): Promise<Outcome> {
  const given = asAsked(type, before, changedValues(before, action.values));
  const derived = type.derive ? await type.derive(tx, given, before) : {};
  const values = changedValues(before, { ...given, ...derived });
  const after = { ...before.values, ...values };
  checkRequired(type, after, action.requires, values);
  await type.check?.(tx, after, before);
  return { values, after, state: action.state ?? before.state };
}

/** The changes, and what they empty because it is asked for no longer. Refuses a value for what is not asked for. */
function asAsked(type: RecordType, before: Stored, changes: Values): Values {
  const after = { ...before.values, ...changes };
  const problems = unaskedProblems(type, changes, after);
  if (problems.length > 0) throw new Refusal("invalid", problems);
  return { ...changes, ...noLongerAsked(type, before.values, after) };
}

/** Writes an action: the values that follow, the row, the lines, the clocks, the words and the event, as one. Gives the record as it left it. */
export async function applyValues(tx: Tx, type: RecordType, before: Stored, action: Action): Promise<Stored> {
  const { values, after, state } = await outcomeOf(tx, type, before, action);
  if (Object.keys(values).length === 0 && action.verb === "changed") return before;
  const changes = Object.fromEntries(
    Object.keys(values).map((name) => [name, { from: before.values[name] ?? null, to: values[name] ?? null }]),
  );
  const [clocks, files] = await Promise.all([
    clocksAfter(tx, type, before, { verb: action.verb, values, state: action.state }),
    filesTold(tx, type, values),
  ]);
  const body: EventBody = {
    ...action.body,
    ...(Object.keys(changes).length > 0 ? { changes } : {}),
    ...(action.state === undefined ? {} : { state }),
    ...toldOfClocks(clocks),
    ...(files ? { files } : {}),
  };
  const due = nextDue(clocks);
  if (type.referenceData) tx.memo.set(registersChanged, Promise.resolve(true));
  // Sent together and run in this order; when someone else was first, nothing of it is kept.
  await rulesOfTable(type, () =>
    Promise.all([
      updateRecord(tx, type, before, { values, state, due: due?.toString() ?? "infinity" }),
      updateOwnRow(tx, type, before, values),
      storeAdded(tx, [{ id: before.id, added: addedValues(type, values) }]),
      attachFiles(tx, type, before.id, values),
      storeClocks(tx, before.id, clocks),
      appendEvent(tx, before.id, { verb: action.verb, body }),
      indexAgain(tx, type, before, values, after),
      storeLinesAndLinks(tx, type, before.id, values),
    ]),
  );
  if (movesDeadlines(type, before, { values: after, state })) await startMoving(tx, type, before);
  return left(tx, type, before, { values: after, state, due });
}

/** The record as this action leaves it. */
function left(
  tx: Tx,
  type: RecordType,
  before: Stored,
  { values, state, due }: { values: Values; state: string; due: Temporal.Instant | null },
): Stored {
  const id = (column: string) => (sharedValues(type, values)[column] ?? null) as string | null;
  const updatedAt = tx.now.toString({ smallestUnit: "millisecond" });
  return {
    ...before,
    values,
    state,
    updatedAt,
    version: before.version + 1,
    title: String(values[type.titleField] ?? before.title),
    dueAt: due?.toString({ smallestUnit: "millisecond" }) ?? null,
    closedAt: type.states[state]?.final ? (before.closedAt ?? updatedAt) : null,
    ownerId: id("owner_id"),
    teamId: id("team_id"),
    requesterId: id("requester_id"),
    sensitivity: String(values["sensitivity"] ?? before.sensitivity),
  };
}

function changedValues(before: Stored, given: Values): Values {
  return Object.fromEntries(Object.entries(given).filter(([name, value]) => !sameValue(before.values[name], value)));
}

async function clocksAfter(
  tx: Tx,
  type: RecordType,
  before: Stored,
  { verb, values, state }: { verb: string; values: Values; state: string | undefined },
) {
  if (Object.keys(type.clocks).length === 0) return [];
  const fact = {
    at: tx.now,
    verb,
    actorId: tx.actor.personId,
    audience: "everyone",
    values,
    ...(state === undefined ? {} : { state }),
  };
  const shared = sharedValues(type, values);
  // The column of `records` holds an id or nothing.
  const requesterId = "requester_id" in shared ? (shared["requester_id"] as string | null) : before.requesterId;
  return readClocks(tx, type, { facts: [...(await timelineFacts(tx, type, before)), fact], requesterId, now: tx.now });
}

async function updateRecord(
  tx: Tx,
  type: RecordType,
  before: Stored,
  { values, state, due }: { values: Values; state: string; due: string },
): Promise<void> {
  const now = tx.now.toString({ smallestUnit: "microsecond" });
  const final = type.states[state]?.final ?? false;
  const shared = {
    ...sharedValues(type, values),
    state,
    next_due_at: due,
    updated_at: now,
    ...(final === (before.closedAt !== null) ? {} : { closed_at: final ? now : null }),
  };
  const { rows } = await sql<{
    changed: boolean;
  }>`select change_record(${before.id}::uuid, ${before.version}, ${JSON.stringify(shared)}::jsonb) as changed`.execute(
    tx.db,
  );
  if (rows[0]?.changed !== true)
    throw new Refusal("stale", [{ message: "Someone else changed this record after you opened it" }]);
}

async function updateOwnRow(tx: Tx, type: RecordType, before: Stored, values: Values): Promise<void> {
  const own = ownColumns(type, values);
  if (own.length === 0) return;
  await sql`update ${sql.table(type.name)} set ${sql.join(own.map(([column, value]) => sql`${sql.ref(column)} = ${value}`))}
    where organisation_id = ${tx.actor.organisationId}::uuid and id = ${before.id}::uuid`.execute(tx.db);
}

async function indexAgain(tx: Tx, type: RecordType, before: Stored, values: Values, after: Values): Promise<void> {
  const was = wordsOf(type, before.reference, before.values);
  const is = wordsOf(type, before.reference, after);
  if (Object.keys(values).length === 0 || sameValue(was, is)) return;
  await sql`select index_record(${before.id}::uuid, ${is.title}, ${is.everyone}, ${is.internal})`.execute(tx.db);
}
