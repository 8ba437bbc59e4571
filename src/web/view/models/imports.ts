/** Bringing records in from a file: the file, its columns, what each row comes to, and taking it back. */
import type { FormContent, FormError, FormField } from "./form.ts";
import type { JobPart } from "./jobs.ts";
import type { HiddenField, Link, Shell } from "./shell.ts";
import type { Table, Tile } from "./tables.ts";

export type ImportPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  /** What to send, where it is no table of records. */
  readonly intro?: string;
  readonly errors: readonly FormError[];
  readonly form: FormContent;
  readonly links: readonly Link[];
  readonly earlier: Table;
};

export type ImportColumnsPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly told: string;
  readonly errors: readonly FormError[];
  readonly action: string;
  /** Which row of the file holds the headings: a form of its own. */
  readonly headings?: { readonly action: string; readonly field: FormField };
  /** A row for each column of the file, with what stands in its first cells. */
  readonly columns: readonly {
    readonly heading: string;
    readonly samples: readonly string[];
    readonly field: FormField;
  }[];
  readonly fields: readonly FormField[];
  readonly cancel: Link;
};

/** A button that does something to the import. */
export type ImportAction = {
  readonly label: string;
  readonly action: string;
  readonly hidden: readonly HiddenField[];
};

export type ImportRowsPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly sentence: string;
  readonly job?: JobPart;
  readonly tiles: readonly Tile[];
  readonly actions: readonly ImportAction[];
  readonly links: readonly (Link & { readonly download?: boolean })[];
  readonly tabs: readonly { readonly label: string; readonly href: string; readonly current?: boolean }[];
  readonly table?: Table;
  readonly paging: { readonly nextHref?: string; readonly previousHref?: string };
  /** What is counted, below all else. */
  readonly tables?: readonly Table[];
};

export type ImportUndoPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly sentences: readonly string[];
  readonly kept?: Table;
  readonly form: FormContent;
};
