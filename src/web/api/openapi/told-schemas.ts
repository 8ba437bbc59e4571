import { notificationKinds } from "../../../kernel/notifications/kinds.ts";
import type { JsonSchema } from "./field-schema.ts";

const text = { type: "string" };
const moment = { type: "string", format: "date-time" };

/** What a person is told, and the files that comments brought. */
export const toldSchemas: Readonly<Record<string, JsonSchema>> = {
  NotificationList: {
    type: "object",
    required: ["items", "nextCursor"],
    properties: {
      items: {
        type: "array",
        items: {
          type: "object",
          required: [
            "id",
            "kind",
            "type",
            "recordId",
            "reference",
            "title",
            "sequence",
            "sentence",
            "madeAt",
            "readAt",
          ],
          properties: {
            id: { type: "string", format: "uuid" },
            kind: { type: "string", enum: Object.keys(notificationKinds) },
            type: text,
            recordId: { type: "string", format: "uuid" },
            reference: text,
            title: text,
            sequence: { type: ["integer", "null"], description: "The line of the timeline; null for a deadline" },
            sentence: { type: "string", description: "What happened, for people" },
            madeAt: moment,
            readAt: { ...moment, type: ["string", "null"] },
          },
          additionalProperties: false,
        },
      },
      nextCursor: { type: ["string", "null"] },
    },
    additionalProperties: false,
  },
  NotificationsRead: {
    type: "object",
    required: ["read"],
    properties: { read: { type: "integer", minimum: 0, description: "How many were not read before" } },
    additionalProperties: false,
  },
  Watching: {
    type: "object",
    required: ["watching"],
    properties: { watching: { type: "boolean" } },
    additionalProperties: false,
  },
  AttachmentList: {
    type: "object",
    required: ["items"],
    properties: {
      items: {
        type: "array",
        items: {
          type: "object",
          required: ["id", "name", "mediaType", "sizeBytes", "sha256", "comment", "internal", "addedBy", "addedAt"],
          properties: {
            id: { type: "string", format: "uuid" },
            name: text,
            mediaType: text,
            sizeBytes: { type: "integer", minimum: 0 },
            sha256: { type: "string", pattern: "^[0-9a-f]{64}$" },
            comment: { type: "integer", minimum: 1, description: "The line of the timeline that brought it" },
            internal: { type: "boolean" },
            addedBy: { type: ["string", "null"], format: "uuid" },
            addedAt: moment,
          },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  },
  FileRemoved: {
    type: "object",
    required: ["id", "removed"],
    properties: { id: { type: "string", format: "uuid" }, removed: { type: "boolean" } },
    additionalProperties: false,
  },
};
