import { stringify } from "csv-stringify/sync";
import { sql } from "kysely";
import type { FastifyInstance } from "fastify";
import { may, mustBeAllowed } from "../../kernel/access.ts";
import { Refusal, refuse } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import { scheduledRuns } from "../../kernel/jobs/scheduled-runs.ts";
import type { RecordType } from "../../kernel/record.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { disposalMax } from "../../kernel/retention/find-due.ts";
import { find } from "../../kernel/store/find.ts";
import { appendEvent } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { hrefOf, namesOf } from "../names.ts";
import { first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { formatDate, formatMoment, plural } from "../view/format.ts";
import type { DisposalPage, Move } from "../view/models.ts";
import { csvFormat, harmless } from "./csv.ts";
import { decide, decideForm, reasonIn } from "./disposal-decisions.ts";
import { addressOf, pageClock, stateTag } from "./places.ts";

interface Item {
  readonly reference: string;
  readonly due: string;
  readonly outcome: "undecided" | "listed" | "destroyed" | "anonymised" | "held" | "kept";
  readonly why: string | null;
  readonly type: string | null;
  readonly title: string | null;
  /** The reference of the record with which it went. */
  readonly partOf: string | null;
}

/** What a certificate shows: the records of a disposal, each with a few parts. */
const rowsMax = 10 * disposalMax;

const outcomes = {
  undecided: { text: "To be decided", tone: "warn" },
  listed: { text: "Listed", tone: "info" },
  destroyed: { text: "Destroyed", tone: "neutral" },
  anonymised: { text: "Made anonymous", tone: "neutral" },
  held: { text: "Held", tone: "warn" },
  kept: { text: "Kept", tone: "good" },
} as const;

/** What a disposal lists, and afterwards the certificate: what became of each record, when, by whom and by which authority. */
export function registerDisposals(app: FastifyInstance, parts: WebParts): void {
  if (!parts.registry.types.has("disposal")) return;
  const address = "/disposals/:reference/records";
  app.get(
    address,
    pageRoute(parts, (page) => page.as((tx) => disposalPage(page, tx, []))),
  );
  app.get(`${address}.csv`, pageRoute(parts, csv));
  app.post(`${address}/keep`, { preHandler: app.csrfProtection }, pageRoute(parts, postKeep));
  app.post(`${address}/decide`, { preHandler: app.csrfProtection }, pageRoute(parts, postDecide));
}

/** The way there from the disposal’s own page. */
export function disposalAction(tx: Tx, type: RecordType, record: Stored): Move[] {
  const label = record.state === "done" ? "Certificate" : "The records that it lists";
  return type.name === "disposal" ? [{ label, href: `${addressOf(tx, record)}/records`, method: "get" }] : [];
}

async function itemsOf(tx: Tx, { id }: Stored): Promise<readonly Item[]> {
  const { rows } =
    await sql<Item>`select i.reference, i.due_on::text as due, i.outcome, i.why, r.type, r.title, w.reference as "partOf"
    from disposal_items i left join records r on r.organisation_id = i.organisation_id and r.id = i.record_id
      left join disposal_items w on w.organisation_id = i.organisation_id and w.disposal_id = i.disposal_id and w.record_id = i.part_of
    where i.organisation_id = ${tx.actor.organisationId}::uuid and i.disposal_id = ${id}::uuid
    order by i.due_on, coalesce(w.reference, i.reference), w.reference nulls first, i.reference limit ${rowsMax}`.execute(
      tx.db,
    );
  return rows;
}

function disposalAt(page: PageRequest, tx: Tx): Promise<Stored> {
  return find(tx, typeNamed(tx.registry, "disposal"), page.params["reference"] ?? "");
}

async function disposalPage(page: PageRequest, tx: Tx, problems: readonly Problem[]): Promise<PageAnswer> {
  const record = await disposalAt(page, tx);
  const type = typeNamed(tx.registry, "disposal");
  const [items, facts, stuck] = await Promise.all([itemsOf(tx, record), factsOf(tx, record), stuckFact(tx, record)]);
  const done = record.state === "done";
  const title = done ? "Certificate of disposal" : "Records to be disposed of";
  const here = `${addressOf(tx, record)}/records`;
  const keeps = record.state === "listed" && may(tx.actor, "disposal", "dispose", record);
  const left = items.filter(({ outcome }) => outcome === "undecided");
  const error = (name: string) => {
    const found = problems.find(({ field }) => field === name)?.message;
    return {
      id: `field-${name}`,
      name,
      value: first(page.form, name),
      ...(found === undefined ? {} : { error: found }),
    };
  };
  const model: DisposalPage = {
    shell: await page.shell(tx, {
      title: `${title} ${record.reference}`,
      current: "/administration",
      ...(problems.length > 0 ? {} : { follows: addressOf(tx, record) }),
    }),
    breadcrumb: [
      { text: type.label.many, href: `/${type.path}` },
      { text: record.reference, href: addressOf(tx, record) },
    ],
    caption: record.reference,
    title,
    state: stateTag(type, record.state),
    errors: problems.map(({ field, message }) => ({ text: message, ...(field ? { fieldId: `field-${field}` } : {}) })),
    facts: [...facts, ...stuck],
    csvHref: `${here}.csv`,
    table: {
      caption: plural(items.length, "record"),
      columns: [{ label: "Record" }, { label: "What" }, { label: "Due since" }, { label: "Outcome" }, { label: "Why" }],
      rows: items.map((item) => ({
        cells: [
          item.type === null
            ? { kind: "text", text: item.reference }
            : { kind: "link", text: item.reference, href: hrefOf(tx, item.type, item.reference) },
          { kind: "text", text: isGone(item) ? outcomes[item.outcome].text : (item.title ?? "Not yours to see") },
          { kind: "date", text: formatDate(Temporal.PlainDate.from(item.due)), iso: item.due },
          { kind: "tag", ...outcomes[item.outcome] },
          item.why === null ? { kind: "empty" } : { kind: "text", text: whyOf(item) },
        ],
      })),
    },
    ...(keeps && left.length > 0 ? { decide: decideForm(page, `${here}/decide`, left, error) } : {}),
    ...(keeps && left.length === 0
      ? {
          keep: {
            action: `${here}/keep`,
            hidden: [],
            fields: [
              {
                ...error("keep"),
                label: "Record",
                hint: "Its reference, such as INC-00012",
                widget: "text",
                width: "short",
              },
              { ...error("why"), label: "Why it is kept", widget: "text" },
            ],
            submit: { label: "Keep this record", tone: "secondary" },
          },
        }
      : {}),
  };
  return { page: "disposal", model, status: problems.length > 0 ? 422 : 200 };
}

/** Why it became what it did; of a part, with which record. */
function whyOf({ partOf, why }: Pick<Item, "partOf" | "why">): string {
  return partOf === null ? (why ?? "") : `With ${partOf}. ${why ?? ""}`;
}

/** Whether nothing of what it was called is left. */
function isGone({ outcome }: Pick<Item, "outcome">): boolean {
  return outcome === "destroyed" || outcome === "anonymised";
}

/** Why what was approved is not destroyed yet, where the last round of all disposals failed and the reader may know. */
async function stuckFact(tx: Tx, { state }: Stored): Promise<DisposalPage["facts"]> {
  if (state !== "approved") return [];
  const ran = (await scheduledRuns(tx)).get("dispose");
  if (ran === undefined || ran.failures === 0) return [];
  const failedAt =
    ran.failedAt === null ? "" : `${formatMoment(Temporal.Instant.from(ran.failedAt), pageClock(tx).zone)}: `;
  return [
    { label: "Last failure of disposals", text: `${failedAt}${ran.failure ?? ""} It is tried again each minute.` },
  ];
}

async function factsOf(tx: Tx, { values }: Stored): Promise<DisposalPage["facts"]> {
  const id = (name: string) => (typeof values[name] === "string" ? values[name] : "");
  const names = await namesOf(
    tx,
    [id("schedule"), id("approvedBy")].filter((one) => one !== ""),
  );
  const at = (name: string) =>
    typeof values[name] === "string" ? formatMoment(Temporal.Instant.from(values[name]), pageClock(tx).zone) : "";
  const number = (name: string) => (typeof values[name] === "number" ? String(values[name]) : "");
  return [
    { label: "Under", text: names.get(id("schedule"))?.title ?? "" },
    { label: "Authority", text: id("authority") },
    { label: "Records listed", text: number("listed") },
    { label: "Approved by", text: names.get(id("approvedBy"))?.title ?? "" },
    { label: "Approved", text: at("approvedAt") },
    {
      label: values["action"] === "anonymise" ? "Records made anonymous" : "Records destroyed",
      text: number("destroyed"),
    },
    { label: "Records kept", text: number("kept") },
    { label: "Done", text: at("doneAt") },
  ].filter(({ text }) => text !== "");
}

/** The certificate as a file. What a destroyed record was called is in it no more than anywhere else. */
function csv(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const record = await disposalAt(page, tx);
    const [items, facts] = await Promise.all([itemsOf(tx, record), factsOf(tx, record)]);
    const rows = [
      ["Disposal", record.reference],
      ...facts.map(({ label, text }) => [label, text]),
      [],
      ["Record", "Due since", "Outcome", "Why"],
      ...items.map(({ reference, due, outcome, partOf, why }) => [
        reference,
        due,
        outcomes[outcome].text,
        whyOf({ partOf, why }),
      ]),
    ].map((row) => row.map(harmless));
    return {
      body: stringify(rows, { ...csvFormat }),
      type: "text/csv; charset=utf-8",
      headers: { "content-disposition": `attachment; filename="${record.reference.toLowerCase()}.csv"` },
    };
  });
}

