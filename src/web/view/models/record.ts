/** The record page and the ledger behind a deadline. */
import type { FormContent, FormError } from "./form.ts";
import type { HiddenField, Link, Shell, Tag, Tone } from "./shell.ts";
import type { Chart, Empty, Table } from "./tables.ts";

/** A thing that can be done now. `get` leads to a form that asks; `post` is done at once. */
export type Move = {
  readonly label: string;
  readonly href: string;
  readonly method: "get" | "post";
  readonly tone?: "warning";
  /** For `post`: the version read, an idempotency key. */
  readonly hidden?: readonly HiddenField[];
};

export type Value =
  | { readonly kind: "text"; readonly text: string }
  /** Sanitised Markdown only. */
  | { readonly kind: "html"; readonly html: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string }
  /** A picture that was sent: shown small, and whole where it leads. */
  | { readonly kind: "picture"; readonly text: string; readonly href: string }
  | { readonly kind: "links"; readonly links: readonly Link[] }
  | { readonly kind: "tag"; readonly tag: Tag }
  | { readonly kind: "tags"; readonly tags: readonly Tag[] }
  | { readonly kind: "empty" };

/** `wide` puts long text under its label over the whole width; `id` is where an address with a fragment leads. */
type FieldLook = { readonly wide?: boolean; readonly id?: string };
export type FieldValue = FieldLook & { readonly label: string; readonly value: Value };

export type Comment = {
  readonly id: string;
  readonly author: string;
  readonly initials: string;
  /** "Today 10:42", with its ISO moment. */
  readonly moment: string;
  readonly iso?: string;
  /** Beside the name: "assistant director", "by e-mail". */
  readonly note?: string;
  readonly internal: boolean;
  readonly bodyHtml: string;
  /** Erased by law: the body is gone and the template says so. */
  readonly erased?: boolean;
  /** For those who may: leads to the page that erases it by law. */
  readonly erase?: EraseLink;
  readonly files?: readonly Link[];
  /** How many files that it brought are there no more. */
  readonly filesGone?: number;
};

export type TimelineEntry = {
  readonly id: string;
  readonly actor: string;
  /** What was done, following the actor's name: "changed the priority". */
  readonly sentence: string;
  readonly moment: string;
  readonly iso?: string;
  /** Leads to the record as it stood at the end of that day. */
  readonly thenHref?: string;
  readonly changes?: readonly { readonly field: string; readonly from: string; readonly to: string }[];
  /** Erased by law; the text says when and under which certificate. */
  readonly erased?: string;
  /** For those who may: leads to the page that erases it by law. */
  readonly erase?: EraseLink;
};

/** `which` names the line for those who hear links one by one: "line 7, Priya Nair wrote a comment". */
export type EraseLink = { readonly href: string; readonly which: string };

/** A file that a comment brought. */
export type AttachedFile = {
  readonly name: string;
  /** The page that shows it, or the file where none does. */
  readonly href: string;
  /** Of a picture that is shown small. */
  readonly pictureHref?: string;
  /** "PDF, 1.2 MB" */
  readonly about: string;
  /** "Priya Nair, Today 10:42" */
  readonly by: string;
  readonly internal: boolean;
  readonly commentHref: string;
  readonly remove?: { readonly action: string; readonly hidden: readonly HiddenField[] };
};

/** A file on a page of its own. */
export type FilePage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly file: AttachedFile;
  /** The file itself. */
  readonly href: string;
  /** How the page shows it; absent where a browser cannot. */
  readonly shown?: "picture" | "pdf";
};

