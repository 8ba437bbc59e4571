import type { RecordType } from "../../../kernel/record.ts";
import { parameter } from "./list-parameters.ts";
import { answer, body, id, limits, reading, writing } from "./operations.ts";
import type { Operation, PathItem } from "./operations.ts";
import { pascal } from "./record-schemas.ts";

const nothing = body({ type: "object", additionalProperties: false });

/** What a person is told: these addresses belong to no type. */
export const notificationPaths: Readonly<Record<string, PathItem>> = {
  "/api/v1/notifications": {
    get: {
      operationId: "listNotifications",
      summary: "What you are told: what you have not read first, then the newest",
      tags: ["Notifications"],
      parameters: [parameter("Limit"), parameter("Cursor")],
      responses: { ...answer("200", "NotificationList", limits), ...reading },
    },
  },
  "/api/v1/notifications/read": {
    post: {
      operationId: "readNotifications",
      summary: "Marks all of them as read",
      tags: ["Notifications"],
      requestBody: nothing,
      responses: { ...answer("200", "NotificationsRead", limits), ...writing },
    },
  },
  "/api/v1/notifications/{notification}/read": {
    post: {
      operationId: "readNotification",
      summary: "Marks one as read",
      tags: ["Notifications"],
      parameters: [
        {
          name: "notification",
          in: "path",
          required: true,
          description: "Its id",
          schema: { type: "string", format: "uuid" },
        },
      ],
      requestBody: nothing,
      responses: { ...answer("200", "NotificationsRead", limits), ...writing },
    },
  },
};

/** Watching a record of a type. */
export function watchPaths(type: RecordType): Readonly<Record<string, PathItem>> {
  const base = `/api/v1/${type.path}/{id}`;
  const one = type.label.one.toLowerCase();
  const set = (verb: "watch" | "unwatch", summary: string): Operation => ({
    operationId: `${verb}${pascal(type.name)}`,
    summary,
    tags: [type.label.many],
    parameters: [id],
    requestBody: nothing,
    responses: { ...answer("200", "Watching", limits), ...writing },
  });
  return {
    [`${base}/watching`]: {
      get: {
        operationId: `isWatching${pascal(type.name)}`,
        summary: `Whether you watch this ${one}`,
        tags: [type.label.many],
        parameters: [id],
        responses: { ...answer("200", "Watching", limits), ...reading },
      },
    },
    [`${base}/watch`]: { post: set("watch", `Has you told of what happens to this ${one}`) },
    [`${base}/unwatch`]: { post: set("unwatch", `Has you told no longer of what happens to this ${one}`) },
  };
}
