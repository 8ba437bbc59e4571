import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { FilesPlace } from "../kernel/files/store.ts";
import type { MailChannel } from "../kernel/mail/channel.ts";
import type { Registry } from "../kernel/registry.ts";
import type { Actor, Store, Stored, Tx } from "../kernel/transaction.ts";
import type { PageAnswer, PageRequest } from "./page.ts";
import type { TokenReader } from "./sign-in/api-tokens.ts";
import type { SignIn } from "./sign-in/contract.ts";
import type { Assets } from "./view/assets.ts";
import type { Banner, Link, RecordSection, Tag } from "./view/models.ts";
import type { Renderer } from "./view/render.ts";

/** Everything that the web is made of, put together by main.ts and by tests. */
export interface WebParts {
  readonly store: Store;
  readonly registry: Registry;
  readonly signIn: SignIn;
  readonly tokens: TokenReader;
  readonly assets: Assets;
  readonly render: Renderer;
  readonly modulePages: readonly ModulePages[];
  /** Where the content of files is kept. */
  readonly filesFolder: FilesPlace;
  readonly log: Logger;
  /** At least 32 random characters: signs the form tokens. */
  readonly secret: string;
  /** The address people use, without a slash at the end. */
  readonly baseUrl: string;
  /** How mail goes out; absent when none does. */
  readonly mail?: Pick<MailChannel, "description" | "domain">;
  /** Requests to the API in a minute with one token; 600 unless told. */
  readonly apiRequestsPerMinute?: number;
  /** What reads `/metrics` must send; without it there is no such address. */
  readonly metricsToken?: string | undefined;
  /** Makes the organisation and its first administrator through the one-time link; null once there is one. */
  readonly setup: Setup | null;
}

/** The first visit to a new installation. */
export interface Setup {
  /** Whether the link's secret is right and no organisation has been made yet. */
  isOpen(secret: string): Promise<boolean>;
  /** Whether it is still to be made, so that nobody can sign in yet. */
  isWaiting(): Promise<boolean>;
  /** Makes both. Refuses (invalid) with a sentence for each field that is wrong. */
  complete(given: { organisation: string; name: string; email: string; password: string }): Promise<void>;
}

/** Pages that belong to one module and follow from no definition: its numbers, its home. */
export interface ModulePages {
  /** Adds routes. Each is made with `pageRoute`. */
  register(app: FastifyInstance, parts: WebParts): void;
  /** Links in the navigation, below the group of the module. */
  readonly links: readonly {
    readonly label: string;
    readonly href: string;
    readonly group: "work" | "insight";
    readonly type: string;
    /** The permission for that type of those whom it is for; `internal` unless told. */
    readonly needs?: string;
    /** Who sees it beside those. */
    readonly alsoFor?: (actor: Actor) => boolean;
  }[];
  /** Cards under Administration, for whoever may change the organisation itself. */
  readonly administration?: readonly { readonly title: string; readonly href: string; readonly text: string }[];
  /** What it adds to the pages of records, by type: below their values, before the conversation. Each asks the database little. */
  readonly sections?: Readonly<Record<string, (tx: Tx, record: Stored) => Promise<readonly RecordSection[]>>>;
  /** What stands across the top of every page of whoever acts, at most three. Each asks the database one short thing. */
  readonly banners?: (tx: Tx) => Promise<readonly Banner[]>;
  /** Where some people begin instead of on My work. */
  readonly home?: { readonly label: string; readonly href: string; readonly isFor: (actor: Actor) => boolean };
  /**
   * What people are asked to do that has a place of its own on My work, and on the first page of those who only ask; null where
   * nothing is. It stands nowhere else there.
   */
  readonly work?: (tx: Tx) => Promise<OwnWork | null>;
  /**
   * Pages of records, by type, for people who are better served by another than the one that follows from the definition; null
   * for everybody else.
   */
  readonly faces?: Readonly<Record<string, (page: PageRequest, tx: Tx, record: Stored) => Promise<PageAnswer | null>>>;
}

/** Records that somebody is asked to do something with, soonest due first. */
export interface OwnWork {
  /** Of the place on a page. */
  readonly id: string;
  readonly title: string;
  /** "3 questions", and the figure alone: "3", "100+". */
  readonly count: string;
  readonly figure: string;
  readonly more?: Link;
  readonly items: readonly {
    readonly id: string;
    readonly reference: string;
    readonly text: string;
    readonly href: string;
    /** What it is called, and where it stands. */
    readonly kind: string;
    readonly state: Tag;
    readonly due: Tag | null;
  }[];
}

/** Everything that the modules ask of this person, each in its place. */
export async function ownWork({ modulePages }: Pick<WebParts, "modulePages">, tx: Tx): Promise<readonly OwnWork[]> {
  const all: OwnWork[] = [];
  for (const { work } of modulePages) {
    const found = work ? await work(tx) : null;
    if (found) all.push(found);
  }
  return all;
}

/** Where this person begins; null for those who begin on My work. */
export function homeOf(
  { modulePages }: Pick<WebParts, "modulePages">,
  actor: Actor,
): NonNullable<ModulePages["home"]> | null {
  return modulePages.map(({ home }) => home).find((home) => home?.isFor(actor) === true) ?? null;
}
