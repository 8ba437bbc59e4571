/** What anybody may read of how the services are. */
import type { Link, Shell, Tag } from "./shell.ts";

/** Something that goes wrong, or did lately: what the public was told, the newest first. */
export type PublicIncident = {
  /** Where the page and the feed point at it. */
  readonly id: string;
  readonly title: string;
  readonly state: Tag;
  readonly began: string;
  /** When people will hear again. */
  readonly next?: string;
  readonly updates: readonly {
    readonly moment: string;
    readonly iso: string;
    readonly stage: string;
    readonly html: string;
  }[];
};

export type StatusPage = {
  readonly shell: Shell;
  readonly title: string;
  /** In a sentence: all is well, or how much is not. */
  readonly sentence: string;
  readonly tone: "good" | "bad";
  /** Since when nothing newer is known, where the records cannot be reached. */
  readonly stale?: string;
  /** Each service, how it is, and what on this page says why. */
  readonly services: readonly { readonly name: string; readonly state: Tag; readonly href?: string }[];
  readonly incidents: readonly PublicIncident[];
  /** What else the public is told. */
  readonly notices: readonly {
    readonly id: string;
    readonly title: string;
    readonly moment: string;
    readonly iso: string;
    readonly html: string;
  }[];
  readonly past: readonly PublicIncident[];
  readonly changes: readonly {
    readonly id: string;
    readonly text: string;
    readonly when: string;
    readonly now: boolean;
  }[];
  readonly feed: Link;
};
