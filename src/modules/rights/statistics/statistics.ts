import { may } from "../../../kernel/access.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { figureClasses, talliedFigures } from "./classes.ts";
import { complaintsTally } from "./complaints.ts";
import { countPeriod } from "./count.ts";
import type { CountedPeriod, Counting } from "./count.ts";
import { countedExemptions } from "./figures.ts";
import type { Tally } from "./figures.ts";
import { quartersIn } from "./periods.ts";
import type { StatisticsPeriod } from "./periods.ts";
import { reconcile } from "./reconcile.ts";

/** Figures of some of the requests of a period, with all that a table shows of them. */
export interface Figures {
  readonly tally: Tally;
  /** Every figure that leads to its requests, by name. */
  readonly of: (name: keyof typeof figureClasses) => number;
}

/** Statistics of a period: in all, by quarter, by service area and by exemption. */
export interface Statistics extends Figures {
  readonly period: StatisticsPeriod;
  readonly quarters: readonly (Figures & { readonly name: string })[];
  /** Those with the most requests first; null is for requests of which nobody said. */
  readonly areas: readonly (Figures & { readonly area: string | null })[];
  /** The exemptions that were claimed, the most claimed first. */
  readonly exemptions: readonly { readonly name: (typeof countedExemptions)[number]; readonly many: number }[];
  readonly checks: readonly Finding[];
}

/** Something that must hold before figures can be published. */
export interface Finding {
  readonly says: string;
  readonly holds: boolean;
  /** What is wrong and what to do; empty where it holds. */
  readonly wrong: string;
  /** The figure of the requests that are to be looked at. */
  readonly figure?: keyof typeof figureClasses;
}

/** Reads the statistics of a period, as the person may see its requests. */
export async function statisticsOf(tx: Tx, period: StatisticsPeriod): Promise<Statistics> {
  const counted = await countPeriod(tx, period);
  const all = figuresOf(counted, () => true, { ...counted.slow.tally, ...(await complaintsTally(tx, period)) });
  const areas = [...new Set(counted.classes.map(({ area }) => area))]
    .map((area) => ({ area, ...figuresOf(counted, (one) => one.area === area) }))
    .toSorted((one, other) => other.of("received") - one.of("received"));
  return {
    ...all,
    period,
    quarters: quartersIn(period).map((name) => ({ name, ...figuresOf(counted, ({ quarter }) => quarter === name) })),
    areas,
    exemptions: countedExemptions
      .map((name) => ({ name, many: all.tally[name] ?? 0 }))
      .filter(({ many }) => many > 0)
      .toSorted((one, other) => other.many - one.many),
    checks: findings(tx, period, all, areas),
  };
}

type Where = Pick<Counting, "quarter" | "area">;

function figuresOf({ classes, claimed }: CountedPeriod, which: (one: Where) => boolean, more: Tally = {}): Figures {
  const mine = classes.filter(which);
  const of = (name: keyof typeof figureClasses) =>
    mine.reduce((sum, one) => (figureClasses[name](one) ? sum + one.many : sum), 0);
  const uses = countedExemptions.map(
    (name) =>
      [name, claimed.reduce((sum, one) => (one.exemption === name && which(one) ? sum + one.many : sum), 0)] as const,
  );
  return {
    of,
    tally: { ...Object.fromEntries([...talliedFigures.map((name) => [name, of(name)]), ...uses]), ...more },
  };
}

/** What must hold before they can be published: each figure's parts add up, and everything counted is what the law asks for. */
function findings(tx: Tx, period: StatisticsPeriod, all: Figures, areas: readonly Figures[]): Finding[] {
  const none = (figure: keyof typeof figureClasses, says: string, wrong: (many: number) => string): Finding => {
    const many = all.of(figure);
    return many === 0 ? { says, holds: true, wrong: "" } : { says, holds: false, wrong: wrong(many), figure };
  };
  const inAreas = areas.reduce((sum, one) => sum + one.of("received"), 0);
  const ended = tx.now.toZonedDateTimeISO("Europe/London").toPlainDate().toString() > period.to;
  return [
    {
      says: "The period has ended",
      holds: ended,
      wrong: ended ? "" : "Figures of a period are published once it has ended",
    },
    {
      says: "You see every request, restricted ones too, so that all are counted",
      holds: seesEvery(tx),
      wrong: seesEvery(tx) ? "" : "Somebody with the permission to see restricted requests must publish them",
    },
    none(
      "notYetDue",
      "No request is still within its time",
      (many) => `${many} may still be answered in time. Wait until they are answered or late`,
    ),
    none(
      "untimed",
      "Each request has a deadline",
      (many) => `${many} have none. Look at the days that they are counted by`,
    ),
    none(
      "unfitting",
      "Each answer has a decision that fits",
      (many) => `${many} have a decision of another kind of request`,
    ),
    none("refusedByNothing", "Each refusal names a section that is counted", (many) => `${many} name none`),
    ...reconcile(all.tally)
      .filter(({ holds }) => holds !== null)
      .map(({ says, holds, whole, parts }) => ({
        says,
        holds: holds === true,
        wrong: holds === true ? "" : `${whole} beside ${parts}. Tell whoever looks after Reeve`,
      })),
    {
      says: "Service areas add up to all requests",
      holds: inAreas === all.of("received"),
      wrong:
        inAreas === all.of("received") ? "" : `${inAreas} beside ${all.of("received")}. Tell whoever looks after Reeve`,
    },
  ];
}

function seesEvery({ actor }: Tx): boolean {
  const has = (permission: string) =>
    actor.grants.some(
      (grant) => grant.type === "information_request" && grant.permission === permission && grant.scope === "all",
    );
  return may(actor, "information_request", "read") && has("read") && has("restricted");
}
