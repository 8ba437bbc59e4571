import { answer, id, limits, location, reading, writing } from "./operations.ts";
import type { PathItem } from "./operations.ts";

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
