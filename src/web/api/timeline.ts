import { refuse } from "../../kernel/errors.ts";
import { comment } from "../../kernel/store/comment.ts";
import { find } from "../../kernel/store/find.ts";
import { submitOnce } from "../../kernel/store/submission.ts";
import { timeline } from "../../kernel/store/timeline.ts";
import type { TimelineEvent } from "../../kernel/store/timeline.ts";
import { onlyMembers } from "./body.ts";
import { idempotencyKey } from "./conditions.ts";
import { limitOf, onlyParameters, oneOf } from "./list-query.ts";
import { commentJson, eventJson } from "./record-json.ts";
import { recordFirst } from "./record-first.ts";
import { addressOf, typeFor } from "./route.ts";
import type { AddRoute, ApiAnswer, ApiRequest, Query } from "./route.ts";

/** What was done and said: the timeline of a record, and its comments. */
export function addTimelineRoutes(add: AddRoute): void {
  add("GET", "/:path/:id/events", listEvents);
  add("GET", "/:path/:id/comments", listComments);
  add("POST", "/:path/:id/comments", addComment);
}

async function listEvents(api: ApiRequest): Promise<ApiAnswer> {
  const type = typeFor(api, "read");
  const { after, limit } = placeOf(api.query);
  return api.as(async (tx) => {
    const record = await find(tx, type, api.params["id"] ?? "");
    const events = await timeline(tx, record, { after, limit: limit + 1 });
    return page(events, limit, (event) => eventJson(tx.actor, type, record, event));
  });
}

async function listComments(api: ApiRequest): Promise<ApiAnswer> {
  const type = typeFor(api, "read");
  const { after, limit } = placeOf(api.query);
  return api.as(async (tx) => {
    const record = await find(tx, type, api.params["id"] ?? "");
    const comments = await timeline(tx, record, { after, limit: limit + 1, verbs: ["commented"] });
    return page(comments, limit, commentJson);
  });
}

async function addComment(api: ApiRequest): Promise<ApiAnswer> {
  const type = typeFor(api, "write");
  onlyParameters(api.query, []);
  const { id = "" } = api.params;
  return api.as(async (tx) => {
    const wanted = { id, permission: "comment", doing: "comment here" };
    await recordFirst(tx, type, wanted, () => onlyMembers(api.body, ["text", "audience", "files"]));
    const given = {
      text: api.body["text"],
      audience: api.body["audience"],
      ...(api.body["files"] === undefined ? {} : { files: api.body["files"] }),
    };
    const done = await submitOnce(tx, idempotencyKey(api.request), ["comment", type.name, id, given], async () => {
      const { record, sequence } = await comment(tx, type, id, given);
      // The page of comments that begins with this one.
      return {
        status: 201,
        location: `${addressOf(type, record.reference)}/comments?cursor=${sequence - 1}&limit=1`,
        recordId: record.id,
      };
    });
    const sequence = Number(/cursor=(\d+)/.exec(done.location)?.[1] ?? 0) + 1;
    const [said] = await timeline(tx, { id: done.recordId ?? "", type: type.name }, { after: sequence - 1, limit: 1 });
    const headers = { location: done.location, ...(done.repeated ? { "idempotency-replayed": "true" } : {}) };
    return { status: 201, headers, body: said ? commentJson(said) : null };
  });
}

/** From where on, and how much: a cursor here is the number of the last line that was read. */
function placeOf(query: Query): { after: number; limit: number } {
  onlyParameters(query, ["limit", "cursor"]);
  const cursor = oneOf(query, "cursor") ?? "0";
  if (!/^\d{1,9}$/.test(cursor))
    refuse("cursor", "This place in the timeline is not known. Start again from its first page");
  return { after: Number(cursor), limit: limitOf(query) };
}

/** A page of lines; one more than its limit was read, to know whether any follow. */
function page(
  events: readonly TimelineEvent[],
  limit: number,
  json: (event: TimelineEvent) => Record<string, unknown>,
): ApiAnswer {
  const items = events.slice(0, limit);
  return {
    body: { items: items.map(json), nextCursor: events.length > limit ? String(items.at(-1)?.sequence) : null },
  };
}
