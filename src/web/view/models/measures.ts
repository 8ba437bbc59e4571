/** Measures and the reports that people make of them. */
import type { FormContent, FormError } from "./form.ts";
import type { Link, Shell } from "./shell.ts";
import type { Chart, Filter, Tile } from "./tables.ts";

export type MeasurePage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly meaning: string;
  readonly query: {
    readonly action: string;
    readonly filters: readonly Filter[];
    /** What narrows it further, behind a heading. */
    readonly more: { readonly label: string; readonly open: boolean; readonly filters: readonly Filter[] };
  };
  /** The period, and when it was counted where that is not now. */
  readonly sentence: string;
  readonly chart: Chart;
  readonly files: readonly Link[];
  readonly facts: readonly { readonly label: string; readonly text: string }[];
};

export type ReportsPage = {
  readonly shell: Shell;
  readonly title: string;
  readonly create: Link;
  readonly own: readonly ListedReport[];
  readonly others: readonly ListedReport[];
  readonly measures: readonly {
    readonly label: string;
    readonly items: readonly (Link & { readonly meaning: string })[];
  }[];
};

export type ListedReport = Link & { readonly note: string };

export type ReportPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly sentence: string;
  readonly tiles: readonly Tile[];
  readonly charts: readonly (Chart & { readonly link: Link })[];
  readonly files: readonly Link[];
  /** Sentences on what is not shown and why. */
  readonly notes: readonly string[];
  /** What its owner can do with it. */
  readonly own?: {
    readonly changeHref: string;
    readonly removeAction: string;
    readonly errors: readonly FormError[];
    readonly sending: FormContent;
    readonly sendingSentence: string;
    readonly recipients: readonly { readonly name: string; readonly removeAction: string }[];
    readonly add: FormContent;
  };
  /** For somebody to whom it is mailed: how to have no more of it. */
  readonly leaveAction?: string;
};

export type ReportFormPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly errors: readonly FormError[];
  readonly action: string;
  readonly name: { readonly value: string; readonly error?: string };
  readonly share?: Filter;
  readonly period: readonly Filter[];
  readonly measures: readonly {
    readonly label: string;
    readonly items: readonly {
      readonly name: string;
      readonly label: string;
      readonly chosen: boolean;
      readonly by: readonly { readonly value: string; readonly label: string; readonly selected: boolean }[];
    }[];
    /** Which records of this type count. */
    readonly filters: readonly Filter[];
  }[];
  readonly measuresError?: string;
  readonly cancelHref: string;
};
