/** Long work: its own page, and the page of all of it. */
import type { HiddenField, Link, Shell, Tag } from "./shell.ts";

/** How far a job is. Without `max` nobody can tell yet. */
export type Progress = { readonly value: number; readonly max?: number; readonly text: string };

/** A job as its page, and the page of what it works on, show it. The script looks again while `runs`. */
export type JobPart = {
  readonly title: string;
  readonly state: Tag;
  readonly runs: boolean;
  readonly progress?: Progress;
  /** What came of it, or why it failed. */
  readonly sentence?: string;
  /** Where the page itself is read again. */
  readonly lookAgainHref: string;
  readonly actions: readonly {
    readonly label: string;
    readonly action: string;
    readonly hidden: readonly HiddenField[];
    readonly tone?: "warning";
  }[];
  /** What comes of it is seen there. */
  readonly next?: Link;
};

export type JobPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly job: JobPart;
  readonly facts: readonly { readonly label: string; readonly text: string }[];
};
