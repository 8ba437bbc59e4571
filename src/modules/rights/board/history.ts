import { sql } from "kysely";
import type { RecordType } from "../../../kernel/record.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { likeMin } from "./forecast.ts";
import type { History } from "./forecast.ts";

/** How cases of types and teams were answered in the last year. */
export interface Histories {
  /** Those of the team, or of the type where the team has too few. */
  readonly of: (type: string, teamId: string | null) => History;
}

const lookBackDays = 365;
/** They change little in so long: minutes. */
const keptMinutes = 10;
const keptMax = 200;
/** The same for whoever reads these types: it counts only cases that all of them see. */
const kept = new Map<string, { readonly at: Temporal.Instant; readonly histories: Histories }>();
const nothing: History = new Map();

/** Reads how cases of these types were answered, or gives what was read in the last ten minutes. */
export async function historiesOf(tx: Tx, types: readonly RecordType[]): Promise<Histories> {
  const names = types.map(({ name }) => name);
  const key = [tx.actor.organisationId, ...names].join(" ");
  const found = kept.get(key);
  if (found && Math.abs(found.at.until(tx.now).total("minutes")) < keptMinutes) return found.histories;
  const histories = await read(tx, names);
  if (kept.size >= keptMax) kept.clear();
  kept.set(key, { at: tx.now, histories });
  return histories;
}

async function read(tx: Tx, names: readonly string[]): Promise<Histories> {
  const from = tx.now.subtract({ hours: lookBackDays * 24 }).toString();
  const { rows } = await sql<{
    type: string;
    team: string | null;
    before: number;
    many: number;
  }>`select type, team_id as team,
      days_before as before, many from answer_margins(${names}::text[], ${from}::timestamptz)`.execute(tx.db);
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
