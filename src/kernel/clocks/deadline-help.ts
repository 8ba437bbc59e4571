import { DIVISIONS } from "./holidays.ts";
import type { DeadlineRule, Explained } from "./rule.ts";
import { deadlineRules } from "./rules.ts";

/** How the command is called, for whoever called it wrongly. */
export const deadlineUsage = `Use: deadline RULE --from DATE [--event KIND=VALUE ...] [--division DIVISION] [--json]
     deadline service-level --from MOMENT --target 4h [--hours "Mon-Fri 08:00-18:00"] [--event ...]
     deadline --csv FILE    (a header and id,rule,from,events; writes id,due)
     “npm run reeve -- help deadline” explains every event and option.
`;

/** All that there is to know of the command: every option, and every rule with its events and what each takes. */
export function deadlineHelp(): string {
  return [
    "Usage: reeve deadline RULE --from WHEN [--event KIND=VALUE ...] [options]",
    "       reeve deadline --csv FILE [options]",
    "",
    "Works out a deadline and explains it day by day. No database is needed.",
    "",
    ...table({
      "--from WHEN": "the day (or, for service-level and breach, the moment) to count from",
      "--event KIND=VALUE": "something that happened since; give it as often as needed, in any order",
      "--division DIVISION": `whose bank holidays: ${DIVISIONS.join(", ")}. Otherwise ${DIVISIONS[0]}; requests for information go by all`,
      "--json": "print one object: due, workTo, alternative, ledger; for foi-review also latest",
      "--csv FILE": "answer many: a header and id,rule,from,events, with the events as KIND=VALUE;KIND=VALUE.",
      "": "The other options hold for every row. It writes id,due; due is empty where there is no deadline",
    }),
    "",
    "DATE is written 2026-03-16. MOMENT is 2026-03-16T09:30, London time unless it ends in Z or +01:00.",
    "LENGTH is 4h, 240m or 1h30m of working time, at least a minute. What an event cannot change it leaves as it is.",
    ...[...deadlineRules.values()].flatMap(ruleHelp),
    "",
    "Examples:",
    "  reeve deadline foi --from 2026-01-05 --event fees-notice=2026-01-09 --event fees-paid=2026-01-23",
    '  reeve deadline service-level --from 2026-03-16T09:00 --target 8h --hours "Mon-Fri 09:00-17:00" \\',
    "    --event pause=2026-03-16T10:00/supplier --event resume=2026-03-17T10:00 --event extend=2026-03-17T11:00/2h",
    "",
    "Exit code: 0 done, 1 refused (or a bad row in the file), 2 misused.",
    "",
  ].join("\n");
}

function ruleHelp({ name, label, citation, events, options }: DeadlineRule): string[] {
  const written = (all: Readonly<Record<string, Explained>>, as: (word: string, takes: string) => string) =>
    table(Object.fromEntries(Object.entries(all).map(([word, { takes, means }]) => [as(word, takes), means])), "    ");
  const own = written(options, (word, takes) => `--${word} ${takes}`.trimEnd());
  return [
    "",
    `${name}: ${label} (${citation})`,
    ...(own.length > 0 ? ["  Options of its own:", ...own] : []),
    ...(Object.keys(events).length > 0 ? ["  Events:", ...written(events, (word, takes) => `${word}=${takes}`)] : []),
  ];
}

/** Two columns, the first as wide as its widest. */
function table(rows: Readonly<Record<string, string>>, indent = "  "): string[] {
  const width = Math.max(...Object.keys(rows).map((key) => key.length));
  return Object.entries(rows).map(([key, says]) => `${indent}${key.padEnd(width)}  ${says}`);
}
