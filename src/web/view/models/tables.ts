/** Tables and lists. */
import type { FormError } from "./form.ts";
import type { Board, Calendar, SeenControl, Timeline } from "./seen.ts";
import type { HiddenField, Link, Shell, Tag, Tone } from "./shell.ts";

/** One value in a table. Texts are ready to show. */
export type Cell =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string }
  | { readonly kind: "tag"; readonly text: string; readonly tone: Tone }
  | { readonly kind: "tags"; readonly tags: readonly Tag[] }
  | { readonly kind: "date"; readonly text: string; readonly iso?: string }
  /** A deadline: `warn` is today or tomorrow, `bad` is late, `neutral` is later. */
  | { readonly kind: "due"; readonly text: string; readonly tone: Tone; readonly iso?: string }
  | { readonly kind: "person"; readonly text: string; readonly href?: string }
  /** Aligned right with figures in columns; a link to the records that it counts. */
  | { readonly kind: "number"; readonly text: string; readonly href?: string }
  /** Several values with their names, a line each; of a change what was there before. */
  | {
      readonly kind: "values";
      readonly values: readonly { readonly label: string; readonly text: string; readonly from?: string }[];
    }
  /** What is said where there is nothing. */
  | { readonly kind: "instead"; readonly text: string }
  /** Nothing there; shown as a dash that screen readers skip. */
  | { readonly kind: "empty" };

export type Column = {
  readonly label: string;
  readonly number?: boolean;
  /** The column that may take what room is left: the title. */
  readonly wide?: boolean;
  /** A day of a week: on a phone it stands on a line of its own with its name, and not at all where it is empty. */
  readonly day?: boolean;
  /** Present when the table can be sorted by it: where the link leads and how it is sorted now. */
  readonly sort?: { readonly href: string; readonly direction: "ascending" | "descending" | "none" };
};

/** `highlight` tints the row that needs the person now; `id` is where an address with a fragment leads. */
export type Row = {
  readonly cells: readonly Cell[];
  readonly highlight?: boolean;
  readonly id?: string;
  /** Not everybody who sees the list sees it. */
  readonly restricted?: boolean;
  /** What ticking the row sends; present where rows can be changed together. */
  readonly tick?: { readonly label: string; readonly value: string };
  /** Stands across the table above the rows of a group, in place of cells. `count` is "12" or "900 or more". */
  readonly heading?: { readonly title: string; readonly count: string; readonly href?: string };
};

/** What an empty list says: what belongs there and the first step. */
export type Empty = { readonly title: string; readonly text: string; readonly actions?: readonly Link[] };

export type Table = {
  /** Names the table for screen readers; shown when `showCaption`. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly empty?: Empty;
  /** The id of the form that ticked rows are sent with; present where rows can be ticked. */
  readonly tickForm?: string;
};

/** One row, as its table has it. */
export type RowPage = { readonly table: Pick<Table, "columns" | "tickForm">; readonly row: Row };

/** A figure with its meaning. */
export type Tile = { readonly figure: string; readonly label: string; readonly tone: Tone; readonly href?: string };

export type MyWorkPage = {
  readonly shell: Shell;
  readonly greeting: string;
  readonly sentence: string;
  readonly tiles: readonly Tile[];
  readonly sections: readonly {
    readonly id: string;
    readonly title: string;
    /** Beside the title: "14 records". */
    readonly count?: string;
    readonly links?: readonly Link[];
    /** A button by which somebody acts for a person who is away. */
    readonly begin?: { readonly person: string; readonly label: string };
    readonly table: Table;
  }[];
};

export type Choice = { readonly value: string; readonly label: string; readonly selected?: boolean };

/** One way to narrow a list. `name` is the query parameter; a date range uses `<name>-from` and `<name>-to` (ISO). */
export type Filter = {
  /** What is wrong with what was asked for by it. */
  readonly error?: string;
} & (
  | { readonly kind: "text"; readonly name: string; readonly label: string; readonly value: string }
  | { readonly kind: "select"; readonly name: string; readonly label: string; readonly options: readonly Choice[] }
  | { readonly kind: "many"; readonly name: string; readonly label: string; readonly options: readonly Choice[] }
  | { readonly kind: "date"; readonly name: string; readonly label: string; readonly value: string }
  | {
      readonly kind: "date-range";
      readonly name: string;
      readonly label: string;
      readonly from: string;
      readonly to: string;
    }
);

