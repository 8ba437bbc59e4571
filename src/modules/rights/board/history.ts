import { sql } from "kysely";
import type { RecordType } from "../../../kernel/record.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import type { CaseDays } from "./days.ts";
import { likeMin } from "./forecast.ts";
import type { History } from "./forecast.ts";

/** How cases of types and teams were answered in the last year. */
export interface Histories {
  /** Those of the team, or of the type where the team has too few. */
  readonly of: (type: string, teamId: string | null) => History;
}

const lookBackDays = 365;
/** Days are numbered from so long before until so long after today: no case is answered further from its day. */
const numbered = { before: 800, after: 400 };
/** They change little in so long: minutes. */
const keptMinutes = 10;
const keptMax = 200;
/** The same for whoever reads these types: it counts only cases that all of them see. */
const kept = new Map<string, { readonly at: Temporal.Instant; readonly histories: Histories }>();
const nothing: History = new Map();

/** Reads how cases of these types were answered, or gives what was read in the last ten minutes. */
export async function historiesOf(
  tx: Tx,
  types: readonly RecordType[],
  daysOf: (type: string) => CaseDays,
): Promise<Histories> {
  const names = types.map(({ name }) => name);
  const key = [tx.actor.organisationId, ...names].join(" ");
  const found = kept.get(key);
  if (found && Math.abs(found.at.until(tx.now).total("minutes")) < keptMinutes) return found.histories;
  const histories = await read(tx, names, daysOf);
  if (kept.size >= keptMax) kept.clear();
  kept.set(key, { at: tx.now, histories });
  return histories;
}

interface Row {
  readonly type: string;
  readonly team: string | null;
  readonly before: number;
  readonly many: number;
}

async function read(tx: Tx, names: readonly string[], daysOf: (type: string) => CaseDays): Promise<Histories> {
  const kinds = Map.groupBy(names, daysOf);
  const found = await Promise.all([...kinds].map(([days, some]) => marginsOf(tx, some, days)));
  return historiesIn(found.flat());
}

/** The days are numbered here, for the database knows no calendar, and it counts there, for the cases may be many. */
async function marginsOf(tx: Tx, names: readonly string[], days: CaseDays): Promise<readonly Row[]> {
  const from = tx.now.subtract({ hours: lookBackDays * 24 }).toString();
  const today = tx.now.toZonedDateTimeISO("Europe/London").toPlainDate();
  const first = today.subtract({ days: numbered.before });
  const numbers = Array.from({ length: numbered.before + numbered.after }, (_day, at) =>
    days.between(first.toString(), first.add({ days: at }).toString()),
  );
  const { rows } = await sql<Row>`select type, team_id as team, days_before as before, many
    from answer_margins(${names}::text[], ${from}::timestamptz, ${first.toString()}::date, ${numbers}::integer[])`.execute(
    tx.db,
  );
  return rows;
}

function historiesIn(rows: readonly Row[]): Histories {
  const ofTeams = new Map<string, Map<number, number>>();
  const ofTypes = new Map<string, Map<number, number>>();
  for (const { type, team, before, many } of rows)
    for (const [histories, key] of [
      [ofTeams, `${type} ${team}`],
      [ofTypes, type],
    ] as const) {
      const history = histories.get(key) ?? new Map<number, number>();
      history.set(before, (history.get(before) ?? 0) + many);
      histories.set(key, history);
    }
  const manyIn = (history: History) => [...history.values()].reduce((sum, some) => sum + some, 0);
  return {
    of: (type, teamId) => {
      const ofTeam = ofTeams.get(`${type} ${teamId}`);
      return ofTeam && manyIn(ofTeam) >= likeMin * 2 ? ofTeam : (ofTypes.get(type) ?? nothing);
    },
  };
}
