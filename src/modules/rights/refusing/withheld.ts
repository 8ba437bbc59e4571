import type { Line } from "../../../kernel/fields/lines.ts";
import { field } from "../../../kernel/record.ts";
import type { Stored } from "../../../kernel/transaction.ts";
import type { Law } from "../answering/case-kinds.ts";
import { dataExemptions } from "../cases/data-exemptions.ts";
import { exemptions } from "../exemptions.ts";
import { forPurpose, limbLabels, limbsOf, purposes } from "./limbs.ts";
import { denialOf, limbIn, ruleOf, weighedSections } from "./rule.ts";
import type { Relied } from "./rule.ts";
import { sectionLabels, sectionsWhere, sectionTests } from "./sections.ts";
import type { Section } from "./sections.ts";
import { labelsOf } from "./weighing-words.ts";

const words = (label: string, hint?: string) =>
  field.longText({ label, ...(hint ? { hint } : {}), max: 5000, rows: 3 });
const harming = sectionsWhere(({ harm }) => harm === true);
const parted = sectionsWhere(() => true).filter((section) => limbsOf(section).length > 0);
const confidential = ["r12_5d", "r12_5e", "r12_5f", "r12_5g"] as const;

/** What is withheld from an answer, and the tests of each section as they were gone through. Part of what is signed. */
export const withheldLines = field.lines({
  label: "What is withheld, and why",
  one: "Withheld",
  max: 20,
  sparse: true,
  fields: {
    section: field.choice({ label: "Withheld under", required: true, options: { ...exemptions, ...dataExemptions } }),
    limb: field.choice({ label: "Which part of it", options: limbLabels }),
    purpose: field.choice({ label: "For which purpose", options: purposes }),
    what: words("What is withheld under it", "Describe it without giving it away"),
    duty: field.choice({
      label: "Do we say whether we hold it?",
      options: { say: "We say that we hold it", neither: "We neither confirm nor deny it" },
    }),
    why: words("Why it applies", "In words that the person who asked can follow: they go into the letter"),
    likelihood: field.choice({
      label: "How likely is the harm?",
      options: {
        would: "It would happen: more likely than not",
        likely: "It would be likely: a real and weighty chance",
      },
    }),
    harm: words("What harm would be done, to whom, and how giving this out would cause it"),
    favour: words("Public interest for openness"),
    against: words("Public interest against it"),
    balance: words("Where the balance lies, and why", "It goes into the letter"),
    elsewhere: words("Where they can get it, or when it will be published"),
    otherLaw: field.text({
      label: "Which law or order forbids it",
      hint: "The Act and the section, or the order of the court",
      max: 200,
    }),
    opinionBy: field.text({
      label: "Qualified person who gave the opinion",
      hint: "As what, and by name. In a council the monitoring officer or the chief executive",
      max: 120,
    }),
    opinionOn: field.date({ label: "Opinion given on" }),
    opinion: words(
      "What the opinion is, and why it is a reasonable one",
      "Section 36(2) goes by it, but for statistics (36(4))",
    ),
    holder: field.text({
      label: "Who owns the rights, or whom we have it from",
      hint: "Regulation 9 wants the name told. Say “not known” where it is not",
      max: 200,
    }),
    // Said by the part of the section since those are asked for; kept for what was withheld before.
    whose: field.choice({
      label: "Whose personal data is it?",
      options: { own: "That of the person who asked", other: "Somebody else’s" },
    }),
    burden: words("The burden on us", "What it would take, and what would be left undone"),
    motive: words("What they are after, as far as it can be seen"),
    worth: words("What the request is worth to the public"),
    distress: words("Harassment or distress of staff", "Say none where there is none"),
    earlier: field.text({ label: "The request that it repeats, and when that was answered", max: 200 }),
    emissions: field.yesNo({
      label: "Is it about emissions?",
      hint: "Then regulation 12(9) lets nothing be withheld under 12(5)(d) to (g)",
    }),
    advice: words("What we could answer instead", "Advice and assistance: section 16, regulation 9"),
  },
  askedWhen: {
    likelihood: { field: "section", is: harming },
    harm: { field: "section", is: harming },
    limb: { field: "section", is: parted },
    purpose: { field: "limb", is: forPurpose },
    favour: { field: "section", is: weighedSections },
    against: { field: "section", is: weighedSections },
    balance: { field: "section", is: weighedSections },
    elsewhere: { field: "section", is: ["s21", "s22", "r12_4d"] },
    otherLaw: { field: "section", is: ["s44"] },
    opinionBy: { field: "section", is: ["s36"] },
    opinionOn: { field: "section", is: ["s36"] },
    opinion: { field: "section", is: ["s36"] },
    holder: { field: "limb", is: ["reuse_5_1_b"] },
    whose: { field: "section", is: ["s40", "r13"] },
    burden: { field: "section", is: ["s14", "r12_4b"] },
    motive: { field: "section", is: ["s14"] },
    worth: { field: "section", is: ["s14"] },
    distress: { field: "section", is: ["s14"] },
    earlier: { field: "section", is: ["s14_2"] },
    emissions: { field: "section", is: confidential },
    advice: { field: "section", is: ["s12", "r12_4b", "r12_4c"] },
  },
});

