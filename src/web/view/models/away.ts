/** Being away and standing in. */
import type { Link, Shell, Tag } from "./shell.ts";

/** Who is away and who stands in. */
export type AwayPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly intro: string;
  readonly create?: Link;
  readonly sections: readonly {
    readonly id: string;
    readonly title: string;
    /** Said where there is nothing. */
    readonly empty: string;
    readonly items: readonly {
      /** "Priya Nair stands in for you". */
      readonly text: string;
      readonly days: string;
      readonly kinds: string;
      readonly state?: Tag;
      /** For whoever stands in: acts for that person from the next page on. */
      readonly begin?: { readonly person: string; readonly label: string };
      readonly endAction?: string;
    }[];
  }[];
};
