/** One form for everything: create, edit, move, comment, settings. */
import type { HiddenField, Link, Shell } from "./shell.ts";

export type OptionItem = { readonly value: string; readonly label: string; readonly hint?: string };

type FieldBase = {
  /** Unique on the page. Error summary links lead to it. */
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly error?: string;
  /** Adds "(optional)" to the label. Required fields are not marked, as the Design System says. */
  readonly optional?: boolean;
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
    | {
        readonly widget: "text";
        readonly value: string;
        readonly inputType?: "text" | "email" | "tel" | "url" | "search";
        readonly autocomplete?: string;
        readonly width?: "short" | "medium" | "full";
        readonly suffix?: string;
      }
    | { readonly widget: "textarea"; readonly value: string; readonly rows?: number; readonly maxLength?: number }
    | {
        readonly widget: "select";
        readonly value: string;
        readonly options: readonly OptionItem[];
        readonly placeholder?: string;
      }
    | {
        readonly widget: "radios";
        readonly value: string;
        readonly options: readonly OptionItem[];
        readonly inline?: boolean;
      }
    | { readonly widget: "checkboxes"; readonly values: readonly string[]; readonly options: readonly OptionItem[] }
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
    | { readonly widget: "file"; readonly current?: Link; readonly accept?: string }
    | { readonly widget: "password"; readonly autocomplete: "current-password" | "new-password" }
    | {
        readonly widget: "lookup";
        readonly value: string;
        readonly options?: readonly OptionItem[];
        readonly suggestions?: readonly OptionItem[];
        /** GET `<suggestHref>?q=` answering `[{"value","label"}]`; used by the script when there is one. */
        readonly suggestHref?: string;
      }
    | {
        readonly widget: "lines";
        readonly rowLabel: string;
        readonly addLabel: string;
        readonly canOrder?: boolean;
        readonly rows: readonly {
          readonly id: string;
          readonly fields: readonly FormField[];
          readonly error?: string;
        }[];
      }
  );

/** Shown at the top; `fieldId` is the id of the field (or its first input). */
export type FormError = { readonly text: string; readonly fieldId?: string };

/** A form without a page: fields, where it goes, what the button says. */
export type FormContent = {
  readonly action: string;
  readonly method?: "get" | "post";
  readonly multipart?: boolean;
  readonly fields: readonly FormField[];
  readonly hidden: readonly HiddenField[];
  readonly submit: { readonly label: string; readonly tone?: "primary" | "secondary" | "warning" };
  readonly cancel?: Link;
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
  readonly errors: readonly FormError[];
  readonly conflict?: Conflict;
  readonly form: FormContent;
};
