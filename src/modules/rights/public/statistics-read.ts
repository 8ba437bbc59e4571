import * as z from "zod";
import type { WebParts } from "../../../web/parts.ts";
import { partsTold } from "../statistics/across-periods.ts";
import type { PartsTold } from "../statistics/across-periods.ts";
import { statisticsForThePublic } from "../statistics/publish.ts";
import type { Published } from "../statistics/publish.ts";
import { reconcile } from "../statistics/reconcile.ts";

/** Published figures as everybody may read them, and when all checks of them held last. */
export interface PublicStatistics extends Pick<
  Published,
  "body" | "period" | "label" | "from" | "to" | "counts" | "band" | "quarters" | "areas" | "exemptions"
> {
  readonly publishedAt: Temporal.Instant;
  readonly firstPublishedAt: Temporal.Instant;
  /** What of its parts everybody may read, beside what other periods tell. */
  readonly told: PartsTold;
}

const count = z.number().int().min(0);
const tally = z.record(z.string(), count);

/** What was frozen when it was published: read strictly, for it outlives the code that wrote it. */
const contentSchema = z.object({
  body: z.string(),
  period: z.string(),
  label: z.string(),
  from: z.iso.date(),
  to: z.iso.date(),
  counts: tally,
  band: z.enum(["good", "adequate", "unsatisfactory"]).nullable(),
  quarters: z.array(z.object({ name: z.string(), counts: tally })),
  areas: z.array(z.object({ area: z.string(), received: count, inTime: count, late: count })),
  exemptions: z.array(z.object({ name: z.string(), many: count })),
});

/** Whether a text has the form of a period’s name: nothing else is asked for, or kept in memory. */
export function isPeriod(text: string): boolean {
  return /^20\d\d(?:-q[1-4]|-\d\d)?$/.test(text);
}

/** The newest figures of each period that an organisation published, the latest period first. What does not add up is not among them. */
export async function readStatistics(
  { store }: Pick<WebParts, "store">,
  organisation: string,
): Promise<readonly PublicStatistics[]> {
  const published = await statisticsForThePublic(store, organisation);
  const read = published.flatMap(({ content, publishedAt, firstPublishedAt }) => {
    const parsed = contentSchema.safeParse(JSON.parse(content));
    if (!parsed.success) return [];
    // The names of counts are those that `publishStatistics` wrote.
    const statistics = {
      ...parsed.data,
      publishedAt: Temporal.Instant.from(publishedAt),
      firstPublishedAt: Temporal.Instant.from(firstPublishedAt),
    } as Omit<PublicStatistics, "told">;
    return addsUp(statistics) ? [statistics] : [];
  });
  const told = partsTold(read);
  return read.map((one) => ({ ...one, told: told.get(one.period)! }));
}

/** Publishing refuses what does not reconcile; what stands in the database all the same goes to nobody. */
function addsUp({ counts, quarters, areas, to, publishedAt }: Omit<PublicStatistics, "told">): boolean {
  const ended = publishedAt.toZonedDateTimeISO("Europe/London").toPlainDate().toString() > to;
  const all = counts.received ?? 0;
  const inQuarters = quarters.reduce((sum, one) => sum + (one.counts.received ?? 0), 0);
  const inAreas = areas.reduce((sum, { received }) => sum + received, 0);
  const holds = reconcile(counts).every((check) => check.holds !== false);
  return ended && (counts.notYetDue ?? 0) === 0 && holds && inQuarters === all && inAreas === all;
}