/** One block of the middle column. A tab is a list of them, in order. */
export type RecordSection =
  | {
      readonly kind: "fields";
      readonly title?: string;
      readonly fields: readonly FieldValue[];
      /** What holds nothing, folded away. */
      readonly empty?: readonly FieldValue[];
    }
  | { readonly kind: "table"; readonly title: string; readonly note?: string; readonly table: Table }
  | { readonly kind: "chart"; readonly title?: undefined; readonly chart: Chart }
  | {
      readonly kind: "conversation";
      readonly title?: string;
      readonly comments: readonly Comment[];
      readonly olderHref?: string;
      readonly form?: FormContent;
      /** Texts that a comment can begin with. */
      readonly templates?: readonly Link[];
    }
  | {
      readonly kind: "timeline";
      readonly title?: string;
      readonly entries: readonly TimelineEntry[];
      readonly olderHref?: string;
      readonly asOf?: AsOfForm;
    }
  /** Short lines, each with what can be done to it, and a form for another: steps to tick, time spent. */
  | {
      readonly kind: "steps";
      readonly title: string;
      readonly sentence?: string;
      readonly items: readonly {
        readonly text: string;
        readonly href?: string;
        readonly note?: string;
        readonly tag?: Tag;
        /** Of a step: whether it is done; absent for what is no step. */
        readonly done?: boolean;
        readonly move?: Move;
      }[];
      readonly links?: readonly Link[];
      readonly form?: FormContent;
    }
  /** Records that might help here, each with what can be done with it at once. */
  | {
      readonly kind: "offers";
      readonly title: string;
      readonly text?: string;
      readonly offers: readonly (Link & { readonly note?: string; readonly does?: Move })[];
      readonly moves?: readonly Move[];
    }
  | { readonly kind: "files"; readonly files: readonly AttachedFile[]; readonly empty: Empty }
  | {
      readonly kind: "connected";
      readonly groups: readonly {
        readonly relation: string;
        readonly records: readonly {
          readonly reference: string;
          readonly title: string;
          readonly href: string;
          readonly type: string;
          readonly state?: Tag;
          /** Takes away what joins them. */
          readonly remove?: { readonly action: string; readonly hidden: readonly HiddenField[] };
        }[];
        /** Where there are more than these. */
        readonly more?: Link;
      }[];
      readonly empty: Empty;
      /** The same as a picture, on a page of its own. */
      readonly picture?: Link;
      readonly form?: FormContent;
    };

/** Asks for the record as it stood on a day: the field `on`, sent to `action`. */
export type AsOfForm = {
  readonly label: string;
  readonly action: string;
  readonly day: string;
  readonly latest?: string;
};

export type ClockCard = {
  readonly kind: "clock";
  /** "Answer due". */
  readonly label: string;
  /** "Wednesday 25 November", or "Paused", or "Met on 21 November 2026". */
  readonly due: string;
  readonly dueIso?: string;
  readonly sub?: string;
  readonly tone: Tone;
  /** Parts of the allowance in order, each a share from 0 to 1; together at most 1. */
  readonly progress?: readonly { readonly kind: "used" | "paused" | "over"; readonly share: number }[];
  readonly sentence?: string;
  readonly ledgerHref?: string;
};

export type RailCard =
  | ClockCard
  | {
      readonly kind: "rows";
      readonly title: string;
      readonly rows: readonly { readonly label: string; readonly text: string; readonly href?: string }[];
      readonly links?: readonly Link[];
    }
  | { readonly kind: "note"; readonly title: string; readonly tag?: Tag; readonly text: string; readonly link?: Link };

export type RecordPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly reference: string;
  readonly state: Tag;
  readonly tags: readonly Tag[];
  /** "from a member of the public, received 21 October 2026". */
  readonly sub?: string;
  /** The first is shown green; beyond four the rest go under "More". */
  readonly moves: readonly Move[];
  /** Beside the moves: edit, watch, export. */
  readonly actions?: readonly Move[];
  readonly tabs: readonly {
    readonly label: string;
    readonly href: string;
    readonly count?: string;
    readonly current?: boolean;
  }[];
  readonly sections: readonly RecordSection[];
  readonly rail: readonly RailCard[];
  /** The record as it was, not as it is: said plainly above it, with the way back. */
  readonly asOf?: {
    readonly title: string;
    readonly sentences: readonly string[];
    readonly links: readonly Link[];
    readonly form: AsOfForm;
  };
};

export type LedgerEntry = {
  /** "Monday 26 October 2026", or a span for clocks that run by the minute. */
  readonly when: string;
  readonly counted: boolean;
  /** "Day 3", "4 hours 30 minutes"; empty when not counted. */
  readonly amount?: string;
  readonly why: string;
  readonly citation?: { readonly text: string; readonly href?: string };
  /** The start, a pause, the due day. */
  readonly mark?: Tag;
};

export type LedgerPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  /** The whole answer in a sentence or two. */
  readonly sentences: readonly string[];
  readonly clock: ClockCard;
  readonly facts: readonly FieldValue[];
  readonly entries: readonly LedgerEntry[];
};

/** Asks before a line of a timeline, or a whole record, is erased by law. */
export type ErasePage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  /** The record's reference and title. */
  readonly caption: string;
  readonly title: string;
  /** Which line: who, when, what, and how its words begin. Nothing for a whole record. */
  readonly line: readonly { readonly label: string; readonly text: string }[];
  readonly goes: readonly string[];
  readonly stays: readonly string[];
  readonly before?: string;
  readonly errors: readonly FormError[];
  readonly form: FormContent;
};
