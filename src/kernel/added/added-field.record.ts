import { sql } from "kysely";
import { Refusal, refuse } from "../errors.ts";
import type { Problem } from "../errors.ts";
import { everyList, everyType } from "../fields/registered.ts";
import type { Line } from "../fields/lines.ts";
import { defineRecord, field } from "../record.ts";
import type { RecordType } from "../record.ts";
import { readReferenceData } from "../store/reference-data.ts";
import type { Stored, Tx } from "../transaction.ts";
import { addedKinds } from "./kinds.ts";

type Values = Readonly<Record<string, unknown>>;

/** How many fields an organisation may add to one type. */
export const addedMax = 40;

/** A field that an administrator adds to a type, or choices added to a field that the definition has. */
export const AddedField = defineRecord({
  name: "added_field",
  label: { one: "Added field", many: "Added fields" },
  reference: "FLD-{000}",
  path: "added-fields",
  fields: {
    label: field.text({ label: "Label", is: "title", required: true, max: 80, hint: "What people read beside it" }),
    recordType: field.registered({
      label: "Added to",
      required: true,
      fixed: true,
      from: everyType,
      leadsTo: everyList,
    }),
    kind: field.choice({
      label: "Kind",
      required: true,
      fixed: true,
      options: Object.fromEntries(Object.entries(addedKinds).map(([kind, { label }]) => [kind, label])),
    }),
    name: field.text({
      label: "Name in files and the API",
      readOnly: true,
      max: 40,
      hint: "Made from its first label",
    }),
    hint: field.text({ label: "Help", max: 300, hint: "Stands under the label: what to write, and why" }),
    required: field.yesNo({
      label: "Must be given",
      hint: "For new records. Those from before stay as they are until somebody gives it",
    }),
    target: field.registered({
      label: "Leads to",
      fixed: true,
      from: everyType,
      leadsTo: everyList,
      hint: "Of a link: the type of record that it leads to",
    }),
    extends: field.text({
      label: "Field of Reeve’s own",
      fixed: true,
      max: 40,
      hint: "Of choices for a field that Reeve has: its name, such as kind",
    }),
    choices: field.lines({
      label: "Choices",
      one: "Choice",
      max: 100,
      fields: {
        label: field.text({ label: "Label", required: true, max: 80 }),
        key: field.text({
          label: "Name in files and the API",
          max: 40,
          hint: "Leave it empty for a new one. It never changes",
        }),
        retired: field.yesNo({ label: "Not offered any more" }),
      },
    }),
    personal: field.yesNo({ label: "About a person", hint: "Kept out of logs" }),
    internal: field.yesNo({ label: "Among officers only", hint: "Not for the people who ask" }),
    position: field.wholeNumber({ label: "Place among the added fields", min: 0, max: 100_000 }),
  },
  states: { current: { label: "In use", tone: "good" }, retired: { label: "Retired", final: true } },
  starts: "current",
  moves: {
    retire: { label: "Retire", from: ["current"], to: "retired", warning: true },
    restore: {
      label: "Use it again",
      from: ["retired"],
      to: "current",
      guard: (tx, record) => roomFor(tx, record.values),
    },
  },
  views: {
    list: {
      columns: ["reference", "label", "recordType", "kind", "position", "state"],
      sort: "label",
      filters: ["recordType", "kind"],
      openOnly: true,
    },
    form: [
      "label",
      "recordType",
      "kind",
      "hint",
      "required",
      "target",
      "extends",
      "choices",
      "personal",
      "internal",
      "position",
    ],
  },
  derive: async (tx, values, before) => {
    const choices = withKeys(values["choices"], before);
    return {
      ...(choices === undefined ? {} : { choices }),
      ...(before ? {} : { name: await freeName(tx, values), position: values["position"] ?? (await lastPlace(tx)) }),
    };
  },
  check: async (tx, values, before) => {
    const all = { ...before?.values, ...values };
    const problems = problemsOf(tx, all, before);
    if (problems.length > 0) throw new Refusal("invalid", problems);
    if (!before) await roomFor(tx, all);
  },
  referenceData: true,
  empty: "A field that your organisation adds to a type of record stands on its forms, lists, files and in the API.",
});

/** The fields that the organisation added so far, the retired ones too, as they stand before this change. */
async function addedSoFar(tx: Tx): Promise<readonly Stored[]> {
  return (await readReferenceData(tx, ["added_field"])).get("added_field") ?? [];
}

async function lastPlace(tx: Tx): Promise<number> {
  return Math.min(
    100_000,
    Math.max(0, ...(await addedSoFar(tx)).map(({ values }) => Number(values["position"] ?? 0))) + 10,
  );
}

async function roomFor(tx: Tx, values: Values): Promise<void> {
  const others = (await addedSoFar(tx)).filter(
    ({ values: other, closedAt }) => closedAt === null && other["recordType"] === values["recordType"],
  );
  if (others.length >= addedMax)
    refuse("recordType", `${addedMax} fields are added there, which is the most. Retire one first`);
  if (
    typeof values["extends"] === "string" &&
    others.some(({ values: other }) => other["extends"] === values["extends"])
  )
    refuse("extends", "Its choices are kept in another record already. Add to that one");
}

