import { may, mustBeAllowed } from "../../kernel/access.ts";
import { Refusal, forbid, unseen } from "../../kernel/errors.ts";
import type { RecordType } from "../../kernel/record.ts";
import { asOf } from "../../kernel/store/as-of.ts";
import { change } from "../../kernel/store/change.ts";
import { resolveLinks } from "../../kernel/store/check-links.ts";
import { clocksOf } from "../../kernel/store/clocks.ts";
import { create, givenAtFirst } from "../../kernel/store/create.ts";
import { find } from "../../kernel/store/find.ts";
import { list } from "../../kernel/store/list.ts";
import { move, movesFor, permissionOf } from "../../kernel/store/move.ts";
import { givenOutsideMoves } from "../../kernel/store/values.ts";
import { submitOnce } from "../../kernel/store/submission.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { onlyMembers } from "./body.ts";
import type { JsonObject } from "./body.ts";
import { etagOf, idempotencyKey, versionFrom } from "./conditions.ts";
import { listQueryOf, oneOf, onlyParameters } from "./list-query.ts";
import { clockJson, knowsField, recordJson } from "./record-json.ts";
import { asksForPreview, preview } from "./preview.ts";
import { recordFirst } from "./record-first.ts";
import { addressOf, typeFor } from "./route.ts";
import type { AddRoute, ApiAnswer, ApiRequest } from "./route.ts";

/** What can be done to records of every type: read them, make them, change them, and take them from state to state. */
export function addRecordRoutes(add: AddRoute): void {
  add("GET", "/:path", listRecords);
  add("POST", "/:path", createRecord);
  add("GET", "/:path/:id", showRecord);
  add("PATCH", "/:path/:id", changeRecord);
  add("POST", "/:path/:id/moves/:move", moveRecord);
}

async function listRecords(api: ApiRequest): Promise<ApiAnswer> {
  const type = typeFor(api, "read");
  return api.as(async (tx) => {
    // As its page is: a type of which nothing may be read has no list.
    if (!may(tx.actor, type.name, "read")) unseen("There is nothing at this address, or you may not see it");
    const query = await listQueryOf(tx, type, api.query);
    const page = await list(tx, type, query);
    return {
      body: { items: page.items.map((record) => recordJson(tx.actor, type, record)), nextCursor: page.nextCursor },
    };
  });
}

async function showRecord(api: ApiRequest): Promise<ApiAnswer> {
  const type = typeFor(api, "read");
  onlyParameters(api.query, ["on"]);
  const on = oneOf(api.query, "on");
  return api.as(async (tx) => {
    const record = await find(tx, type, api.params["id"] ?? "");
    if (on !== undefined) return { body: await recordOn(tx, type, record, on) };
    const clocks = await clocksOf(tx, type, record);
    const moves = movesFor(tx, type, record).map(([name]) => name);
    return {
      headers: { etag: etagOf(record.version) },
      body: { ...recordJson(tx.actor, type, record), clocks: clocks.map(clockJson), moves },
    };
  });
}

/** The record as it stood on a day. It carries no ETag and no moves: what has been is not changed. */
async function recordOn(tx: Tx, type: RecordType, record: Stored, day: string): Promise<Record<string, unknown>> {
  const { ownerId, teamId, requesterId } = record;
  const { record: then, clocks, erased } = await asOf(tx, type, record, day);
  if (then === null)
    unseen(`There was no ${record.reference} yet at the end of ${day}: it was made on ${record.openedAt.slice(0, 10)}`);
  return {
    // What this person may read goes by whose it is now.
    ...recordJson(tx.actor, type, { ...then, ownerId, teamId, requesterId }),
    clocks: clocks.map(clockJson),
    asOf: { day, erased },
  };
}

async function createRecord(api: ApiRequest): Promise<ApiAnswer> {
  const type = typeFor(api, "write");
  const make = async (tx: Tx) => create(tx, type, await resolveLinks(tx, type, api.body));
  const check = (tx: Tx) => {
    mustBeAllowed(tx.actor, type, type.access.create.permission, `make a ${type.label.one.toLowerCase()}`);
    mustBeFields(tx, type, api.body, givenAtFirst(tx, type));
  };
  if (asksForPreview(api))
    return preview(api, type, async (tx) => {
      check(tx);
      return { before: null, after: await make(tx) };
    });
  return api.as(async (tx) => {
    check(tx);
    return once(api, tx, type, { status: 201, content: ["create", type.name, api.body] }, () => make(tx));
  });
}

