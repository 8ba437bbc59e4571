/** Pages for people who ask for something twice a year, on a phone: one column, large type, one thing at a time. */
import type { FormContent, FormError, FormField } from "./form.ts";
import type { FieldValue, Move, RecordSection } from "./record.ts";
import type { HiddenField, Link, Shell, Tag } from "./shell.ts";

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
  /** Sanitised Markdown; its title is for those who go by headings, or for all who read it. */
  | { readonly kind: "html"; readonly title: string; readonly titleShown?: boolean; readonly html: string }
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
  /** That something was done, large and at the top. */
  | { readonly kind: "panel"; readonly title: string; readonly lines: readonly string[] }
  /** A form of the public’s, which needs neither script nor cookie. Programs that fill in everything fall into `trap`. */
  | ({ readonly kind: "ask"; readonly title?: string; readonly fields: readonly FormField[] } & PublicForm)
  /** Everything that was answered, each with a button that goes back to it (sent as `go`), and the one that sends it. */
  | ({
      readonly kind: "check";
      readonly answers: readonly { readonly question: string; readonly answer: string; readonly go: string }[];
    } & PublicForm)
  /** Things to open without losing what was typed: each is a button that sends its `go`. */
  | ({
      readonly kind: "openings";
      readonly title?: string;
      readonly rows: readonly { readonly text: string; readonly note?: string; readonly go: string }[];
      readonly others: readonly { readonly label: string; readonly go: string }[];
    } & PublicForm)
  /** What was said between somebody outside and the council, the oldest first. */
  | {
      readonly kind: "talk";
      readonly title: string;
      readonly messages: readonly {
        readonly who: string;
        readonly moment: string;
        readonly iso: string;
        readonly html: string;
        readonly files: readonly Link[];
      }[];
    }
  /** Where in a long list of results somebody is. */
  | { readonly kind: "pager"; readonly before?: Link; readonly next?: Link }
  | { readonly kind: "details"; readonly summary: string; readonly fields: readonly FieldValue[] }
  | { readonly kind: "section"; readonly section: RecordSection };

/** A form for people who have no account: where it goes, what it carries, and what its first button says. */
type PublicForm = {
  readonly action: string;
  readonly hidden: readonly HiddenField[];
  readonly submit: string;
};

export type PortalPage = {
  readonly shell: Shell;
  readonly back?: Link;
  /** The way back within a form that keeps what was typed: a button that sends its `go`. */
  readonly goBack?: { readonly action: string; readonly hidden: readonly HiddenField[]; readonly go: string };
  readonly caption?: string;
  readonly title: string;
  readonly lead?: string;
  readonly errors?: readonly FormError[];
  readonly blocks: readonly PortalBlock[];
};

/** What was found, alone: the script puts it into the page. */
export type PortalFoundPage = { readonly shell: Shell; readonly found: PortalFound };
