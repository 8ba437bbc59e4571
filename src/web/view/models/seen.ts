/** A list seen otherwise: on a board, on a calendar, as bars on a timeline. */
import type { JobPart } from "./jobs.ts";
import type { FormError, FormField } from "./form.ts";
import type { HiddenField, Link, Shell, Tag, Tone } from "./shell.ts";
import type { Table } from "./tables.ts";

/** What a card offers: a form's button that does it at once, or a link to the form of a move that asks for something. */
export type BoardMove = {
  readonly label: string;
  readonly href: string;
  readonly post?: boolean;
  /** The column that it leads to, so that a card dropped there makes it. */
  readonly to?: string;
};

export type BoardCard = {
  readonly reference: string;
  readonly title: string;
  readonly href: string;
  readonly version: number;
  readonly due?: { readonly text: string; readonly tone: Tone };
  readonly owner?: string;
  readonly state?: Tag;
  readonly moves: readonly BoardMove[];
};

export type Board = {
  readonly back: string;
  /** Sent with every move. */
  readonly hidden: readonly HiddenField[];
  readonly columns: readonly {
    readonly key: string;
    readonly title: string;
    readonly tone?: Tone;
    readonly count: string;
    readonly href?: string;
    /** How many records of the column have no card here. */
    readonly leftOut: number;
    readonly cards: readonly BoardCard[];
  }[];
};

export type CalendarDay = {
  /** "21" */
  readonly number: string;
  /** "Saturday 21 November 2026" */
  readonly name: string;
  readonly iso: string;
  readonly today?: boolean;
  /** Of the month before or after. */
  readonly outside?: boolean;
  readonly items: readonly {
    readonly reference: string;
    readonly title: string;
    readonly href: string;
    readonly tone: Tone;
    readonly state: string;
    readonly time?: string;
    /** What is wrong with it, in a word or two: “Collides”. */
    readonly mark?: string;
  }[];
  /** What holds on the whole day. */
  readonly bands?: readonly Link[];
  readonly more?: Link;
};

export type Calendar = {
  readonly title: string;
  readonly unit: "month" | "week";
  readonly previous: Link;
  readonly next: Link;
  readonly today: Link;
  /** None where there are only months. */
  readonly units: readonly (Link & { readonly current: boolean })[];
  readonly weeks: readonly (readonly CalendarDay[])[];
};

export type TimelineBar = {
  readonly reference: string;
  readonly title: string;
  readonly href: string;
  readonly state: Tag;
  readonly from: string;
  readonly to: string;
  /** In hundredths of the room that bars have. */
  readonly x: number;
  /** The same; 0 for a record with neither date. */
  readonly width: number;
  /** It has no end yet. */
  readonly open?: boolean;
  /** It ends before it begins. */
  readonly backwards?: boolean;
};

export type Timeline = {
  readonly fromLabel: string;
  readonly toLabel: string;
  readonly today: { readonly x: number; readonly text: string };
  readonly ticks: readonly { readonly x: number; readonly text: string }[];
  readonly bars: readonly TimelineBar[];
};

/** A choice of how the list is seen, sent by a form of its own: what it is grouped by, which date it goes by. */
export type SeenControl = {
  readonly name: string;
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly label: string; readonly selected?: boolean }[];
};

/** Every column that a list can show, by the record that it is of. */
export type ColumnsPage = {
  readonly shell: Shell;
  readonly breadcrumb?: readonly Link[];
  readonly title: string;
  readonly action: string;
  readonly hidden: readonly HiddenField[];
  readonly sections: readonly {
    readonly title: string;
    readonly options: readonly {
      readonly value: string;
      readonly label: string;
      readonly selected: boolean;
      /** The place it has now, from 1; "" where it is not shown. */
      readonly position: string;
    }[];
  }[];
  readonly cancel: Link;
};

/** One of the pages on which several records are changed at once. */
export type BulkPage = {
  readonly shell: Shell;
  readonly breadcrumb?: readonly Link[];
  readonly title: string;
  readonly intro: readonly string[];
  readonly errors: readonly FormError[];
  /** What can be done, one to choose; sent as `do`. */
  readonly choices?: readonly {
    readonly legend: string;
    readonly options: readonly { readonly value: string; readonly label: string }[];
  }[];
  readonly fields?: readonly FormField[];
  /** Text templates with which its text can begin, one to choose; sent as `template`. */
  readonly beginWith?: {
    readonly action: string;
    readonly hidden: readonly HiddenField[];
    readonly options: readonly { readonly value: string; readonly label: string }[];
  };
  readonly table?: Table;
  /** Absent where there is nothing further to do. */
  readonly form?: {
    readonly action: string;
    readonly method: "get" | "post";
    readonly hidden: readonly HiddenField[];
    readonly submit: string;
    readonly warning?: boolean;
    /** Further buttons of the same form, each sending a value of its own. */
    readonly others?: readonly { readonly name: string; readonly value: string; readonly label: string }[];
  };
  readonly back: Link;
  readonly finished?: boolean;
  /** The job that looks at them, or changes them. */
  readonly job?: JobPart;
  /** More of what the table shows. */
  readonly more?: Link;
};
