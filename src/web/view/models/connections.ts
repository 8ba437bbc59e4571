/** What a record is joined to. */
import type { RecordPage } from "./record.ts";
import type { Link, Shell } from "./shell.ts";
import type { Empty, Table } from "./tables.ts";

/** A picture of what a record is joined to, placed and ready to draw. */
export type Graph = {
  readonly width: number;
  readonly height: number;
  readonly box: { readonly width: number; readonly height: number };
  readonly nodes: readonly {
    readonly x: number;
    readonly y: number;
    readonly reference: string;
    readonly title: string;
    readonly href: string;
    readonly current: boolean;
  }[];
  readonly lines: readonly { readonly path: string; readonly text: string; readonly x: number; readonly y: number }[];
  /** Whether there is room to write on each line how it joins. */
  readonly words: boolean;
  /** How many found no room; the table has them. */
  readonly left: number;
};

export type ConnectionsPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly caption: string;
  readonly title: string;
  readonly tabs: RecordPage["tabs"];
  readonly picture?: Graph;
  readonly table?: Table;
  readonly note?: string;
  readonly empty: Empty;
};
