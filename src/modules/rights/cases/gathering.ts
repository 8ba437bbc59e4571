import { sql } from "kysely";
import { may } from "../../../kernel/access.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { hrefOf } from "../../../web/names.ts";
import { stateTag } from "../../../web/pages/places.ts";
import { plural } from "../../../web/view/format.ts";
import type { RecordSection } from "../../../web/view/models.ts";

const searchesMax = 100;
const duplicatesMax = 20;
const placesMax = 5;

interface Search {
  readonly reference: string;
  readonly place: string;
  readonly state: string;
  readonly due: string | null;
  readonly result: string | null;
  readonly files: number;
  readonly flagged: number;
}

interface Duplicate {
  readonly name: string;
  readonly copies: number;
  readonly where: readonly string[];
}

/** On a data protection request: every place that is searched, what came back, and which files came more than once. */
export async function gatheringSections(tx: Tx, request: Stored): Promise<readonly RecordSection[]> {
  if (!may(tx.actor, "data_search", "handle")) return [];
  const [searches, duplicates] = await Promise.all([searchesOf(tx, request), duplicatesOf(tx, request)]);
  const type = typeNamed(tx.registry, "data_search");
  const { options } = type.fields["result"] ?? {};
  const results = (options as { options?: Readonly<Record<string, string>> }).options ?? {};
  const open = searches.filter(({ state }) => state === "asked").length;
  return [
    {
      kind: "steps",
      title: "Where it is looked for",
      sentence:
        searches.length === 0
          ? "Plan it: each system and holder that may have something is a search of its own, asked and chased by Reeve."
          : `${plural(searches.length, "place")}, of which ${open} ${open === 1 ? "has" : "have"} still to answer.`,
      items: searches.map(({ reference, place, state, due, result, files, flagged }) => ({
        text: place,
        href: hrefOf(tx, type.name, reference),
        tag: stateTag(type, state),
        note: [
          result === null ? (due === null ? "" : `Wanted by ${formatDay(due)}`) : (results[result] ?? ""),
          files > 0 ? plural(files, "file") : "",
          flagged > 0 ? `${plural(flagged, "page")} to look at` : "",
        ]
          .filter((part) => part !== "")
          .join(", "),
      })),
      links:
        request.closedAt === null && may(tx.actor, type.name, "create")
          ? [{ text: "Add a place to look", href: `/${type.path}/new?request=${request.reference}` }]
          : [],
    },
    ...(duplicates.length === 0
      ? []
      : [
          {
            kind: "steps",
            title: "Came more than once",
            sentence: "These are the same to the last byte, so one of each is enough.",
            items: duplicates.map(({ name, copies, where }) => ({
              text: name,
              note: `${copies} times: ${where.join(", ")}`,
            })),
          } as const,
        ]),
  ];
}

async function searchesOf(tx: Tx, { id }: Stored): Promise<readonly Search[]> {
  const { rows } = await sql<Search>`
    select s.reference, s.title as place, s.state, s.due_on::text as due, s.result,
      (select count(*)::integer from files f where f.organisation_id = s.organisation_id and f.record_id = s.id) as files,
      (select count(*)::integer from data_search_flags l
        where l.organisation_id = s.organisation_id and l.parent_id = s.id and l.removed_at is null) as flagged
    from visible_data_search s where s.organisation_id = ${tx.actor.organisationId}::uuid and s.request = ${id}::uuid
    order by s.closed_at nulls first, s.due_on nulls last, s.id limit ${searchesMax}`.execute(tx.db);
  return rows;
}

/** Files of the searches, and of the request itself, with the same content. */
async function duplicatesOf(tx: Tx, { id, reference }: Stored): Promise<readonly Duplicate[]> {
  const { rows } = await sql<Duplicate>`
    with place as (
      select d.id, d.reference from visible_data_search d
        where d.organisation_id = ${tx.actor.organisationId}::uuid and d.request = ${id}::uuid
      union all select ${id}::uuid, ${reference}::text)
    select min(f.name) as name, count(*)::integer as copies,
      (array_agg(distinct p.reference order by p.reference))[1:${placesMax}::integer] as "where"
    from place p join files f on f.organisation_id = ${tx.actor.organisationId}::uuid and f.record_id = p.id
    group by f.sha256 having count(*) > 1 order by min(f.name) limit ${duplicatesMax}`.execute(tx.db);
  return rows;
}
