import type { Tone } from "./fields/kind.ts";
import type { Stored, Tx } from "./transaction.ts";

/** A permission that a role can give for a type. `read`, `create`, `change`, `comment`, `internal`, `restricted` are every type's. */
export interface Permission {
  readonly permission: string;
}

/** Names the permission that an action needs. */
export function can(permission: string): Permission {
  return { permission };
}

/** A place in a record's life. */
export interface State {
  readonly label: string;
  readonly tone?: Tone;
  /** The record is closed here: off the open lists, its clocks stopped. */
  readonly final?: boolean;
  /** Who is to act while a record is here, and is told so when it comes here: the person who asked, or whoever may do this. */
  readonly waitsFor?: "requester" | Decision;
  /** Whether whoever is to act hears of a new record too, and not only of one that a move brings here. */
  readonly tellsOfNew?: boolean;
}

/** What a record waits for: of those who may do it any, or its owner alone (and whoever stands in for the owner). */
export interface Decision extends Permission {
  readonly of?: "owner";
}

/** A record that a form proposes, and why, in a few words. */
export interface Proposal {
  readonly id: string;
  readonly name: string;
  readonly why: string;
}

/** What a form proposes first, and what it says beside some of the others. */
export interface Proposals {
  /** The best first; a handful. */
  readonly first: readonly Proposal[];
  /** Of these records, those of which something is to be said, in a few words: “away until Tuesday 24 November”. */
  readonly remarks: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}

/** A named action that takes a record from one state to another, or acts without leaving it. */
export interface Move<FieldName extends string, StateName extends string> {
  readonly label: string;
  readonly from: readonly StateName[];
  /** Absent when the record stays where it is; by a choice that is asked for or set by the move when it can lead to several. */
  readonly to?: StateName | { readonly by: FieldName; readonly states: Readonly<Record<string, StateName>> };
  /** Fields that the person is asked for. */
  readonly asks?: readonly FieldName[];
  /** Of those, the ones that must be given. */
  readonly requires?: readonly FieldName[];
  /** Of those, the ones that must be given for some records alone: its form says so, and its guard refuses their lack. */
  readonly needs?: Readonly<Partial<Record<FieldName, (record: Stored) => boolean>>>;
  /** Asks for a comment as well, and who may read it. */
  readonly comment?: {
    readonly label: string;
    readonly audience: "everyone" | "internal";
    readonly required?: boolean;
  };
  readonly who?: Permission;
  /** Refuses (see `refuse`) when the move is not possible now. */
  readonly guard?: (tx: Tx, record: Stored, values: Readonly<Record<string, unknown>>) => Promise<void> | void;
  /** Values that the move sets by itself. */
  readonly sets?: (
    tx: Tx,
    record: Stored,
    values: Readonly<Record<string, unknown>>,
  ) => Promise<Readonly<Record<string, unknown>>> | Readonly<Record<string, unknown>>;
  /**
   * What follows from it elsewhere, once the record is as `after` says: done as the same actor in the same transaction, so that
   * a refusal here undoes the move. What the actor may not do themselves is for a job of the module (see `addJob`).
   */
  readonly effects?: (tx: Tx, after: Stored, values: Readonly<Record<string, unknown>>) => Promise<void>;
  /** What will follow from it elsewhere, as sentences that its form says before it is made. Asks the database little. */
  readonly follows?: (tx: Tx, record: Stored) => Promise<readonly string[]>;
  /** Which records its form proposes before all others, by the field that asks for one. */
  readonly proposes?: Readonly<Partial<Record<FieldName, (tx: Tx, record: Stored) => Promise<Proposals>>>>;
  /**
   * What its form offers for this record, by the field that asks: of a choice these keys and no others, of any field that has
   * none nothing, so that it is not asked for. What is sent all the same is for the guard to judge.
   */
  readonly offers?: Readonly<Partial<Record<FieldName, (tx: Tx, record: Stored) => Promise<readonly string[]>>>>;
  /** Whether to leave it off the page for this record: it would change nothing. It can still be asked for, and refused. */
  readonly pointless?: (tx: Tx, record: Stored) => boolean;
  /** Whether it is drawn as a warning: what it does is hard to undo. */
  readonly warning?: boolean;
}

/** Every state that a move can lead to; none when the record stays where it is. */
export function statesAfter(move: Move<string, string>): readonly string[] {
  if (move.to === undefined) return [];
  return typeof move.to === "string" ? [move.to] : Object.values(move.to.states);
}
