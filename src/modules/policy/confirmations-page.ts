import { sql } from "kysely";
import { mustBeAllowed } from "../../kernel/access.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import { titlesOf } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { addressOf, crumbsTo } from "../../web/pages/places.ts";
import type { NumbersPage, Row } from "../../web/view/models.ts";
import { today } from "./approval.ts";

/** People whom the page names; the list has all. */
const namedMax = 100;

interface Team {
  readonly teamId: string | null;
  readonly asked: number;
  readonly confirmed: number;
  readonly late: number;
}

/** For whoever has a policy: how many have confirmed its latest version that anybody was asked about, by team, and who has not. */
export function confirmationsPage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const type = typeNamed(tx.registry, "attestation");
    const policy = await find(tx, typeNamed(tx.registry, "policy"), page.params["reference"] ?? "");
    // Who has not read what is for those who look after it; everybody else sees their own.
    mustBeAllowed(tx.actor, type, "handle", "see who has confirmed what");
    const edition = await latestAsked(tx, policy);
    const teams = edition === null ? [] : await byTeam(tx, policy, edition);
    const sum = (part: (team: Team) => number) => teams.reduce((total, team) => total + part(team), 0);
    const [asked, confirmed, late] = [sum((one) => one.asked), sum((one) => one.confirmed), sum((one) => one.late)];
    const list = (more: string) =>
      `/${type.path}?policy=${policy.reference}&edition-from=${edition}&edition-to=${edition}${more}`;
    const model: NumbersPage = {
      shell: await page.shell(tx, {
        title: `Who has confirmed ${policy.reference}`,
        current: "/policies",
        follows: `/${type.path}`,
        followsEvery: 15,
      }),
      breadcrumb: [
        ...crumbsTo(tx, typeNamed(tx.registry, "policy")),
        { text: policy.reference, href: addressOf(tx, policy) },
      ],
      title: `Who has confirmed “${policy.title}”`,
      sentence: sentenceOf(policy, edition, { asked, confirmed }),
      tiles:
        asked === 0
          ? []
          : [
              { figure: `${Math.floor((100 * confirmed) / asked)} %`, label: "have confirmed", tone: "good" },
              {
                figure: String(confirmed),
                label: "confirmed",
                tone: "neutral",
                href: list("&state=confirmed&show=all"),
              },
              { figure: String(asked - confirmed), label: "have not", tone: "warn", href: list("&state=waiting") },
              { figure: String(late), label: "are late", tone: late > 0 ? "bad" : "neutral" },
            ],
      charts: [],
      sections: edition === null ? [] : await sectionsOf(tx, policy, { edition, teams }),
    };
    return { page: "numbers", model };
  });
}

function sentenceOf(
  { values }: Stored,
  edition: number | null,
  { asked, confirmed }: { asked: number; confirmed: number },
): string {
  if (edition === null)
    return "Nobody has been asked to confirm it yet. That is asked for when a material change is published.";
  const by = typeof values["attestBy"] === "string" ? ` by ${formatDay(values["attestBy"])}` : "";
  return `Version ${edition}: ${confirmed} of ${asked} have read and confirmed it, which was asked for${by}.`;
}

async function latestAsked(tx: Tx, { id }: Stored): Promise<number | null> {
  const { rows } = await sql<{ edition: number | null }>`select max(edition) as edition from visible_attestation
    where organisation_id = ${tx.actor.organisationId}::uuid and policy = ${id}::uuid`.execute(tx.db);
  return rows[0]?.edition ?? null;
}

async function byTeam(tx: Tx, { id }: Stored, edition: number): Promise<readonly Team[]> {
  const { rows } = await sql<Team>`
    select team_id as "teamId", count(*) as asked, count(*) filter (where state = 'confirmed') as confirmed,
      count(*) filter (where state = 'waiting' and due_on < ${today(tx.now)}::date) as late
    from visible_attestation where organisation_id = ${tx.actor.organisationId}::uuid and policy = ${id}::uuid
      and edition = ${edition} and state <> 'void'
    group by team_id order by count(*) filter (where state <> 'confirmed') desc, count(*) desc limit 200`.execute(
    tx.db,
  );
  return rows;
}

async function sectionsOf(
  tx: Tx,
  policy: Stored,
  { edition, teams }: { edition: number; teams: readonly Team[] },
): Promise<NonNullable<NumbersPage["sections"]>> {
  const { rows: waiting } = await sql<{
    reference: string;
    name: string;
    teamId: string | null;
    due: string;
    chased: string | null;
  }>`
    select a.reference, coalesce(p.title, 'Someone') as name, a.team_id as "teamId", a.due_on as due, a.chased_on as chased
    from visible_attestation a left join records p on p.organisation_id = a.organisation_id and p.id = a.owner_id
    where a.organisation_id = ${tx.actor.organisationId}::uuid and a.policy = ${policy.id}::uuid and a.edition = ${edition}
      and a.state = 'waiting' order by a.due_on, p.title limit ${namedMax}`.execute(tx.db);
  const names = await titlesOf(
    tx,
    teams.flatMap(({ teamId }) => teamId ?? []),
  );
  const nameOf = (id: string | null) => (id === null ? "No team" : (names.get(id) ?? "A team"));
  const number = (value: number) => ({ kind: "number", text: String(value) }) as const;
  const teamRows = teams.map(({ teamId, asked, confirmed, late }): Row => ({
    cells: [
      { kind: "text", text: nameOf(teamId) },
      number(asked),
      number(confirmed),
      number(asked - confirmed),
      number(late),
    ],
  }));
  const peopleRows = waiting.map(({ reference, name, teamId, due, chased }): Row => ({
    cells: [
      { kind: "link", text: name, href: `/confirmations/${reference}` },
      { kind: "text", text: nameOf(teamId) },
      { kind: "date", text: formatDay(due), iso: due },
      chased === null ? { kind: "empty" } : { kind: "date", text: formatDay(chased), iso: chased },
    ],
  }));
  const counted = ["Asked", "Confirmed", "Not yet", "Late"].map((label) => ({ label, number: true }));
  return [
    {
      id: "teams",
      title: "By team",
      table: { caption: "By team", columns: [{ label: "Team", wide: true }, ...counted], rows: teamRows },
    },
    {
      id: "waiting",
      title: waiting.length === namedMax ? `The first ${namedMax} who have not` : "Who has not",
      table: {
        caption: "Who has not",
        columns: [
          { label: "Person", wide: true },
          { label: "Team" },
          { label: "Confirm by" },
          { label: "Reminded on" },
        ],
        rows: peopleRows,
        empty: { title: "Everybody has confirmed it", text: "Nothing is left to do." },
      },
    },
  ];
}
