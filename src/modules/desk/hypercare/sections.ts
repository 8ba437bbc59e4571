import { sql } from "kysely";
import { may, mayAskAbout } from "../../../kernel/access.ts";
import { formatMinutes } from "../../../kernel/fields/duration.ts";
import type { Line } from "../../../kernel/fields/lines.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { findIfSeen } from "../../../kernel/store/find.ts";
import { count, countMax } from "../../../kernel/store/list.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { hrefOf, namesOf } from "../../../web/names.ts";
import { detailIds, detailSections } from "../../../web/pages/record-details.ts";
import { formatCount, formatDate, plural } from "../../../web/view/format.ts";
import type { Cell, FieldValue, RecordSection, Tone } from "../../../web/view/models.ts";
import { affectedIds } from "../affected.ts";
import { linesOf } from "../major-incident.ts";
import { londonDay } from "../service-level.ts";
import { aboutAny, readTrend, trendChart } from "./trend.ts";

/** On a hypercare: how it stands, the daily trend, the exit criteria, and before it begins what its levels would have meant. */
export async function hypercareSections(tx: Tx, hypercare: Stored): Promise<RecordSection[]> {
  const type = typeNamed(tx.registry, "ticket");
  const countsTickets = mayAskAbout(tx.actor, type, "hypercare") && affectedIds(hypercare.values).length > 0;
  const criteria = await criteriaSection(tx, hypercare);
  const lines = await linesSections(tx, hypercare);
  const rota = inRota(tx, hypercare);
  if (!countsTickets) return [...standing(hypercare, tx.now, ...rota), ...criteria, ...lines];
  const where = { hypercare: [hypercare.id] };
  const [all, open, trend] = await Promise.all([
    count(tx, type, { where }),
    count(tx, type, { where, show: "open" }),
    readTrend(tx, hypercare),
  ]);
  const tickets: FieldValue = {
    label: "Its tickets",
    value:
      all === 0
        ? { kind: "text", text: "None yet" }
        : {
            kind: "link",
            text: `${formatCount(all, countMax)} in all, ${formatCount(open, countMax)} open`,
            href: `/${type.path}?${new URLSearchParams({ hypercare: hypercare.id, show: "all" }).toString()}`,
          },
  };
  return [
    ...standing(hypercare, tx.now, tickets, ...rota),
    { kind: "chart", chart: await trendChart(trend) },
    ...criteria,
    ...lines,
    ...(hypercare.state === "planned" ? await meantSection(tx, hypercare) : []),
  ];
}

/** Where its extra cover stands in the rota. */
function inRota(tx: Tx, { id, values }: Stored): FieldValue[] {
  if (!may(tx.actor, "shift", "read") || ((values["cover"] ?? []) as readonly Line[]).length === 0) return [];
  const href = `/shifts?${new URLSearchParams({ hypercare: id, show: "all" }).toString()}`;
  return [{ label: "Extra cover in the rota", value: { kind: "link", text: "Its shifts", href } }];
}

/** Its notes, levels, cover and extensions below how it stands, those that there are. */
async function linesSections(tx: Tx, hypercare: Stored): Promise<RecordSection[]> {
  const type = typeNamed(tx.registry, hypercare.type);
  const page = ["notes", "levels", "cover", "extensions"].filter((name) => linesOf(hypercare, name).length > 0);
  const below = { ...type, views: { ...type.views, page } };
  return detailSections(tx, below, hypercare, await namesOf(tx, detailIds(tx, below, hypercare)));
}

const settled = (line: Line) => line["result"] === "met" || line["result"] === "waived";

function standing(hypercare: Stored, now: Temporal.Instant, ...more: FieldValue[]): RecordSection[] {
  if (hypercare.state !== "running" && hypercare.state !== "handed_over") return [];
  const criteria = linesOf(hypercare, "criteria");
  const [from, until] = ["startsOn", "endsOn"].map((name) => Temporal.PlainDate.from(String(hypercare.values[name])));
  const today = Temporal.PlainDate.from(londonDay(now));
  const day = from!.until(today, { largestUnit: "day" }).days + 1;
  const days = from!.until(until!, { largestUnit: "day" }).days + 1;
  const last = linesOf(hypercare, "notes").at(-1);
  const fields: FieldValue[] = [
    ...(hypercare.state === "running"
      ? [
          {
            label: "Day",
            value: {
              kind: "text" as const,
              text:
                day > days
                  ? `Its last day was ${formatDate(until!)}`
                  : `${day} of ${days}, until ${formatDate(until!)}`,
            },
          },
        ]
      : []),
    {
      label: "Exit criteria",
      value: { kind: "text", text: `${criteria.filter(settled).length} of ${criteria.length} met or waived` },
    },
    ...more,
    ...(last
      ? [
          {
            label: `Last note, ${formatDate(Temporal.PlainDate.from(String(last["day"])))}`,
            value: { kind: "text" as const, text: String(last["text"]) },
            wide: true,
          },
        ]
      : []),
  ];
  return [{ kind: "fields", title: "How it stands", fields }];
}

const results: Readonly<Record<string, { readonly text: string; readonly tone: Tone }>> = {
  open: { text: "Not met", tone: "warn" },
  met: { text: "Met", tone: "good" },
  waived: { text: "Waived", tone: "info" },
};

