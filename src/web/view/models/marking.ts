/** A page of a document on which places are marked: drawn on its picture, or chosen from what was read on it. */
import type { FormField, OptionItem } from "./form.ts";
import type { HiddenField, Link, Shell } from "./shell.ts";

/** A place on the picture, in the units of its `width` and `height`. */
export type Place = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

export type MarkingPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly errors: readonly { readonly text: string; readonly fieldId?: string }[];
  /** What to know of this page before it is marked. */
  readonly notes: readonly string[];
  readonly links: readonly Link[];
  /** "Page 2 of 5", the pages beside it, and a form that goes to another. */
  readonly place: {
    readonly text: string;
    readonly page: number;
    readonly last: number;
    readonly action: string;
    readonly before?: Link;
    readonly after?: Link;
  };
  readonly picture: { readonly href: string; readonly alt: string; readonly width: number; readonly height: number };
  readonly marked: readonly {
    readonly text: string;
    readonly label: string;
    readonly place: Place;
    /** What the button that takes it off sends. */
    readonly value: string;
  }[];
  readonly suggested: readonly {
    readonly text: string;
    readonly why: string;
    readonly value: string;
    readonly places: readonly Place[];
  }[];
  /** The words of the page in order, each with what ticking it sends. */
  readonly words: readonly { readonly text: string; readonly value: string }[];
  /** Absent where nothing can be marked any more. */
  readonly form?: {
    readonly action: string;
    readonly hidden: readonly HiddenField[];
    readonly section: FormField;
    readonly kind: FormField;
    readonly typed: FormField;
    readonly area: readonly FormField[];
    readonly everywhere: readonly OptionItem[];
  };
};
