/** A text in numbered parts, each at an address of its own: a policy, what changed in it, what somebody is to confirm. */
import type { FormContent, FormError } from "./form.ts";
import type { Link, Shell, Tag } from "./shell.ts";

export type DocumentPart = {
  /** Where an address with a fragment leads; unique on the page. */
  readonly id: string;
  readonly heading: string;
  readonly tag?: Tag;
  /** Sanitised Markdown, or what was made of it. */
  readonly html: string;
  readonly links?: readonly Link[];
};

export type DocumentPage = {
  readonly shell: Shell;
  readonly breadcrumb?: readonly Link[];
  readonly back?: Link;
  readonly caption?: string;
  readonly title: string;
  readonly tag?: Tag;
  readonly lead?: string;
  /** What matters most, set off. */
  readonly notes: readonly string[];
  readonly links: readonly Link[];
  readonly errors?: readonly FormError[];
  /** Parts under a heading of their own; those of a group with a `fold` are opened by whoever wants them. */
  readonly groups: readonly {
    readonly title?: string;
    readonly fold?: string;
    readonly parts: readonly DocumentPart[];
  }[];
  /** Below the text: what there is to confirm, or which versions to compare. */
  readonly form?: { readonly title: string; readonly content: FormContent };
};
