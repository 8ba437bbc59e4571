import type { Field } from "./fields/kind.ts";
import { withRegistered } from "./fields/registered.ts";
import type { JobKind } from "./jobs/run.ts";
import { schedules } from "./jobs/schedules.ts";
import type { ModuleRound, ModuleSchedule } from "./jobs/schedules.ts";
import { keptByType } from "./kept-by-type.ts";
import type { SayDigest } from "./mail/digests.ts";
import type { SayLetter } from "./mail/letters.ts";
import type { Measure } from "./measures/measure.ts";
import type { RecordType } from "./record.ts";

/** One folder of the product: the types and pages of one kind of work. */
export interface Module {
  readonly name: string;
  readonly label: string;
  /** Work stands above registers in the navigation; administration has a page of its own. */
  readonly group: "work" | "registers" | "administration";
  readonly records: readonly RecordType[];
  /** Names of types beside the first that are work of every day: they stand in the navigation, and not under Administration. */
  readonly daily?: readonly string[];
  /** Of those, the ones that stand there for whoever may make one as well, and not only for those who work on them. */
  readonly asked?: readonly string[];
  /** What is counted of its records. */
  readonly measures?: readonly Measure[];
  /** Work of its own that goes on by itself at set times. */
  readonly schedules?: readonly ModuleSchedule[];
  /** Work of its own that goes round and round while the worker runs: how long it rests is what it gives. */
  readonly rounds?: readonly ModuleRound[];
  /** Says letters to whoever asked for a record and cannot read it here, by type (see `correspond`). */
  readonly letters?: Readonly<Record<string, SayLetter>>;
  /** Says mails of the day, by name (see `gatherDigest`). */
  readonly digests?: Readonly<Record<string, SayDigest>>;
  /** Work of its own that a person's action starts (see `addJob`), by its kind. */
  readonly jobs?: Readonly<Record<string, JobKind>>;
}

/** Every type that the product knows. */
export interface Registry {
  readonly modules: readonly Module[];
  readonly types: ReadonlyMap<string, RecordType>;
  readonly byPath: ReadonlyMap<string, RecordType>;
  /** Every measure by its name, in the order of the modules. */
  readonly measures: ReadonlyMap<string, Measure>;
}

/** Where the product has pages of its own, so that no type can live there. */
export const ownPaths: ReadonlySet<string> = new Set(
  "accessibility account administration api assets away files health information jobs live logos measures metrics notifications palette public-requests reports scim search setup sign-in sign-out stand-in status".split(
    " ",
  ),
);

/** Makes the registry, refusing two types of one name or path, one at a path of ours, and links to types that are not there. */
export function createRegistry(defined: readonly Module[]): Registry {
  const all = new Map(defined.flatMap(({ records }) => records.map((type) => [type.name, type] as const)));
  const modules = defined.map((module) => ({
    ...module,
    records: module.records.map((type) => withRegistered(type, all)),
  }));
  const types = new Map<string, RecordType>();
  const byPath = new Map<string, RecordType>();
  for (const type of modules.flatMap((module) => module.records)) {
    if (types.has(type.name) || byPath.has(type.path))
      throw new Error(`Two record types are called ${type.name} or live at ${type.path}`);
    if (ownPaths.has(type.path))
      throw new Error(`${type.name} cannot live at /${type.path}: Reeve has a page of its own there`);
    types.set(type.name, type);
    byPath.set(type.path, type);
  }
  for (const type of types.values()) checkLinks(type, types);
  const tasks = [...schedules, ...modules.flatMap((module) => module.schedules ?? [])].map(({ task }) => task);
  const twice = tasks.find((task, place) => tasks.indexOf(task) !== place);
  if (twice !== undefined) throw new Error(`Two schedules are called ${twice}`);
  return { modules, types, byPath, measures: measuresOf(modules, types) };
}

function measuresOf(modules: readonly Module[], types: ReadonlyMap<string, RecordType>): Map<string, Measure> {
  const measures = new Map<string, Measure>();
  for (const measure of modules.flatMap((module) => module.measures ?? [])) {
    if (measures.has(measure.name)) throw new Error(`Two measures are called ${measure.name}`);
    if (!types.has(measure.type.name))
      throw new Error(`The measure ${measure.name} is of ${measure.type.name}, which no module lists`);
    measures.set(measure.name, measure);
  }
  return measures;
}

function checkLinks(type: RecordType, types: ReadonlyMap<string, RecordType>): void {
  for (const [name, target] of linkFields(type)) {
    if (!types.has(target)) throw new Error(`${type.name}.${name} leads to ${target}, which is no record type`);
  }
}

const targets = new WeakMap<Field, string | null>();

/** The type that a field leads to, which its kind says by how it is given; null where it leads to none. */
export function linkTarget(field: Field): string | null {
  const known = targets.get(field);
  if (known !== undefined) return known;
  const widget = field.kind.input(field.options, null);
  const target = widget.widget === "record" ? widget.type : null;
  targets.set(field, target);
  return target;
}

/** The fields of a type that lead to another record: name and the type led to. */
export const linkFields: (type: RecordType) => readonly (readonly [name: string, target: string])[] = keptByType(
  ({ fields }) =>
    Object.entries(fields).flatMap(([name, field]) => {
      const target = linkTarget(field);
      return target === null ? [] : [[name, target] as const];
    }),
);

/** The type of a name that code is sure of; a name from outside is looked up in `types`. */
export function typeNamed(registry: Registry, name: string): RecordType {
  const type = registry.types.get(name);
  if (!type) throw new Error(`There is no record type ${name}`);
  return type;
}
