import { filesOfCommentMax } from "../../../kernel/store/attachments.ts";
import { commentMax } from "../../../kernel/store/comment.ts";
import { relationChoices } from "../../../kernel/store/relations.ts";
import { problemKinds, problemType } from "../problems.ts";
import type { ProblemKind } from "../problems.ts";
import type { JsonSchema } from "./field-schema.ts";
import { pageSchema } from "./record-schemas.ts";

const moment = { type: "string", format: "date-time" };
const person = { actorId: { type: ["string", "null"], format: "uuid" }, actorName: { type: ["string", "null"] } };
const line = {
  sequence: { type: "integer", minimum: 1 },
  at: moment,
  ...person,
  audience: { type: "string", enum: ["everyone", "internal"] },
  erasedBy: { type: ["string", "null"], description: "The certificate of its erasure by law" },
};
const values = { type: "object", description: "Values by field", additionalProperties: true };
const text = { type: "string" };

const relation = {
  type: "string",
  enum: relationChoices.map(({ value }) => value),
  description: relationChoices.map(({ value, label }) => `\`${value}\`: ${label.toLowerCase()}`).join("; "),
};

/** The schemas that belong to no type of record. */
export const sharedSchemas: Readonly<Record<string, JsonSchema>> = {
  ProblemDetails: {
    type: "object",
    description: "RFC 9457",
    required: ["type", "title", "status", "detail", "instance"],
    properties: {
      type: {
        type: "string",
        format: "uri-reference",
        enum: Object.keys(problemKinds).map((kind) => problemType(kind as ProblemKind)),
      },
      title: text,
      status: { type: "integer" },
      detail: { type: "string", description: "A sentence for people" },
      instance: {
        type: "string",
        format: "uri",
        description: "The request’s own number: quote it when you report a fault",
      },
      errors: {
        type: "array",
        items: { type: "object", required: ["message"], properties: { field: text, message: text } },
      },
    },
  },
  Join: {
    type: "object",
    required: ["relation", "step", "via", "id", "type", "reference", "title", "state"],
    properties: {
      relation: { ...relation, description: "As it reads from the record before it on the way" },
      step: { type: "integer", minimum: 1, description: "How many steps away" },
      via: { type: "string", format: "uuid", description: "The record before it on the way" },
      id: { type: "string", format: "uuid" },
      type: text,
      reference: text,
      title: text,
      state: text,
    },
    additionalProperties: false,
  },
  JoinList: {
    type: "object",
    required: ["items"],
    properties: { items: { type: "array", items: { $ref: "#/components/schemas/Join" } } },
    additionalProperties: false,
  },
  JoinNew: {
    type: "object",
    required: ["relation", "to"],
    properties: { relation, to: { ...text, description: "The other record’s id or reference" } },
    additionalProperties: false,
    examples: [{ relation: "depends_on", to: "INC-00042" }],
  },
  Preview: {
    type: "object",
    description: "What a write would come to. Nothing was kept",
    required: ["preview", "record", "deadlines", "deadlinesMoved", "whole"],
    properties: {
      preview: { type: "boolean", enum: [true] },
      record: {
        type: "object",
        additionalProperties: true,
        description: "The record as it would be. One that is not made yet has neither id nor reference",
      },
      deadlines: {
        type: "array",
        maxItems: 1000,
        description:
          "Deadlines of open records that would move, as far as you may see the records: the first 1,000 by reference. A job moves them once it is done",
        items: {
          type: "object",
          required: ["id", "type", "reference", "title", "clock", "label", "from", "to"],
          properties: {
            id: { type: "string", format: "uuid" },
            type: text,
            reference: text,
            title: text,
            clock: text,
            label: text,
            from: { ...moment, type: ["string", "null"] },
            to: { ...moment, type: ["string", "null"] },
          },
          additionalProperties: false,
        },
      },
      deadlinesMoved: { type: "integer", minimum: 0, description: "How many would move" },
      whole: {
        type: "boolean",
        description: "False where there were more open records than are looked at in a preview: 20,000, or 8 seconds",
      },
    },
    additionalProperties: false,
  },
  File: {
    type: "object",
    required: ["id", "name", "mediaType", "sizeBytes", "sha256"],
    properties: {
      id: { type: "string", format: "uuid" },
      name: text,
      mediaType: { type: "string", description: "Told from the content, not from the name" },
      sizeBytes: { type: "integer", minimum: 0 },
      sha256: { type: "string", pattern: "^[0-9a-f]{64}$" },
    },
    additionalProperties: false,
  },
  Clock: {
    type: "object",
    required: ["name", "label", "state", "startedAt", "dueAt", "stoppedAt", "outcome", "targetMinutes", "sentence"],
    properties: {
      name: text,
      label: text,
      state: { type: "string", enum: ["running", "paused", "stopped", "cancelled"] },
      startedAt: moment,
      dueAt: { ...moment, type: ["string", "null"] },
      stoppedAt: { ...moment, type: ["string", "null"] },
      outcome: { type: ["string", "null"], enum: ["met", "missed", null] },
      targetMinutes: { type: ["number", "null"], description: "Working time promised, in minutes" },
      sentence: { type: "string", description: "How it stands, for people" },
      alternative: {
        type: "object",
        description: "The day by another reading of the law, where it is disputed",
        required: ["due", "reading", "citation"],
        properties: { due: { type: "string", format: "date" }, reading: text, citation: text },
      },
    },
  },
  Event: {
    type: "object",
    description: "One line of a record’s timeline. Which of the later members are there depends on the verb",
    required: ["sequence", "at", "actorId", "actorName", "verb", "audience", "erasedBy"],
    properties: {
      ...line,
      verb: { type: "string", description: "created, changed, moved, commented, erased and so on" },
      values,
      changes: { ...values, description: "Each field’s value before (`from`) and after (`to`)" },
      state: text,
      from: text,
      move: text,
      text,
    },
    additionalProperties: true,
  },
  EventList: pageSchema("Event"),
  Comment: {
    type: "object",
    required: ["sequence", "at", "actorId", "actorName", "audience", "text", "files", "erasedBy"],
    properties: {
      ...line,
      text: { type: ["string", "null"], description: "In Markdown; null once it was erased by law" },
      files: {
        type: "array",
        description: "What it brought, also what was taken away since",
        items: {
          type: "object",
          required: ["id", "name", "sha256"],
          properties: { id: { type: "string", format: "uuid" }, name: text, sha256: text },
        },
      },
    },
  },
  CommentList: pageSchema("Comment"),
  CommentNew: {
    type: "object",
    description: "With files it needs no text",
    anyOf: [{ required: ["text"] }, { required: ["files"] }],
    properties: {
      text: { type: "string", minLength: 1, maxLength: commentMax, description: "In Markdown" },
      files: {
        type: "array",
        maxItems: filesOfCommentMax,
        items: { type: "string", format: "uuid" },
        description: "The ids of files that you sent and no record has",
      },
      audience: { type: "string", enum: ["everyone", "internal"], default: "everyone" },
    },
    additionalProperties: false,
    examples: [{ text: "We have ordered the part." }],
  },
  Erasure: {
    type: "object",
    required: ["certificate", "line"],
    properties: {
      certificate: {
        type: "string",
        format: "uuid",
        description: "Said by the timeline, by each line that it emptied (`erasedBy`), and by the list of erasures",
      },
      line: { type: ["integer", "null"], minimum: 1, description: "null for the whole record" },
    },
  },
  ErasureNew: {
    type: "object",
    required: ["reason"],
    properties: {
      reason: {
        type: "string",
        minLength: 3,
        maxLength: 1000,
        description: "Why the law asks for it. It stays in the timeline: do not repeat what is erased",
      },
      line: {
        type: "integer",
        minimum: 1,
        description: "The `sequence` of the event to erase. Without it the whole record is erased",
      },
    },
    additionalProperties: false,
    examples: [{ reason: "A password was pasted", line: 7 }],
  },
  Found: {
    type: "object",
    required: ["id", "type", "reference", "title", "state", "updatedAt", "href"],
    properties: {
      id: { type: "string", format: "uuid" },
      type: text,
      reference: text,
      title: text,
      state: text,
      updatedAt: moment,
      href: { type: ["string", "null"], format: "uri-reference" },
    },
  },
  Change: {
    type: "object",
    description: "One line of a record’s timeline, without what it says: read that at the record’s address",
    required: ["recordId", "type", "reference", "sequence", "verb", "audience", "actorId", "at", "recordedAt", "href"],
    properties: {
      recordId: { type: "string", format: "uuid" },
      type: text,
      reference: text,
      sequence: { type: "integer", minimum: 1, description: "Its line of the record’s timeline" },
      verb: { type: "string", description: "created, changed, moved, commented, erased and so on" },
      audience: { type: "string", enum: ["everyone", "internal"] },
      actorId: { type: ["string", "null"], format: "uuid" },
      at: moment,
      recordedAt: { ...moment, description: "When it was written here: later than `at` for what was brought in" },
      href: { type: ["string", "null"], format: "uri-reference" },
    },
    additionalProperties: false,
  },
  ChangeList: {
    type: "object",
    required: ["items", "nextCursor", "more"],
    properties: {
      items: { type: "array", items: { $ref: "#/components/schemas/Change" } },
      nextCursor: { type: "string", description: "Where to read on, now or later" },
      more: { type: "boolean", description: "Whether there was more when this was read" },
    },
    additionalProperties: false,
  },
  FoundList: pageSchema("Found", {
    matches: { type: "integer", description: "How many match, counted no further than 10,000" },
    newestOnly: {
      type: "boolean",
      description: "Whether only the newest matches were ranked, because there are so many",
    },
    byType: {
      type: "object",
      additionalProperties: { type: "integer" },
      description: "How many of the ranked matches there are of each type",
    },
  }),
};
