import { readFile, stat } from "node:fs/promises";
import { DIVISION_LABELS } from "../kernel/clocks/calendars.ts";
import type { DayOf } from "../kernel/clocks/compare-holidays.ts";
import { readHolidaysFile } from "../kernel/clocks/holidays-file.ts";
import { ClockRefused } from "../kernel/clocks/refused.ts";
import { Refusal } from "../kernel/errors.ts";
import { keepHolidays } from "../kernel/store/bank-holidays.ts";
import { moveAllDeadlines } from "../kernel/store/deadline-jobs.ts";
import { asSystem } from "../kernel/transaction.ts";
import { registry } from "../records.ts";
import type { Runtime } from "../runtime.ts";
import { pathFrom, progress, withRuntime } from "./with-runtime.ts";

interface Options {
  readonly json?: boolean;
  readonly leavePassed?: boolean;
  readonly addPassed?: boolean;
}

const fileBytesMax = 5_000_000;

/** `import bank-holidays FILE`: GOV.UK's list, after which every organisation's deadlines are where it puts them. */
export async function importBankHolidays(path: string, options: Options): Promise<void> {
  const text = await textOf(pathFrom(path));
  const file = await inWords(() => readHolidaysFile(text));
  const result = await withRuntime(async (runtime) => {
    const today = Temporal.Now.plainDateISO("Europe/London").toString();
    const { changes, now } = await inWords(() => keepHolidays(runtime.ownerPool, { file, today, ...options }));
    // Also where nothing changed, so that a move which was cut short is finished by reading the file again.
    const deadlines = await moveEverywhere(runtime);
    const { read: _read, ...said } = changes;
    return { readOn: today, ...said, publishedTo: now.lastPublishedYear, deadlines };
  });
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `${linesOf(result).join("\n")}\n`);
}

type Result = Omit<Awaited<ReturnType<typeof keepHolidays>>["changes"], "read"> & {
  /** ISO date in London. */
  readonly readOn: string;
  readonly publishedTo: number;
  readonly deadlines: readonly { readonly organisation: string; readonly result: string }[];
};

/** What a file is refused for is for whoever gave it. */
async function inWords<Answer>(work: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ClockRefused)) throw error;
    throw new Refusal("invalid", [{ message: `${error.message}. Nothing was kept` }]);
  }
}

async function textOf(path: string): Promise<string> {
  if ((await stat(path)).size > fileBytesMax)
    throw new Refusal("invalid", [{ message: "The file is larger than 5 MB, so it is not GOV.UK’s list" }]);
  return readFile(path, "utf8");
}

/** Each organisation in turn, by what the job of a changed calendar does. */
async function moveEverywhere({ ownerPool }: Runtime): Promise<Result["deadlines"]> {
  const { rows } = await ownerPool.query<{ id: string; name: string }>(
    "select id, name from organisations order by created_at, id",
  );
  const moved: { organisation: string; result: string }[] = [];
  for (const { id, name } of rows) {
    let next = 10_000;
    const result = await moveAllDeadlines({
      subject: "",
      asProduct: (work) => asSystem({ ownerPool, registry, organisationId: id }, work),
      progress: async (_tx, done, total) => {
        if (done < next) return;
        next = done + 10_000;
        progress(`${name}: ${done.toLocaleString("en-GB")} of ${(total ?? done).toLocaleString("en-GB")} open records`);
      },
    });
    moved.push({ organisation: name, result });
  }
  return moved;
}

function linesOf({ added, notCounted, changed, published, takenAway, left, publishedTo, deadlines }: Result): string[] {
  const day = ({ division, date, name }: DayOf) => `${date} ${name}, ${DIVISION_LABELS[division]}`;
  const lines = [
    ...added.map((one) => `Added: ${day(one)}`),
    ...published.map((one) => `Published now: ${day(one)}`),
    ...changed.map((one) => `Called otherwise: ${day(one)}, before “${one.from}”`),
    ...takenAway.map((one) => `Taken away: ${day(one)}${one.shipped ? " (Reeve ships it as published)" : ""}`),
    ...notCounted.map((one) => `Not counted, as it has passed: ${day(one)}. With --add-passed it is`),
    ...left.map((one) => `Left, as it has passed: ${day(one)}`),
  ];
  return [
    ...(lines.length > 0 ? lines : ["Nothing in it is new"]),
    `Bank holidays are published to the end of ${publishedTo}`,
    ...deadlines.map(({ organisation, result }) => `${organisation}: ${result}`),
  ];
}
