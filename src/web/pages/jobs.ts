import type { FastifyInstance } from "fastify";
import { cancelJob, findJob, listJobs, retryJob } from "../../kernel/jobs/jobs.ts";
import type { Job } from "../../kernel/jobs/jobs.ts";
import { scheduledRuns } from "../../kernel/jobs/scheduled-runs.ts";
import type { ScheduledRun } from "../../kernel/jobs/scheduled-runs.ts";
import { Refusal } from "../../kernel/errors.ts";
import { isId } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { problem } from "../flash.ts";
import { first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { formatRecent, plural } from "../view/format.ts";
import type { Cell, Row, Table, TablesPage } from "../view/models.ts";
import { jobPart, jobTag, progressText } from "./job-part.ts";
import { changesOrganisation } from "./organisation.ts";
import { pageClock } from "./places.ts";
import { registerScheduled, schedulesSection } from "./scheduled.ts";

/** Long work that people started: each has a page of its own; administrators see everybody's, what failed first. */
export function registerJobs(app: FastifyInstance, parts: WebParts): void {
  const form = { preHandler: app.csrfProtection.bind(app) };
  app.get(
    "/jobs",
    pageRoute(parts, (page) => page.as((tx) => jobsPage(page, tx))),
  );
  registerScheduled(app, parts);
  app.get(
    "/jobs/:id",
    pageRoute(parts, (page) => page.as((tx) => jobPage(page, tx))),
  );
  app.post(
    "/jobs/:id/cancel",
    form,
    pageRoute(parts, (page) => acted(page, cancel)),
  );
  app.post(
    "/jobs/:id/retry",
    form,
    pageRoute(parts, (page) => acted(page, retry)),
  );
}

async function cancel(tx: Tx, id: string): Promise<string> {
  return (await cancelJob(tx, id)) === "cancelled" ? "Cancelled" : "It stops at the end of what it is in the middle of";
}

async function retry(tx: Tx, id: string): Promise<string> {
  await retryJob(tx, id);
  return "It is tried again, from where it was";
}

/** Does it and goes back to the page that the job is shown on; a job that ended meanwhile is shown as it is. */
async function acted(page: PageRequest, work: (tx: Tx, id: string) => Promise<string>): Promise<PageAnswer> {
  const id = page.params["id"] ?? "";
  const job = await page.as((tx) => findJob(tx, id));
  const back = job.startedBy === page.session.personId && job.page ? job.page : `/jobs/${id}`;
  try {
    return { redirect: back, flash: await page.as((tx) => work(tx, id)) };
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "impossible") throw error;
    return { redirect: back, flash: problem(error.message) };
  }
}

async function jobPage(page: PageRequest, tx: Tx): Promise<PageAnswer> {
  const job = await findJob(tx, page.params["id"] ?? "");
  const own = job.startedBy === tx.actor.personId;
  const when = (iso: string | null) =>
    iso === null ? "Not yet" : formatRecent(Temporal.Instant.from(iso), pageClock(tx));
  return {
    page: "job",
    model: {
      shell: await page.shell(tx, { title: job.title, current: "/jobs" }),
      breadcrumb: [{ text: "Jobs", href: "/jobs" }],
      job: jobPart(
        tx,
        job,
        `/jobs/${job.id}`,
        own && job.page ? { text: "See what came of it", href: job.page } : undefined,
      ),
      facts: [
        { label: "Started by", text: job.startedByName ?? "Someone" },
        { label: "Added", text: when(job.addedAt) },
        { label: "Begun", text: when(job.begunAt) },
        ...(job.endedAt === null ? [] : [{ label: "Ended", text: when(job.endedAt) }]),
        ...(job.total === null ? [] : [{ label: "Done", text: progressText(job) }]),
        { label: "Attempts", text: String(job.attempts) },
      ],
    },
  };
}

async function jobsPage(page: PageRequest, tx: Tx): Promise<PageAnswer> {
  const administers = changesOrganisation(tx);
  const before = first(page.query, "before");
  const [failed, jobs, runs] = await Promise.all([
    administers ? listJobs(tx, { states: ["failed"] }) : [],
    listJobs(tx, isId(before) ? { before } : {}),
    scheduledRuns(tx),
  ]);
  const title = administers ? "Jobs" : "Your jobs";
  const last = jobs.length === 50 ? jobs.at(-1) : undefined;
  return {
    page: "tables",
    model: {
      shell: await page.shell(tx, { title, current: administers ? "/administration" : "/jobs" }),
      breadcrumb: administers ? [{ text: "Administration", href: "/administration" }] : [],
      title,
      sections: sectionsOf(tx, { failed, jobs, runs }, administers),
      ...(last ? { older: { text: "Older jobs", href: `/jobs?before=${last.id}` } } : {}),
    },
  };
}

function sectionsOf(
  tx: Tx,
  { failed, jobs, runs }: { failed: readonly Job[]; jobs: readonly Job[]; runs: ReadonlyMap<string, ScheduledRun> },
  administers: boolean,
): TablesPage["sections"] {
  const empty = {
    title: "No jobs yet",
    text: "Long work, such as bringing in a file, goes on by itself. How far it is stands here.",
  };
  const own = {
    id: "jobs",
    title: administers ? "All jobs" : "Started by you",
    table: tableOf(tx, "Jobs", jobs, empty),
  };
  if (!administers) return [own];
  const nothing = {
    title: "Nothing that people started failed",
    text: "A job that fails stands here, with why, until it is tried again.",
  };
  const broken = [...runs.values()].filter(({ failures }) => failures > 0).length;
  const notes = [
    ...(failed.length > 0 ? ["Open one to see why it failed and to try it again."] : []),
    ...(broken > 0
      ? [`${plural(broken, "task")} of those that Reeve does by itself failed at the last run: see below.`]
      : []),
  ];
  const first = {
    id: "failed",
    title: "Failed",
    ...(notes.length > 0 ? { note: notes.join(" ") } : {}),
    table: tableOf(tx, "Failed jobs", failed, nothing),
  };
  const schedules = schedulesSection(tx, runs);
  return broken > 0 ? [first, schedules, own] : [first, own, schedules];
}

function tableOf(tx: Tx, caption: string, jobs: readonly Job[], empty: Table["empty"]): Table {
  return {
    caption,
    columns: [
      { label: "Job" },
      { label: "State" },
      { label: "Done", number: true },
      { label: "Started by" },
      { label: "Added" },
      { label: "What came of it" },
    ],
    rows: jobs.map((job) => rowOf(tx, job)),
    ...(empty ? { empty } : {}),
  };
}

function rowOf(tx: Tx, job: Job): Row {
  const words = (text: string | null): Cell => (text ? { kind: "text", text } : { kind: "empty" });
  return {
    cells: [
      { kind: "link", text: job.title, href: `/jobs/${job.id}` },
      { kind: "tag", ...jobTag(job) },
      job.total === null ? { kind: "empty" } : { kind: "number", text: progressText(job) },
      { kind: "person", text: job.startedByName ?? "Someone" },
      { kind: "date", text: formatRecent(Temporal.Instant.from(job.addedAt), pageClock(tx)), iso: job.addedAt },
      words(job.failure ?? job.result),
    ],
  };
}
