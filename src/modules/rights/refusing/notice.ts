import { formatDay } from "../../../kernel/fields/date.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import type { Block } from "../letter/model.ts";
import { costOf, sheetsOf } from "./cost.ts";
import { sectionTests } from "./sections.ts";
import type { Section } from "./sections.ts";
import { withheldIn } from "./withheld.ts";
import type { Withheld } from "./withheld.ts";

/** What a letter says of each thing that is withheld: the section, why it applies, and the public interest. FOIA s17(1) and (3), EIR reg 14(3). */
export async function withheldBlocks(tx: Tx, text: Stored): Promise<readonly Block[]> {
  const lines = withheldIn(text);
  if (lines.length === 0) return [];
  const blocks: Block[] = [{ kind: "heading", text: "What we have not given you, and why" }];
  for (const line of lines)
    for (const markdown of line.section === "s12" ? await costParagraphs(tx, text, line) : paragraphs(line))
      blocks.push({ kind: "text", markdown });
  return blocks;
}

async function costParagraphs(tx: Tx, text: Stored, line: Withheld): Promise<string[]> {
  const cost = costOf(await sheetsOf(tx, text), text.values["costLimit"]);
  return [
    `We do not have to answer a request where that would cost more than the appropriate limit (${sectionTests.s12.cited}). ${words(line, "why")}`,
    `We estimate that finding out whether we hold what you ask for, locating, retrieving and extracting it takes ${cost.sentence}`,
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
  const test = sectionTests[line.section];
  const duty =
    line["duty"] === "neither"
      ? `We neither confirm nor deny that we hold this, under ${test.cited}: ${words(line, "what")}.`
      : test.kind === "limit"
        ? `We refuse this request under ${test.cited}${limits[line.section] ?? ""}.`
        : `We have withheld ${lowered(words(line, "what"))} under ${test.cited}.`;
  return [
    `${duty} ${words(line, "why")}`,
    ...only(line, "elsewhere", (said) => `You can get it in this way: ${said}`),
    ...only(line, "otherLaw", (said) => `The law that forbids it is ${said}.`),
    ...only(line, "earlier", (said) => `It repeats this request: ${said}`),
    ...only(
      line,
      "opinionBy",
      (said) =>
        `The qualified person, ${said}, gave the opinion that this section asks for${typeof line["opinionOn"] === "string" ? ` on ${formatDay(line["opinionOn"])}` : ""}.`,
    ),
    ...only(
      line,
      "harm",
      (said) =>
        `${line["likelihood"] === "would" ? "Giving it out would do this harm" : "Giving it out would be likely to do this harm"}: ${said}`,
    ),
    ...(test.kind === "qualified"
      ? [
          `We weighed the public interest. For giving it out: ${words(line, "favour")}`,
          `For withholding it: ${words(line, "against")}`,
          words(line, "balance"),
          // Section 17(3)(b): the conclusion itself, whatever was said on the way to it.
          `In all the circumstances of the case, the public interest in maintaining the ${test.law === "eir" ? "exception" : "exemption"} outweighs the public interest in giving the information out.`,
        ]
      : []),
    ...(line["advice"] ? [advised(line)] : []),
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

/** As it stands within a sentence, without its full stop. */
function lowered(text: string): string {
  return text.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase()).replace(/[.\s]+$/, "");
}
