import { formatDay } from "../../../kernel/fields/date.ts";
import type { Stored } from "../../../kernel/transaction.ts";
import type { Frame } from "../letter/frame.ts";
import type { Block } from "../letter/model.ts";
import { purposes } from "./limbs.ts";
import { ruleOf } from "./rule.ts";
import type { Rule } from "./rule.ts";
import type { Section } from "./sections.ts";
import { withheldIn } from "./withheld.ts";
import type { Withheld } from "./withheld.ts";

/**
 * What a letter says of each thing that is withheld: the provision, why it applies, and the public interest. FOIA s17(1), (3) and
 * (5), EIR reg 14(3), SI 2015/1415 reg 9.
 */
export function withheldBlocks(text: Stored, { cost }: Pick<Frame, "cost">): readonly Block[] {
  const lines = withheldIn(text);
  if (lines.length === 0) return [];
  const blocks: Block[] = [{ kind: "heading", text: headingOf(lines.map(ruleOf)) }];
  for (const line of lines)
    for (const markdown of line.section === "s12" ? costParagraphs(text, line, cost) : paragraphs(line))
      blocks.push({ kind: "text", markdown });
  return blocks;
}

function headingOf(rules: readonly Rule[]): string {
  if (rules.every(({ denies }) => denies)) return "Why we do not say whether we hold it";
  return rules.every(({ law }) => law === "reuse")
    ? "What you may not re-use, and why"
    : "What we have not given you, and why";
}

function costParagraphs(text: Stored, line: Withheld, cost: readonly Block[]): string[] {
  const rule = ruleOf(line);
  const comesTo = cost.flatMap((block) => (block.kind === "text" ? [block.markdown] : [])).join(" ");
  return [
    rule.denies
      ? `We do not have to say whether we hold what is asked for where finding that out would alone cost more than the appropriate limit (${rule.cited}). ${words(line, "why")}`
      : `We do not have to answer a request where that would cost more than the appropriate limit (${rule.cited}). ${words(line, "why")}`,
    rule.denies
      ? `We estimate that finding out whether we hold what you ask for takes ${comesTo}`
      : `We estimate that finding out whether we hold what you ask for, locating, retrieving and extracting it takes ${comesTo}`,
    ...(text.values["actingTogether"]
      ? [
          `We have added requests for the same or similar information together: ${String(text.values["actingTogether"])}`,
        ]
      : []),
    advised(line),
  ];
}

/** What a request is that is refused by a limit of the duty, where the section says more than one thing. */
const limits: Readonly<Partial<Record<Section, string>>> = {
  s14: ", as a vexatious request",
  s14_2: ", as a repeated request",
  unfounded: ", as it is manifestly unfounded",
  excessive: ", as it is excessive",
};

function paragraphs(line: Withheld): string[] {
  const rule = ruleOf(line);
  return [
    `${decided(line, rule)} ${words(line, "why")}`,
    ...only(line, "purpose", (key) =>
      Object.hasOwn(purposes, key)
        ? `The purpose for which it is protected is that of section ${purposes[key as keyof typeof purposes].replace(" ", ": ")}.` // its own key
        : "",
    ),
    // Where or when it can be had would say that we hold it.
    ...(rule.denies ? [] : only(line, "elsewhere", (said) => `You can get it in this way: ${said}`)),
    ...only(line, "otherLaw", (said) => `What forbids it is ${sentence(said)}`),
    ...only(line, "holder", (said) => `Who owns the rights in it, or from whom we have it: ${sentence(said)}`),
    ...only(line, "earlier", (said) => `It repeats this request: ${said}`),
    ...opinion(line),
    ...only(line, "harm", (said) => `${harmful(line, rule)}: ${said}`),
    ...(rule.kind === "qualified" ? weighed(line, rule) : []),
    ...(line["advice"] ? [advised(line)] : []),
  ].filter((paragraph) => paragraph !== "");
}

/** What is decided, and by which provision. */
function decided(line: Withheld, { law, kind, cited, denies }: Rule): string {
  const what = words(line, "what");
  if (denies) return `We neither confirm nor deny that we hold this, under ${cited}: ${sentence(what)}`;
  if (kind === "limit") return `We refuse this request under ${cited}${limits[line.section] ?? ""}.`;
  return law === "reuse"
    ? `We do not permit the re-use of ${lowered(what)}, under ${cited}.`
    : `We have withheld ${lowered(what)} under ${cited}.`;
}

/** Section 36(2) goes by the opinion of the qualified person. */
function opinion(line: Withheld): string[] {
  const on = typeof line["opinionOn"] === "string" ? ` on ${formatDay(line["opinionOn"])}` : "";
  return only(
    line,
    "opinionBy",
    (said) =>
      `The qualified person, ${lowered(said)}, gave the opinion that this section asks for${on}. ${words(line, "opinion")}`,
  );
}

function harmful(line: Withheld, { law, denies }: Rule): string {
  const doing = denies ? "Saying whether we hold it" : "Giving it out";
  if (law === "eir") return `${doing} would adversely affect what this regulation protects`;
  return line["likelihood"] === "would" ? `${doing} would do this harm` : `${doing} would be likely to do this harm`;
}

/**
 * What was weighed, and the conclusion itself, whatever was said on the way to it. FOIA s17(3)(b) by s2(2)(b); where it is not
 * said whether the information is held s17(3)(a) by s2(1)(b): that is another balance.
 */
function weighed(line: Withheld, { law, denies }: Rule): string[] {
  const doing = denies ? "saying whether we hold it" : "giving it out";
  const conclusion = denies
    ? law === "eir"
      ? "the public interest in neither confirming nor denying outweighs the public interest in saying whether we hold the information"
      : "the public interest in maintaining the exclusion of the duty to confirm or deny outweighs the public interest in disclosing whether we hold the information"
    : `the public interest in maintaining the ${law === "eir" ? "exception" : "exemption"} outweighs the public interest in giving the information out`;
  return [
    `We weighed the public interest. For ${doing}: ${words(line, "favour")}`,
    `${denies ? "For not saying it" : "For withholding it"}: ${words(line, "against")}`,
    words(line, "balance"),
    `In all the circumstances of the case, ${conclusion}.`,
  ];
}

function advised(line: Withheld): string {
  return `What we can do instead: ${words(line, "advice")}`;
}

function words(line: Withheld, name: string): string {
  return String(line[name] ?? "").trim();
}

function only(line: Withheld, name: string, say: (said: string) => string): string[] {
  const said = words(line, name);
  return said === "" ? [] : [say(said)];
}

/** With one full stop at its end. */
function sentence(text: string): string {
  return `${text.replace(/[.\s]+$/, "")}.`;
}

/** As it stands within a sentence, without its full stop. */
function lowered(text: string): string {
  return text.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase()).replace(/[.\s]+$/, "");
}