/** One thing withheld, as it is stored: its section, and what was said to each test. */
export type Withheld = Line & { readonly section: Section };

/** What a text withholds. */
export function withheldIn({ values }: Pick<Stored, "values">): readonly Withheld[] {
  const lines = values["withheld"];
  // A field of lines, of which each must have a section.
  return Array.isArray(lines) ? (lines as readonly Withheld[]) : [];
}

const labels = labelsOf(withheldLines);

/** What a part of a line is called, and what its form says of it, by what the line relies on. */
export function partLabel(name: string, line: Relied): string {
  return labels(name, ruleOf(line));
}

/**
 * The parts of a line that must be filled for what it relies on: those without which a refusal cannot go. FOIA 2000 s17; EIR
 * 2004 reg 14; SI 2015/1415 reg 9.
 */
export function needed(line: Relied): readonly string[] {
  const { section } = line;
  const rule = ruleOf(line);
  // To say where or when it can be had would say that we hold it.
  const tellsWhere = !rule.denies && ["s21", "s22", "r12_4d"].includes(section);
  return [
    ...(limbsOf(section).length > 0 ? ["limb"] : []),
    ...(forPurpose.some((limb) => limb === line.limb) ? ["purpose"] : []),
    "what",
    "why",
    // Regulation 12(5) knows no harm that is only likely: it “would adversely affect”.
    ...(rule.harm ? [...(rule.law === "eir" ? [] : ["likelihood"]), "harm"] : []),
    ...(rule.kind === "qualified" ? ["favour", "against", "balance"] : []),
    ...(tellsWhere ? ["elsewhere"] : []),
    ...(section === "s44" ? ["otherLaw"] : []),
    ...(section === "s36" && rule.limb?.opinion !== false ? ["opinionBy", "opinionOn", "opinion"] : []),
    ...(line.limb === "reuse_5_1_b" ? ["holder"] : []),
    ...(section === "s14_2" ? ["earlier"] : []),
    ...(section === "s14" ? ["burden", "motive", "worth", "distress"] : []),
    ...(section === "r12_4b" ? ["burden"] : []),
    ...(["r12_5d", "r12_5e", "r12_5f", "r12_5g"].includes(section) ? ["emissions"] : []),
    ...(["s12", "r12_4b", "r12_4c"].includes(section) ? ["advice"] : []),
  ];
}

const acts: Readonly<Record<Exclude<Law, "none">, string>> = {
  foi: "the Freedom of Information Act",
  eir: "the Environmental Information Regulations",
  reuse: "the rules of re-use",
  data: "the UK GDPR and the Data Protection Act",
};

/** What is still to be said or put right before something can be withheld under this section, as sentences. */
export function gapsIn(line: Withheld, law: Law): readonly string[] {
  const called = sectionLabels[line.section];
  const test = sectionTests[line.section];
  const gaps = needed(line)
    .filter((name) => line[name] === null || line[name] === undefined || line[name] === "")
    .map((name) => `${called}: “${partLabel(name, line)}” is still to be said`);
  if (line["limb"] && limbIn(line) === null) gaps.push(`${called}: the part that is named is one of another section`);
  if (line["duty"] === "neither" && denialOf(line) === null)
    gaps.push(
      `${called}: no provision lets us neither confirm nor deny under it. Say that we hold it, or rely on another section`,
    );
  if (law !== "none" && test.law !== law)
    gaps.push(`${called}: this case is answered under ${acts[law]}, which do not have it`);
  if (test.law === "eir" && line["likelihood"] === "likely")
    gaps.push(`${called}: regulation 12(5) asks that the harm would be done. That it is likely is not enough`);
  if (line["emissions"] === true)
    gaps.push(
      `${called}: it is about emissions, so regulation 12(9) does not let it be withheld under this regulation`,
    );
  if (line.section === "s39") gaps.push(`${called}: answer it under the Environmental Information Regulations instead`);
  return gaps;
}
