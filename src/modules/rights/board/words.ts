import { formatDay } from "../../../kernel/fields/date.ts";
import type { Registry } from "../../../kernel/registry.ts";
import type { Named } from "../../../web/names.ts";
import { plural } from "../../../web/view/format.ts";
import type { Tag } from "../../../web/view/models.ts";
import type { Danger } from "./forecast.ts";
import type { BoardCase } from "./read.ts";

type Names = ReadonlyMap<string, Pick<Named, "title">>;

/** What a danger is called. */
export const dangerTags: Readonly<Record<Danger, Tag>> = {
  late: { text: "Late", tone: "bad" },
  likely: { text: "Likely late", tone: "bad" },
  tight: { text: "Tight", tone: "warn" },
  fine: { text: "In time", tone: "good" },
  waits: { text: "Waits", tone: "neutral" },
};

/** Whose names a case is shown with, its own among them. */
export function namesNeeded({ id, ownerId, teamId, away, questions }: BoardCase): readonly (string | null)[] {
  return [id, ownerId, teamId, away?.standsIn ?? null, ...questions.map(({ askedOf }) => askedOf)];
}

/** Whom a case waits for. */
export function waitsOn(registry: Registry, one: BoardCase, names: Names): string {
  const waitsFor = registry.types.get(one.type)?.states[one.state]?.waitsFor;
  if (waitsFor === "requester") return "The person who asked";
  const asked = [...new Set(one.questions.flatMap(({ askedOf }) => names.get(askedOf ?? "")?.title ?? []))];
  if (asked.length > 0) return asked.slice(0, 3).join(", ") + (asked.length > 3 ? ` and ${asked.length - 3} more` : "");
  const { away } = one;
  if (away?.standsIn)
    return `${names.get(away.standsIn)?.title ?? "Whoever stands in"}, for ${names.get(one.ownerId ?? "")?.title ?? "somebody else"}`;
  if (one.ownerId !== null) return names.get(one.ownerId)?.title ?? "Somebody else";
  const team = names.get(one.teamId ?? "")?.title;
  return team === undefined ? "Nobody yet" : `${team}: nobody yet`;
}

/** Why a case stands where it does, in a sentence or two. */
export function whyOf(one: BoardCase, names: Names, unexplained: ReadonlySet<string>): string {
  const { daysLeft, unit, questions, away, forecast } = one;
  const whys: string[] = [];
  if (daysLeft === null) whys.push("No deadline runs while it waits");
  else if (daysLeft < 0) whys.push(`Late by ${plural(-daysLeft, unit)}`);
  if (unexplained.has(one.id)) whys.push("nobody has said why yet");
  if (one.ownerId === null) whys.push("nobody has it");
  if (away !== null) {
    const meanwhile = away.standsIn === null ? "" : `, and ${names.get(away.standsIn)?.title ?? "somebody"} stands in`;
    const whose = names.get(one.ownerId ?? "")?.title ?? "whoever has it";
    whys.push(`${whose} is away until ${formatDay(away.until)}${meanwhile}`);
  }
  if (questions.length > 0)
    whys.push(`${plural(questions.length, "question")} ${questions.length === 1 ? "is" : "are"} not answered`);
  if (forecast.like && daysLeft !== null && daysLeft >= 0)
    whys.push(
      `of ${forecast.like.many} like it that were open ${nearness(daysLeft, unit)}, ${forecast.like.late} came late`,
    );
  if (forecast.like === null && daysLeft !== null && daysLeft >= 0)
    whys.push("too few like it were answered to forecast by");
  const text = whys.join("; ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function nearness(daysLeft: number, unit: BoardCase["unit"]): string {
  return daysLeft === 0 ? "on their last day" : `${plural(daysLeft, unit)} before their day`;
}
