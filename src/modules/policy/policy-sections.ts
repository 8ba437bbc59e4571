import { sql } from "kysely";
import { may } from "../../kernel/access.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { list } from "../../kernel/store/list.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../../web/names.ts";
import { addressOf, stateTag } from "../../web/pages/places.ts";
import type { Cell, RecordSection } from "../../web/view/models.ts";
import { citingRecords } from "./citing.ts";
import { whyNotConsulted } from "./consultation.ts";
import { inForceSection } from "./in-force-section.ts";
import { commentHref, exceptionHref } from "./policy-links.ts";
import { compareHref, versionHref } from "./version-pages.ts";

/** Rows that the page of a policy shows of each. */
const shownMax = 20;

/** On a policy: its versions, what rests on it, what was said of it, who has confirmed it, and who is excepted from it. */
export async function policySections(tx: Tx, policy: Stored): Promise<readonly RecordSection[]> {
  const all = await Promise.all([
    versionsSection(tx, policy),
    citingSection(tx, policy),
    commentsSection(tx, policy),
    exceptionsSection(tx, policy),
  ]);
  return [...inForceSection(policy), ...all.flat()];
}

async function versionsSection(tx: Tx, policy: Stored): Promise<RecordSection[]> {
  const { edition, publishedOn } = policy.values;
  if (typeof edition !== "number") return [];
  const asked = await confirmationCounts(tx, policy);
  return [
    {
      kind: "offers",
      title: "Versions and confirmations",
      offers: [
        {
          text: `Version ${edition} as it was published${typeof publishedOn === "string" ? ` on ${formatDay(publishedOn)}` : ""}`,
          href: versionHref(tx, policy, edition),
        },
        ...(edition > 1
          ? [
              {
                text: `What changed from version ${edition - 1} to ${edition}`,
                href: compareHref(tx, policy, edition - 1, edition),
              },
              { text: "All versions", href: versionHref(tx, policy) },
            ]
          : []),
        ...(asked.all > 0
          ? [
              {
                text: `${asked.confirmed} of ${asked.all} have read and confirmed it`,
                href: `${addressOf(tx, policy)}/confirmations`,
                note: "By team, and who has not",
              },
            ]
          : []),
      ],
    },
  ];
}

/** How many were asked to confirm the latest version that anybody was asked about, and how many have; of those whom the actor sees. */
async function confirmationCounts(tx: Tx, { id }: Stored): Promise<{ all: number; confirmed: number }> {
  const { rows } = await sql<{ all: number; confirmed: number }>`
    select count(*) as all, count(*) filter (where state = 'confirmed') as confirmed from visible_attestation
    where organisation_id = ${tx.actor.organisationId}::uuid and policy = ${id}::uuid and state <> 'void' and edition = (
      select max(edition) from visible_attestation
        where organisation_id = ${tx.actor.organisationId}::uuid and policy = ${id}::uuid)`.execute(tx.db);
  return rows[0] ?? { all: 0, confirmed: 0 };
}

async function citingSection(tx: Tx, policy: Stored): Promise<RecordSection[]> {
  const citing = (await citingRecords(tx, policy.id)).slice(0, shownMax);
  if (citing.length === 0) return [];
  const caption = "What rests on its clauses";
  const rows = citing.map(({ type, reference, title, state, clauses }) => ({
    cells: [
      { kind: "text", text: clauses.length === 0 ? "The whole" : clauses.join(", ") },
      { kind: "link", text: `${reference} ${title}`, href: hrefOf(tx, type, reference) },
      tagCell(tx, type, state),
    ] satisfies Cell[],
  }));
  return [
    {
      kind: "table",
      title: caption,
      table: { caption, columns: [{ label: "Clause" }, { label: "Record", wide: true }, { label: "State" }], rows },
    },
  ];
}

async function commentsSection(tx: Tx, policy: Stored): Promise<RecordSection[]> {
  const type = typeNamed(tx.registry, "policy_comment");
  const [{ items }, why] = await Promise.all([
    list(tx, type, { where: { policy: [policy.id] }, show: "all", sort: "-opened", limit: shownMax }),
    whyNotConsulted(tx, policy),
  ]);
  const asked = why === null && may(tx.actor, type.name, "create");
  if (items.length === 0 && !asked) return [];
  return [
    {
      kind: "steps",
      title: "Consultation",
      sentence:
        items.length === 0
          ? "Nobody has commented yet."
          : `${items.filter(({ state }) => state === "open").length} of ${items.length} still to be answered.`,
      items: items.map((comment) => ({
        text:
          typeof comment.values["clause"] === "number"
            ? `Clause ${comment.values["clause"]}: ${comment.title}`
            : comment.title,
        href: addressOf(tx, comment),
        note: comment.reference,
        tag: stateTag(type, comment.state),
      })),
      links: [
        ...(asked ? [{ text: "Comment on it", href: commentHref(policy) }] : []),
        { text: "All comments", href: `/${type.path}?policy=${policy.reference}&show=all` },
      ],
    },
  ];
}

async function exceptionsSection(tx: Tx, policy: Stored): Promise<RecordSection[]> {
  const type = typeNamed(tx.registry, "policy_exception");
  const { items } = await list(tx, type, {
    where: { policy: [policy.id] },
    show: "open",
    sort: "due",
    limit: shownMax,
  });
  const inForce = policy.state === "published" || policy.state === "under_review";
  const mayAsk = inForce && may(tx.actor, type.name, "create");
  if (items.length === 0 && !mayAsk) return [];
  return [
    {
      kind: "steps",
      title: "Exceptions",
      sentence: items.length === 0 ? "Nobody is excepted from it, nor asks to be." : "Asked for, or in force.",
      items: items.map((one) => ({
        text: `Clause ${String(one.values["clause"])}: ${one.title}`,
        href: addressOf(tx, one),
        note: one.reference,
        tag: stateTag(type, one.state),
      })),
      ...(mayAsk ? { links: [{ text: "Ask for an exception", href: exceptionHref(policy) }] } : {}),
    },
  ];
}

function tagCell(tx: Tx, type: string, state: string): Cell {
  return { kind: "tag", ...stateTag(typeNamed(tx.registry, type), state) };
}