async function criteriaSection(tx: Tx, hypercare: Stored): Promise<RecordSection[]> {
  const criteria = linesOf(hypercare, "criteria");
  const names = await namesOf(
    tx,
    criteria.map((line) => (typeof line["decidedBy"] === "string" ? line["decidedBy"] : null)),
  );
  const text = (value: unknown): Cell => (value ? { kind: "text", text: String(value) } : { kind: "empty" });
  return [
    {
      kind: "table",
      title: "Exit criteria",
      table: {
        caption: "Exit criteria",
        columns: [
          { label: "#" },
          { label: "Criterion", wide: true },
          { label: "Result" },
          { label: "Evidence, or why it is waived", wide: true },
          { label: "Who, and when" },
        ],
        rows: criteria.map((line) => ({
          cells: [
            text(line.number),
            text(line["criterion"]),
            { kind: "tag", ...(results[String(line["result"] ?? "open")] ?? results["open"]!) },
            text(line["evidence"]),
            text(
              line["decidedOn"]
                ? `${names.get(String(line["decidedBy"]))?.title ?? "Not yours to see"}, ${formatDate(Temporal.PlainDate.from(String(line["decidedOn"])))}`
                : null,
            ),
          ],
        })),
        empty: { title: "No exit criteria yet", text: "It cannot begin without one. Edit it to add the first." },
      },
    },
  ];
}

const lookedBackDays = 28;

interface Meant {
  readonly priority: number;
  readonly many: number;
  readonly respond: readonly (number | null)[] | null;
  readonly resolve: readonly (number | null)[] | null;
}

/** Of the tickets of the last weeks, how many would have kept the tighter levels: working minutes as their clocks counted them. */
async function meantSection(tx: Tx, hypercare: Stored): Promise<RecordSection[]> {
  const levels = linesOf(hypercare, "levels");
  const since = tx.now.subtract({ hours: 24 * lookedBackDays }).toString();
  const elapsed = (clock: string) =>
    sql`(select c.elapsed_minutes from clocks c where c.organisation_id = t.organisation_id and c.record_id = t.id and c.name = ${clock} and c.state = 'stopped')`;
  const { rows } = await sql<Meant>`
    select priority, count(*)::integer as many, array_agg(respond) as respond, array_agg(resolve) as resolve from (
      select t.priority, ${elapsed("respond")} as respond, ${elapsed("resolve")} as resolve from visible_ticket t
      where t.organisation_id = ${tx.actor.organisationId}::uuid and t.opened_at >= ${since}::timestamptz and ${aboutAny(tx, affectedIds(hypercare.values))}
      order by t.opened_at desc limit 5000) t
    group by priority`.execute(tx.db);
  if (levels.length === 0) return [];
  const kept = (minutes: unknown, times: Meant["respond"] | undefined): Cell => {
    if (typeof minutes !== "number") return { kind: "empty" };
    const known = (times ?? []).filter((time) => time !== null);
    const within = known.filter((time) => time <= minutes).length;
    return {
      kind: "text",
      text: `${formatMinutes(minutes)}: ${known.length === 0 ? "none to compare" : `${within} of ${known.length} kept it`}`,
    };
  };
  return [
    {
      kind: "table",
      title: `What these levels would have meant in the last ${lookedBackDays} days`,
      table: {
        caption: "Tickets that would have kept the tighter levels",
        columns: [
          { label: "Priority", number: true },
          { label: "Tickets", number: true },
          { label: "Respond within" },
          { label: "Resolve within" },
        ],
        rows: levels.map((line) => {
          const found = rows.find(({ priority }) => priority === line["priority"]);
          return {
            cells: [
              { kind: "number", text: String(line["priority"]) },
              { kind: "number", text: formatCount(found?.many ?? 0) },
              kept(line["respond"], found?.respond),
              kept(line["resolve"], found?.resolve),
            ],
          };
        }),
      },
    },
  ];
}

/** On a ticket that was opened in a hypercare: which, its levels, and who is there for it. */
export async function hypercareOf(tx: Tx, ticket: Stored): Promise<RecordSection[]> {
  const id = ticket.values["hypercare"];
  if (typeof id !== "string" || !may(tx.actor, "hypercare", "read") || !may(tx.actor, "ticket", "internal", ticket))
    return [];
  const hypercare = await findIfSeen(tx, typeNamed(tx.registry, "hypercare"), id);
  if (hypercare === null) return [];
  const level = linesOf(hypercare, "levels").find((line) => line["priority"] === ticket.values["priority"]);
  const cover = linesOf(hypercare, "cover");
  const names = await namesOf(
    tx,
    cover.map((line) => String(line["person"])),
  );
  const said = (name: "respond" | "resolve") =>
    typeof level?.[name] === "number" ? [`${name} within ${formatMinutes(level[name])}`] : [];
  const promised = [...said("respond"), ...said("resolve")].join(", ");
  const people = cover.map(
    (line) =>
      `${names.get(String(line["person"]))?.title ?? "Not yours to see"}${[
        line["part"],
        line["onCall"] ? "on call" : null,
      ]
        .filter((part) => part)
        .map((part) => `, ${String(part)}`)
        .join("")}`,
  );
  return [
    {
      kind: "fields",
      title: "In hypercare",
      fields: [
        {
          label: hypercare.reference,
          value: { kind: "link", text: hypercare.title, href: hrefOf(tx, hypercare.type, hypercare.reference) },
        },
        {
          label: "Tighter level",
          value: {
            kind: "text",
            text:
              promised === ""
                ? "None for this priority"
                : `${promised[0]!.toUpperCase()}${promised.slice(1)}, where the queue promises no less`,
          },
        },
        ...(people.length > 0
          ? [
              {
                label: plural(people.length, "person", "people"),
                value: { kind: "text" as const, text: people.join("; ") },
              },
            ]
          : []),
      ],
    },
  ];
}
