import { refuse } from "../../kernel/errors.ts";
import { readFeed } from "../../kernel/outward/feed.ts";
import type { Change } from "../../kernel/outward/feed.ts";
import type { Registry } from "../../kernel/registry.ts";
import { scopeAllows } from "../sign-in/api-tokens.ts";
import { printable } from "./body.ts";
import { limitOf, oneOf, onlyParameters, valuesOf } from "./list-query.ts";
import { addressOf, outOfScope } from "./route.ts";
import type { AddRoute, ApiAnswer, ApiRequest } from "./route.ts";

/** The feed of changes: what happened, in order, for whoever keeps a copy elsewhere. */
export function addChangesRoute(add: AddRoute): void {
  add("GET", "/changes", listChanges);
}

async function listChanges(api: ApiRequest): Promise<ApiAnswer> {
  onlyParameters(api.query, ["after", "types", "limit"]);
  const types = typesOf(api);
  const after = oneOf(api.query, "after") || undefined;
  const limit = limitOf(api.query);
  const page = await api.as((tx) => readFeed(tx, { types, limit, ...(after === undefined ? {} : { after }) }));
  return {
    body: {
      items: page.changes.map((change) => changeJson(api.parts.registry, change)),
      nextCursor: page.cursor,
      more: page.more,
    },
  };
}

/** The types asked for, or all that the token reads. */
function typesOf({ query, parts, actor }: ApiRequest): string[] {
  const names = valuesOf(query, "types")
    .flatMap((value) => value.split(","))
    .filter((name) => name !== "");
  const known = [...parts.registry.types.keys()];
  const strange = names.find((name) => !known.includes(name));
  if (strange !== undefined)
    refuse("types", `There is no type “${printable(strange)}”. There are: ${known.join(", ")}`);
  const reads = (name: string) => scopeAllows(actor.scopes, name, "read");
  const closed = names.find((name) => !reads(name));
  if (closed !== undefined) throw outOfScope(actor, `${closed}:read`);
  return names.length > 0 ? names : known.filter(reads);
}

/** A change as the API and webhooks give it. */
export function changeJson(registry: Registry, change: Change): Record<string, unknown> {
  const type = registry.types.get(change.type);
  return { ...change, href: type ? addressOf(type, change.reference) : null };
}
