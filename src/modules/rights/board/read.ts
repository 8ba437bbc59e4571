import { sql } from "kysely";
import { may } from "../../../kernel/access.ts";
import type { RecordType } from "../../../kernel/record.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { byDanger, forecast } from "./forecast.ts";
import type { Forecast } from "./forecast.ts";
import { historiesOf } from "./history.ts";
import { openQuestions } from "./questions.ts";
import type { OpenQuestion } from "./questions.ts";

/** The types whose open cases are on the board. One that the product has not is left out. */
export const boardTypes: readonly string[] = [
  "information_request",
  "data_protection_request",
  "members_question",
  "information_complaint",
  "data_breach",
];

/** An open case on the board; what it is called is asked for those that are shown. */
export interface BoardCase {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly teamId: string | null;
  readonly ownerId: string | null;
  /** Calendar days until its last day; null while no deadline runs. */
  readonly daysLeft: number | null;
  /** `yyyy-mm-dd`: the last day on which whoever has it is away; null where they are there. */
  readonly awayUntil: string | null;
  readonly questions: readonly OpenQuestion[];
  readonly forecast: Forecast;
}

/** What of the board is asked for. */
export interface BoardAsked {
  /** The name of a type; null for all. */
  readonly kind: string | null;
  /** A person’s own alone; null for everybody’s. */
  readonly ownerId: string | null;
}

/** The board looks at so many cases of a type, those that are due first. */
export const casesMax = 2000;

/** The types of the board whose cases the person works on. */
export function boardTypesOf(tx: Tx): readonly RecordType[] {
  return boardTypes.flatMap((name) => {
    const type = tx.registry.types.get(name);
    return type && may(tx.actor, name, "internal") ? [type] : [];
  });
}

/** Every open case that the person may see, with its forecast, in order of danger; `more` where a type has more than are looked at. */
export async function readBoard(
  tx: Tx,
  { kind, ownerId }: BoardAsked,
  types: readonly RecordType[] = boardTypesOf(tx),
): Promise<{ readonly cases: readonly BoardCase[]; readonly more: boolean }> {
  const asked = types.filter(({ name }) => kind === null || name === kind);
  const [histories, ...found] = await Promise.all([
    historiesOf(tx, types),
    ...asked.map((type) => openCases(tx, type, ownerId)),
  ]);
  const rows = found.flatMap((some) => some.slice(0, casesMax));
  const [away, questions] = await Promise.all([awayAmong(tx, rows), questionsOn(tx, rows)]);
  const today = tx.now.toZonedDateTimeISO("Europe/London").toPlainDate();
  const daysTo = daysFrom(today);
  const cases = rows.map((row): BoardCase => {
    const awayUntil = away.get(row.ownerId ?? "") ?? null;
    const open = questions.get(row.id) ?? [];
    const wanted = open.map(({ dueOn }) => (dueOn === null ? 0 : daysTo(dueOn)));
    const one = {
      daysLeft: row.daysLeft,
      awayFor: awayUntil === null ? null : daysTo(awayUntil) + 1,
      nobodys: row.ownerId === null,
      questionsFor: wanted.length === 0 ? null : Math.max(...wanted),
    };
    return {
      ...row,
      awayUntil,
      questions: open,
      forecast: forecast(one, histories.of(row.type, row.teamId)),
    };
  });
  return { cases: cases.toSorted(byDanger), more: found.some((some) => some.length > casesMax) };
}

interface Row {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly teamId: string | null;
  readonly ownerId: string | null;
  readonly daysLeft: number | null;
}

async function openCases(tx: Tx, type: RecordType, ownerId: string | null): Promise<readonly Row[]> {
  const today = tx.now.toZonedDateTimeISO("Europe/London").toPlainDate().toString();
  // A deadline that is a day ends when the next begins; people know it by the day before.
  const { rows } = await sql<Row>`select id, type, state, team_id as "teamId", owner_id as "ownerId",
      case when next_due_at < 'infinity' then ((next_due_at at time zone 'Europe/London') - interval '1 minute')::date - ${today}::date end as "daysLeft"
    from records where organisation_id = ${tx.actor.organisationId}::uuid and type = ${type.name} and closed_at is null
      ${ownerId === null ? sql`` : sql`and owner_id = ${ownerId}::uuid`}
    order by next_due_at, id limit ${casesMax + 1}`.execute(tx.db);
  return rows;
}

async function awayAmong(tx: Tx, rows: readonly Row[]): Promise<ReadonlyMap<string, string>> {
  const owners = [...new Set(rows.flatMap(({ ownerId }) => ownerId ?? []))];
  if (owners.length === 0) return new Map();
  const { rows: away } = await sql<{ id: string; until: string }>`select person_id as id, until_day as until
    from people_away(${owners}::uuid[], ${tx.now.toZonedDateTimeISO("Europe/London").toPlainDate().toString()}::date)`.execute(
    tx.db,
  );
  return new Map(away.map(({ id, until }) => [id, until]));
}

async function questionsOn(tx: Tx, rows: readonly Row[]): Promise<ReadonlyMap<string, readonly OpenQuestion[]>> {
  const found = await openQuestions(
    tx,
    rows.map(({ id }) => id),
  );
  return Map.groupBy(found, ({ caseId }) => caseId);
}

/** How many days it is from a day until others, each worked out once. */
function daysFrom(today: Temporal.PlainDate): (day: string) => number {
  const known = new Map<string, number>();
  return (day) => {
    const days = known.get(day) ?? today.until(Temporal.PlainDate.from(day), { largestUnit: "day" }).days;
    known.set(day, days);
    return days;
  };
}
