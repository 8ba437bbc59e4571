import type { RecordType } from "../../kernel/record.ts";
import type { Registry } from "../../kernel/registry.ts";
import type { ApiReferencePage, ApiTypePage, Cell, Table } from "../view/models.ts";
import { givenSchema, isNeeded } from "./openapi/given-schemas.ts";
import type { OpenApiDocument } from "./openapi/document.ts";
import type { Operation } from "./openapi/operations.ts";
import { problemKinds, problemType } from "./problems.ts";
import type { ProblemKind } from "./problems.ts";

type Endpoint = ApiTypePage["endpoints"][number];

/** Where the reference of a type is read. */
export const typeReferencePath = (path: string): string => `/api/reference/${path}`;

/** The reference for people, from the same document as programs read. */
export function referencePage(registry: Registry, document: OpenApiDocument): Omit<ApiReferencePage, "shell"> {
  const baseUrl = document.servers[0]?.url ?? "";
  const types = (["work", "registers", "administration"] as const).flatMap((group) =>
    registry.modules.filter((module) => module.group === group).flatMap(({ records }) => records),
  );
  const [first] = types;
  return {
    openapiHref: "/api/v1/openapi.json",
    baseUrl: `${baseUrl}/api/v1`,
    intro: [
      "Everything that the pages do, for programs. Make a token on the page “Your account” and send it with each request as a bearer token. It can do what you can do, narrowed by its scopes.",
      "A record has an ETag. Send it back in If-Match with a change or a move, so that nobody’s work is overwritten. Send an Idempotency-Key with a POST to be able to send it again without doing it twice.",
      "GET /search looks in everything that you may see. GET /changes gives what happened, in order: keep its nextCursor, and ask again with after. To be told instead, let an administrator make a webhook.",
    ],
    example: [
      'curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\',
      `  -d '${JSON.stringify({ [first?.titleField ?? "title"]: "The printer on floor 2 is jammed" })}' ${baseUrl}/api/v1/${first?.path ?? ""}`,
    ].join("\n"),
    types: types.map((type) => ({ text: type.label.many, href: typeReferencePath(type.path) })),
    problems: problemsTable(),
  };
}

/** The same of one type. */
export function typePage(type: RecordType, document: OpenApiDocument): Omit<ApiTypePage, "shell"> {
  return {
    breadcrumb: [{ text: "API reference", href: "/api" }],
    baseUrl: `${document.servers[0]?.url ?? ""}/api/v1`,
    title: type.label.many,
    description: type.empty,
    endpoints: endpointsOf(type, document),
    fields: fieldsTable(type),
  };
}

function problemsTable(): Table {
  const kinds = Object.entries(problemKinds);
  // The keys of problemKinds are its kinds.
  const rows = kinds.map(([kind, { status, when }]) => [String(status), problemType(kind as ProblemKind), plain(when)]);
  const listed = table("Problems", ["Status", "Type", "When it comes"], rows);
  return { ...listed, rows: listed.rows.map((row, at) => ({ ...row, id: `problem-${kinds[at]?.[0]}` })) };
}

function endpointsOf(type: RecordType, document: OpenApiDocument): Endpoint[] {
  const base = `/api/v1/${type.path}`;
  return Object.entries(document.paths)
    .filter(([path]) => path === base || path.startsWith(`${base}/`))
    .flatMap(([path, item]) =>
      (["get", "post", "patch"] as const).flatMap((method): Endpoint[] => {
        const operation = item[method];
        if (!operation) return [];
        const shown = path.slice("/api/v1".length);
        // The methods of the document in capitals are those of the page.
        const name = method.toUpperCase() as Endpoint["method"];
        const parameters = path === base && method === "get" ? { parameters: parametersTable(operation, shown) } : {};
        return [
          {
            method: name,
            path: shown,
            summary: summaryOf(operation, type, path),
            answers: answersOf(operation),
            ...parameters,
          },
        ];
      }),
    );
}

function summaryOf({ summary, description }: Operation, type: RecordType, path: string): string {
  const move = type.moves[/moves\/(\w+)$/.exec(path)?.[1] ?? ""];
  const taken = [...(move?.asks ?? []), ...(move?.comment ? ["comment"] : [])];
  const takes = taken.length > 0 ? `Takes: ${taken.join(", ")}` : "";
  return `${[summary, description, takes].filter((part) => typeof part === "string" && part !== "").join(". ")}.`;
}

function answersOf({ responses }: Operation): string {
  return typeof responses === "object" && responses !== null ? `Answers ${Object.keys(responses).join(", ")}` : "";
}

function parametersTable({ parameters }: Operation, path: string): Table {
  const own = Array.isArray(parameters) ? (parameters as unknown[]).filter(isParameter) : [];
  const shared: [string, string][] = [
    ["limit", "How many items a page has, 1 to 200. 50 unless told"],
    ["cursor", "nextCursor of the page before"],
  ];
  return table(
    `Parameters of GET ${path}`,
    ["Parameter", "What it takes"],
    [...shared, ...own.map(({ name, description, schema }) => [name, plain(description ?? optionsOf(schema))])],
  );
}

interface Parameter {
  readonly name: string;
  readonly description?: string;
  readonly schema?: { readonly enum?: readonly string[] };
}

function isParameter(value: unknown): value is Parameter {
  return typeof value === "object" && value !== null && "name" in value;
}

function optionsOf(schema: Parameter["schema"]): string {
  return schema?.enum?.join(", ") ?? "";
}

function fieldsTable(type: RecordType): Table {
  const names = new Set([type.titleField, ...type.views.form, ...Object.keys(type.fields)]);
  const rows = [...names].map((name) => {
    const field = type.fields[name]!;
    const { enum: keys, description } = givenSchema(type, name, field);
    const given = field.options.readOnly ? "Set by Reeve" : isNeeded(type, name) ? "Required" : "Optional";
    const oneOf = Array.isArray(keys) ? `One of ${keys.join(", ")}` : "";
    const notes = [description, oneOf].filter((note) => typeof note === "string" && note !== "");
    return [name, field.options.label, field.kind.name, given, notes.join(". ")];
  });
  return table(`Fields of ${type.label.many.toLowerCase()}`, ["Field", "Label", "Kind", "Given", "Note"], rows);
}

function table(caption: string, columns: readonly string[], rows: readonly (readonly string[])[]): Table {
  return {
    caption,
    columns: columns.map((label) => ({ label })),
    rows: rows.map((cells) => ({
      cells: cells.map((text): Cell => (text === "" ? { kind: "empty" } : { kind: "text", text })),
    })),
  };
}

/** Words for a program’s documentation, without the marks of code. */
function plain(text: string): string {
  return text.replaceAll("`", "");
}
