import { sql } from "kysely";
import { may } from "../../../kernel/access.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { namesOf } from "../../../web/names.ts";
import type { RecordSection } from "../../../web/view/models.ts";

const officersMax = 50;

interface ByOfficer {
  readonly officer: string | null;
  readonly reviews: number;
  readonly mean: number;
}

/** On the page of a criterion, for whoever reviews: how each officer was scored by it, of the reviews that they may see. */
export async function criterionSection(tx: Tx, criterion: Stored): Promise<readonly RecordSection[]> {
  if (!may(tx.actor, "quality_review", "internal")) return [];
  const { rows } = await sql<ByOfficer>`
    select r.officer, count(*)::integer as reviews, avg(s.score)::double precision as mean
    from visible_quality_review r join quality_review_scores s on s.organisation_id = r.organisation_id and s.parent_id = r.id
    where r.organisation_id = ${tx.actor.organisationId}::uuid and s.criterion = ${criterion.id}::uuid and s.removed_at is null
      and s.score is not null and r.state in ('scored', 'shared')
    group by r.officer order by mean, r.officer limit ${officersMax}`.execute(tx.db);
  if (rows.length === 0) return [];
  const names = await namesOf(
    tx,
    rows.map(({ officer }) => officer),
  );
  const title = "How officers were scored by it";
  return [
    {
      kind: "table",
      title,
      table: {
        caption: title,
        columns: [
          { label: "Whose work it was", wide: true },
          { label: "Reviews", number: true },
          { label: "Mean score, of 5", number: true },
        ],
        rows: rows.map(({ officer, reviews, mean }) => ({
          cells: [
            { kind: "text", text: names.get(officer ?? "")?.title ?? "Not yours to see" },
            {
              kind: "number",
              text: String(reviews),
              href: `/quality-reviews?state=scored&state=shared&officer=${officer ?? "none"}`,
            },
            { kind: "number", text: mean.toFixed(1) },
          ],
        })),
      },
    },
  ];
}
