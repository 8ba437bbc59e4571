import { bankHolidays, DIVISIONS, FIRST_YEAR, LAST_PUBLISHED_YEAR, LAST_YEAR } from "./kernel/clocks/holidays.ts";
import { DIVISION_LABELS } from "./kernel/clocks/calendars.ts";
import type { DeadlineRule, Explained } from "./kernel/clocks/rule.ts";
import { deadlineRules } from "./kernel/clocks/rules.ts";

/** docs/guide/clocks.md: every rule that gives a deadline, with its source and what is disputed, from the definitions. */
export function clocksGuide(): string {
  return [
    "<!-- Written by npm run docs from src/kernel/clocks. Do not edit. -->",
    "",
    "# Deadlines, and how each is counted",
    "",
    "Every deadline is worked out by one engine and explained day by day. Ask it on the terminal:",
    "",
    "```",
    "npm run --silent reeve -- deadline foi --from 2026-03-16",
    "npm run --silent reeve -- deadline sar --from 2026-03-02 --event asked=2026-03-10 --event answered=2026-03-18 --json",
    "npm run --silent reeve -- deadline --csv requests.csv",
    "```",
    "",
    "A day ends at midnight in London. **Due** is the reading that we stand by. Where the law is disputed the answer names",
    "the other reading as well, and **work to** is the earlier of the two: warnings and chasers go by it, statistics by due.",
    "No deadline (null, or an empty cell) means that the clock is held, or that no law sets a day.",
    "",
    "## Calendars",
    "",
    "- **UK working days** (FOIA 2000 s10(6)): no Saturday, no Sunday, no bank holiday of any part of the United Kingdom. An",
    "  office that is closed makes no difference.",
    "- **Council working days**: the bank holidays of the organisation’s division, and its own closure days (`--closures FILE`).",
    "- **Opening hours** of a team, for service levels.",
    "",
    `Bank holidays of ${FIRST_YEAR} to ${LAST_YEAR} are shipped; those after ${LAST_PUBLISHED_YEAR} follow the pattern of the statute and are marked as not yet`,
    "published. `npm run reeve -- import bank-holidays FILE` reads GOV.UK’s list. One-offs, with the day on which each was",
    "announced, because what was proclaimed while a case ran is disputed:",
    "",
    "| day | bank holiday | announced | where |",
    "| --- | --- | --- | --- |",
    ...oneOffs(),
    "",
    "## Rules",
    "",
    ...[...deadlineRules.values()].flatMap(ruleOf),
  ].join("\n");
}

function oneOffs(): string[] {
  const days = new Map<string, { name: string; announced: string; where: string[] }>();
  for (const division of DIVISIONS)
    for (const { date, name, announced } of bankHolidays(division)) {
      if (announced === undefined) continue;
      const day = days.get(date) ?? { name, announced, where: [] };
      day.where.push(DIVISION_LABELS[division]);
      days.set(date, day);
    }
  return [...days]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([date, { name, announced, where }]) => {
      const everywhere = where.length === DIVISIONS.length ? "United Kingdom" : where.join(", ");
      return `| ${date} | ${name} | ${announced} | ${everywhere} |`;
    });
}

function ruleOf({ name, label, citation, counts, disputed, events, options }: DeadlineRule): string[] {
  const alike = Object.keys(events).length > 0 ? firstWith(events) : name;
  return [
    `### ${name}: ${label}`,
    "",
    `Source: ${citation}.`,
    "",
    counts,
    "",
    ...(disputed ? [`Disputed or left open: ${disputed}`, ""] : []),
    ...(alike === name ? [] : [`Events: those of ${alike}.`, ""]),
    ...words("Events", alike === name ? events : {}, (word, takes) => `--event ${word}=${takes}`),
    ...words("Options", options, (word, takes) => `--${word} ${takes}`.trimEnd()),
  ];
}

/** The first rule that understands the very same events. */
function firstWith(events: DeadlineRule["events"]): string {
  return [...deadlineRules.values()].find((rule) => rule.events === events)?.name ?? "";
}

function words(
  title: string,
  all: Readonly<Record<string, Explained>>,
  as: (word: string, takes: string) => string,
): string[] {
  const lines = Object.entries(all).map(([word, { takes, means }]) => `- \`${as(word, takes)}\`: ${means}`);
  return lines.length === 0 ? [] : [`${title}:`, "", ...lines, ""];
}
