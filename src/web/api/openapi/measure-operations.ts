import type { Measure } from "../../../kernel/measures/measure.ts";
import { periodLabels } from "../../../kernel/measures/periods.ts";
import { problemsOf } from "./components.ts";
import type { JsonSchema } from "./field-schema.ts";
import { answer, limits, reading } from "./operations.ts";
import type { PathItem } from "./operations.ts";

const text = { type: "string" };
const day = { type: "string", format: "date" };

/** The addresses of measures, each with what it is. */
export function measurePaths(measures: readonly Measure[]): Record<string, PathItem> {
  return {
    "/api/v1/measures": {
      get: {
        operationId: "listMeasures",
        summary: "What is counted, as far as you may see it, and what each measure is",
        tags: ["Measures"],
        responses: { ...answer("200", "MeasureList", limits), ...reading },
      },
    },
    "/api/v1/measures/{name}": {
      get: {
        operationId: "getMeasure",
        summary: "A measure over a period, counted as you may see the records, with the lists of just those",
        description:
          "Beside these parameters it takes the filters that the list of the type’s records has, such as `queue`",
        tags: ["Measures"],
        parameters: [
          {
            name: "name",
            in: "path",
            required: true,
            description: "The measure’s name",
            schema: { type: "string", ...(measures.length > 0 ? { enum: measures.map(({ name }) => name) } : {}) },
          },
          parameter("period", "A period that follows the calendar. `days` goes with `from` and `to`", {
            type: "string",
            enum: [...Object.keys(periodLabels), "days"],
          }),
          parameter("from", "The first day in London, included; with `to`", day),
          parameter("to", "The last day in London, included; with `from`", day),
          parameter(
            "by",
            "`day`, `week`, `month`, `age`, `state` or a field: each measure says under `by` which. The usual one unless told",
            text,
          ),
        ],
        responses: { ...answer("200", "MeasureFigures", limits), ...reading, ...problemsOf("impossible") },
      },
    },
  };
}

function parameter(name: string, description: string, schema: JsonSchema) {
  return { name, in: "query", description, schema };
}

const definition = {
  name: text,
  label: text,
  meaning: text,
  howCounted: text,
  owner: { ...text, description: "Who answers for what it means" },
  unit: { ...text, description: "`minutes` of working time, `pence`, `percent`, or what is counted" },
  type: { ...text, description: "The type of the records" },
};
const figure = {
  value: { type: ["number", "null"], description: "Null where there is nothing to work it out of" },
  records: {
    type: "integer",
    minimum: 0,
    description: "How many records it is worked out of; of a share, how many it is a share of",
  },
  list: { type: ["string", "null"], description: "The list of just the records that it counts" },
};
const required = (properties: Readonly<Record<string, unknown>>) => ({
  type: "object",
  required: Object.keys(properties),
  properties,
});

/** What the addresses of measures answer with. */
export const measureSchemas: Readonly<Record<string, JsonSchema>> = {
  MeasureList: required({
    items: { type: "array", items: required({ ...definition, by: { type: "array", items: text } }) },
  }),
  MeasureFigures: required({
    ...definition,
    from: day,
    to: day,
    by: text,
    total: required(figure),
    rows: {
      type: "array",
      items: required({
        key: { type: ["string", "null"] },
        label: text,
        from: { type: ["string", "null"], format: "date" },
        to: { type: ["string", "null"], format: "date" },
        ...figure,
      }),
    },
    leftOut: { type: "integer", minimum: 0, description: "How many groups are not told" },
    readAt: { type: "string", format: "date-time" },
  }),
};
