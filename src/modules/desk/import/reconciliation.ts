import type pg from "pg";
import type { FileCount, Figures } from "./figures.ts";
import { groupText, howOf } from "./levels.ts";
import type { LevelComparison } from "./levels.ts";
import { sourceName } from "./rebuild.ts";
import type { Written } from "./write.ts";

/** Database against file, when an import has ended. Its own figures are the database's. */
export interface Reconciliation extends Figures {
  /** The same counted in the file alone. */
  readonly file: Figures;
  /** Whether the database holds what the file holds. */
  readonly agrees: boolean;
  /** What this run did with the file's incidents. */
  readonly run: Written;
  /** The first lines that were not understood, at most 20. */
  readonly notUnderstoodLines: FileCount["notUnderstoodLines"];
  readonly organisation: { readonly id: string; readonly name: string };
  /** Our service levels beside the source's own. */
  readonly levels: LevelComparison;
}

/** Counts in the database what came from the incidents of this file. */
export async function countInDatabase(
  ownerPool: pg.Pool,
  organisationId: string,
  numbers: readonly string[],
): Promise<Figures> {
  const { rows } = await ownerPool.query<Figures>(
    `with tickets as materialized (
       select id, priority, source_columns as columns from ticket
       where organisation_id = $1 and source = $2 and source_reference = any ($3::text[])
     ), lines as (
       select b.body ? 'note' as odd from event_bodies b join tickets t on t.id = b.record_id
       where b.organisation_id = $1 and b.body ? 'columns'
     )
     select (select count(*) from tickets) as incidents,
       (select count(*) from lines) as events,
       (select count(*) from lines where odd) as "notUnderstood",
       (select coalesce(jsonb_object_agg(priority::text, many), '{}') from (select priority, count(*) as many from tickets group by priority) p) as "byPriority",
       (select count(*) from tickets where columns ~ '(?n)^- reassignment_count: 0*[1-9]\\d*$') as reassigned,
       (select count(*) from tickets where columns ~ '(?n)^- reopen_count: 0*[1-9]\\d*$') as reopened,
       (select count(*) from tickets where columns ~ '(?n)^- made_sla: true$') as "levelMade",
       (select count(*) from tickets where columns ~ '(?n)^- made_sla: false$') as "levelMissed"`,
    [organisationId, sourceName, numbers],
  );
  const { byPriority, ...counts } = rows[0]!;
  return inOneOrder({ ...counts, byPriority: { "1": 0, "2": 0, "3": 0, "4": 0, ...byPriority } });
}

/** Puts the two counts beside one another. */
export function reconcile(
  database: Figures,
  { figures, notUnderstoodLines }: FileCount,
  of: Pick<Reconciliation, "run" | "organisation" | "levels">,
): Reconciliation {
  const file = inOneOrder(figures);
  return {
    ...database,
    file,
    agrees: JSON.stringify(database) === JSON.stringify(file),
    notUnderstoodLines,
    ...of,
  };
}

/** A reconciliation as a table for people. */
export function reconciliationText(reconciliation: Reconciliation): string {
  const rows = rowsOf(reconciliation).map(
    ([label, database], at) => [label, database, rowsOf(reconciliation.file)[at]?.[1] ?? 0] as const,
  );
  const { run, organisation, notUnderstoodLines, agrees } = reconciliation;
  const table = rows.map(
    ([label, database, file]) =>
      `${label.padEnd(34)}${figure(database)}${figure(file)}   ${database === file ? "agree" : "DIFFER"}`,
  );
  const named = notUnderstoodLines.map(({ line, why }) => `  line ${line}: ${why}`);
  const unnamed = reconciliation.file.notUnderstood - notUnderstoodLines.length;
  return [
    `Brought into ${organisation.name}: ${run.made.toLocaleString("en-GB")} incidents made, ${run.continued.toLocaleString("en-GB")} continued, ${run.unchanged.toLocaleString("en-GB")} there already and unchanged.`,
    "",
    `${"".padEnd(34)}${"In Reeve".padStart(12)}${"In the file".padStart(14)}`,
    ...table,
    "",
    ...(named.length > 0
      ? [
          "Not understood, and kept as events:",
          ...named,
          ...(unnamed > 0 ? [`  and ${unnamed.toLocaleString("en-GB")} more`] : []),
          "",
        ]
      : []),
    ...levelLines(reconciliation.levels),
    agrees ? "The database and the file agree." : "The database and the file do not agree: see the rows marked DIFFER.",
  ].join("\n");
}

/** Our results beside the source's, the differences by what our own computation shows of them. */
function levelLines({ agree, differ, untold, groups }: LevelComparison): string[] {
  const line = (label: string, many: number) => `${label.padEnd(76)}${figure(many)}`;
  return [
    "Service levels, ours beside the source’s own (its policy is not known, so no cause is claimed for it):",
    line("  Agree", agree),
    line("  One of them says nothing", untold),
    line("  Differ", differ),
    ...groups
      .filter((group) => howOf(group) === "differ")
      .map((group) => {
        const { sides, shows } = groupText(group);
        return line(`    ${sides}: ${shows}`, group.incidents);
      }),
    "",
  ];
}

function rowsOf(figures: Figures): (readonly [label: string, count: number])[] {
  return [
    ["Incidents", figures.incidents],
    ["Lines, each kept as an event", figures.events],
    ...Object.entries(figures.byPriority).map(([priority, count]) => [`Priority ${priority}`, count] as const),
    ["Reassigned at least once", figures.reassigned],
    ["Reopened at least once", figures.reopened],
    ["Service level made", figures.levelMade],
    ["Service level missed", figures.levelMissed],
    ["Lines not understood", figures.notUnderstood],
  ];
}

function figure(count: number): string {
  return count.toLocaleString("en-GB").padStart(12);
}

/** With every key in the order that people read them, so that two of them compare as text. */
function inOneOrder({
  incidents,
  events,
  byPriority,
  reassigned,
  reopened,
  levelMade,
  levelMissed,
  notUnderstood,
}: Figures): Figures {
  return { incidents, events, byPriority, reassigned, reopened, levelMade, levelMissed, notUnderstood };
}
