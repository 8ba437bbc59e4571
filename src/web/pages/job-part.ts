import { secondsLeft } from "../../kernel/jobs/jobs.ts";
import type { Job, JobState } from "../../kernel/jobs/jobs.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { formatCount, formatDuration } from "../view/format.ts";
import type { JobPart, Tag } from "../view/models.ts";

const states: Readonly<Record<JobState, Tag>> = {
  waiting: { text: "Waiting", tone: "info" },
  running: { text: "Running", tone: "info" },
  done: { text: "Done", tone: "good" },
  failed: { text: "Failed", tone: "bad" },
  cancelled: { text: "Cancelled", tone: "neutral" },
};

/** A job's state as a tag; one that was asked to stop says so. */
export function jobTag({ state, cancelAsked }: Job): Tag {
  return state === "running" && cancelAsked ? { text: "Stopping", tone: "warn" } : states[state];
}

/** A job as pages show it: how far it is, what came of it, what can be done. `lookAgainHref` is the page that shows it. */
export function jobPart(tx: Tx, job: Job, lookAgainHref: string, next: JobPart["next"]): JobPart {
  const runs = job.state === "waiting" || job.state === "running";
  const sentence = runs ? job.failure : (job.failure ?? job.result);
  return {
    title: job.title,
    state: jobTag(job),
    runs,
    ...(runs ? { progress: progressOf(tx, job) } : {}),
    ...(sentence === null ? {} : { sentence }),
    lookAgainHref,
    actions: actionsOf(job),
    ...(next ? { next } : {}),
  };
}

function progressOf(tx: Tx, job: Job): NonNullable<JobPart["progress"]> {
  if (job.state === "waiting")
    return {
      value: 0,
      text: job.failure === null ? "It begins as soon as a worker is free." : "Waiting to try again.",
    };
  if (job.total === null) return { value: 0, text: "It has begun." };
  const left = secondsLeft(job, tx.now);
  const estimate = left === null ? "" : left < 2 ? ". Nearly there" : `. About ${formatDuration(left, 1)} left`;
  return {
    value: Math.min(job.done, job.total),
    max: Math.max(1, job.total),
    text: `${progressText(job)}${estimate}`,
  };
}

/** "1,200 of 100,000"; nothing where it cannot be told. */
export function progressText({ done, total }: Job): string {
  return total === null ? "" : `${formatCount(done)} of ${formatCount(total)}`;
}

function actionsOf({ id, state, cancelAsked }: Job): JobPart["actions"] {
  if ((state === "running" && !cancelAsked) || state === "waiting")
    return [{ label: "Cancel", action: `/jobs/${id}/cancel`, hidden: [], tone: "warning" }];
  if (state === "failed") return [{ label: "Try again", action: `/jobs/${id}/retry`, hidden: [] }];
  return state === "cancelled" ? [{ label: "Carry on", action: `/jobs/${id}/retry`, hidden: [] }] : [];
}
