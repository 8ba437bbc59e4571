/** What people are told, how they wish to hear of it, and the mail that goes out. */
import type { FormError } from "./form.ts";
import type { Link, Shell, Tag } from "./shell.ts";

export type NotificationsPage = {
  readonly shell: Shell;
  readonly settings: Link;
  /** Present when some are unread. */
  readonly readAllAction?: string;
  readonly groups: readonly {
    readonly label: string;
    readonly items: readonly {
      readonly tag: Tag;
      readonly record: Link;
      readonly sentence: string;
      readonly moment: string;
      readonly iso: string;
      /** Present for one that is unread. */
      readonly readAction?: string;
    }[];
  }[];
  readonly olderHref?: string;
  readonly newestHref?: string;
};

/** One row for each kind: a box `product-<kind>` and a select `mail-<kind>`; below them three times of the day. */
export type NotificationChoicesPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly errors: readonly FormError[];
  /** Said above the table where no mail goes out. */
  readonly notice?: string;
  readonly action: string;
  readonly kinds: readonly {
    readonly name: string;
    readonly label: string;
    readonly hint: string;
    readonly product: boolean;
    readonly mail: readonly { readonly value: string; readonly label: string; readonly selected: boolean }[];
  }[];
  readonly times: readonly {
    readonly id: string;
    readonly label: string;
    readonly hint: string;
    readonly value: string;
    readonly error?: string;
  }[];
};

/** What became of mail, for administrators. */
export type MailPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  /** How mail goes out, or that none does, in sentences. */
  readonly sentences: readonly string[];
  readonly testAction?: string;
  readonly figures: readonly { readonly label: string; readonly text: string }[];
  readonly retryAllAction?: string;
  readonly failed: readonly {
    readonly person: string;
    readonly what: string;
    readonly why: string;
    readonly moment: string;
    readonly retryAction: string;
  }[];
  readonly more?: string;
};
