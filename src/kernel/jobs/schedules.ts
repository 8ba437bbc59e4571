import type pg from "pg";
import type { Logger } from "pino";
import type { FilesPlace } from "../files/store.ts";
import type { MailChannel } from "../mail/channel.ts";
import type { Registry } from "../registry.ts";
import type { Store } from "../transaction.ts";

/** Work that goes on by itself: when, as cron writes it (UTC; a minute, an hour or hours from and to, a day of the week from Sunday as 0; `*` for each), and in words for an administrator. */
export interface Schedule {
  readonly task: string;
  readonly match: string;
  readonly when: string;
  readonly what: string;
}

/** What the work of a module is done with. */
export interface ScheduleParts {
  readonly ownerPool: pg.Pool;
  readonly store: Store;
  readonly filesFolder: FilesPlace;
  readonly registry: Registry;
  /** How mail goes out; null when it does not. */
  readonly channel: MailChannel | null;
  /** The address people use, without a slash at the end. */
  readonly baseUrl: string;
  /** The secret of the installation. */
  readonly secret: string;
  readonly log: Logger;
}

/** A schedule that a module brings. It can be done twice without harm, and acts in each organisation (see `asSystem`). */
export interface ModuleSchedule extends Schedule {
  readonly run: (parts: ScheduleParts) => Promise<unknown>;
}

/** Work that a module does again and again while the worker runs. It can be done twice without harm. */
export interface ModuleRound {
  /** Said in the log when it fails. */
  readonly failure: string;
  /** Does what there is to do, and gives how long to rest: milliseconds. `stop` is aborted when the worker stops. */
  readonly run: (parts: ScheduleParts, stop: AbortSignal) => Promise<number>;
}

/** The kernel's own schedules. */
export const schedules = [
  {
    task: "seal",
    match: "* * * * *",
    when: "Each minute",
    what: "Seals the timelines that moved, so that one cut short later shows",
  },
  {
    task: "warn-deadlines",
    match: "* * * * *",
    when: "Each minute",
    what: "Warns owners, leads and managers in turn of deadlines whose time runs out, of each part of it once",
  },
  {
    task: "read-clocks-anew",
    match: "* * * * *",
    when: "Each minute, after an upgrade",
    what: "Reads deadlines anew that this version counts otherwise than the one before, and says so on the timelines",
  },
  {
    task: "learn-words",
    match: "* * * * *",
    when: "Each minute",
    what: "Learns the words of titles, to mend typing mistakes in searches",
  },
  {
    task: "keep-erasure-list",
    match: "* * * * *",
    when: "Each minute",
    what: "Lists what the law has erased outside the database as well, so that a restore does not bring it back",
  },
  {
    task: "wake-jobs",
    match: "* * * * *",
    when: "Each minute",
    what: "Takes up jobs whose worker stopped in the middle of them",
  },
  {
    task: "send-reports",
    match: "* * * * *",
    when: "Each minute",
    what: "Puts the reports whose time has come in the mail, as each of those who get them may see them",
  },
  {
    task: "follow-groups",
    match: "* * * * *",
    when: "Each minute",
    what: "Gives the people of large groups of the directory the roles that follow from them, and takes those away that do not",
  },
  {
    task: "dispose",
    match: "* * * * *",
    when: "Each minute",
    what: "Destroys the records of disposals that somebody approved",
  },
  {
    task: "find-due",
    match: "7 * * * *",
    when: "Each hour",
    what: "Lists the records whose retention schedule has run out, for somebody to approve",
  },
  {
    task: "forget-submissions",
    match: "17 3 * * *",
    when: "Each night",
    what: "Forgets which forms were sent, after a day",
  },
  {
    task: "forget-notifications",
    match: "23 3 * * *",
    when: "Each night",
    what: "Forgets what people were told long ago, and what became of old mail",
  },
  {
    task: "forget-deliveries",
    match: "26 3 * * *",
    when: "Each night",
    what: "Forgets what was sent to webhooks 30 days ago",
  },
  {
    task: "forget-imports",
    match: "29 3 * * *",
    when: "Each night",
    what: "Forgets the rows of imported files and of bulk changes after 30 days, and the jobs that ended 90 days ago",
  },
  {
    task: "forget-drafts",
    match: "31 3 * * *",
    when: "Each night",
    what: "Forgets forms that were begun and left alone for 30 days",
  },
  {
    task: "forget-how-often",
    match: "11 * * * *",
    when: "Each hour",
    what: "Forgets, after a day, how often the public sent something from where: hashes alone",
  },
  {
    task: "sweep-files",
    match: "41 3 * * *",
    when: "Each night, and at the start",
    what: "Deletes uploads that no record took and content that nothing names",
  },
] as const satisfies readonly Schedule[];

/** Every schedule of the product: the kernel's, and those of the modules. */
export function schedulesOf({ modules }: Registry): readonly Schedule[] {
  return [...schedules, ...modules.flatMap((module) => module.schedules ?? [])];
}

/** The name of a task of the kernel's that goes on by itself. */
export type ScheduledTask = (typeof schedules)[number]["task"];
