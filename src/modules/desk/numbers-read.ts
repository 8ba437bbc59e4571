import { sql } from "kysely";
import type { Tx } from "../../kernel/transaction.ts";

/** Whose numbers, and over how long. */
export interface NumbersAsked {
  /** The id of a queue; null for all that the person sees. */
  readonly queue: string | null;
  /** Whole weeks, this one among them. */
  readonly weeks: number;
}

/** What one week saw. `openAtEnd` counts what was not closed yet. */
export interface WeekFigures {
  /** The Monday, yyyy-mm-dd. */
  readonly week: string;
  readonly opened: number;
  readonly resolved: number;
  readonly reopened: number;
  readonly openAtEnd: number;
}

/** How the resolve clocks went that stopped in the period. Times are working minutes of the queue's calendar. */
export interface ResolvedFigures {
  readonly resolved: number;
  readonly halfMinutes: number;
  readonly mostMinutes: number;
  readonly met: number;
  readonly missed: number;
  readonly metOnlyByPause: number;
  readonly reopened: number;
}

/** The desk's numbers. */
export interface DeskNumbers {
  readonly weeks: readonly WeekFigures[];
  readonly all: ResolvedFigures;
  readonly byPriority: ReadonlyMap<number, ResolvedFigures>;
  /** Tickets that are neither resolved nor closed, by how many days ago they were opened; as `ages` orders them. */
  readonly unresolvedByAge: readonly number[];
  /** The day in London, yyyy-mm-dd, from which ages are counted. */
  readonly today: string;
  /** When it was read. */
  readonly readAt: Temporal.Instant;
}

/** The steps of age: a label, the same in weeks for an axis, and the age in days that is no longer in it. */
export const ages = [
  { label: "Under 1 week", short: "under 1", days: 7 },
  { label: "1 to 2 weeks", short: "1 to 2", days: 14 },
  { label: "2 to 4 weeks", short: "2 to 4", days: 28 },
  { label: "4 to 12 weeks", short: "4 to 12", days: 84 },
  { label: "Over 12 weeks", short: "over 12", days: Number.POSITIVE_INFINITY },
] as const;

const zone = "Europe/London";
const kept = new Map<string, DeskNumbers>();
const keptMinutes = 5;
const keptMax = 500;
/** What was read in less time than this is read anew each time, so that it agrees with the lists that it leads to. */
const quickMs = 250;

/** Reads the numbers, or gives those read for this person within the last 5 minutes where that took long: at a million tickets about a second. */
export async function readNumbers(tx: Tx, asked: NumbersAsked): Promise<DeskNumbers> {
  const key = [tx.actor.organisationId, tx.actor.personId, asked.queue, asked.weeks].join(" ");
  const known = kept.get(key);
  if (known && known.readAt.until(tx.now).total("minutes") < keptMinutes) return known;
  const started = performance.now();
  const numbers = await read(tx, asked);
  if (performance.now() - started < quickMs) return numbers;
  if (kept.size >= keptMax) kept.clear();
  kept.set(key, numbers);
  return numbers;
}

type Row = {
  readonly week: string | null;
  readonly by: string | null;
  readonly finished: number;
  readonly half_minutes: number;
  readonly most_minutes: number;
  readonly met: number;
  readonly missed: number;
  readonly met_only_by_pause: number;
  readonly again: number;
};