/** `Asset tag` as `ourAssetTag`, with a number where that is taken: names are never used a second time. */
async function freeName(tx: Tx, { recordType, label }: Values): Promise<string> {
  // Two administrators at once wait for one another, so that the second sees the first one's name.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`added_field ${tx.actor.organisationId}`}, 0))`.execute(
    tx.db,
  );
  const words = String(label ?? "")
    .normalize("NFKD")
    .match(/[a-zA-Z0-9]+/g) ?? ["Field"];
  const stem = `our${words.map((word) => word[0]!.toUpperCase() + word.slice(1).toLowerCase()).join("")}`.slice(0, 36);
  const first = /^our[A-Z]/.test(stem) ? stem : `ourField${stem.slice(3)}`.slice(0, 36);
  const taken = new Set(
    (await addedSoFar(tx))
      .filter(({ values }) => values["recordType"] === recordType)
      .map(({ values }) => values["name"]),
  );
  for (let number = 2, name = first; ; number += 1) {
    if (!taken.has(name)) return name;
    name = `${first}${number}`;
  }
}

/** The choices with a key for each that has none; those of before keep theirs. Undefined where none were given. */
function withKeys(given: unknown, before: Stored | null): readonly Line[] | undefined {
  if (!Array.isArray(given)) return undefined;
  // The lines kind gave lines.
  const lines = given as readonly Line[];
  const was = new Map(((before?.values["choices"] ?? []) as readonly Line[]).map((line) => [line.id, line] as const));
  const keys = new Set(lines.map((line) => keyOf(line, was)).filter((key) => key !== null));
  return lines.map((line) => {
    const known = keyOf(line, was);
    if (known !== null) return { ...line, key: known };
    const stem = (
      String(line["label"] ?? "")
        .toLowerCase()
        .normalize("NFKD")
        .match(/[a-z0-9]+/g) ?? ["choice"]
    )
      .join("_")
      .slice(0, 34);
    let key = stem;
    for (let number = 2; keys.has(key); number += 1) key = `${stem}_${number}`;
    keys.add(key);
    return { ...line, key };
  });
}

function keyOf(line: Line, was: ReadonlyMap<string | undefined, Line>): string | null {
  const key = (line.id === undefined ? undefined : was.get(line.id)?.["key"]) ?? line["key"];
  return typeof key === "string" && key !== "" ? key : null;
}

function problemsOf(tx: Tx, values: Values, before: Stored | null): Problem[] {
  const type = tx.registry.types.get(String(values["recordType"]));
  if (!type)
    return [
      {
        field: "recordType",
        message: `There is no type of that name. There are: ${[...tx.registry.types.keys()].join(", ")}`,
      },
    ];
  const kind = String(values["kind"]);
  const lines = (values["choices"] ?? []) as readonly Line[];
  return [
    ...(kind === "link" && !tx.registry.types.has(String(values["target"]))
      ? [
          {
            field: "target",
            message: `Say which type it leads to. There are: ${[...tx.registry.types.keys()].join(", ")}`,
          },
        ]
      : []),
    ...(kind !== "link" && present(values["target"])
      ? [{ field: "target", message: "Only a link leads to a type" }]
      : []),
    ...(kind === "more-choices" ? extendProblems(type, values) : []),
    ...(kind !== "more-choices" && present(values["extends"])
      ? [{ field: "extends", message: "Only further choices belong to a field that Reeve has" }]
      : []),
    ...choiceProblems(kind, lines, before),
  ];
}

function extendProblems(type: RecordType, values: Values): Problem[] {
  const can = extendable(type);
  return can.includes(String(values["extends"]))
    ? []
    : [
        {
          field: "extends",
          message:
            can.length > 0
              ? `The fields of ${type.label.many.toLowerCase()} that take further choices are: ${can.join(", ")}`
              : `No field of ${type.label.many.toLowerCase()} takes further choices`,
        },
      ];
}

/** The fields of a definition to which an administrator may add choices. */
export function extendable(type: RecordType): string[] {
  return Object.entries(type.fields).flatMap(([name, { options }]) =>
    // Only choices can be told that they are.
    (options as { extendable?: boolean }).extendable ? [name] : [],
  );
}

function choiceProblems(kind: string, lines: readonly Line[], before: Stored | null): Problem[] {
  const wrong = (message: string) => [{ field: "choices", message }];
  if (!["choice", "many-choice", "more-choices"].includes(kind))
    return lines.length > 0 ? wrong("Only a field of choices has choices") : [];
  if (lines.length === 0) return wrong("Give at least one choice");
  const labels = lines.map((line) => String(line["label"]).trim().toLowerCase());
  if (new Set(labels).size < labels.length) return wrong("Two choices have the same label");
  const keys = lines.map((line) => String(line["key"]));
  if (new Set(keys).size < keys.length) return wrong("Two choices have the same name");
  if (keys.some((key) => !/^[a-z0-9][a-z0-9_-]*$/.test(key)))
    return wrong("The name of a choice is lower-case letters, figures, - and _");
  const were = ((before?.values["choices"] ?? []) as readonly Line[]).map((line) => String(line["key"]));
  // Records may have it: it is retired, and never taken away.
  const gone = were.find((key) => !keys.includes(key));
  return gone === undefined
    ? []
    : wrong("A choice cannot be taken away, because records may have it. Retire it instead");
}

function present(value: unknown): boolean {
  return value !== null && value !== undefined && value !== "";
}
