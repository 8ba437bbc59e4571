/** Pages for people who ask for something twice a year, on a phone: one column, large type, one thing at a time. */
import type { FormContent, FormError } from "./form.ts";
import type { FieldValue, Move, RecordSection } from "./record.ts";
import type { Link, Shell, Tag } from "./shell.ts";

/** One thing to choose. */
export type PortalRow = Link & { readonly note?: string; readonly tag?: Tag };

/** What was found for some words, by what it is. */
export type PortalFound = {
  /** As it was typed. */
  readonly typed: string;
  /** "2 articles and 1 thing to ask for". Said aloud as people type. */
  readonly said: string;
  readonly groups: readonly { readonly title: string; readonly rows: readonly PortalRow[] }[];
  /** What remains when nothing of it helps. */
  readonly otherwise: { readonly title: string; readonly text: string; readonly move: Move };
};

/** A piece of such a page, in order from the top. */
export type PortalBlock =
  /** One box that finds as people type where there is a script, and when they send it where there is none. */
  | {
      readonly kind: "search";
      readonly action: string;
      readonly label: string;
      readonly hint: string;
      readonly found: PortalFound | null;
    }
  | {
      readonly kind: "rows";
      readonly title: string;
      readonly id: string;
      readonly rows: readonly PortalRow[];
      readonly empty?: string;
      readonly more?: Link;
    }
  /** What matters most, set off. */
  | { readonly kind: "inset"; readonly lines: readonly string[]; readonly tag?: Tag }
  /** Sanitised Markdown; its title is for those who go by headings. */
  | { readonly kind: "html"; readonly title: string; readonly html: string }
  | { readonly kind: "moves"; readonly title?: string; readonly moves: readonly Move[] }
  | {
      readonly kind: "steps";
      readonly title: string;
      readonly steps: readonly { readonly text: string; readonly note?: string; readonly tag: Tag }[];
    }
  | { readonly kind: "form"; readonly title?: string; readonly form: FormContent }
  /** A form with several ends: each button sends it to its own address. */
  | {
      readonly kind: "choose";
      readonly title: string;
      readonly form: FormContent;
      readonly buttons: readonly { readonly label: string; readonly action: string; readonly secondary?: boolean }[];
    }
  | { readonly kind: "details"; readonly summary: string; readonly fields: readonly FieldValue[] }
  | { readonly kind: "section"; readonly section: RecordSection };

export type PortalPage = {
  readonly shell: Shell;
  readonly back?: Link;
  readonly caption?: string;
  readonly title: string;
  readonly lead?: string;
  readonly errors?: readonly FormError[];
  readonly blocks: readonly PortalBlock[];
};

/** What was found, alone: the script puts it into the page. */
export type PortalFoundPage = { readonly shell: Shell; readonly found: PortalFound };
