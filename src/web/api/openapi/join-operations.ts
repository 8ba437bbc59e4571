import type { RecordType } from "../../../kernel/record.ts";
import { answer, body, id, key, limits, location, reading, replayed, writing } from "./operations.ts";
import type { Operation, PathItem } from "./operations.ts";
import { pascal } from "./record-schemas.ts";

/** The joins of records of a type: to read and to add. */
export function joinsOf(type: RecordType): PathItem {
  const depends = {
    name: "depends",
    in: "query",
    description:
      "`on-it`: what depends on the record, three steps out. `on-others`: what it depends on. Without it, what it is joined to in any way",
    schema: { type: "string", enum: ["on-it", "on-others"] },
  };
  return {
    get: {
      operationId: `list${pascal(type.name)}Joins`,
      summary: "The records that it is joined to, as far as you may see them",
      tags: [type.label.many],
      parameters: [id, depends],
      responses: { ...answer("200", "JoinList", limits), ...reading },
    },
    post: joinOperation(type, "add"),
  };
}

/** What adds a join or takes one away. */
export function joinOperation(type: RecordType, what: "add" | "remove"): Operation {
  return {
    operationId: `${what}${pascal(type.name)}Join`,
    summary:
      what === "add"
        ? "Joins it to another record of any type. No If-Match is needed"
        : "Takes away what joins it to another record. No If-Match is needed",
    tags: [type.label.many],
    parameters: [id, key],
    requestBody: body({ $ref: "#/components/schemas/JoinNew" }),
    responses: {
      ...answer(what === "add" ? "201" : "200", "JoinNew", { ...location, ...replayed, ...limits }),
      ...writing,
    },
  };
}
