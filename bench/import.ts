/**
 * What bringing records in from a file costs: makes a database of its own with 5,000 people, 20 queues and 200 categories,
 * and brings tickets in that name them, as somebody at the desk would: read, columns matched, every row checked, saved and
 * taken back. Prints for each step the time that passed, what Reeve and PostgreSQL took of the processors, and the most
 * memory that the process held. `npm run bench:import`, or with what is to be brought in: `-- 20000 --xlsx`,
 * `-- 20000 --lines` (policies with clauses), `-- 5000 --update` (and changes the title of
 * each by its reference, then takes that back; with `--whole` impact and queue as well, from which more follows), `-- incident_event_log.csv.zip` (a ServiceNow log, with its history).
 */
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { writeXlsxStream } from "hucre/xlsx";
import pino from "pino";
import { foundOrganisation } from "../src/council/found.ts";
import { startEmbeddedPostgres } from "../src/kernel/database/embedded.ts";
import { migrate } from "../src/kernel/database/migrate.ts";
import { keepContent } from "../src/kernel/files/content.ts";
import { addFile, fileBytesMax } from "../src/kernel/files/files.ts";
import { findJob } from "../src/kernel/jobs/jobs.ts";
import { runJob } from "../src/kernel/jobs/run.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { createPool, createStore } from "../src/kernel/transaction.ts";
import type { Who } from "../src/kernel/transaction.ts";
import { findImport, setImport, startImport, startStage } from "../src/kernel/transfer/imports.ts";
import { importJobs } from "../src/kernel/transfer/jobs.ts";
import { likelyPlan, mustHoldTogether } from "../src/kernel/transfer/plan.ts";
import { reconciliationText } from "../src/modules/desk/import/reconciliation.ts";
import { importServiceNowLog } from "../src/modules/desk/import/servicenow-log.ts";
import { registry } from "../src/records.ts";
import { benchAppPassword } from "./generate.ts";
import { costText, measured } from "./import-cost.ts";
import { csvOf, furnish, rows } from "./import-data.ts";

const asked = process.argv.slice(2);
const many = Number(asked.find((one) => /^\d+$/.test(one)) ?? 100_000);
const log = asked.find((one) => /\.(zip|csv)$/.test(one));
const withLines = asked.includes("--lines");
const type = typeNamed(registry, withLines ? "policy" : "ticket");
const folder = await mkdtemp(join(tmpdir(), "reeve-bench-import-"));
const server = await startEmbeddedPostgres({ dataFolder: folder, log: () => {} });
const ownerPool = createPool(server.url, 6, "long work");
const appUrl = new URL(server.url);
appUrl.username = "reeve_app";
appUrl.password = benchAppPassword;
const store = createStore({ pool: createPool(appUrl.href), registry });
const print = (line: string) => process.stdout.write(`${line}\n`);
try {
  await migrate({ ownerUrl: server.url, appPassword: benchAppPassword, registry });
  if (log === undefined) await bringIn(await furnish(ownerPool, store), await fileOfRows());
  else await bringLogIn(log);
  const { problems } = await verify({ ownerPool, registry });
  print(problems.length === 0 ? "The memory is whole" : JSON.stringify(problems.slice(0, 3)));
} finally {
  await store.close();
  await ownerPool.end();
  await server.stop({ evenIfShared: true });
  await rm(folder, { recursive: true, force: true });
}

async function fileOfRows(): Promise<string> {
  const asExcel = asked.includes("--xlsx");
  const path = join(folder, asExcel ? "rows.xlsx" : "rows.csv");
  const lines = rows(many, withLines);
  await writeFile(path, asExcel ? writeXlsxStream(lines, { name: "Rows" }) : csvOf(lines));
  return path;
}

async function bringLogIn(file: string): Promise<void> {
  const found = (name: string) => foundOrganisation({ ownerPool, registry }, { name, demo: false });
  const now = Temporal.Now.instant();
  const { said, ...took } = await measured(folder, () =>
    importServiceNowLog({ ownerPool, registry, file, progress: () => {}, now, found }),
  );
  print(`${costText(took)}  ${took.megabytes} MB\n${reconciliationText(said)}`);
}

async function bringIn(who: Who, path: string): Promise<void> {
  const sums = { seconds: 0, own: 0, postgres: 0 };
  const step = async (name: string, work: () => Promise<string>) => {
    const took = await measured(folder, work);
    for (const key of ["seconds", "own", "postgres"] as const) sums[key] += name === "taken back" ? 0 : took[key];
    print(`${name.padEnd(11)} ${costText(took)}  ${took.megabytes} MB  ${took.said}`);
  };
  const file = await keepContent(folder, createReadStream(path), fileBytesMax);
  const id = await store.as(who, async (tx) => startImport(tx, type, await addFile(tx, basename(path), file)));
  const stage = async (name: "checking" | "saving" | "undoing") =>
    store.as(who, async (tx) => startStage(tx, type, await findImport(tx, id), name));
  await step("read", () => job(who, id));
  await store.as(who, async (tx) => {
    const found = await findImport(tx, id);
    const plan = likelyPlan(tx.actor, type, found);
    mustHoldTogether(tx.actor, type, found, plan);
    await setImport(tx, id, { plan });
  });
  await stage("checking");
  await step("checked", () => job(who, id));
  await stage("saving");
  await step("saved", () => job(who, id));
  print(`${"in all".padEnd(11)} ${costText(sums)}`);
  if (asked.includes("--update")) return changeAll(who, id);
  if (asked.includes("--keep")) return;
  await stage("undoing");
  await step("taken back", () => job(who, id));
}

/** Changes what the import `made`, found by its references, by a file of its own. */
async function changeAll(who: Who, made: string): Promise<void> {
  const { rows: references } = await ownerPool.query<{ reference: string }>(
    "select r.reference from import_rows w join records r on r.id = w.record_id where w.import_id = $1 order by w.number",
    [made],
  );
  const title = type.fields[type.titleField]?.options.label ?? "";
  const whole = asked.includes("--whole");
  const path = join(folder, "changes.csv");
  await writeFile(
    path,
    csvOf([
      ["Reference", title, ...(whole ? ["Impact", "Queue"] : [])],
      ...references.map(({ reference }, n) => [
        reference,
        `${reference} anew`,
        ...(whole ? [((n + 1) % 3) + 1, `Queue ${((n + 7) % 20) + 1}`] : []),
      ]),
    ]),
  );
  asked.splice(asked.indexOf("--update"), 1);
  await bringIn(who, path);
}

/** Runs the import's job to its end, as the worker does. Gives what came of it. */
async function job(who: Who, importId: string): Promise<string> {
  const jobId = await store.as(who, async (tx) => (await findImport(tx, importId)).jobId ?? "");
  const log = pino({ level: "error" }, process.stderr);
  await runJob(
    { ownerPool, store, kinds: importJobs, filesFolder: folder, log },
    { organisation: who.organisationId, job: jobId },
  );
  const { state, result, failure } = await store.as(who, (tx) => findJob(tx, jobId));
  if (state !== "done") throw new Error(failure ?? state);
  return result ?? "";
}
