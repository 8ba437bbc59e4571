import { parseArgs } from "node:util";
import { deadlineCsv } from "./deadline-csv.ts";
import { readDays } from "./day-list.ts";
import { deadlineUsage } from "./deadline-help.ts";
import { DIVISIONS } from "./holidays.ts";
import type { Division } from "./holidays.ts";
import type { KnownHolidays } from "./known-holidays.ts";
import { parseLength } from "./length-of-time.ts";
import { parseOpeningHours } from "./opening-hours.ts";
import { ClockRefused } from "./refused.ts";
import type { DeadlineAnswer, DeadlineRule, RuleOption } from "./rule.ts";
import { knownRules, parseEvent, ruleNamed } from "./rules.ts";

const RULE_OPTIONS: readonly RuleOption[] = [
  "target",
  "hours",
  "grace",
  "count-resolved",
  "school-days",
  "closures",
  "days",
];
const DAYS_MAX = 400;

/** What the command touches, so that it can be run anywhere. */
export interface DeadlineIo {
  stdout(text: string): void;
  stderr(text: string): void;
  readFile(path: string): Promise<string>;
  /** The bank holidays that are known; asked for once it is clear that there is something to count. */
  holidays?(): Promise<KnownHolidays>;
}

/**
 * Answers `deadline ...` (the words after it are `args`). Resolves to the exit code: 0 done, 1 refused or a bad row,
 * 2 misused. Only the result goes to stdout.
 */
export async function deadlineCommand(args: string[], io: DeadlineIo): Promise<number> {
  try {
    const asked = await withLists(parse(args), io);
    if (asked.csv !== undefined) {
      const text = await read(io, asked.csv);
      return await deadlineCsv(text, { ...asked, holidays: await io.holidays?.() }, io);
    }
    if (!asked.rule) throw new ClockRefused(`Name a rule. ${knownRules()}`, "misused");
    if (asked.from === undefined) throw new ClockRefused("Give the day to count from with --from", "misused");
    const answer = asked.rule.compute({ ...asked, from: asked.from, holidays: await io.holidays?.() });
    io.stdout(asked.json ? asJson(answer) : asText(asked.rule, answer));
    return 0;
  } catch (error) {
    if (!(error instanceof ClockRefused)) throw error;
    io.stderr(`${error.message}\n${error.kind === "misused" ? deadlineUsage : ""}`);
    return error.kind === "misused" ? 2 : 1;
  }
}

/** What the files that are named beside the rule say. */
async function withLists(asked: ReturnType<typeof parse>, io: DeadlineIo) {
  const { "school-days": sessions, closures } = asked;
  const days = async (path: string) => readDays(await read(io, path));
  return {
    ...asked,
    schoolDays: sessions === undefined ? undefined : new Set((await days(sessions)).map(({ date }) => date)),
    closures: closures === undefined ? undefined : await days(closures),
  };
}

function parse(args: string[]) {
  const { values, positionals } = parsedArgs(args);
  if (positionals.length > 1) throw new ClockRefused(`“${positionals[1]}” is one word too many`, "misused");
  const rule = positionals[0] === undefined ? null : ruleNamed(positionals[0]);
  const events = values.event ?? [];
  if (!rule && events.length > 0) throw new ClockRefused(`Name a rule. ${knownRules()}`, "misused");
  for (const option of RULE_OPTIONS) {
    if (rule && values[option] !== undefined && !rule.options[option]) {
      throw new ClockRefused(`${rule.name} does not know --${option}`, "misused");
    }
  }
  // Said once, also for a file in which no row asks for them.
  if (values.target !== undefined) parseLength(values.target);
  if (values.grace !== undefined) parseLength(values.grace, { mayBeNone: true });
  if (values.hours !== undefined) parseOpeningHours(values.hours);
  if (values.csv !== undefined && (values.from !== undefined || events.length > 0)) {
    throw new ClockRefused("With --csv the days and events are in the file", "misused");
  }
  return {
    ...values,
    countResolved: values["count-resolved"],
    days: values.days === undefined ? undefined : numberOfDays(values.days),
    rule,
    events: rule ? events.map((e) => parseEvent(rule, e)) : [],
    division: divisionOf(values.division),
  };
}

function parsedArgs(args: string[]) {
  try {
    return parseArgs({
      args: withNegativesJoined(args),
      allowPositionals: true,
      options: {
        from: { type: "string" },
        event: { type: "string", multiple: true },
        division: { type: "string" },
        target: { type: "string" },
        hours: { type: "string" },
        grace: { type: "string" },
        "count-resolved": { type: "boolean" },
        "school-days": { type: "string" },
        closures: { type: "string" },
        days: { type: "string" },
        csv: { type: "string" },
        json: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new ClockRefused(error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error), "misused");
  }
}

/** `--target -4h` as `--target=-4h`, which is then refused for what it is and not for the look of an option. */
function withNegativesJoined(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of args) {
    const before = joined.at(-1);
    if (/^-\d/.test(word) && before !== undefined && /^--[a-z]+$/.test(before))
      joined[joined.length - 1] = `${before}=${word}`;
    else joined.push(word);
  }
  return joined;
}

function divisionOf(text = "england-and-wales"): Division {
  const division = DIVISIONS.find((known) => known === text);
  if (!division) throw new ClockRefused(`“${text}” is not one of ${DIVISIONS.join(", ")}`, "misused");
  return division;
}

function numberOfDays(text: string): number {
  const days = Number(text);
  if (/^\d{1,3}$/.test(text) && days >= 1 && days <= DAYS_MAX) return days;
  throw new ClockRefused(`“${text}” is not a number of days from 1 to ${DAYS_MAX}`, "misused");
}

async function read(io: DeadlineIo, path: string): Promise<string> {
  try {
    return await io.readFile(path);
  } catch (error) {
    throw new ClockRefused(`Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function asJson({ due, workTo, alternative, ledger, latest }: DeadlineAnswer): string {
  return `${JSON.stringify({ due, workTo, alternative, ledger, latest }, null, 2)}\n`;
}

function asText(rule: DeadlineRule, answer: DeadlineAnswer): string {
  const lines = [`${rule.label} (${rule.citation})`, `${answer.sentence}.`];
  const { alternative } = answer;
  if (alternative) lines.push(`Another reading: ${alternative.due}. ${alternative.reading} (${alternative.citation}).`);
  for (const line of answer.ledger) {
    const counted = "day" in line ? (line.day === null ? "-" : String(line.day)) : `${line.countedMinutes} min`;
    lines.push(`  ${line.date}  ${counted.padStart("day" in line ? 3 : 8)}  ${line.why} [${line.citation}]`);
  }
  return `${lines.join("\n")}\n`;
}
