import { checkAskedWhen, checkAskedWhenOfLines } from "./asked.ts";
import type { AskedWhen, AskedWhenByField, Question } from "./asked.ts";
import type { ClockDefinition } from "./clock.ts";
import type { Field, ValueOf } from "./fields/kind.ts";
import { field } from "./fields/field.ts";
import { can } from "./lifecycle.ts";
import type { Move, Permission, State } from "./lifecycle.ts";
import type { Stored, Tx } from "./transaction.ts";
import { checkNames } from "./type-names.ts";

export { can, field };

type Fields = Readonly<Record<string, Field>>;

/** The fields that every record has without saying so. */
const sharedFields = {
  owner: field.person({ label: "Owner", is: "owner", hint: "Who has it now" }),
  team: field.team({ label: "Team", is: "team" }),
  sensitivity: field.choice({
    label: "Sensitivity",
    options: { normal: "Normal", restricted: "Restricted" },
    tones: { restricted: "bad" },
    default: "normal",
    hint: "A restricted record is seen only by its owner, the person who asked, whoever made it, people who are named on it as “May be seen by”, and people with that permission",
  }),
} as const;

type SharedField = keyof typeof sharedFields | "validFrom" | "validUntil";

/** Columns that every list can show, filter and sort by, beside the fields of the type. */
export type BaseColumn = "reference" | "state" | "due" | "opened" | "updated" | "closed";

/** What a type is. Everything else about it follows from this. */
export interface RecordDefinition<Name extends string, F extends Fields, StateName extends string> {
  /** Its name in the database and in addresses: lower case, words joined by underscores. */
  readonly name: Name;
  readonly label: { readonly one: string; readonly many: string };
  /** `INC-{00000}`: a number of at least five figures; `FOI-{yyyy}-{0000}` starts again each year. */
  readonly reference: string;
  /** Where its pages and its API live: `tickets`. */
  readonly path: string;
  readonly fields: F;
  /**
   * Fields that are asked for only while another holds one of some values. Where one is not, it may not be given and need
   * not be; a change by which it is asked for no longer empties it.
   */
  readonly askedWhen?: Readonly<Partial<Record<NoInfer<keyof F & string>, NoInfer<AskedWhen<F>>>>>;
  readonly states: Readonly<Record<StateName, State>>;
  /** The state of a new record. */
  readonly starts: NoInfer<StateName>;
  readonly moves: Readonly<Record<string, Move<NoInfer<(keyof F & string) | SharedField>, NoInfer<StateName>>>>;
  readonly clocks?: Readonly<Record<string, ClockDefinition<NoInfer<StateName>, NoInfer<keyof F & string>>>>;
  readonly access?: {
    readonly create?: Permission;
    readonly change?: Permission;
    /** A further condition on which rows this person sees, beside what the database holds to. */
    readonly read?: (tx: Tx) => RowFilter<NoInfer<keyof F & string>> | null;
  };
  readonly views: {
    readonly list: {
      readonly columns: readonly NoInfer<(keyof F & string) | SharedField | BaseColumn>[];
      /** A field or column, with `-` before it for the greatest first. */
      readonly sort: NoInfer<(keyof F & string) | BaseColumn | `-${(keyof F & string) | BaseColumn}`>;
      readonly filters?: readonly NoInfer<(keyof F & string) | SharedField>[];
      /** Whether the list shows only what is open until the person asks for more. */
      readonly openOnly?: boolean;
      /** What the cell of a field says where it is empty: the value of another, for whoever may read that. */
      readonly whereEmpty?: Readonly<
        Partial<Record<NoInfer<(keyof F & string) | SharedField>, NoInfer<keyof F & string>>>
      >;
    };
    /** Fields of the form in order; all that can be given, when absent. */
    readonly form?: readonly NoInfer<(keyof F & string) | SharedField>[];
    /**
     * What is asked, a question a page, of those who make such records and do not work on them; the fields of the form, when
     * absent. A field alone is asked for by its label.
     */
    readonly questions?: readonly Question<NoInfer<(keyof F & string) | SharedField>>[];
    /** Fields on the record's page in order; all, when absent. */
    readonly page?: readonly NoInfer<(keyof F & string) | SharedField>[];
  };
  /** A record has a value in just one of these, which its `check` sees to; a form that begins with one does not ask for the others. */
  readonly oneOf?: readonly NoInfer<keyof F & string>[];
  /** Of a link, the records that the form of a new one offers, where it is possible with fewer than all that are open; null for all. */
  readonly offers?: Readonly<Partial<Record<NoInfer<keyof F & string>, Offers>>>;
  /** The long text of its form that begins with a text template, and the links whose record’s values go into the template’s places. */
  readonly begins?: {
    readonly field: NoInfer<keyof F & string>;
    readonly from: readonly NoInfer<keyof F & string>[];
  };
  /** Its values hold from a day to a day. `by` names the fields within which no two may overlap. */
  readonly dated?: { readonly by: readonly NoInfer<keyof F & string>[] };
  /**
   * Of a register that clocks are counted by: the fields that deadlines of other records follow from. What a change of one
   * moves is shown before it is saved, and is then moved by a job. So are the record's own beginning and its moves.
   */
  readonly deadlinesBy?: readonly NoInfer<(keyof F & string) | SharedField>[];
  /** Whether deadlines follow from those fields alone, and neither from the record's beginning nor from its moves. */
  readonly deadlinesByFieldsAlone?: boolean;
  /** Values worked out from what was given, before it is stored: for a new record and after each change. */
  readonly derive?: (
    tx: Tx,
    values: Readonly<Record<string, unknown>>,
    before: Stored | null,
  ) => Promise<Readonly<Record<string, unknown>>>;
  /** Values for a new record where none was given. */
  readonly defaults?: (tx: Tx) => Promise<Readonly<Record<string, unknown>>>;
  /** What follows elsewhere from a new record, as `effects` of a move. Types that say so are made one by one by imports as well. */
  readonly made?: (tx: Tx, record: Stored) => Promise<void>;
  /** What follows elsewhere from what somebody says to everyone who sees the record, as `effects` of a move. */
  readonly said?: (tx: Tx, record: Stored) => Promise<void>;
  /** Refuses (see `refuse`) values that do not fit together. */
  readonly check?: (tx: Tx, values: Readonly<Record<string, unknown>>, before: Stored | null) => Promise<void> | void;
  /**
   * Why what a record holds cannot be changed as it stands, as a sentence without a full stop; null when it can. Moves are
   * not held by it, and its sensitivity can always be changed.
   */
  readonly locked?: (record: Stored) => string | null;
  /** Such records can begin with a mail: its subject becomes the title, its words this field, and these values are given. */
  readonly byMail?: {
    readonly words: NoInfer<keyof F & string>;
    readonly values: Readonly<Partial<Record<NoInfer<keyof F & string>, string>>>;
  };
  /** Said on an empty list: what belongs there. */
  readonly empty: string;
  /** A small register that rules read whole, whoever acts; at most 5,000 records. */
  readonly referenceData?: boolean;
  /**
   * Links to the records that this is a part of. It is disposed of with its whole and by no schedule of its own, under the same
   * certificate, and a legal hold of the whole holds it too; one of the part holds the whole.
   */
  readonly partOf?: readonly NoInfer<keyof F & string>[];
  /** Only the product makes and changes them, whatever a role says; people make the moves that have a permission of their own. */
  readonly productOnly?: boolean;
}

