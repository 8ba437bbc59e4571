import { sql } from "kysely";
import type { Warned } from "../clock.ts";
import type { Stored, Tx } from "../transaction.ts";

/** Who holds each place on some records. */
export interface PeopleToWarn {
  /**
   * The people of a place on a record: of those who can be told (active, with an account). Where nobody holds it, whoever holds the
   * nearest place before it in turn, else the nearest after.
   */
  of(record: Stored, who: Warned, inTurn: readonly Warned[]): readonly string[];
}

interface TeamRow {
  readonly id: string;
  readonly leads: readonly string[];
  readonly manager: string | null;
}

/** Looks up who has, leads and manages these records. For the product. */
export async function peopleToWarn(tx: Tx, records: readonly Stored[]): Promise<PeopleToWarn> {
  const organisation = tx.actor.organisationId;
  const teamIds = [...new Set(records.flatMap(({ teamId }) => teamId ?? []))];
  const { rows: teams } = await sql<TeamRow>`
    select t.id, t.manager, array(select m.member from team_members m where m.organisation_id = t.organisation_id and m.parent_id = t.id
      and m.lead and m.removed_at is null order by m.position limit 10) as leads
    from team t where t.organisation_id = ${organisation}::uuid and t.id = any (${teamIds}::uuid[])`.execute(tx.db);
  const named = [
    ...records.map(({ ownerId }) => ownerId),
    ...teams.flatMap(({ leads, manager }) => [...leads, manager]),
  ].filter((id) => id !== null);
  const { rows: known } = await sql<{ id: string }>`select id from person where organisation_id = ${organisation}::uuid
    and id = any (${named}::uuid[]) and active and account_id is not null`.execute(tx.db);
  const tellable = new Set(known.map(({ id }) => id));
  const teamById = new Map(teams.map((team) => [team.id, team]));
  const holders = (record: Stored, who: Warned): readonly string[] => {
    const team = teamById.get(record.teamId ?? "");
    const ids = who === "owner" ? [record.ownerId] : who === "lead" ? (team?.leads ?? []) : [team?.manager ?? null];
    return ids.filter((id) => id !== null && tellable.has(id)) as string[]; // none of them is null
  };
  return {
    of: (record, who, inTurn) => {
      const place = inTurn.indexOf(who);
      const order = [who, ...inTurn.slice(0, place).toReversed(), ...inTurn.slice(place + 1)];
      return order.map((one) => holders(record, one)).find((ids) => ids.length > 0) ?? [];
    },
  };
}
