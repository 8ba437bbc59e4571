import { statfs } from "node:fs/promises";
import { holidaysNow } from "../kernel/store/bank-holidays.ts";
import { StoreUnavailable, storeOf } from "../kernel/files/store.ts";
import { locksPerSession } from "../kernel/database/embedded-launch.ts";
import { migrationState } from "../kernel/database/migration-state.ts";
import type { MigrationState } from "../kernel/database/migration-state.ts";
import { SettingsError } from "../kernel/settings.ts";
import type { Settings } from "../kernel/settings.ts";
import type { Runtime } from "../runtime.ts";
import { jobsFinding } from "./doctor-jobs.ts";
import { sealedThings } from "./doctor-secret.ts";
import { sentenceFor } from "./sentence.ts";
import { lookingAt } from "./with-runtime.ts";

/** One thing that was looked at. */
export interface Finding {
  readonly what: string;
  readonly fine: boolean;
  readonly says: string;
}

const freeBytesMin = 1_000_000_000;
const sealMinutesMax = 10;

/** Looks at what commonly goes wrong, and says each in a line. Changes nothing. Exit 1 when something is wrong. */
export async function doctor(options: { json?: boolean }): Promise<void> {
  const findings = await look();
  const fine = findings.every((finding) => finding.fine);
  if (options.json) process.stdout.write(`${JSON.stringify({ fine, findings })}\n`);
  else
    for (const finding of findings)
      process.stdout.write(`${finding.fine ? "fine " : "WRONG"}  ${finding.what}: ${finding.says}\n`);
  process.exitCode = fine ? 0 : 1;
}

async function look(): Promise<readonly Finding[]> {
  try {
    return await lookingAt(async (runtime, settings) => {
      const state = await migrationState(runtime.ownerPool);
      const first = [await database(runtime), migrations(state), await disk(settings)];
      // The others read tables that are as expected at this version alone.
      if (!first[1]?.fine) return first;
      return [
        ...first,
        ...(await Promise.all([
          seals(runtime),
          jobsFinding(runtime.ownerPool),
          files(runtime),
          sealedThings(runtime),
          holidays(runtime),
          organisations(runtime),
        ])),
      ];
    });
  } catch (error) {
    // A database that is not there, or does not answer, is a finding; a wrong setting is for the person who gave it.
    const says = error instanceof SettingsError ? null : sentenceFor(error);
    if (says === null) throw error;
    return [{ what: "Database", fine: false, says }];
  }
}

async function database(runtime: Runtime): Promise<Finding> {
  const { rows } = await runtime.ownerPool.query<{ version: string; fsync: string; locks: number }>(
    "select current_setting('server_version') as version, current_setting('fsync') as fsync, current_setting('max_locks_per_transaction')::integer as locks",
  );
  const { version = "", fsync = "", locks = 0 } = rows[0] ?? {};
  const isNew = Number.parseInt(version, 10) >= 18;
  const hasLocks = locks >= locksPerSession;
  return {
    what: "Database",
    fine: isNew && fsync === "on" && hasLocks,
    says: `PostgreSQL ${version}, writes ${fsync === "on" ? "are" : "are NOT"} made safe on disk${isNew ? "" : "; Reeve needs 18 or newer"}${hasLocks ? "" : `; set its max_locks_per_transaction to ${locksPerSession} (it is ${locks}), or a busy day runs out of them`}`,
  };
}

function migrations({ applied, known, pending, stranger }: MigrationState): Finding {
  const at = `at ${applied} of ${known}`;
  const behind = `${at}; the next is ${pending[0] ?? "none"}. Start Reeve, or run “npm run reeve -- migrate”; the rest is looked at then`;
  const fine = stranger === null && pending.length === 0;
  return { what: "Migrations", fine, says: stranger ?? (fine ? at : behind) };
}

async function disk(settings: Settings): Promise<Finding> {
  const { bavail, bsize } = await statfs(settings.dataFolder);
  const free = bavail * bsize;
  return { what: "Disk", fine: free > freeBytesMin, says: `${(free / 1e9).toFixed(1)} GB free where the data is` };
}

async function seals(runtime: Runtime): Promise<Finding> {
  const { rows } = await runtime.ownerPool.query<{ minutes: number | null }>(
    "select extract(epoch from now() - min(e.recorded_at))::int / 60 as minutes from events e where recorded_at > now() - interval '1 day' and not exists (select 1 from seal_heads s where s.organisation_id = e.organisation_id and s.record_id = e.record_id and s.sequence >= e.sequence)",
  );
  const minutes = rows[0]?.minutes ?? 0;
  return {
    what: "Seals",
    fine: minutes <= sealMinutesMax,
    says:
      minutes > sealMinutesMax
        ? `the oldest unsealed event waits ${minutes} minutes; the worker seals each minute while Reeve runs`
        : "every timeline of the last day is sealed, or will be within minutes",
  };
}

/** Whether the content of every file that a record has is where it belongs; what it is, `verify` proves. */
async function files({ ownerPool, filesFolder }: Runtime): Promise<Finding> {
  const { rows } = await ownerPool.query<{ hex: string }>(
    "select distinct encode(sha256, 'hex') as hex from files where record_id is not null or id in (select logo_file from organisations)",
  );
  const store = storeOf(filesFolder);
  const many = `${rows.length.toLocaleString("en-GB")} ${rows.length === 1 ? "file" : "files"} in ${store.where}`;
  try {
    // Also where there is no file yet: whether the store answers.
    await store.note("organisations");
    let missing = 0;
    for (const { hex } of rows) if (!(await store.has(hex))) missing++;
    if (missing > 0)
      return {
        what: "Files",
        fine: false,
        says: `${missing.toLocaleString("en-GB")} of ${many} are not there: bring them back from a backup`,
      };
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    return { what: "Files", fine: false, says: error.message };
  }
  if (store.scanner === undefined || (await store.scanner.ping())) return { what: "Files", fine: true, says: many };
  const says = `${many}, but ClamAV at ${store.scanner.where} does not answer, so none can be sent`;
  return { what: "Files", fine: false, says };
}

async function holidays({ ownerPool }: Runtime): Promise<Finding> {
  const { lastPublishedYear } = await holidaysNow(ownerPool);
  return holidaysPublishedTo(lastPublishedYear, Temporal.Now.plainDateISO("Europe/London"));
}

/** Deadlines reach months ahead, so the next year's bank holidays are wanted well before it begins. */
export function holidaysPublishedTo(lastPublishedYear: number, today: Temporal.PlainDate): Finding {
  const fine = Temporal.PlainDate.compare(today, { year: lastPublishedYear, month: 7, day: 1 }) < 0;
  const says = `published to the end of ${lastPublishedYear}`;
  return {
    what: "Bank holidays",
    fine,
    says: fine
      ? says
      : `${says}; download https://www.gov.uk/bank-holidays.json and run “npm run reeve -- import bank-holidays FILE”`,
  };
}

async function organisations(runtime: Runtime): Promise<Finding> {
  const { rows } = await runtime.ownerPool.query<{ name: string; demo: boolean }>(
    "select name, demo from organisations order by created_at",
  );
  return {
    what: "Organisation",
    fine: true,
    says:
      rows.length === 0
        ? "none yet: start Reeve and make it"
        : rows.map(({ name, demo }) => (demo ? `${name} (demonstration)` : name)).join(", "),
  };
}
