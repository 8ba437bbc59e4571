import pino from "pino";
import { listJobs } from "../src/kernel/jobs/jobs.ts";
import { runJob } from "../src/kernel/jobs/run.ts";
import type { Who } from "../src/kernel/transaction.ts";
import { registry } from "../src/records.ts";
import type { WebWorld } from "./web-world.ts";

/** Does the job that waits, the check of a publication, as the worker would. Gives what came of it. */
export async function checkAsWorker(world: WebWorld, filesFolder: string, who: Who): Promise<string> {
  const kinds = Object.assign({}, ...registry.modules.map(({ jobs }) => jobs));
  const [job] = await world.store.as(who, (tx) => listJobs(tx, { states: ["waiting"] }));
  await runJob(
    { ...world, kinds, filesFolder, log: pino({ level: "silent" }) },
    { organisation: who.organisationId, job: job!.id },
  );
  const [last] = await world.store.as(who, (tx) => listJobs(tx));
  return last?.result ?? last?.failure ?? "";
}
