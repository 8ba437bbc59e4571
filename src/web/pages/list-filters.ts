import { isDay } from "../../kernel/fields/date.ts";
import type { Field } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { filterNames } from "../../kernel/store/filters.ts";
import { countedClocks, waysOfCounted } from "../../kernel/store/counted-clocks.ts";
import { clockFilters, furtherFilters, holdsOn } from "../../kernel/store/further-filters.ts";
import { isId } from "../../kernel/store/find.ts";
import type { Actor } from "../../kernel/transaction.ts";
import type { Choice, Filter, HiddenField, ListPage } from "../view/models.ts";
import { formatDate } from "../view/format.ts";
import { listHref, usualSort } from "./list-address.ts";
import type { ListAddress } from "./list-address.ts";
import { baseColumns, isListed } from "./list-columns.ts";
import { recordFilters } from "./list-surroundings.ts";
import type { Surroundings } from "./list-surroundings.ts";

interface FilterParts {
  readonly actor: Actor;
  readonly type: RecordType;
  readonly address: ListAddress;
  readonly surroundings: Surroundings;
}

const shows = { open: "Open", closed: "Closed", all: "Open and closed" } as const;
/** Up to this many things to choose are checkboxes; more are a select. */
const checkboxesMax = 9;

/** The fields that a list offers to narrow by: those that its view names, or every one that can be. */
export function filteredFields(actor: Actor, type: RecordType): string[] {
  const possible = [...new Set(filterNames(type).map(({ field }) => field))].filter((name) =>
    isListed(actor, type, name),
  );
  return type.views.list.filters.length > 0
    ? type.views.list.filters.filter((name) => possible.includes(name))
    : possible.filter((name) => name !== "sensitivity").slice(0, 8);
}

/** The controls by which a list is narrowed. */
export function filterControls({ actor, type, address, surroundings }: FilterParts): Filter[] {
  const stateOptions = Object.entries(type.states).map(([value, { label }]): Choice => ({
    value,
    label,
    selected: address.states.includes(value),
  }));
  const fields = filteredFields(actor, type).flatMap((name) =>
    controlsOf(name, type.fields[name]!, address, type, surroundings),
  );
  return [
    {
      kind: "select",
      name: "show",
      label: "Show",
      options: Object.entries(shows).map(([value, label]) => ({ value, label, selected: value === address.show })),
    },
    { kind: "many", name: "state", label: "State", options: stateOptions },
    ...fields,
    ...(type.dated
      ? [{ kind: "date", name: holdsOn, label: "Holds on", value: address.where[holdsOn]?.[0] ?? "" } as const]
      : []),
    ...clockControls(type, address),
    range("opened", "Opened", address),
  ];
}

