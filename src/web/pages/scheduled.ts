import type { FastifyInstance } from "fastify";
import { unseen } from "../../kernel/errors.ts";
import { nextRun, runNow, scheduledRuns } from "../../kernel/jobs/scheduled-runs.ts";
import type { ScheduledRun } from "../../kernel/jobs/scheduled-runs.ts";
import { schedulesOf } from "../../kernel/jobs/schedules.ts";
import type { Schedule } from "../../kernel/jobs/schedules.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { problem } from "../flash.ts";
import { pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { formatDuration, formatRecent } from "../view/format.ts";
import type { Cell, JobPage, TablesPage, Tag } from "../view/models.ts";
import { changesOrganisation } from "./organisation.ts";
import { pageClock } from "./places.ts";

/** What Reeve does by itself: a page for each task, where administrators have it run at once. */
export function registerScheduled(app: FastifyInstance, parts: WebParts): void {
  app.get(
    "/jobs/scheduled/:task",
    pageRoute(parts, (page) => page.as((tx) => scheduledPage(page, tx))),
  );
  app.post(
    "/jobs/scheduled/:task/run",
    { preHandler: app.csrfProtection.bind(app) },
    pageRoute(parts, (page) => page.as((tx) => run(page, tx))),
  );
}

/** The table of all tasks, each with what became of it. */
export function schedulesSection(tx: Tx, runs: ReadonlyMap<string, ScheduledRun>): TablesPage["sections"][number] {
  return {
    id: "schedules",
    title: "What Reeve does by itself",
    note: "Open one to see its latest failure and to run it now.",
    table: {
      caption: "Schedules",
      columns: [
        { label: "What", wide: true },
        { label: "State" },
        { label: "When" },
        { label: "Last run" },
        { label: "Took" },
        { label: "Next run" },
      ],
      rows: schedulesOf(tx.registry)
        .toSorted(failedFirst(runs))
        .map((schedule) => {
          const ran = runs.get(schedule.task);
          return {
            cells: [
              { kind: "link", text: schedule.what, href: addressOf(schedule) },
              { kind: "tag", ...stateOf(ran) },
              { kind: "text", text: schedule.when },
              dateCell(tx, ran?.begunAt ?? null),
              ran?.tookMs == null ? { kind: "empty" } : { kind: "text", text: tookText(ran.tookMs) },
              dateCell(tx, nextRun(schedule.match, tx.now).toString()),
            ],
          };
        }),
    },
  };
}

const failedFirst = (runs: ReadonlyMap<string, ScheduledRun>) => (a: Schedule, b: Schedule) =>
  Number((runs.get(b.task)?.failures ?? 0) > 0) - Number((runs.get(a.task)?.failures ?? 0) > 0);

const addressOf = ({ task }: Schedule): string => `/jobs/scheduled/${task}`;

function dateCell(tx: Tx, iso: string | null): Cell {
  return iso === null ? { kind: "empty" } : { kind: "date", text: recent(tx, iso), iso };
}

function recent(tx: Tx, iso: string): string {
  return formatRecent(Temporal.Instant.from(iso), pageClock(tx));
}

function tookText(milliseconds: number): string {
  return milliseconds < 1000 ? "Under a second" : formatDuration(milliseconds / 1000);
}

function stateOf(ran: ScheduledRun | undefined): Tag {
  if (ran?.begunAt == null) return { text: "Not run yet", tone: "neutral" };
  if (ran.failures > 0) return { text: "Failed", tone: "bad" };
  return ran.endedAt === null || ran.endedAt < ran.begunAt
    ? { text: "Running", tone: "info" }
    : { text: "Done", tone: "good" };
}

/** The task of the address, for whoever may change every role. Refuses (unseen) anybody else and any other. */
function taskOf(page: PageRequest, tx: Tx): Schedule {
  const found = schedulesOf(tx.registry).find(({ task }) => task === page.params["task"]);
  return changesOrganisation(tx) && found ? found : unseen("There is no such page");
}

async function scheduledPage(page: PageRequest, tx: Tx): Promise<PageAnswer> {
  const schedule = taskOf(page, tx);
  const ran = (await scheduledRuns(tx)).get(schedule.task);
  const failed = (ran?.failures ?? 0) > 0;
  const when = (iso: string | null | undefined) => (iso == null ? "Not yet" : recent(tx, iso));
  const model: JobPage = {
    shell: await page.shell(tx, { title: schedule.what, current: "/administration" }),
    breadcrumb: [
      { text: "Administration", href: "/administration" },
      { text: "Jobs", href: "/jobs" },
    ],
    job: {
      title: schedule.what,
      state: stateOf(ran),
      runs: false,
      ...(failed && ran?.failure != null ? { sentence: ran.failure } : {}),
      lookAgainHref: addressOf(schedule),
      actions: [{ label: "Run now", action: `${addressOf(schedule)}/run`, hidden: [] }],
    },
    facts: [
      { label: "When", text: schedule.when },
      { label: "Last run", text: when(ran?.begunAt) },
      ...(ran?.tookMs == null ? [] : [{ label: "Took", text: tookText(ran.tookMs) }]),
      { label: "Next run", text: recent(tx, nextRun(schedule.match, tx.now).toString()) },
      { label: "Failed in a row", text: String(ran?.failures ?? 0) },
      ...(ran?.failedAt == null
        ? []
        : [{ label: "Last failure", text: `${recent(tx, ran.failedAt)}: ${ran.failure ?? ""}` }]),
      { label: "Name in the log", text: schedule.task },
    ],
  };
  return { page: "job", model };
}

async function run(page: PageRequest, tx: Tx): Promise<PageAnswer> {
  const schedule = taskOf(page, tx);
  const asked = await runNow(tx, schedule.task);
  const flash = asked
    ? "It runs as soon as a worker is free"
    : problem("Not asked for: somebody asked within the last minute, or no worker has started yet");
  return { redirect: addressOf(schedule), flash };
}
