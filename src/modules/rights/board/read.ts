import { sql } from "kysely";
import { may } from "../../../kernel/access.ts";
import type { RecordType } from "../../../kernel/record.ts";
import { dayOf } from "../../../kernel/store/as-of.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { daysOf } from "./days.ts";
import type { CaseDays } from "./days.ts";
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
  /** `yyyy-mm-dd`: its last day; null while no deadline runs. */
  readonly dueOn: string | null;
  /** Until then, in the days that count for its kind. */
  readonly daysLeft: number | null;
  /** What one of those days is called. */
  readonly unit: CaseDays["unit"];
  /** `yyyy-mm-dd`: when it will be answered by the forecast; null while no deadline runs. */
  readonly finishOn: string | null;
  /** Whoever has it is away: until and with which day (`yyyy-mm-dd`), and who does their work meanwhile, where somebody does; null where they are there. */
  readonly away: Away | null;
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
  const days = await daysOf(tx);
  const [histories, ...found] = await Promise.all([
    historiesOf(tx, types, days),
    ...asked.map((type) => openCases(tx, type, ownerId)),
  ]);
  const rows = found.flatMap((some) => some.slice(0, casesMax));
  const [away, questions] = await Promise.all([awayAmong(tx, rows), questionsOn(tx, rows)]);
  const today = dayOf(tx.now);
  const cases = rows.map((row): BoardCase => {
    const counted = days(row.type);
    const owner = away.get(row.ownerId ?? "") ?? null;
    const open = questions.get(row.id) ?? [];
    const wanted = open.map(({ dueOn }) => (dueOn === null ? 0 : counted.between(today, dueOn)));
    const daysLeft = row.dueOn === null ? null : counted.left(today, row.dueOn);
    const one = {
      daysLeft,
      awayFor: owner === null || owner.standsIn !== null ? null : counted.between(today, owner.until) + 1,
      nobodys: row.ownerId === null,
      questionsFor: wanted.length === 0 ? null : Math.max(...wanted),
    };
    const forecasted = forecast(one, histories.of(row.type, row.teamId));
    return {
      ...row,
      daysLeft,
      unit: counted.unit,
      finishOn: forecasted.finishIn === null ? null : counted.after(today, forecasted.finishIn),
      away: owner,
      questions: open,
      forecast: forecasted,
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
  readonly dueOn: string | null;
}

interface Away {
  readonly until: string;
  readonly standsIn: string | null;
}

async function openCases(tx: Tx, type: RecordType, ownerId: string | null): Promise<readonly Row[]> {
  // A deadline that is a day ends when the next begins; people know it by the day before.
  const { rows } = await sql<Row>`select id, type, state, team_id as "teamId", owner_id as "ownerId",
      case when next_due_at < 'infinity' then ((next_due_at at time zone 'Europe/London') - interval '1 minute')::date::text end as "dueOn"
    from records where organisation_id = ${tx.actor.organisationId}::uuid and type = ${type.name} and closed_at is null
      ${ownerId === null ? sql`` : sql`and owner_id = ${ownerId}::uuid`}
    order by next_due_at, id limit ${casesMax + 1}`.execute(tx.db);
  return rows;
}

async function awayAmong(tx: Tx, rows: readonly Row[]): Promise<ReadonlyMap<string, Away>> {
  const owners = [...new Set(rows.flatMap(({ ownerId }) => ownerId ?? []))];
  if (owners.length === 0) return new Map();
  const { rows: away } = await sql<
    Away & { id: string }
  >`select person_id as id, until_day::text as until, stands_in as "standsIn"
    from people_stood_in_for(${owners}::uuid[], ${dayOf(tx.now)}::date)`.execute(tx.db);
  return new Map(away.map(({ id, ...one }) => [id, one]));
}

async function questionsOn(tx: Tx, rows: readonly Row[]): Promise<ReadonlyMap<string, readonly OpenQuestion[]>> {
  const found = await openQuestions(
    tx,
    rows.map(({ id }) => id),
  );
  return Map.groupBy(found, ({ caseId }) => caseId);
}
