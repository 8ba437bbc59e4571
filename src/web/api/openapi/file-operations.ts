import type { RecordType } from "../../../kernel/record.ts";
import { answer, body, id, limits, location, reading, writing } from "./operations.ts";
import type { Operation, PathItem } from "./operations.ts";
import { pascal } from "./record-schemas.ts";

const fileContent = { "application/octet-stream": { schema: { type: "string", format: "binary" } } };

/** Files: their addresses belong to no type. */
export const filePaths: Readonly<Record<string, PathItem>> = {
  "/api/v1/files": {
    post: {
      operationId: "sendFile",
      summary: "Sends a file, 25 MB at the most. Give its id to a field that holds a file within a day",
      tags: ["Files"],
      parameters: [
        {
          name: "name",
          in: "query",
          required: true,
          description: "What the file is called",
          schema: { type: "string", minLength: 1, maxLength: 1000 },
          example: "screenshot.png",
        },
      ],
      requestBody: { required: true, content: fileContent },
      responses: { ...answer("201", "File", { ...location, ...limits }), ...writing },
    },
  },
  "/api/v1/files/{id}": {
    get: {
      operationId: "getFile",
      summary: "What a file is called, its kind by its content, and how large it is",
      tags: ["Files"],
      parameters: [id],
      responses: { ...answer("200", "File", limits), ...reading },
    },
  },
  "/api/v1/files/{id}/content": {
    get: {
      operationId: "getFileContent",
      summary: "The file itself",
      tags: ["Files"],
      parameters: [id],
      responses: {
        "200": {
          description: "The file",
          headers: limits,
          content: { "*/*": fileContent["application/octet-stream"] },
        },
        ...reading,
      },
    },
  },
};

/** The files that the comments of a record brought. */
export function recordFilePaths(type: RecordType): Readonly<Record<string, PathItem>> {
  const base = `/api/v1/${type.path}/{id}/files`;
  return { [base]: filesOf(type), [`${base}/{file}/remove`]: { post: removeFileOf(type) } };
}

function filesOf(type: RecordType): PathItem {
  return {
    get: {
      operationId: `list${pascal(type.name)}Files`,
      summary: "The files that its comments brought, the newest first, as far as you may read them",
      tags: [type.label.many],
      parameters: [id],
      responses: { ...answer("200", "AttachmentList", limits), ...reading },
    },
  };
}

function removeFileOf(type: RecordType): Operation {
  return {
    operationId: `remove${pascal(type.name)}File`,
    summary: "Takes a file away that a comment brought: your own, or any where you may change the record",
    tags: [type.label.many],
    parameters: [
      id,
      { name: "file", in: "path", required: true, description: "Its id", schema: { type: "string", format: "uuid" } },
    ],
    requestBody: body({ type: "object", additionalProperties: false }),
    responses: { ...answer("200", "FileRemoved", limits), ...writing },
  };
}