async function read(tx: Tx, { queue, weeks }: NumbersAsked): Promise<DeskNumbers> {
  const today = tx.now.toZonedDateTimeISO(zone).toPlainDate();
  const thisWeek = mondayOf(today);
  const first = thisWeek.subtract({ weeks: weeks - 1 });
  const since = first.toZonedDateTime(zone).toInstant().toString();
  const counts = await readCounts(tx, { queue, since, today });
  const { rows } =
    await sql<Row>`select to_char(week, 'YYYY-MM-DD') as week, by, finished, half_minutes, most_minutes, met, missed, met_only_by_pause, again
    from clock_figures('ticket', 'resolve', ${since}::timestamptz, ${queue}::uuid, 'priority', array['reopen'])`.execute(
      tx.db,
    );
  const total = rows.find((row) => row.week === null && row.by === null);
  return {
    weeks: weekFigures(first, weeks, counts, rows),
    all: figuresOf(total),
    byPriority: new Map(
      rows
        .filter(({ by }) => by !== null)
        .map((row) => [Number(row.by), figuresOf(row)] as const)
        .toSorted(([one], [other]) => one - other),
    ),
    unresolvedByAge: ages.map((_age, at) => counts.get(`age ${at + 1}`) ?? 0),
    today: today.toString(),
    readAt: tx.now,
  };
}

/** Counts by "opened 2026-11-16", "closed 2026-11-16", "open" and "age 1" to "age 5". */
async function readCounts(
  tx: Tx,
  { queue, since, today }: { queue: string | null; since: string; today: Temporal.PlainDate },
): Promise<Map<string, number>> {
  const tickets = sql`from records where organisation_id = ${tx.actor.organisationId}::uuid and type = 'ticket' and (${queue}::uuid is null or within_id = ${queue}::uuid)`;
  const limits = ages.slice(0, -1).map(({ days }) =>
    today
      .subtract({ days: days - 1 })
      .toZonedDateTime(zone)
      .toInstant()
      .toString(),
  );
  const { rows } = await sql<{ key: string; many: number }>`
    select 'opened ' || ${weekOf("opened_at")} as key, count(*) as many ${tickets} and opened_at >= ${since}::timestamptz group by 1
    union all
    select 'closed ' || ${weekOf("closed_at")}, count(*) ${tickets} and updated_at >= ${since}::timestamptz and closed_at >= ${since}::timestamptz group by 1
    union all
    select 'open', count(*) ${tickets} and closed_at is null
    union all
    select 'age ' || (1 + (opened_at < ${limits[0]}::timestamptz)::int + (opened_at < ${limits[1]}::timestamptz)::int
        + (opened_at < ${limits[2]}::timestamptz)::int + (opened_at < ${limits[3]}::timestamptz)::int), count(*)
      ${tickets} and closed_at is null and state <> 'resolved' group by 1`.execute(tx.db);
  return new Map(rows.map(({ key, many }) => [key, many]));
}

/** The Monday in London of a moment, as SQL. */
function weekOf(column: string) {
  return sql`to_char(date_trunc('week', ${sql.ref(column)} at time zone 'Europe/London'), 'YYYY-MM-DD')`;
}

/** Week by week; what was open at the end of a week is what is open now, less what came since, with what was closed since. */
function weekFigures(
  first: Temporal.PlainDate,
  weeks: number,
  counts: ReadonlyMap<string, number>,
  rows: readonly Row[],
): WeekFigures[] {
  const figures: WeekFigures[] = [];
  let open = counts.get("open") ?? 0;
  for (let at = weeks - 1; at >= 0; at -= 1) {
    const week = first.add({ weeks: at }).toString();
    const opened = counts.get(`opened ${week}`) ?? 0;
    const row = rows.find((candidate) => candidate.week === week);
    figures.unshift({ week, opened, resolved: row?.finished ?? 0, reopened: row?.again ?? 0, openAtEnd: open });
    open += (counts.get(`closed ${week}`) ?? 0) - opened;
  }
  return figures;
}

function figuresOf(row: Row | undefined): ResolvedFigures {
  return {
    resolved: row?.finished ?? 0,
    halfMinutes: row?.half_minutes ?? 0,
    mostMinutes: row?.most_minutes ?? 0,
    met: row?.met ?? 0,
    missed: row?.missed ?? 0,
    metOnlyByPause: row?.met_only_by_pause ?? 0,
    reopened: row?.again ?? 0,
  };
}

function mondayOf(day: Temporal.PlainDate): Temporal.PlainDate {
  return day.subtract({ days: day.dayOfWeek - 1 });
}
