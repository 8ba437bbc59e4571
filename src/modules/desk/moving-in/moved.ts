/** Somebody whom the other tool names. */
export interface MovedPerson {
  /** What the tool knows them by: an address, an account, a number. */
  readonly key: string;
  readonly name: string;
  readonly email: string | null;
}

/** What a ticket has at one moment, as far as the other tool says it. */
export interface MovedStanding {
  readonly state: MovedState;
  readonly priority: 1 | 2 | 3 | 4 | 5;
  /** The name of the group, queue or department. */
  readonly queue: string | null;
  /** The category and its subcategories, the widest first. */
  readonly category: readonly string[];
  readonly owner: MovedPerson | null;
}

/** The states that a ticket can be brought in with. */
export type MovedState = "new" | "assigned" | "waiting_user" | "waiting_supplier" | "resolved" | "closed" | "cancelled";

/** One thing that happened to a ticket there. */
export interface MovedEntry {
  readonly at: Temporal.Instant;
  readonly by: MovedPerson | null;
  /** What was said, as plain text or Markdown; absent where nothing was. */
  readonly said?: { readonly text: string; readonly audience: "everyone" | "internal" };
  /** What became different, and what it was before where the tool says so. */
  readonly became?: Partial<MovedStanding>;
  readonly was?: Partial<MovedStanding>;
  /** What has no place here, in words. */
  readonly note?: string;
}

/** A ticket as another tool has it: how it stands now, and its history as far as the tool gives it. */
export interface MovedTicket extends MovedStanding {
  readonly number: string;
  readonly title: string;
  readonly details: string | null;
  readonly kind: "incident" | "request";
  readonly impact: 1 | 2 | 3;
  readonly urgency: 1 | 2 | 3;
  readonly requester: MovedPerson | null;
  readonly openedAt: Temporal.Instant;
  /** When it was last changed there. */
  readonly updatedAt: Temporal.Instant;
  /** When it came to the state that it has now, where the tool says so. */
  readonly endedAt: Temporal.Instant | null;
  /** How it was resolved. */
  readonly resolution: string | null;
  readonly history: readonly MovedEntry[];
  /** Everything that the tool says of it, flat, to be kept as it was. */
  readonly columns: Readonly<Record<string, string>>;
}

/** What a file of another tool holds: its lists by name, each a list of rows. */
export type Parts = ReadonlyMap<string, readonly Row[]>;
export type Row = Readonly<Record<string, unknown>>;

/** Another tool from which tickets come. */
export interface Source {
  /** As it is said on the terminal: `zammad`. */
  readonly name: string;
  /** As people call it. */
  readonly label: string;
  /** What the file must hold, for help and for errors. */
  readonly holds: string;
  /** Understands the parts. Refuses (invalid) parts that lack what tickets cannot be made without. */
  readonly read: (parts: Parts) => readonly (MovedTicket | NotUnderstood)[];
}

/** A row that no ticket could be made of, and why. */
export interface NotUnderstood {
  readonly row: string;
  readonly why: string;
}
