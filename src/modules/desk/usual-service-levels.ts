import type { Values } from "../../kernel/store/values.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { usualPriority } from "./service-level.ts";

/** What most desks promise: respond in 15 minutes to a day, resolve in 4 hours to 10 days, by the usual matrix. */
export function usualServiceLevels(tx: Tx, queue: string, name = "Service desk"): Values {
  const levels = [1, 2, 3];
  const targets = [
    [15, 240],
    [60, 480],
    [240, 1800],
    [600, 3000],
    [600, 6000],
  ] as const;
  return {
    name: `${name}: what we promise`,
    queue,
    validFrom: tx.now
      .subtract({ hours: 24 * 1200 })
      .toZonedDateTimeISO("Europe/London")
      .toPlainDate()
      .toString(),
    reopenGrace: 240,
    matrix: levels.flatMap((impact) =>
      levels.map((urgency) => ({ impact, urgency, priority: usualPriority(impact, urgency) })),
    ),
    targets: targets.map(([respond, resolve], at) => ({ priority: at + 1, respond, resolve })),
  };
}
