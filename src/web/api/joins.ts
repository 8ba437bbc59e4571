import { refuse } from "../../kernel/errors.ts";
import { submitOnce } from "../../kernel/store/submission.ts";
import {
  choiceOf,
  dependingRelations,
  joinRecords,
  partRecords,
  reached,
  relations,
  stepsMax,
} from "../../kernel/store/relations.ts";
import type { Joined } from "../../kernel/store/relations.ts";
import { find } from "../../kernel/store/find.ts";
import { onlyMembers } from "./body.ts";
import { idempotencyKey } from "./conditions.ts";
import { oneOf, onlyParameters } from "./list-query.ts";
import { recordFirst } from "./record-first.ts";
import { scopeAllows } from "../sign-in/api-tokens.ts";
import { addressOf, outOfScope, typeFor } from "./route.ts";
import type { AddRoute, ApiAnswer, ApiRequest } from "./route.ts";

/** What joins a record to others: read, made and taken away. No If-Match is needed. */
export function addJoinRoutes(add: AddRoute): void {
  add("GET", "/:path/:id/joins", listJoins);
  add("POST", "/:path/:id/joins", (api) => write(api, joinRecords, 201));
  add("POST", "/:path/:id/joins/remove", (api) => write(api, partRecords, 200));
}

async function listJoins(api: ApiRequest): Promise<ApiAnswer> {
  const type = typeFor(api, "read");
  onlyParameters(api.query, ["depends"]);
  const depends = oneOf(api.query, "depends");
  if (depends !== undefined && depends !== "on-it" && depends !== "on-others")
    refuse(
      "depends",
      "Give “on-it” for what depends on the record, “on-others” for what it depends on, or leave it out",
    );
  return api.as(async (tx) => {
    const record = await find(tx, type, api.params["id"] ?? "");
    const ways =
      depends === undefined
        ? [false, true].map((back) => ({ back, steps: 1, by: Object.keys(relations) }))
        : [{ back: depends === "on-it", steps: stepsMax, by: dependingRelations }];
    const found = await Promise.all(ways.map((way) => reached(tx, record, way)));
    const readable = found.flat().filter((joined) => scopeAllows(api.actor.scopes, joined.type, "read"));
    return { body: { items: readable.map(joinJson) } };
  });
}

function joinJson({ step, via, relation, back, id, type, reference, title, state }: Joined): Record<string, unknown> {
  return { relation: choiceOf(relation, back), step, via, id, type, reference, title, state };
}

async function write(api: ApiRequest, work: typeof joinRecords, status: number): Promise<ApiAnswer> {
  const type = typeFor(api, "write");
  onlyParameters(api.query, []);
  const { id = "" } = api.params;
  return api.as(async (tx) => {
    await recordFirst(tx, type, { id, permission: "read", doing: "see this" }, () =>
      onlyMembers(api.body, ["relation", "to"]),
    );
    const { relation, to } = api.body;
    const content = [work.name, type.name, id, relation, to];
    const sent = await submitOnce(tx, idempotencyKey(api.request), content, async () => {
      const { record, other } = await work(tx, type, id, { relation, to });
      if (!scopeAllows(api.actor.scopes, other.type, "read")) throw outOfScope(api.actor, `${other.type}:read`);
      return { status, location: `${addressOf(type, record.reference)}/joins`, recordId: record.id };
    });
    return {
      status,
      headers: { location: sent.location, ...(sent.repeated ? { "idempotency-replayed": "true" } : {}) },
      body: { relation, to },
    };
  });
}
