/** Pages of people at work who follow no list: a form with what is known beside it, a day's appointments. */
import type { FormContent, FormError, FormField } from "./form.ts";
import type { Move } from "./record.ts";
import type { HiddenField, Link, Shell, Tag } from "./shell.ts";
import type { Empty, Filter } from "./tables.ts";

/** What is known while a form is filled in: it is read again when a control that says so changes. */
export type KnownPart = {
  readonly title: string;
  readonly lines: readonly {
    readonly text: string;
    readonly href?: string;
    readonly note?: string;
    readonly tag?: Tag;
  }[];
  /** Said where there are no lines. */
  readonly otherwise: string;
};

export type FormBesidePage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly intro?: string;
  readonly errors: readonly FormError[];
  readonly form: FormContent;
  /** Other ways to send the form: what they are called, and what `_do` then says. */
  readonly also: readonly { readonly label: string; readonly value: string }[];
  /** Where the same page is asked for with what is filled in so far; by hand without a script. */
  readonly known: {
    readonly href: string;
    readonly label: string;
    readonly title: string;
    readonly fields: readonly FormField[];
    readonly parts: readonly KnownPart[];
  };
};

/** What happens on a day, in order, for whoever is on their way with a phone. */
export type DayPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly sentence: string;
  readonly errors?: readonly FormError[];
  readonly query: {
    readonly action: string;
    readonly filters: readonly Filter[];
    readonly hidden: readonly HiddenField[];
  };
  readonly ways: readonly (Link & { readonly current?: boolean })[];
  readonly entries: readonly {
    readonly id: string;
    readonly when: string;
    readonly state: Tag;
    readonly title: string;
    readonly href: string;
    readonly lines: readonly { readonly label: string; readonly text: string; readonly href?: string }[];
    /** What is wrong with it, such as another at the same time. */
    readonly warning?: string;
    readonly moves: readonly Move[];
  }[];
  readonly empty: Empty;
};
