import { sql } from "kysely";
import { formatMinutes } from "../../../kernel/fields/duration.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import { columnName } from "../../../kernel/record.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import type { RecordSection } from "../../../web/view/models.ts";
import { caseNamed, caseOf } from "../answering/case-kinds.ts";
import { nearlySame } from "./campaign.ts";
import type { Alike } from "./campaign.ts";
import { costOf, countedFor, lastDayTogether, sheetsOf, wrongAddition } from "./cost.ts";
import { ruleOf } from "./rule.ts";
import type { Withheld } from "./withheld.ts";

/** Requests that are shown as ones that might be added together. */
const shownMax = 10;

/** What a request would cost, and which others may be added to it. Said where there is a sheet, or section 12 is relied on. */
export async function costSection(
  tx: Tx,
  text: Stored,
  withheld: readonly Withheld[],
): Promise<readonly RecordSection[]> {
  const sheets = await sheetsOf(tx, text);
  const refused = withheld.find(({ section }) => section === "s12");
  const cost = costOf(sheets, text.values["costLimit"], refused && countedFor(ruleOf(refused)));
  if (cost.minutes === 0 && !refused) return [];
  const request = await caseOf(tx, text);
  const wrong = request ? await wrongAddition(tx, text, request) : [];
  const counts = request?.type === "information_request";
  const like = counts ? await sameAsker(tx, request) : [];
  const known = new Set(like.map(({ reference }) => reference));
  const campaign = counts ? (await nearlySame(tx, request, shownMax)).filter((one) => !known.has(one.reference)) : [];
  const spent = await minutesSpent(tx, text);
  return [
    {
      kind: "steps",
      title: "What it would cost",
      sentence: [
        `${cost.sentence} Reading and redacting do not count.`,
        ...(spent > 0 ? [`The teams say that they spent ${formatMinutes(spent)} on their answers.`] : []),
        ...wrong.map((sentence) => `${sentence}.`),
        ...(campaign.length > 0
          ? ["Others ask in nearly the same words. Where those people act together, the requests are added together."]
          : []),
      ].join(" "),
      items: [
        ...like.map((one) => itemOf(one, "By the same person")),
        ...campaign.map((one) => itemOf(one, "In nearly the same words")),
      ],
    },
  ];
}

function itemOf({ reference, title, day }: Alike, why: string) {
  return {
    text: `${reference} ${title}`,
    href: `/information-requests/${reference}`,
    note: `${why}, received ${formatDay(day)}: within 60 working days`,
  };
}

async function minutesSpent(tx: Tx, text: Stored): Promise<number> {
  const named = caseNamed(text);
  if (named === null) return 0;
  const { rows } = await sql<{ minutes: number }>`select coalesce(sum(spent), 0) as minutes from visible_case_question
    where organisation_id = ${tx.actor.organisationId}::uuid and ${sql.ref(columnName(named.kind.field))} = ${named.id}::uuid`.execute(
    tx.db,
  );
  return rows[0]?.minutes ?? 0;
}

/** Requests of the same person that came within 60 working days of this one, before or after it. */
async function sameAsker(tx: Tx, request: Stored): Promise<readonly Alike[]> {
  const { applicant, replyTo, receivedOn } = request.values;
  const day = String(receivedOn);
  const since = Temporal.PlainDate.from(day).subtract({ days: 100 }).toString();
  const { rows } = await sql<Alike>`
    select reference, title, received_on::text as day from visible_information_request
    where organisation_id = ${tx.actor.organisationId}::uuid and id <> ${request.id}::uuid
      and received_on between ${since}::date and ${await lastDayTogether(tx, day)}::date
      and (requester_id = ${request.requesterId}::uuid or id = any (array(select same_askers(${request.id}::uuid))) or lower(applicant) = lower(${applicant ?? null}::text) or lower(reply_to) = lower(${replyTo ?? null}::text))
    order by received_on desc, id limit 100`.execute(tx.db);
  const near: Alike[] = [];
  for (const row of rows) if (near.length < shownMax && day <= (await lastDayTogether(tx, row.day))) near.push(row);
  return near;
}
