import { refuse } from "../../kernel/errors.ts";
import { search } from "../../kernel/store/search.ts";
import type { Found } from "../../kernel/store/search.ts";
import { scopeAllows } from "../sign-in/api-tokens.ts";
import { limitOf, onlyParameters, oneOf } from "./list-query.ts";
import { addressOf, outOfScope } from "./route.ts";
import type { AddRoute, ApiAnswer, ApiRequest } from "./route.ts";

/** How far into the matches a search can be read. */
const reachMax = 980;

/** One search over everything that the token's person may see. */
export function addSearchRoute(add: AddRoute): void {
  add("GET", "/search", searchRecords);
}

async function searchRecords(api: ApiRequest): Promise<ApiAnswer> {
  onlyParameters(api.query, ["q", "type", "limit", "cursor"]);
  const words = oneOf(api.query, "q")?.trim() ?? "";
  if (words === "") refuse("q", "Enter the words to search for");
  const type = typeOf(api);
  const limit = limitOf(api.query);
  const offset = offsetOf(api);
  return api.as(async (tx) => {
    const answer = await search(tx, words, { limit, offset, ...(type === undefined ? {} : { type }) });
    const next = offset + limit;
    // Of one type those alone are counted, as far as they were ranked.
    const matches = type === undefined ? answer.matches : (answer.byType[type] ?? 0);
    const more = answer.found.length === limit && next <= reachMax && next < matches;
    return {
      body: {
        items: answer.found.map((found) => foundJson(api, found)),
        nextCursor: more ? String(next) : null,
        matches,
        newestOnly: answer.newestOnly,
        byType: type === undefined ? answer.byType : { [type]: matches },
      },
    };
  });
}

/** The type to search; one is needed where the token reads only some. */
function typeOf({ query, parts, actor }: ApiRequest): string | undefined {
  const name = oneOf(query, "type");
  if (name !== undefined && !parts.registry.types.has(name))
    refuse("type", `There is no type of that name. There are: ${[...parts.registry.types.keys()].join(", ")}`);
  const readsAll = ["read", "write", "admin"].some((scope) => actor.scopes.includes(scope));
  if (readsAll || (name !== undefined && scopeAllows(actor.scopes, name, "read"))) return name;
  throw outOfScope(actor, name === undefined ? "read" : `${name}:read`);
}

function offsetOf({ query }: ApiRequest): number {
  const cursor = oneOf(query, "cursor") ?? "0";
  const offset = /^\d{1,3}$/.test(cursor) ? Number(cursor) : Number.POSITIVE_INFINITY;
  return offset <= reachMax
    ? offset
    : refuse("cursor", "This place in the results is not known. Start again from the first page");
}

function foundJson(
  { parts }: ApiRequest,
  { id, type, reference, title, state, updatedAt }: Found,
): Record<string, unknown> {
  const definition = parts.registry.types.get(type);
  return { id, type, reference, title, state, updatedAt, href: definition ? addressOf(definition, reference) : null };
}
