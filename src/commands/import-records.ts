import { constants, createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import { Refusal } from "../kernel/errors.ts";
import { TooLarge, keepContent } from "../kernel/files/content.ts";
import { Infected, ScannerUnavailable } from "../kernel/files/scan.ts";
import { addFile, fileBytesMax } from "../kernel/files/files.ts";
import { findJob } from "../kernel/jobs/jobs.ts";
import { runJob } from "../kernel/jobs/run.ts";
import type { RecordType } from "../kernel/record.ts";
import { mustImport } from "../kernel/transfer/check.ts";
import { findImport, importRows, setImport, startImport, startStage } from "../kernel/transfer/imports.ts";
import type { Import } from "../kernel/transfer/imports.ts";
import { importJobs } from "../kernel/transfer/jobs.ts";
import { likelyPlan, mustHoldTogether } from "../kernel/transfer/plan.ts";
import type { Who } from "../kernel/transaction.ts";
import { registry } from "../records.ts";
import type { Runtime } from "../runtime.ts";
import { pathFrom, progress, withRuntime } from "./with-runtime.ts";

interface Options {
  readonly as: string;
  readonly key?: string;
  readonly checkOnly?: boolean;
}

/** `import records TYPE FILE --as PERSON`: what the pages do step by step, with the columns as they match. */
export async function importRecords(path: string, file: string, options: Options): Promise<void> {
  const type =
    registry.byPath.get(path) ??
    registry.types.get(path) ??
    refused(`There are no records called “${path}”. There are: ${[...registry.byPath.keys()].join(", ")}`);
  await withRuntime(async (runtime) => {
    const who = await personCalled(runtime, options.as);
    const id = await sent(runtime, who, type, pathFrom(file));
    await endOfJob(runtime, who, id);
    await runtime.store.as(who, async (tx) => {
      const read = await findImport(tx, id, type);
      if (read.told.refused !== undefined) refused(read.told.refused);
      const likely = likelyPlan(tx.actor, type, read);
      const plan = { ...likely, key: options.key ?? likely.key };
      for (const [at, heading] of read.headings.entries()) progress(`${heading}: ${plan.columns[at] ?? "left out"}`);
      mustHoldTogether(tx.actor, type, read, plan);
      await setImport(tx, id, { plan });
      await startStage(tx, type, read, "checking");
    });
    progress(await endOfJob(runtime, who, id));
    if (options.checkOnly !== true) {
      await runtime.store.as(who, async (tx) => startStage(tx, type, await findImport(tx, id, type), "saving"));
      progress(await endOfJob(runtime, who, id));
    }
    await printRejected(runtime, who, id);
    progress(`What came of each row, and a way to undo it, is at /${type.path}/import/${id}`);
  });
}

async function personCalled(runtime: Runtime, called: string): Promise<Who> {
  const { rows } = await runtime.ownerPool.query<Who>(
    `select r.organisation_id as "organisationId", r.id as "personId" from records r join person p using (organisation_id, id)
     where p.active and (lower(p.email) = lower($1) or r.reference = upper($1)) limit 2`,
    [called],
  );
  const [only, another] = rows;
  return only && !another
    ? only
    : refused(`There is no one active person with the e-mail address or reference “${called}”`);
}

async function sent(runtime: Runtime, who: Who, type: RecordType, path: string): Promise<string> {
  await runtime.store.as(who, async (tx) => mustImport(tx.actor, type));
  await access(path, constants.R_OK).catch(() => refused(`There is no file ${path}, or it may not be read`));
  try {
    const content = await keepContent(runtime.filesFolder, createReadStream(path), fileBytesMax);
    return await runtime.store.as(who, async (tx) => startImport(tx, type, await addFile(tx, basename(path), content)));
  } catch (error) {
    if (error instanceof TooLarge) refused("The file must be 25 MB or smaller");
    if (error instanceof Infected) refused(`The file has a virus in it: ${error.virus}`);
    if (error instanceof ScannerUnavailable) refused(error.message);
    throw error;
  }
}

/** Does the import's job here, or waits for the worker that does. Gives what came of it. Refuses what made it fail. */
async function endOfJob({ ownerPool, store, filesFolder }: Runtime, who: Who, importId: string): Promise<string> {
  const log = pino({ level: "silent" });
  for (;;) {
    const job = await store.as(who, async (tx) => findJob(tx, (await findImport(tx, importId)).jobId ?? ""));
    if (job.state === "done") return job.result ?? "";
    if (job.state !== "waiting" && job.state !== "running") refused((job.failure ?? "Cancelled").replace(/\.$/, ""));
    await runJob(
      { ownerPool, store, kinds: importJobs, filesFolder, log },
      { organisation: who.organisationId, job: job.id },
    );
    await sleep(100);
  }
}

/** The first rejected rows, for the terminal. */
async function printRejected({ store }: Runtime, who: Who, id: Import["id"]): Promise<void> {
  const rows = await store.as(who, (tx) => importRows(tx, id, { limit: 20, outcomes: ["rejected"] }));
  for (const { number, reason } of rows) process.stdout.write(`Row ${number}: ${reason ?? ""}\n`);
}

function refused(message: string): never {
  throw new Refusal("invalid", [{ message }]);
}