export type ListPage = {
  readonly shell: Shell;
  readonly breadcrumb?: readonly Link[];
  readonly title: string;
  /** "38 records", "1,000+ records". */
  readonly countText: string;
  readonly create?: Link;
  /** Other pages about the same records: numbers. */
  readonly links?: readonly Link[];
  /** Ways to see the same list: table, board, calendar, timeline. */
  readonly layouts?: readonly (Link & { readonly current: boolean })[];
  /** What this way of seeing it goes by. */
  readonly seenBy?: {
    readonly action: string;
    readonly hidden: readonly HiddenField[];
    readonly controls: readonly SeenControl[];
  };
  /** Changing several records at once. */
  readonly bulk?: { readonly action: string; readonly hidden: readonly HiddenField[]; readonly allText?: string };
  readonly board?: Board;
  readonly calendar?: Calendar;
  readonly timeline?: Timeline;
  /** What this page leaves out. */
  readonly note?: string;
  /** Saved views as tabs; the current one is marked. */
  readonly views?: readonly { readonly label: string; readonly href: string; readonly current?: boolean }[];
  /** Views that others share with a team of this person. */
  readonly teamViews?: readonly { readonly label: string; readonly href: string; readonly current?: boolean }[];
  /** The GET form that holds search, filters and columns. */
  readonly query: {
    readonly action: string;
    readonly search: { readonly name: string; readonly label: string; readonly value: string };
    readonly filters: readonly Filter[];
    readonly filtersOpen?: boolean;
    /** Which columns are shown, in order; several checkboxes named `name`. `position` is a number field `position-<value>`. */
    readonly columns?: {
      readonly name: string;
      readonly options: readonly Choice[];
      readonly canOrder?: boolean;
      /** Where the columns of linked records are chosen. */
      readonly moreHref?: string;
    };
    /** Sort and view kept while filtering. */
    readonly hidden: readonly HiddenField[];
    readonly clearHref: string;
  };
  /** Filters in force, each with a link that takes it away. */
  readonly chips: readonly { readonly label: string; readonly removeHref: string }[];
  readonly saveView?: {
    readonly action: string;
    readonly hidden: readonly HiddenField[];
    /** The name of one's own view that is shown now; "" when none is. */
    readonly name: string;
    /** With whom it can be shared, nobody first; absent for whoever may not share. */
    readonly share?: readonly Choice[];
    /** Present when looking at one's own saved view. */
    readonly removeAction?: string;
    /** Present when looking at a saved view: makes it the start of the list, or no longer. */
    readonly start?: { readonly action: string; readonly label: string; readonly hidden: readonly HiddenField[] };
  };
  readonly table: Table;
  readonly paging: { readonly previousHref?: string; readonly nextHref?: string; readonly text?: string };
  readonly csvHref?: string;
  readonly excelHref?: string;
};

export type SearchResult = {
  readonly type: string;
  readonly reference: string;
  readonly title: string;
  /** The title as HTML with `<mark>` round the words found, made by the search and not by people. */
  readonly titleHtml?: string;
  readonly href: string;
  readonly state?: Tag;
  /** Escaped text with `<mark>` round the words found: HTML made by the search, not by people. */
  readonly snippetHtml?: string;
  /** "Updated 21 November 2026". */
  readonly updated?: string;
};

export type SearchPage = {
  readonly shell: Shell;
  readonly query: string;
  readonly action: string;
  readonly results: readonly SearchResult[];
  /** "38 records", or what stands in for it. */
  readonly countText: string;
  readonly types: readonly {
    readonly label: string;
    readonly count: string;
    readonly href: string;
    readonly current?: boolean;
  }[];
  readonly didYouMean?: Link;
  /** Said when only the newest matches were ranked. */
  readonly note?: string;
  readonly paging: { readonly previousHref?: string; readonly nextHref?: string };
  readonly empty?: Empty;
};

export type Chart = {
  readonly id: string;
  /** The finding, as a sentence: "Fewer requests wait each month". */
  readonly finding: string;
  /** What is drawn: "Open tickets at month end, by queue". */
  readonly description: string;
  /** SVG made on the server without inline styles or scripts. */
  readonly svg: string;
  /** The table behind it, or the id of the chart of the same page whose table holds its figures too. */
  readonly table: Table | string;
};

export type NumbersPage = {
  readonly shell: Shell;
  readonly breadcrumb?: readonly Link[];
  readonly title: string;
  readonly sentence?: string;
  readonly errors?: readonly FormError[];
  readonly query?: { readonly action: string; readonly filters: readonly Filter[] };
  readonly tiles: readonly Tile[];
  /** Weeks, day by day, above the charts. */
  readonly calendar?: Calendar;
  readonly charts: readonly Chart[];
  /** Other pages about the same. */
  readonly links?: readonly Link[];
  /** Tables that stand open, below the charts. */
  readonly sections?: readonly {
    readonly id: string;
    readonly title: string;
    readonly table: Table;
  }[];
};

/** One table below the other, each with what it is about. */
export type TablesPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly sentence?: string;
  readonly errors?: readonly FormError[];
  readonly query?: { readonly action: string; readonly filters: readonly Filter[] };
  readonly sections: readonly {
    readonly id: string;
    readonly title: string;
    readonly note?: string;
    readonly table: Table;
  }[];
  readonly older?: Link;
};