/** How what the law gives days for went: in time, late, still running or stopped, and between which days it was done. */
function clockControls(type: RecordType, address: ListAddress): Filter[] {
  return countedClocks(type).flatMap(([name, label]): Filter[] => {
    const chosen = address.where[`${name}-outcome`] ?? [];
    const ways = Object.entries(waysOfCounted).map(([value, way]) => ({ value, label: sentence(way) }));
    return [many(`${name}-outcome`, label, ways, chosen), range(`${name}-stopped`, `${label}: done`, address)];
  });
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The controls by which something is narrowed to records whose field has some values. */
export function controlsOf(
  name: string,
  { kind, options }: Field,
  address: Pick<ListAddress, "where">,
  type: RecordType,
  surroundings: Surroundings,
): Filter[] {
  const { label } = options;
  const chosen = address.where[name] ?? [];
  switch (kind.filter) {
    case "date-range":
      return [range(name, label, address)];
    case "yes-no":
      return [
        select(
          name,
          label,
          [
            { value: "yes", label: "Yes" },
            { value: "no", label: "No" },
          ],
          chosen,
        ),
      ];
    case "record":
    case "records":
      return [recordControl(name, label, chosen, recordFilters(type).get(name) ?? "", surroundings)];
    case "number-range": {
      const few = fewNumbers(options);
      if (few.length > 0) return [many(name, label, few, chosen)];
      return ["from", "to"].map((end): Filter => ({
        kind: "text",
        name: `${name}-${end}`,
        label: `${label} ${end}`,
        value: address.where[`${name}-${end}`]?.[0] ?? "",
      }));
    }
    case "one-of": {
      const widget = kind.input(options, null);
      const list = "options" in widget ? widget.options.map(({ value, label: text }) => ({ value, label: text })) : [];
      return [list.length <= checkboxesMax ? many(name, label, list, chosen) : select(name, label, list, chosen)];
    }
    default:
      return [{ kind: "text", name, label, value: chosen[0] ?? "" }];
  }
}

function recordControl(
  name: string,
  label: string,
  chosen: readonly string[],
  target: string,
  { choices, names }: Surroundings,
): Filter {
  const offered = choices.get(target);
  if (!offered) {
    const [value = ""] = chosen;
    const named = names.get(value);
    return {
      kind: "text",
      name,
      label: `${label}: ${target === "person" ? "name, reference or “me”" : "name or reference"}`,
      value: named ? `${named.reference} ${named.title}` : value,
    };
  }
  const known = offered.map(({ id, title }) => ({ value: id, label: title }));
  // One that is closed by now is still what the address asks for.
  const others = chosen
    .filter((id) => isId(id) && !known.some(({ value }) => value === id))
    .map((id) => ({ value: id, label: names.get(id)?.title ?? "Not yours to see" }));
  return select(
    name,
    label,
    [
      ...(target === "person" ? [{ value: "me", label: "Me" }] : []),
      { value: "none", label: "None" },
      ...known,
      ...others,
    ],
    chosen,
  );
}

/** The values of a number that can only be one of a few. */
function fewNumbers(options: object): Choice[] {
  const [min, max] = ["min" in options ? options.min : undefined, "max" in options ? options.max : undefined];
  if (typeof min !== "number" || typeof max !== "number" || max - min >= checkboxesMax) return [];
  return Array.from({ length: max - min + 1 }, (_value, at) => ({ value: String(min + at), label: String(min + at) }));
}

function many(name: string, label: string, options: readonly Choice[], chosen: readonly string[]): Filter {
  return {
    kind: "many",
    name,
    label,
    options: options.map((option) => ({ ...option, selected: chosen.includes(option.value) })),
  };
}

function select(name: string, label: string, options: readonly Choice[], chosen: readonly string[]): Filter {
  return {
    kind: "select",
    name,
    label,
    options: [
      { value: "", label: "Any" },
      ...options.map((option) => ({ ...option, selected: option.value === chosen[0] })),
    ],
  };
}

function range(name: string, label: string, { where }: Pick<ListAddress, "where">): Filter {
  return {
    kind: "date-range",
    name,
    label,
    from: where[`${name}-from`]?.[0] ?? "",
    to: where[`${name}-to`]?.[0] ?? "",
  };
}

/** What the address asks for that no control shows, kept while filtering. */
export function hiddenFilters(address: ListAddress, type: RecordType, controls: readonly Filter[]): HiddenField[] {
  const shown = new Set(
    controls.flatMap((control) =>
      control.kind === "date-range" ? [`${control.name}-from`, `${control.name}-to`] : [control.name],
    ),
  );
  const kept = Object.entries(address.where)
    .filter(([name]) => !shown.has(name))
    .flatMap(([name, values]) => values.map((value) => ({ name, value })));
  // A select shows one value; the others that a link asked for stay.
  const further = controls.flatMap((control) =>
    control.kind === "select" || control.kind === "text"
      ? (address.where[control.name] ?? []).slice(1).map((value) => ({ name: control.name, value }))
      : [],
  );
  return [
    ...kept,
    ...further,
    ...(address.sort === usualSort(type, address.show) ? [] : [{ name: "sort", value: address.sort }]),
    ...(address.as === "list" ? [] : [{ name: "as", value: address.as }]),
    ...(["by", "on", "to", "at"] as const).flatMap((name) =>
      address[name] === "" ? [] : [{ name, value: address[name] }],
    ),
  ];
}

/** The filters in force, each with the link that takes it away. */
export function chipsOf({ type, address, surroundings }: FilterParts): ListPage["chips"] {
  const standard = type.views.list.openOnly ? "open" : "all";
  const fields = Object.entries(address.where).map(([name, values]) => {
    const gone = goingWith(type, name);
    const where = Object.fromEntries(Object.entries(address.where).filter(([other]) => !gone.includes(other)));
    return {
      label: `${labelOf(type, name)}: ${values.map((value) => wordsFor(type, name, value, surroundings)).join(", ")}`,
      removeHref: listHref(type, address, { where }),
    };
  });
  return [
    ...(address.search
      ? [{ label: `Search: ${address.search}`, removeHref: listHref(type, address, { search: "" }) }]
      : []),
    ...(address.show === standard
      ? []
      : [
          {
            label: `Show: ${shows[address.show].toLowerCase()}`,
            removeHref: listHref(type, address, { show: standard }),
          },
        ]),
    ...(address.states.length > 0
      ? [
          {
            label: `State: ${address.states.map((state) => type.states[state]?.label ?? state).join(", ")}`,
            removeHref: listHref(type, address, { states: [] }),
          },
        ]
      : []),
    ...fields,
  ];
}

/** The filters that are taken away with one: of a clock, nothing can be asked without the day from which it is asked. */
function goingWith(type: RecordType, name: string): readonly string[] {
  const clock = /^(.+)-stopped-from$/.exec(name)?.[1];
  return clock === undefined || type.clocks[clock]?.rule === "counted" ? [name] : clockFilters(clock);
}

function labelOf(type: RecordType, name: string): string {
  const filter = filterNames(type).find((one) => one.name === name);
  const further = furtherFilters(type).find((one) => one.name === name);
  if (further) return further.label;
  const base = name.replace(/-(from|to)$/, "");
  const label = type.fields[filter?.field ?? ""]?.options.label ?? baseColumns[base] ?? name;
  return base === name ? label : `${label} ${name.endsWith("-from") ? "from" : "to"}`;
}

function wordsFor(type: RecordType, name: string, value: string, { names }: Surroundings): string {
  if (value === "none") return "none";
  if (value === "me") return "me";
  if (isId(value)) return names.get(value)?.title ?? "not yours to see";
  if (/(^on|-(on|from|to))$/.test(name) && isDay(value)) return formatDate(Temporal.PlainDate.from(value));
  const further = furtherFilters(type).find((one) => one.name === name)?.options?.[value];
  if (further !== undefined) return further;
  const field = type.fields[name];
  const widget = field?.kind.input(field.options, null);
  return (
    (widget && "options" in widget ? widget.options.find((option) => option.value === value)?.label : undefined) ??
    value
  );
}
