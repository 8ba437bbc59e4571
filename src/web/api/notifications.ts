import { refuse } from "../../kernel/errors.ts";
import { findNotification, listNotifications, markRead } from "../../kernel/notifications/inbox.ts";
import type { Notification } from "../../kernel/notifications/inbox.ts";
import { sentenceOf } from "../../kernel/notifications/sentence.ts";
import { isWatching, unwatch, watch } from "../../kernel/notifications/watch.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find, isId } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { scopeAllows } from "../sign-in/api-tokens.ts";
import { onlyMembers } from "./body.ts";
import { limitOf, onlyParameters, oneOf } from "./list-query.ts";
import { outOfScope, typeFor } from "./route.ts";
import type { AddRoute, ApiAnswer, ApiRequest } from "./route.ts";

/** What the token's person is told, and what they watch. */
export function addNotificationRoutes(add: AddRoute): void {
  add("GET", "/notifications", listOwn);
  add("POST", "/notifications/read", readAll);
  add("POST", "/notifications/:notification/read", readOne);
  add("GET", "/:path/:id/watching", watching);
  add("POST", "/:path/:id/watch", (api) => setWatching(api, true));
  add("POST", "/:path/:id/unwatch", (api) => setWatching(api, false));
}

/** A page of them: those of types that the token does not read are left out. */
async function listOwn(api: ApiRequest): Promise<ApiAnswer> {
  onlyParameters(api.query, ["limit", "cursor"]);
  const before = oneOf(api.query, "cursor");
  if (before !== undefined && !isId(before))
    refuse("cursor", "This place in the notifications is not known. Start again from the first page");
  const limit = limitOf(api.query);
  return api.as(async (tx) => {
    const { items, more } = await listNotifications(tx, { limit, ...(before === undefined ? {} : { before }) });
    const readable = items.filter(({ type }) => scopeAllows(api.actor.scopes, type, "read"));
    return {
      body: {
        items: readable.map((item) => notificationJson(tx, item)),
        nextCursor: more ? (items.at(-1)?.id ?? null) : null,
      },
    };
  });
}

function notificationJson(tx: Tx, notification: Notification): Record<string, unknown> {
  const { id, kind, type, recordId, reference, title, sequence, madeAt, readAt } = notification;
  const sentence = sentenceOf(typeNamed(tx.registry, type), notification);
  return { id, kind, type, recordId, reference, title, sequence, sentence, madeAt, readAt };
}

async function readOne(api: ApiRequest): Promise<ApiAnswer> {
  mustWrite(api);
  const id = api.params["notification"] ?? "";
  return api.as(async (tx) => {
    await findNotification(tx, id);
    return { body: { read: await markRead(tx, id) } };
  });
}

async function readAll(api: ApiRequest): Promise<ApiAnswer> {
  mustWrite(api);
  return api.as(async (tx) => ({ body: { read: await markRead(tx, null) } }));
}

function mustWrite(api: ApiRequest): void {
  onlyParameters(api.query, []);
  onlyMembers(api.body, []);
  if (!api.actor.scopes.some((scope) => /(^|:)(write|admin)$/.test(scope))) throw outOfScope(api.actor, "write");
}

async function watching(api: ApiRequest): Promise<ApiAnswer> {
  const type = typeFor(api, "read");
  onlyParameters(api.query, []);
  return api.as(async (tx) => ({
    body: { watching: await isWatching(tx, await find(tx, type, api.params["id"] ?? "")) },
  }));
}

async function setWatching(api: ApiRequest, wanted: boolean): Promise<ApiAnswer> {
  const type = typeFor(api, "write");
  onlyParameters(api.query, []);
  return api.as(async (tx) => {
    const record = await find(tx, type, api.params["id"] ?? "");
    onlyMembers(api.body, []);
    await (wanted ? watch(tx, record) : unwatch(tx, record));
    return { body: { watching: wanted } };
  });
}
