import type { Link, Shell } from "./shell.ts";

export type AdminPage = {
  readonly shell: Shell;
  readonly breadcrumb?: readonly Link[];
  readonly title: string;
  readonly intro?: string;
  readonly groups: readonly {
    readonly label: string;
    readonly cards: readonly {
      readonly title: string;
      readonly href: string;
      readonly text: string;
      readonly count?: string;
    }[];
  }[];
};
