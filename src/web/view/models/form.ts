/** One form for everything: create, edit, move, comment, settings. */
import type { Option, Widget } from "../../../kernel/fields/kind.ts";
import type { Value } from "./record.ts";
import type { HiddenField, Link, Shell } from "./shell.ts";

export type OptionItem = Option;

/** The controls of the kinds of field that a template draws as they are: all but those that a page must fill first. */
type PlainWidget = Exclude<Widget, { readonly widget: "record" } | { readonly widget: "rows" }>;

type FieldBase = {
  /** Unique on the page. Error summary links lead to it. */
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly error?: string;
  /** Adds "(optional)" to the label. Required fields are not marked, as the Design System says. */
  readonly optional?: boolean;
  /** Of a textarea: where the script looks for people after an @, as a lookup does. */
  readonly mentionsHref?: string;
  /** Of a textarea: the text templates with which it can begin, and the button that does so, sent as `_rows`. */
  readonly begin?: {
    readonly control: string;
    readonly button: string;
    readonly chosen: string;
    readonly options: readonly OptionItem[];
  };
  /** Stands on a page of its own: its label is the heading of the page. */
  readonly heading?: boolean;
  /** Asked for while the control of another field holds one of these values. Both stand on the page. */
  readonly when?: {
    readonly control: string;
    readonly is: readonly string[];
    /** Said where there is no script to show and hide it: “Only where “Kind” is “Request””. */
    readonly text: string;
    readonly met: boolean;
  };
  /** Takes the focus when the page comes: the row that was just added; for lines, their button. One on a page. */
  readonly focus?: boolean;
};

/**
 * What each widget sends:
 * - `date`: `<name>-day`, `<name>-month`, `<name>-year`; `date-time` adds `<name>-time` (HH:MM).
 * - `checkboxes`: `<name>` repeated.
 * - `yes-no`: "yes", "no" or nothing.
 * - `lines`: the fields inside carry names of their own; buttons send `_rows` = `add:<name>`, `remove:<name>:<row id>`,
 *   `up:<name>:<row id>` or `down:<name>:<row id>`, on which the form is shown again with the rows changed.
 * - `lookup`: with `options` a select that sends the value; without, a text input holding what was typed or picked
 *   from the suggestions (a reference or a name), which the server resolves.
 */
export type FormField = FieldBase &
  (
    | PlainWidget
    /** Several files at once. Those that came with a form which was refused are kept, and need not be sent again. */
    | { readonly widget: "files"; readonly kept: readonly (Link & { readonly id: string })[] }
    | { readonly widget: "password"; readonly autocomplete: "current-password" | "new-password" }
    | {
        readonly widget: "lookup";
        readonly value: string;
        readonly options?: readonly OptionItem[];
        readonly suggestions?: readonly OptionItem[];
        /** GET `<suggestHref>?q=` answering `[{"value","label"}]`; used by the script when there is one. */
        readonly suggestHref?: string;
        /** Offered before all others, as radios that send their value under the same name; the control then asks for somebody else. */
        readonly proposed?: readonly OptionItem[];
        /** The value of the proposed one that is chosen; "" for none. */
        readonly chosen?: string;
      }
    | {
        readonly widget: "lines";
        readonly rowLabel: string;
        readonly addLabel: string;
        readonly canOrder?: boolean;
        readonly rows: readonly {
          readonly id: string;
          /** What this one is called, "Clause 3", where its place in the list does not say it. */
          readonly legend?: string;
          readonly fields: readonly FormField[];
          readonly error?: string;
        }[];
      }
  );

/** Shown at the top; `fieldId` is the id of the field (or its first input). */
export type FormError = { readonly text: string; readonly fieldId?: string };

/** A draft that the person began. Moments are ready to show. */
export type DraftBegun = {
  readonly title: string;
  readonly begun: string;
  readonly saved: string;
  readonly until: string;
  readonly href: string;
  readonly removeAction: string;
};

/** How a form is kept as a draft while it is typed into. */
export type DraftPart = {
  readonly id: string;
  /** POST: keeps the form as it is. */
  readonly action: string;
  /** Where the form is found again; absent where it finds what was begun by itself. */
  readonly href?: string;
  /** The form without the draft. */
  readonly again: string;
  /** The reference of the record that it changes. */
  readonly record?: string;
  /** Which form of the record it is, beside its own. */
  readonly form?: string;
  /** The draft that the form shows. */
  readonly now?: DraftBegun | undefined;
  /** What was begun before, on a form that shows nothing of it. */
  readonly begun: readonly DraftBegun[];
};

/** A form without a page: fields, where it goes, what the button says. */
export type FormContent = {
  readonly action: string;
  readonly method?: "get" | "post";
  readonly multipart?: boolean;
  /** The page that follows has another stylesheet, so it is loaded whole: what it says once would otherwise be lost. */
  readonly wholePage?: boolean;
  readonly fields: readonly FormField[];
  readonly hidden: readonly HiddenField[];
  readonly submit: { readonly label: string; readonly tone?: "primary" | "secondary" | "warning" };
  readonly cancel?: Link;
  readonly draft?: DraftPart;
};

/** Someone else changed the record meanwhile: both versions, field by field. */
export type Conflict = {
  readonly who: string;
  readonly moment: string;
  readonly rows: readonly {
    readonly field: string;
    readonly yours: string;
    readonly theirs: string;
    readonly differs: boolean;
  }[];
};

export type FormPage = {
  readonly shell: Shell;
  readonly breadcrumb?: readonly Link[];
  /** Above the title: the record's reference and title, or the type. */
  readonly caption?: string;
  readonly title: string;
  readonly intro?: readonly string[];
  /** Text templates with which its text can begin. */
  readonly templates?: readonly Link[];
  readonly errors: readonly FormError[];
  readonly conflict?: Conflict;
  readonly form: FormContent;
};

/** One question of several, on a page of its own. */
export type QuestionPage = {
  readonly shell: Shell;
  readonly back: Link;
  /** What all the questions are for: “New ticket”. */
  readonly caption: string;
  readonly errors: readonly FormError[];
  readonly form: FormContent;
};

/** All the answers before they are sent. */
export type AnswersPage = {
  readonly shell: Shell;
  readonly back: Link;
  readonly caption: string;
  readonly errors: readonly FormError[];
  readonly answers: readonly {
    readonly id: string;
    readonly question: string;
    readonly value: Value;
    readonly changeHref: string;
  }[];
  readonly form: FormContent;
};
