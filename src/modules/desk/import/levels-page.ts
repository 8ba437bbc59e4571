import { sql } from "kysely";
import { may } from "../../../kernel/access.ts";
import { unseen } from "../../../kernel/errors.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { namesOf } from "../../../web/names.ts";
import type { Named } from "../../../web/names.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { formatCount, formatMoment } from "../../../web/view/format.ts";
import type { Cell, Row, TablesPage } from "../../../web/view/models.ts";
import { groupText, howOf } from "./levels.ts";
import type { LevelComparison, LevelGroup } from "./levels.ts";
import { sourceName } from "./rebuild.ts";

export const levelsPath = "/desk/levels-compared";

interface Kept {
  readonly comparedAt: string;
  readonly comparison: LevelComparison;
}

type How = ReturnType<typeof howOf>;

const sections: readonly { readonly how: How; readonly title: string; readonly note: string }[] = [
  {
    how: "differ",
    title: "Where they differ",
    note: "What our own computation shows of these incidents. The other tool’s policy is not known, so no cause is claimed for what it says.",
  },
  {
    how: "untold",
    title: "Where one of them says nothing",
    note: "Incidents that are not resolved, have no target or have no result there.",
  },
  { how: "agree", title: "Where they agree", note: "Both kept their promise, or neither did." },
];

/** Our service levels beside those that a tool left behind said of itself, as the import compared them. */
export function levelsCompared(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    if (!may(tx.actor, "ticket", "internal")) unseen("There is no such page");
    const kept = await readKept(tx);
    const groups = kept?.comparison.groups ?? [];
    const names = await namesOf(
      tx,
      groups.flatMap(({ examples }) => examples),
    );
    const model: TablesPage = {
      shell: await page.shell(tx, { title: "Service levels compared", current: "/desk/numbers" }),
      breadcrumb: [
        { text: "Support desk", href: "/tickets" },
        { text: "Desk numbers", href: "/desk/numbers" },
      ],
      title: "Service levels compared",
      sentence: kept ? sentenceOf(kept) : "No log of another tool has been brought in, so there is nothing to compare.",
      sections: sections.flatMap(({ how, title, note }) => {
        const own = groups.filter((group) => howOf(group) === how);
        return own.length === 0 ? [] : [{ id: how, title, note, table: tableOf(title, own, names) }];
      }),
    };
    return { page: "tables", model };
  });
}

async function readKept(tx: Tx): Promise<Kept | null> {
  const { rows } = await sql<Kept>`select compared_at as "comparedAt", comparison from level_comparisons
    where organisation_id = ${tx.actor.organisationId}::uuid and source = ${sourceName}`.execute(tx.db);
  return rows[0] ?? null;
}

function sentenceOf({ comparedAt, comparison: { agree, differ, untold } }: Kept): string {
  const at = formatMoment(Temporal.Instant.from(comparedAt), "Europe/London");
  return `Reeve’s result beside the ServiceNow log’s own, as it was brought in ${at}: ${formatCount(agree)} agree, ${formatCount(differ)} differ, and of ${formatCount(untold)} one of them says nothing.`;
}

function tableOf(
  caption: string,
  groups: readonly LevelGroup[],
  names: ReadonlyMap<string, Named>,
): TablesPage["sections"][number]["table"] {
  return {
    caption,
    columns: [
      { label: "Both sides" },
      { label: "What our computation shows", wide: true },
      { label: "Incidents", number: true },
      { label: "Met only through pauses", number: true },
      { label: "For example" },
    ],
    rows: groups.map((group): Row => {
      const { sides, shows } = groupText(group);
      return {
        cells: [
          { kind: "text", text: sides },
          { kind: "text", text: shows },
          { kind: "number", text: formatCount(group.incidents) },
          { kind: "number", text: formatCount(group.onlyThroughPauses) },
          exampleOf(group, names),
        ],
      };
    }),
  };
}

/** The first of a group’s tickets that the person may see. */
function exampleOf({ examples }: LevelGroup, names: ReadonlyMap<string, Named>): Cell {
  const seen = examples.map((id) => names.get(id)).find((named) => named !== undefined);
  return seen ? { kind: "link", text: seen.reference, href: seen.href } : { kind: "empty" };
}