/** All of these must hold: a field has one of the values. Compiled to SQL with the values as parameters. */
export type RowFilter<FieldName extends string = string> = Readonly<Partial<Record<FieldName, readonly string[]>>>;

/** A type as the kernel handles it: its definition with the shared fields added and every name an ordinary string. */
export interface RecordType {
  readonly name: string;
  readonly label: { readonly one: string; readonly many: string };
  readonly reference: string;
  readonly path: string;
  readonly fields: Fields;
  readonly askedWhen: AskedWhenByField;
  readonly titleField: string;
  readonly states: Readonly<Record<string, State>>;
  readonly starts: string;
  readonly moves: Readonly<Record<string, Move<string, string>>>;
  readonly clocks: Readonly<Record<string, ClockDefinition<string>>>;
  readonly access: {
    readonly create: Permission;
    readonly change: Permission;
    readonly read: ((tx: Tx) => RowFilter | null) | null;
  };
  readonly views: {
    readonly list: {
      readonly columns: readonly string[];
      readonly sort: string;
      readonly filters: readonly string[];
      readonly openOnly: boolean;
      readonly whereEmpty: Readonly<Partial<Record<string, string>>>;
    };
    readonly form: readonly string[];
    readonly questions: readonly Question<string>[];
    readonly page: readonly string[];
  };
  readonly offers: Readonly<Partial<Record<string, Offers>>>;
  readonly begins: { readonly field: string; readonly from: readonly string[] } | null;
  readonly dated: { readonly by: readonly string[] } | null;
  readonly oneOf: readonly string[];
  readonly deadlinesBy: readonly string[];
  readonly deadlinesByFieldsAlone: boolean;
  readonly derive: RecordDefinition<string, Fields, string>["derive"];
  readonly defaults: RecordDefinition<string, Fields, string>["defaults"];
  readonly made: RecordDefinition<string, Fields, string>["made"];
  readonly said: RecordDefinition<string, Fields, string>["said"];
  readonly check: RecordDefinition<string, Fields, string>["check"];
  readonly locked: (record: Stored) => string | null;
  readonly byMail: { readonly words: string; readonly values: Readonly<Record<string, string>> } | null;
  readonly empty: string;
  readonly referenceData: boolean;
  readonly partOf: readonly string[];
  readonly productOnly: boolean;
}

