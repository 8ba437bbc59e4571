import SCIMMY from "scimmy";
import { ScimProblem } from "./problem.ts";

/** What a list is asked for. */
export interface ListAsked {
  /** `attribute eq value`, the one kind of filter; absent for everything. */
  readonly filter: { readonly attribute: string; readonly value: string } | null;
  /** From 1. */
  readonly startIndex: number;
  readonly count: number;
}

const countMax = 200;

/** Reads filter and paging (RFC 7644 section 3.4.2). Refuses any filter but equality of one of these attributes. */
export function readList(query: Readonly<Record<string, unknown>>, attributes: readonly string[]): ListAsked {
  return {
    filter: query["filter"] === undefined ? null : readFilter(query["filter"], attributes),
    startIndex: Math.max(1, numberOf(query["startIndex"], 1)),
    count: Math.min(countMax, Math.max(0, numberOf(query["count"], 100))),
  };
}

function readFilter(text: unknown, attributes: readonly string[]): ListAsked["filter"] {
  const refused = () =>
    new ScimProblem(
      400,
      `Only “attribute eq "value"” is possible, with one of: ${attributes.join(", ")}`,
      "invalidFilter",
    );
  if (typeof text !== "string" || text.length > 500) throw refused();
  // The library gives a list of alternatives, each an object of attributes with their comparisons.
  const parsed: unknown = JSON.parse(JSON.stringify(new SCIMMY.Types.Filter(text)));
  const [only, ...others] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
  const [entry, ...further] = typeof only === "object" && only !== null ? Object.entries(only) : [];
  if (entry === undefined || others.length > 0 || further.length > 0) throw refused();
  const [name, comparison] = entry as [string, unknown];
  const attribute = attributes.find((one) => one.toLowerCase() === name.toLowerCase());
  if (attribute === undefined || !Array.isArray(comparison)) throw refused();
  const [operator, value] = comparison as unknown[];
  if (operator !== "eq" || typeof value !== "string" || value.includes("\0")) throw refused();
  return { attribute, value };
}

function numberOf(text: unknown, otherwise: number): number {
  return typeof text === "string" && /^-?\d{1,9}$/.test(text) ? Number(text) : otherwise;
}

/** A page of a list as SCIM sends it. */
export function listOf(resources: readonly unknown[], totalResults: number, { startIndex }: ListAsked): object {
  return {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    totalResults,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}

/** A PATCH as the library takes it: Entra ID writes yes and no as the words "True" and "False". */
export function readPatch(body: unknown): InstanceType<typeof SCIMMY.Messages.PatchOp> {
  const operations = (body as { Operations?: unknown } | null)?.Operations;
  if (Array.isArray(operations) && operations.length > 1000)
    throw new ScimProblem(400, "At most 1000 operations at a time", "tooMany");
  const plain: unknown = JSON.parse(JSON.stringify(body ?? null), (key, value: unknown) =>
    (key === "active" || key === "value") && typeof value === "string" && /^(true|false)$/i.test(value)
      ? value.toLowerCase() === "true"
      : value,
  );
  // The library checks the shape itself.
  return new SCIMMY.Messages.PatchOp(plain as ConstructorParameters<typeof SCIMMY.Messages.PatchOp>[0]);
}