/** POST: takes one record out of what is to be destroyed. */
function postKeep(page: PageRequest): Promise<PageAnswer> {
  const reference = first(page.form, "keep").trim().toUpperCase();
  return deciding(page, `${reference} is kept`, async (tx, record) => {
    const why = reasonIn(page);
    if (reference.length > 40 || reference.includes("\0")) refuse("keep", "Enter the reference of a record");
    const { rows } = await sql<{
      kept: boolean;
    }>`select keep_listed(${record.id}::uuid, ${reference}, ${why}) as kept`.execute(tx.db);
    if (rows[0]?.kept !== true) refuse("keep", "It is not listed here, or not any more");
    await appendEvent(tx, record.id, { verb: "kept_from_disposal", body: { to: reference, reason: why } });
  });
}

/** POST: decides on records that are listed to be looked at. */
function postDecide(page: PageRequest): Promise<PageAnswer> {
  return deciding(page, "Decided", (tx, record) => decide(page, tx, record));
}

/** Does something to what a disposal lists, for whoever may; its page again, with what is wrong, where that is refused. */
async function deciding(
  page: PageRequest,
  flash: string,
  work: (tx: Tx, record: Stored) => Promise<void>,
): Promise<PageAnswer> {
  try {
    const redirect = await page.as(async (tx) => {
      const record = await disposalAt(page, tx);
      const type = typeNamed(tx.registry, "disposal");
      mustBeAllowed(tx.actor, type, "dispose", "decide what becomes of these records", record);
      await work(tx, record);
      return `${addressOf(tx, record)}/records`;
    });
    return { redirect, flash };
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
    const { problems } = error;
    return page.as((tx) => disposalPage(page, tx, problems));
  }
}