/** A type together with what code knows of the values it carries. */
export interface DefinedType<Name extends string, F extends Fields> extends RecordType {
  readonly name: Name;
  /** Never there at run time: it carries the type of the values. */
  readonly valuesType?: { readonly [Field in keyof F]?: ValueOf<F[Field]> | null };
}

/** The values of a defined type, by field. */
export type ValuesOf<T extends { readonly valuesType?: unknown }> = NonNullable<T["valuesType"]>;

/** Finds the records that a form offers to whoever acts. */
type Offers = (tx: Tx) => Promise<readonly Stored[] | null>;

/** Makes a type from its definition. A mistake that types cannot see is an error here, when the product starts. */
export function defineRecord<const Name extends string, const F extends Fields, const StateName extends string>(
  definition: RecordDefinition<Name, F, StateName>,
): DefinedType<Name, F> {
  const dates: Fields = definition.dated
    ? {
        validFrom: field.date({ label: "Holds from", required: true }),
        validUntil: field.date({
          label: "Holds until",
          hint: "The day before the next one starts. Leave it empty when it holds until further notice",
        }),
      }
    : {};
  const fields: Fields = { ...withoutOverridden(sharedFields, definition.fields), ...definition.fields, ...dates };
  const titleField = Object.keys(fields).find((name) => fields[name]?.options.is === "title");
  if (titleField === undefined) throw new Error(`${definition.name}: one field must say is: "title"`);
  checkNames(definition.name, fields);
  checkFilters(definition.name, fields, definition.views.list.filters ?? []);
  const given = Object.keys(fields).filter((name) => !fields[name]!.options.readOnly);
  const ordered = [...Object.keys(definition.fields), ...Object.keys(dates), ...Object.keys(sharedFields)].filter(
    (name, at, all) => all.indexOf(name) === at,
  );
  // From here on the kernel speaks of fields and states by plain strings; each was checked against the definition above.
  const loose = definition as unknown as RecordDefinition<Name, Fields, string>;
  const form =
    loose.views.form ?? ordered.filter((name) => given.includes(name) && !fields[name]!.options.askedByMoveOnly);
  // The definition's type admits only conditions of this shape.
  const askedWhen = (loose.askedWhen ?? {}) as unknown as AskedWhenByField;
  checkAskedWhen(definition.name, { fields, askedWhen }, form, titleField);
  checkAskedWhenOfLines(definition.name, fields);
  return {
    ...loose,
    fields,
    askedWhen,
    titleField,
    clocks: loose.clocks ?? {},
    access: { create: can("create"), change: can("change"), ...loose.access, read: loose.access?.read ?? null },
    views: {
      list: {
        ...loose.views.list,
        filters: loose.views.list.filters ?? [],
        openOnly: loose.views.list.openOnly ?? false,
        whereEmpty: loose.views.list.whereEmpty ?? {},
      },
      form,
      questions: loose.views.questions ?? form.map((name) => ({ field: name })),
      page: loose.views.page ?? ordered,
    },
    offers: loose.offers ?? {},
    begins: loose.begins ?? null,
    dated: loose.dated ?? null,
    oneOf: loose.oneOf ?? [],
    deadlinesBy: loose.deadlinesBy ?? [],
    deadlinesByFieldsAlone: loose.deadlinesByFieldsAlone ?? false,
    derive: loose.derive,
    defaults: loose.defaults,
    made: loose.made,
    said: loose.said,
    check: loose.check,
    locked: loose.locked ?? (() => null),
    // Values that are not given are not there.
    byMail: (loose.byMail as RecordType["byMail"] | undefined) ?? null,
    referenceData: loose.referenceData ?? false,
    partOf: loose.partOf ?? [],
    productOnly: loose.productOnly ?? false,
  };
}

/** The shared fields, less those that the definition spells in its own words (by name or by the part they play). */
function withoutOverridden(shared: Fields, own: Fields): Fields {
  const parts = new Set(Object.values(own).map(({ options }) => options.is));
  return Object.fromEntries(
    Object.entries(shared).filter(([name, { options }]) => !(name in own) && !(options.is && parts.has(options.is))),
  );
}

/** A field that lists cannot be narrowed by is no filter, which its type does not tell. */
function checkFilters(type: string, fields: Fields, filters: readonly string[]): void {
  const not = filters.find((name) => fields[name]?.kind.filter === null);
  if (not !== undefined)
    throw new Error(
      `${type}.views.list.filters: lists cannot be narrowed by ${not}, which is of the kind “${fields[not]!.kind.name}”`,
    );
}

/** `receivedOn` as the database spells it: `received_on`. */
export function columnName(fieldName: string): string {
  return fieldName.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
