/** Other systems that are told of what happens. */
import type { Link, Shell, Tag } from "./shell.ts";

/** What was sent to a webhook. */
export type WebhookLogPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly caption: string;
  readonly sentences: readonly string[];
  /** Each is a form of one button. */
  readonly actions: readonly { readonly label: string; readonly action: string }[];
  readonly secret?: Link;
  readonly deliveries: readonly {
    readonly what: string;
    readonly record?: Link;
    readonly state: Tag;
    readonly moment: string;
    readonly note?: string;
    readonly attempts: readonly string[];
    readonly againAction?: string;
  }[];
  readonly olderHref?: string;
};
