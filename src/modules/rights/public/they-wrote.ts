import { readsInternal } from "../../../kernel/access.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import { isAsker } from "../../../kernel/outside/asker.ts";
import { dayOf } from "../../../kernel/store/as-of.ts";
import { timeline } from "../../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import type { RecordSection } from "../../../web/view/models.ts";

/** So much of what they wrote is shown above the request; the whole stands in the conversation. */
const shownMax = 300;

/**
 * On the page of a request that waits for whoever asked: that they have written since. A person reads whether that is what was
 * asked for: the time starts anew by it (section 1(3) of the Act), so no mail and no form of the public starts it.
 */
export async function theyWroteSections(tx: Tx, record: Stored): Promise<readonly RecordSection[]> {
  const { askedOn } = record.values;
  if (record.state !== "clarifying" || !readsInternal(tx.actor, record.type, record) || typeof askedOn !== "string")
    return [];
  const lines = await timeline(tx, record, { verbs: ["commented"], newestFirst: true, limit: 20 });
  const theirs = lines.find(
    ({ audience, actorId, body, at }) =>
      audience === "everyone" &&
      dayOf(Temporal.Instant.from(at)) >= askedOn &&
      (isAsker(body?.by) || (record.requesterId !== null && [actorId, body?.sender].includes(record.requesterId))),
  );
  if (!theirs) return [];
  const day = dayOf(Temporal.Instant.from(theirs.at));
  const [year, month, dayOfMonth] = day.split("-").map((part) => String(Number(part)));
  const given = new URLSearchParams({
    "clarifiedOn-day": dayOfMonth ?? "",
    "clarifiedOn-month": month ?? "",
    "clarifiedOn-year": year ?? "",
  });
  const { path } = typeNamed(tx.registry, record.type);
  const text = theirs.body?.text ?? "";
  return [
    {
      kind: "offers",
      title: "They have written since you asked",
      text: `On ${formatDay(day)}: “${text.length > shownMax ? `${text.slice(0, shownMax).toWellFormed()}…` : text}” The time is still stopped. If this is what you need, say so, and it counts from that day.`,
      offers: [],
      moves: [
        {
          label: "It answers what we asked",
          href: `/${path}/${record.reference}/moves/clarified?${given.toString()}`,
          method: "get",
        },
      ],
    },
  ];
}
