import type { ZodType } from "zod";

/** A column of a type's table, as PostgreSQL names it. */
export interface Column {
  /** The SQL type, spelled as the catalogue spells it: `text`, `bigint`, `timestamp with time zone`. */
  readonly type: string;
  /** What must hold, as an SQL expression over the column (its name stands as `$`). */
  readonly check?: string;
  /** Whether the column points at a record: it then gets a foreign key and an index. */
  readonly refersToRecord?: boolean;
  readonly refersToFile?: boolean;
}

/** What a form control is, without its name, label and error. */
export type Widget =
  | {
      readonly widget: "text";
      readonly value: string;
      readonly inputType?: "text" | "email" | "tel" | "url" | "search";
      readonly autocomplete?: string;
      readonly width?: "short" | "medium" | "full";
      readonly suffix?: string;
    }
  | {
      readonly widget: "textarea";
      readonly value: string;
      readonly rows?: number;
      readonly maxLength?: number;
      readonly autocomplete?: string;
    }
  | {
      readonly widget: "select";
      readonly value: string;
      readonly options: readonly Option[];
      readonly placeholder?: string;
    }
  | {
      readonly widget: "radios";
      readonly value: string;
      readonly options: readonly Option[];
      readonly inline?: boolean;
    }
  | { readonly widget: "checkboxes"; readonly values: readonly string[]; readonly options: readonly Option[] }
  | { readonly widget: "date"; readonly day: string; readonly month: string; readonly year: string }
  | {
      readonly widget: "date-time";
      readonly day: string;
      readonly month: string;
      readonly year: string;
      readonly time: string;
    }
  | { readonly widget: "number"; readonly value: string; readonly suffix?: string; readonly decimal?: boolean }
  | { readonly widget: "money"; readonly value: string }
  | { readonly widget: "yes-no"; readonly value: "yes" | "no" | "" }
  | {
      readonly widget: "file";
      /** The id of the file that it holds; "" for none. The page adds what it is called and where it is read. */
      readonly value: string;
      readonly current?: { readonly text: string; readonly href: string };
    }
  /** A record to pick: the page turns it into a select or a text input with suggestions. */
  | { readonly widget: "record"; readonly type: string; readonly value: string; readonly many: boolean }
  /** Rows with fields of their own: the page draws them with the same facets. */
  | { readonly widget: "rows"; readonly rowLabel: string };

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

/** How a value looks in a list or on a page. */
export type Shown =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "html"; readonly html: string; readonly text: string }
  | { readonly kind: "tag"; readonly text: string; readonly tone: Tone }
  | { readonly kind: "tags"; readonly texts: readonly string[] }
  | { readonly kind: "date"; readonly text: string; readonly iso: string }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "href"; readonly text: string; readonly href: string }
  /** The id of a record, which the page shows by its title. */
  | { readonly kind: "record"; readonly id: string }
  | { readonly kind: "records"; readonly ids: readonly string[] }
  | { readonly kind: "file"; readonly id: string };

/** An abstract tone; templates choose the colours. */
export type Tone = "neutral" | "info" | "good" | "warn" | "bad";

/** How a list can be narrowed by a field of this kind: `records` by one of those that it leads to. */
export type FilterShape = "text" | "one-of" | "date-range" | "record" | "records" | "yes-no" | "number-range";

/** What a browser sent: every value a string, or several of one name. */
export type Form = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What every kind of field can be told. */
export interface CommonOptions {
  readonly label: string;
  readonly hint?: string;
  readonly required?: boolean;
  /** About a person: kept out of logs, and emptied by an erasure. */
  readonly personal?: boolean;
  /** May not be given by a person: the product sets it. */
  readonly readOnly?: boolean;
  /** Of a line: worked out from the others, so no form asks for it and no page shows it. */
  readonly derived?: boolean;
  /** Left off the forms unless a move asks for it. */
  readonly askedByMoveOnly?: boolean;
  /** May be emptied or is unknown until a move asks for it, but never shown to someone who may only read their own. */
  readonly internal?: boolean;
  /** A figure that those who work on the record go by: pages leave it out for everybody else, who may know it all the same. */
  readonly working?: boolean;
  /** Its value stands in the timeline in another form (what a source said, column by column), so verify does not compare it. */
  readonly untold?: boolean;
  /** Says much the same of very many records: no search finds one by it. */
  readonly unsearched?: boolean;
  readonly indexed?: boolean;
  /** Most records leave it empty: pages say nothing of it then, and the index of a link holds only those that do not. */
  readonly sparse?: boolean;
  /** Its text, or the label of what leads to a record, stands beside the state as a tag of this tone while it holds something. */
  readonly flag?: Tone;
  /** The earlier name of the column, when this field was renamed. */
  readonly renamedFrom?: string;
  /** Given when the record is made, and not changed by anybody afterwards. */
  readonly fixed?: boolean;
  /**
   * Added by the organisation beside the definition (see `added/`). Of one that is retired nothing is asked any more, and
   * what records hold of it is kept.
   */
  readonly added?: { readonly retired: boolean };
  /** The part of every record that this field is: kept in `records`, so lists across types can use it. */
  readonly is?: "title" | "owner" | "team" | "requester" | "within";
}

