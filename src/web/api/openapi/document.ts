import type { RecordType } from "../../../kernel/record.ts";
import type { Registry } from "../../../kernel/registry.ts";
import { problemResponses, problemsOf, sharedHeaders, sharedParameters } from "./components.ts";
import type { JsonSchema } from "./field-schema.ts";
import { filePaths, recordFilePaths } from "./file-operations.ts";
import { measurePaths, measureSchemas } from "./measure-operations.ts";
import { notificationPaths, watchPaths } from "./notification-operations.ts";
import { changesPath, pathsOf, searchPath } from "./operations.ts";
import type { PathItem } from "./operations.ts";
import { recordSchemas } from "./record-schemas.ts";
import { sharedSchemas } from "./shared-schemas.ts";
import { toldSchemas } from "./told-schemas.ts";

/** The API in OpenAPI 3.1, as far as our own code reads it again. */
export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: Readonly<Record<string, unknown>> & { readonly schemas: Readonly<Record<string, JsonSchema>> };
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

const description = `Everything that the pages do, for programs. Send a token: \`Authorization: Bearer reeve_…\`. It acts for its own person alone: whoever stands in for
somebody who is away does so on the pages. Bodies are JSON. A change or a
move carries the ETag of the record as it was read, in \`If-Match\`. Problems are \`application/problem+json\` (RFC 9457).`;

/** Describes the API of every type in the registry. `baseUrl` is the address people use, without a slash at the end. */
export function openApiDocument(registry: Registry, baseUrl: string): OpenApiDocument {
  const types = [...registry.types.values()];
  return {
    openapi: "3.1.0",
    info: { title: "Reeve", version: "1", description: description.replaceAll("\n", " ") },
    servers: [{ url: baseUrl }],
    security: [{ token: [] }],
    tags: [
      ...types.map(({ label, empty }) => ({ name: label.many, description: empty })),
      { name: "Search" },
      { name: "Measures", description: "What is counted, as the pages and reports show it" },
      { name: "Changes" },
      { name: "Files" },
      { name: "Notifications" },
      { name: "This description" },
    ],
    paths: {
      ...Object.assign(
        {},
        ...types.map((type) => ({ ...forPeople(type, pathsOf(type)), ...recordFilePaths(type), ...watchPaths(type) })),
      ),
      "/api/v1/search": searchPath([...registry.types.keys()]),
      ...measurePaths([...registry.measures.values()]),
      "/api/v1/changes": changesPath([...registry.types.keys()]),
      ...filePaths,
      ...notificationPaths,
      "/api/v1/openapi.json": ownPath,
    },
    components: {
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "reeve_ and 43 characters",
          description:
            "Made on the page “Your account”, or by `npm run --silent reeve -- token`. It has its person’s rights, narrowed by its scopes: read, write, or one for a type such as ticket:write",
        },
      },
      schemas: {
        ...sharedSchemas,
        ...toldSchemas,
        ...measureSchemas,
        ...Object.assign({}, ...types.map(recordSchemas)),
      },
      parameters: sharedParameters,
      headers: sharedHeaders,
      responses: problemResponses(),
    },
  };
}

const ownPath: PathItem = {
  get: {
    operationId: "describe",
    summary: "This description",
    tags: ["This description"],
    security: [],
    responses: {
      "200": { description: "OpenAPI 3.1", content: { "application/json": { schema: { type: "object" } } } },
      "304": { description: "As it was: If-None-Match holds its ETag" },
      ...problemsOf("unavailable"),
    },
  },
};

/** The addresses without what only the product may do, whatever somebody's role says. */
function forPeople(type: RecordType, paths: Record<string, PathItem>): Record<string, PathItem> {
  if (!type.productOnly) return paths;
  const base = `/api/v1/${type.path}`;
  const hidden = Object.entries(type.moves)
    .filter(([, { who }]) => who === undefined || who.permission === "change")
    .map(([move]) => `${base}/{id}/moves/${move}`);
  return Object.fromEntries(
    Object.entries(paths)
      .filter(([path]) => !hidden.includes(path))
      .map(([path, { post, patch, ...read }]) => {
        const written = path === base || path === `${base}/{id}`;
        return [path, { ...read, ...(post && !written ? { post } : {}), ...(patch && !written ? { patch } : {}) }];
      }),
  );
}
