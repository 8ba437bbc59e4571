import { dataRules } from "./data-rules.ts";
import { localRules } from "./local-rules.ts";
import { ClockRefused } from "./refused.ts";
import { requestRules } from "./request-rules.ts";
import type { DeadlineRule } from "./rule.ts";
import { serviceLevelRule } from "./service-level-rule.ts";

/** Every rule that gives deadlines, by name. A new rule is a definition in one of these files. */
export const deadlineRules: ReadonlyMap<string, DeadlineRule> = new Map(
  [...requestRules, ...dataRules, ...localRules, serviceLevelRule].map((rule) => [rule.name, rule]),
);

/** The rule of that name. Refuses an unknown one with the list of those known. */
export function ruleNamed(name: string): DeadlineRule {
  const rule = deadlineRules.get(name);
  if (!rule) throw new ClockRefused(`There is no rule “${name}”. ${knownRules()}`, "misused");
  return rule;
}

/** Reads `KIND=VALUE` for a rule. */
export function parseEvent(rule: DeadlineRule, text: string): { kind: string; value: string } {
  const at = text.indexOf("=");
  const kind = text.slice(0, Math.max(at, 0)).trim();
  if (!Object.hasOwn(rule.events, kind)) {
    throw new ClockRefused(
      `“${text}” is not an event of ${rule.name}, which knows ${Object.keys(rule.events).join(", ") || "none"}`,
      "misused",
    );
  }
  return { kind, value: text.slice(at + 1).trim() };
}

/** The names of the rules, for a message. */
export function knownRules(): string {
  return `The rules are: ${[...deadlineRules.keys()].join(", ")}.`;
}