/**
 * Everything that a kind of field knows, in one place. `Value` is what JSON carries and code handles: dates are
 * `yyyy-mm-dd`, moments ISO 8601 instants in UTC, money whole pence, durations whole minutes, records their id.
 */
export interface FieldKind<Options extends CommonOptions, Value> {
  readonly name: string;
  /** null where the value is kept elsewhere or not at all. */
  column(options: Options): Column | null;
  /** Checks a value that came from outside; its messages are sentences for people. */
  schema(options: Options): ZodType<Value>;
  /** Reads the controls named `name`; undefined when they were left empty, and anything for `schema` to refuse when not. */
  fromForm(form: Form, name: string, options: Options): unknown;
  /** The control, holding the value. */
  input(options: Options, value: Value | null): Widget;
  show(options: Options, value: Value): Shown;
  /** One cell of a CSV file; `fromText` reads it back. */
  text(options: Options, value: Value): string;
  fromText(options: Options, text: string): unknown;
  /** How a cell of a spreadsheet holds it where that is not text: a number, or the wall clock as a date in UTC, shown by `format`. */
  readonly sheet?: { readonly format: string; value(options: Options, value: Value): number | Date };
  readonly filter: FilterShape | null;
  /** Whether lists can be sorted by it. */
  readonly sortable: boolean;
}

/** A field of a definition: its kind and what it was told. The type parameter is the value it carries. */
export interface Field<Value = unknown> {
  readonly kind: FieldKind<CommonOptions, Value>;
  readonly options: CommonOptions;
}

const schemas = new WeakMap<CommonOptions, ZodType>();

/** The schema of a field, made once: making one takes longer than checking a value by it. */
export function schemaOf<Options extends CommonOptions, Value>({
  kind,
  options,
}: {
  readonly kind: FieldKind<Options, Value>;
  readonly options: Options;
}): ZodType<Value> {
  // A field's options belong to it alone, and its kind made the schema from them.
  const known = schemas.get(options) as ZodType<Value> | undefined;
  const schema = known ?? kind.schema(options);
  schemas.set(options, schema);
  return schema;
}

/** The value that a field carries. */
export type ValueOf<F> = F extends Field<infer Value> ? Value : never;

/** Makes the function that definitions call: `field.text({ label: "Subject" })`. */
export function fieldOf<Options extends CommonOptions, Value>(kind: FieldKind<Options, Value>) {
  return (options: Options): Field<Value> => ({
    // Each kind is only ever given the options it was made with, which the pair guarantees.
    kind: kind,
    options,
  });
}

/** The single value of a form's control, trimmed; undefined when empty or absent. */
export function single(form: Form, name: string): string | undefined {
  const value = form[name];
  const first = typeof value === "string" ? value : value?.[0];
  const trimmed = first?.replaceAll("\r\n", "\n").trim();
  return trimmed === "" ? undefined : trimmed;
}

/** A label within a sentence: "Date received" becomes "date received", "FOI number" stays. */
export function inSentence(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? label[0]!.toLowerCase() + label.slice(1) : label;
}

/** What a schema says of a value that is not there ("Enter a summary") or is of another kind ("Summary must be text"). */
export function missingOr(
  options: CommonOptions,
  verb: "Enter" | "Select",
  otherwise: string,
): (issue: { readonly input?: unknown }) => string {
  return ({ input }) =>
    input === undefined || input === null ? missing(options, verb) : `${options.label} ${otherwise}`;
}

/** Whether a value is chosen among what there is, so that a sentence says “Select”. */
export function isChosen({ filter }: Pick<FieldKind<CommonOptions, unknown>, "filter">): boolean {
  return filter === "one-of" || filter === "record" || filter === "records";
}

/** The sentence for a field that was left empty. */
export function missing(options: CommonOptions, verb: "Enter" | "Select"): string {
  const label = inSentence(options.label);
  const article =
    /^(the|a|an|what|who|when|where|how|why|which) /.test(label) || label.endsWith("s")
      ? ""
      : /^[aeiou]/.test(label)
        ? "an "
        : "a ";
  return `${verb} ${/^(what|who|when|where|how|why|which) /.test(label) ? "an answer to “" + options.label + "”" : article + label}`;
}
