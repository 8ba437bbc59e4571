import { sql } from "kysely";
import { may, mustBeAllowed } from "../access.ts";
import type { ClockReading } from "../clock.ts";
import { isAsked, unaskedProblems } from "../asked.ts";
import { Refusal } from "../errors.ts";
import { attachFiles, filesTold } from "../files/files.ts";
import type { RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { registersChanged } from "../transaction.ts";
import { addedValues, storeAdded } from "./added.ts";
import { linkProblems } from "./check-links.ts";
import { nextDue, readClocks, storeClocks, toldOfClocks } from "./clocks.ts";
import { movesDeadlines, startMoving } from "./deadline-jobs.ts";
import { find } from "./find.ts";
import { insertLinesAndLinks } from "./lines.ts";
import { nextReference } from "./reference.ts";
import { hasLinesOrLinks, ownColumns, sharedValues } from "./row.ts";
import { rulesOfTable } from "./refused-by-database.ts";
import { appendEvent, doneBy } from "./timeline.ts";
import type { EventBody } from "./timeline.ts";
import { checkOffered, checkRequired, checkValues, givenOutsideMoves } from "./values.ts";
import type { Values } from "./values.ts";
import { wordsOf } from "./words.ts";

interface CreateOptions {
  /** Whether fields that only the product sets may be given: imports and our own code. */
  readonly trusted?: boolean;
  /** The state that it is in from the start; the definition's unless told (imports tell). */
  readonly state?: string;
  /** A reference that was taken for it before; the next one unless told. */
  readonly reference?: string;
  /** Said in the first line of its timeline: who did it in the system it came from. */
  readonly by?: string;
}

/**
 * Makes a record: checks the values, fills in the rest, gives it a reference, starts its clocks and its timeline.
 * Refuses (invalid, forbidden) with a sentence for each field that is wrong.
 */
export async function create(tx: Tx, type: RecordType, given: Values, options: CreateOptions = {}): Promise<Stored> {
  const { id } = await insertRecord(tx, type, given, options);
  return find(tx, type, id);
}

/** The same, giving only the new record's id and reference: for callers that do not look at it. */
export async function insertRecord(
  tx: Tx,
  type: RecordType,
  given: Values,
  options: CreateOptions = {},
): Promise<{ id: string; reference: string }> {
  mustBeAllowed(tx.actor, type, type.access.create.permission, `make a ${type.label.one.toLowerCase()}`);
  // What does not wait for one another is asked for together: each answer takes a while to come.
  const [values, reference] = await Promise.all([
    completeValues(tx, type, given, options),
    options.reference ?? nextReference(tx, type),
  ]);
  const state = options.state ?? type.starts;
  const at = tx.now.toString({ smallestUnit: "microsecond" });
  const fact = {
    ...doneBy(tx),
    ...(options.by ? { by: options.by } : {}),
    verb: "created",
    audience: "everyone",
    state,
    values,
  };
  const shared = sharedValues(type, values);
  const requesterId = (shared["requester_id"] ?? null) as string | null;
  const [clocks, files] = await Promise.all([
    readClocks(tx, type, { facts: [fact], requesterId, now: tx.now }),
    filesTold(tx, type, values),
  ]);
  const body = {
    ...createdBody(reference, values, state, clocks),
    ...(files ? { files } : {}),
    ...(options.by ? { by: options.by } : {}),
  };
  const words = wordsOf(type, reference, values);
  const row = {
    organisation_id: tx.actor.organisationId,
    type: type.name,
    reference,
    state,
    created_by: tx.actor.personId,
    opened_at: at,
    updated_at: at,
    next_due_at: nextDue(clocks)?.toString() ?? "infinity",
    closed_at: type.states[state]?.final ? at : null,
    ...shared,
  };
  const added = present(addedValues(type, values));
  if (type.referenceData) tx.memo.set(registersChanged, Promise.resolve(true));
  const columns = Object.keys(row);
  const everyone = sql`setweight(to_tsvector('english', ${words.title}), 'A') || setweight(to_tsvector('english', ${words.everyone}), 'B')`;
  const inside =
    words.internal === ""
      ? sql`${everyone}, null`
      : sql`${everyone} || setweight(to_tsvector('english', ${words.internal}), 'B'), ${everyone}`;
  const id = newId(tx.now);
  await rulesOfTable(type, () =>
    Promise.all([
      // No RETURNING: that would ask whether the person may also read what they make.
      sql`insert into records (id, ${sql.join(columns.map((column) => sql.ref(column)))}, search, search_public)
        values (${id}::uuid, ${sql.join(Object.values(row))}, ${inside})`.execute(tx.db),
      insertOwnRow(tx, type, id, values),
      storeAdded(tx, [{ id, added }]),
      attachFiles(tx, type, id, values),
      storeClocks(tx, id, clocks),
      // Whoever may only make such records may add to one until its first event, and lines take several statements.
      hasLinesOrLinks(type)
        ? insertLinesAndLinks(tx, type, id, values).then(() => appendEvent(tx, id, { verb: "created", body }))
        : appendEvent(tx, id, { verb: "created", body }),
    ]),
  );
  if (movesDeadlines(type, null, { values, state })) await startMoving(tx, type, { id, reference });
  if (type.made) await type.made(tx, asMade(tx, type, { id, reference, state, values, due: nextDue(clocks) }));
  return { id, reference };
}

/** The new record without asking whether who made it may also read it. */
function asMade(
  tx: Tx,
  type: RecordType,
  { due, ...made }: Pick<Stored, "id" | "reference" | "state" | "values"> & { readonly due: Temporal.Instant | null },
): Stored {
  const shared = sharedValues(type, made.values);
  // The columns of `records` hold an id or nothing.
  const id = (column: string) => (shared[column] ?? null) as string | null;
  const at = tx.now.toString({ smallestUnit: "millisecond" });
  return {
    ...made,
    type: type.name,
    title: String(made.values[type.titleField] ?? ""),
    version: 1,
    openedAt: at,
    updatedAt: at,
    dueAt: due?.toString({ smallestUnit: "millisecond" }) ?? null,
    closedAt: type.states[made.state]?.final ? at : null,
    createdBy: tx.actor.personId,
    ownerId: id("owner_id"),
    teamId: id("team_id"),
    requesterId: id("requester_id"),
    sensitivity: String(made.values["sensitivity"] ?? "normal"),
  };
}

/**
 * The values that a new record starts with, checked: what was given, the definition's own, what follows from them. With
 * `linksKnown` the caller has read what the links lead to as the actor. Refuses as `create` does.
 */
export async function completeValues(
  tx: Tx,
  type: RecordType,
  given: Values,
  { trusted = false, linksKnown = false }: CreateOptions & { readonly linksKnown?: boolean },
): Promise<Values> {
  const checked = checkValues(type, given, { trusted, ...(trusted ? {} : { allowed: givenAtFirst(tx, type) }) });
  const [defaults, wrongLinks] = await Promise.all([
    startingValues(tx, type),
    trusted || linksKnown ? [] : linkProblems(tx, type, checked, null),
  ]);
  const said = withoutNulls(checked);
  const all = { ...defaults, ...said };
  // History that is brought in says what it says.
  const unasked = trusted ? [] : unaskedProblems(type, said, all);
  if (unasked.length > 0) throw new Refusal("invalid", unasked);
  const started = Object.fromEntries(
    Object.entries(all).filter(([name]) => Object.hasOwn(said, name) || isAsked(type, name, all)),
  );
  checkRequired(type, started, [], trusted ? checked : started);
  const derived = type.derive ? await type.derive(tx, started, null) : {};
  const values = { ...started, ...derived };
  await type.check?.(tx, values, null);
  if (!trusted) checkOffered(type, checked);
  if (wrongLinks.length > 0) throw new Refusal("invalid", wrongLinks);
  return values;
}

/** What whoever makes a record may say of it: what the form asks for, and everything for those who may change it afterwards. */
export function givenAtFirst(tx: Tx, type: RecordType): readonly string[] {
  return may(tx.actor, type.name, type.access.change.permission) ? givenOutsideMoves(type) : type.views.form;
}

/** What a new record starts with where nothing is given: the definition's defaults and those of its choices. */
export async function startingValues(tx: Tx, type: RecordType): Promise<Values> {
  return { ...choiceDefaults(type), ...(await type.defaults?.(tx)) };
}

/** What the choices of a form hold from the start. */
export function choiceDefaults(type: RecordType): Values {
  return Object.fromEntries(
    Object.entries(type.fields).flatMap(([name, { kind, options }]) => {
      // Only a choice has a default in its options.
      const value =
        kind.name === "choice" && !options.askedByMoveOnly ? (options as { default?: string }).default : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

async function insertOwnRow(tx: Tx, type: RecordType, id: string, values: Values): Promise<void> {
  const cells = ownColumns(type, values).filter(([, value]) => value !== null);
  await sql`insert into ${sql.table(type.name)} (organisation_id, id${sql.join(
    cells.map(([column]) => sql`, ${sql.ref(column)}`),
    sql``,
  )})
    values (${sql.join([tx.actor.organisationId, id, ...cells.map(([, value]) => value)])})`.execute(tx.db);
}

function withoutNulls(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/** What the first line of a timeline says of every new record, so that verify can prove it. */
export function createdBody(
  reference: string,
  values: Values,
  state: string,
  clocks: readonly ClockReading[],
): Pick<EventBody, "reference" | "values" | "state" | "clocks"> {
  return { reference, values: present(values), state, ...toldOfClocks(clocks) };
}

/** What is worth remembering: no empty values. */
export function present(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

/** A UUIDv7 of a moment (RFC 9562 section 5.7): ids sort by when their records were made. */
export function newId(now: Temporal.Instant): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const milliseconds = BigInt(Math.max(0, now.epochMilliseconds));
  for (let at = 0; at < 6; at++) bytes[at] = Number((milliseconds >> BigInt(40 - at * 8)) & 0xffn);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
