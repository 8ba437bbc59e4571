import { may } from "../access.ts";
import type { Field } from "../fields/kind.ts";
import type { DefinedType, RecordType } from "../record.ts";
import { filterNames } from "../store/filters.ts";
import { furtherFilters } from "../store/further-filters.ts";
import { columnOf } from "../store/row.ts";
import type { Actor, Tx } from "../transaction.ts";

/** Which records a measure looks at: all that must hold, as the list of the type is narrowed. */
export interface Narrowing {
  readonly states?: readonly string[];
  /** Values by filter, named as the list's address names them; several values of one filter are alternatives. */
  readonly where?: Readonly<Record<string, readonly string[]>>;
}

/** What puts a record into a period. */
export type Over<FieldName extends string = string> =
  /** It was opened or closed in the period, or a field's day lies in it. */
  | { readonly happened: "opened" | "closed" | FieldName }
  /** Its clock of this name stopped in the period. */
  | { readonly stopped: string }
  /** It was open when the period ended. */
  | "open-at-end"
  /** It is open now, whatever the period. */
  | "open-now";

/** What is worked out of the records. */
export type Working<FieldName extends string = string> =
  | "count"
  | { readonly sum: FieldName }
  /** So many in 100 are at this or below: of working minutes on the clock that stopped, or of a field. */
  | { readonly percentile: number; readonly of: "elapsed" | FieldName }
  /** How many in 100 are so as well. */
  | { readonly share: Narrowing };

/** What a figure is of: records by their name, working minutes, whole pence, or so many in 100. */
export type Unit = { readonly one: string; readonly many: string } | "minutes" | "pence" | "percent";

/** What a measure is. Pages, files, mail and the API show it by this alone. */
export interface MeasureDefinition<FieldName extends string> {
  /** Its name in addresses: lower case, words joined by hyphens. */
  readonly name: string;
  readonly label: string;
  /** What it says, in a sentence or two, for whoever reads the figure. */
  readonly meaning: string;
  /** Who answers for what it means: a post. */
  readonly owner: string;
  readonly unit: Unit;
  readonly over: Over<FieldName>;
  readonly of?: Narrowing;
  readonly works: Working<FieldName>;
  /** What its page says below the figure: what is missing where there is no record to count. It asks the database one short thing. */
  readonly beside?: (tx: Tx) => Promise<readonly { readonly label: string; readonly text: string }[]>;
  /** By what it is seen unless somebody says otherwise: by time where it can be. */
  readonly usuallyBy?: FieldName | "age" | "state";
}

/** A measure as the kernel handles it. */
export interface Measure extends MeasureDefinition<string> {
  readonly type: RecordType;
}

/** Makes a measure of a type's records. A mistake that types cannot see is an error here, when the product starts. */
export function defineMeasure<Name extends string, F extends Readonly<Record<string, Field>>>(
  type: DefinedType<Name, F>,
  definition: MeasureDefinition<keyof F & string>,
): Measure {
  const measure: Measure = { ...definition, type };
  const wrong = problemOf(measure);
  if (wrong !== null) throw new Error(`The measure “${definition.name}” ${wrong}`);
  return measure;
}

/** Whether somebody sees a measure: whoever works on records of the type. What is counted is what they may see of them. */
export function seesMeasure(actor: Actor, { type }: Measure): boolean {
  return may(actor, type.name, "internal");
}

/** The column in a type's view by which records fall into a period; null where no column does. */
export function columnOver({
  type,
  over,
}: Pick<Measure, "type" | "over">): { readonly column: string; readonly isDay: boolean } | null {
  if (typeof over === "string" || "stopped" in over) return null;
  if (over.happened === "opened" || over.happened === "closed") return { column: `${over.happened}_at`, isDay: false };
  const field = type.fields[over.happened];
  const column = field?.kind.filter === "date-range" ? columnOf(type, over.happened) : null;
  return field && column ? { column, isDay: field.kind.column(field.options)?.type === "date" } : null;
}

function problemOf({ name, type, over, of, works, unit }: Measure): string | null {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 60) return "needs a name such as things-opened";
  const clock = typeof over === "object" && "stopped" in over ? over.stopped : null;
  if (clock !== null && !furtherFilters(type).some((filter) => filter.name === `${clock}-stopped-from`))
    return `goes by the clock ${clock}, which ${type.name} does not have`;
  if (typeof over === "object" && "happened" in over && columnOver({ type, over }) === null)
    return `goes by ${over.happened}, of which ${type.name} keeps no day`;
  const known = new Set([...filterNames(type), ...furtherFilters(type)].map((filter) => filter.name));
  const narrowings = [of, typeof works === "object" && "share" in works ? works.share : undefined];
  for (const one of narrowings) {
    const filter = Object.keys(one?.where ?? {}).find((each) => !known.has(each));
    if (filter !== undefined) return `is narrowed by ${filter}, which lists of ${type.name} are not`;
    const state = one?.states?.find((each) => !Object.hasOwn(type.states, each));
    if (state !== undefined) return `names the state ${state}, which ${type.name} does not have`;
  }
  if (typeof works === "object" && "percentile" in works && works.of === "elapsed" && !isMeasured(type, clock))
    return "asks how long a clock ran, but goes by no clock of working time";
  for (const one of clock === null ? [] : narrowings)
    for (const way of one?.where?.[`${clock}-outcome`] ?? [])
      if (way === "running" || way === "paused") return `asks for clocks that are ${way} among those that stopped`;
  if ((unit === "percent") !== (typeof works === "object" && "share" in works)) return "is a share or no percentage";
  return null;
}

/** Whether a clock counts working time. */
function isMeasured(type: RecordType, clock: string | null): boolean {
  return clock !== null && type.clocks[clock]?.rule === "service-level";
}