async function changeRecord(api: ApiRequest): Promise<ApiAnswer> {
  const type = typeFor(api, "write");
  const previews = asksForPreview(api);
  const { id = "" } = api.params;
  const version = versionFrom(api.request);
  const wanted = {
    id,
    permission: type.access.change.permission,
    doing: `change this ${type.label.one.toLowerCase()}`,
  };
  const work = async (tx: Tx) => {
    const given = await recordFirst(tx, type, wanted, () => {
      mustBeFields(tx, type, api.body, givenOutsideMoves(type));
      return resolveLinks(tx, type, api.body);
    });
    if ("sensitivity" in api.body && !may(tx.actor, type.name, "restricted")) {
      await find(tx, type, id);
      forbid("You may not change who sees this. It needs the permission “restricted”");
    }
    return change(tx, type, id, version, given);
  };
  if (previews) return preview(api, type, async (tx) => ({ before: await find(tx, type, id), after: await work(tx) }));
  return api.as(async (tx) => {
    const changed = await work(tx);
    return { headers: { etag: etagOf(changed.version) }, body: recordJson(tx.actor, type, changed) };
  });
}

async function moveRecord(api: ApiRequest): Promise<ApiAnswer> {
  const type = typeFor(api, "write");
  const previews = asksForPreview(api);
  const { id = "", move: name = "" } = api.params;
  const version = versionFrom(api.request);
  const definition = Object.hasOwn(type.moves, name) ? type.moves[name] : undefined;
  if (!definition)
    throw new Refusal("unseen", [
      { message: `${type.label.many} have no such move. They have: ${Object.keys(type.moves).join(", ")}` },
    ]);
  const { comment, ...fields } = api.body;
  const wanted = { id, permission: permissionOf(type, definition), doing: `${definition.label.toLowerCase()} here` };
  const asked = [...(definition.asks ?? []), ...(definition.comment ? ["comment"] : [])];
  const check = (tx: Tx) => recordFirst(tx, type, wanted, () => onlyMembers(api.body, asked));
  const work = async (tx: Tx) => {
    const given = await recordFirst(tx, type, wanted, () => resolveLinks(tx, type, fields));
    return move(tx, type, id, version, name, { ...given, ...(definition.comment ? { comment } : {}) });
  };
  if (previews)
    return preview(api, type, async (tx) => {
      await check(tx);
      return { before: await find(tx, type, id), after: await work(tx) };
    });
  return api.as(async (tx) => {
    await check(tx);
    const content = ["move", type.name, id, name, version, api.body];
    return once(api, tx, type, { status: 200, content }, () => work(tx));
  });
}

/** Does a POST once for each key, and answers with the record: as it was made, or as it is now when the key came again. */
async function once(
  api: ApiRequest,
  tx: Tx,
  type: RecordType,
  sending: { status: number; content: unknown },
  work: () => Promise<Stored>,
): Promise<ApiAnswer> {
  let made: Stored | null = null;
  const done = await submitOnce(tx, idempotencyKey(api.request), sending.content, async () => {
    made = await work();
    return { status: sending.status, location: addressOf(type, made.reference), recordId: made.id };
  });
  const record = made ?? (await find(tx, type, done.recordId ?? ""));
  return {
    status: done.status,
    headers: {
      etag: etagOf(record.version),
      ...(done.status === 201 ? { location: done.location } : {}),
      ...(done.repeated ? { "idempotency-replayed": "true" } : {}),
    },
    body: recordJson(tx.actor, type, record),
  };
}

/** Refuses names that are no field of the type, or of one that this person does not know of. */
function mustBeFields(tx: Tx, type: RecordType, given: JsonObject, asked: readonly string[]): void {
  const known = Object.keys(type.fields).filter((name) => knowsField(tx.actor, type, name));
  // What is known and cannot be given is refused later, each with its own reason.
  onlyMembers(
    given,
    known,
    asked.filter((name) => known.includes(name) && !type.fields[name]?.options.readOnly),
  );
}
