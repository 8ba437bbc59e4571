import { dataExemptions } from "../cases/data-exemptions.ts";
import { exemptions } from "../exemptions.ts";
import { dataTests } from "./data-sections.ts";

/** A section or regulation by which information is withheld. */
export type Section = keyof typeof exemptions | keyof typeof dataExemptions;

/** What each is called. */
export const sectionLabels: Readonly<Record<Section, string>> = { ...exemptions, ...dataExemptions };

/** What must be shown before a section can be relied on. */
export interface SectionTest {
  readonly law: "foi" | "eir" | "reuse" | "data";
  /** Whether the public interest must be weighed; `limit` is no exemption but a limit of the duty itself (ss 12 and 14). */
  readonly kind: "absolute" | "qualified" | "limit";
  /** As a letter cites it. */
  readonly cited: string;
  /** What to ask oneself, in order; all must be so. */
  readonly tests: readonly string[];
  /** Whether it goes by the harm that giving the information out would do. */
  readonly harm?: true;
  /** What often speaks for withholding. */
  readonly against?: readonly string[];
}

const foi = (section: string) => `section ${section} of the Freedom of Information Act 2000`;
const eir = (regulation: string) => `regulation ${regulation} of the Environmental Information Regulations 2004`;
const absolute = (section: string, tests: readonly string[]): SectionTest => ({
  law: "foi",
  kind: "absolute",
  cited: foi(section),
  tests,
});
const weighed = (section: string, tests: readonly string[], against: readonly string[]): SectionTest => ({
  law: "foi",
  kind: "qualified",
  cited: foi(section),
  tests,
  against,
});
const harmful = (section: string, tests: readonly string[], against: readonly string[]): SectionTest => ({
  ...weighed(section, tests, against),
  harm: true,
});
/** Regulation 12(1)(b): every exception is weighed, with a presumption in favour of giving the information out (12(2)). */
const exception = (regulation: string, tests: readonly string[], against: readonly string[] = []): SectionTest => ({
  law: "eir",
  kind: "qualified",
  cited: eir(regulation),
  tests,
  against,
});
const adverse = (regulation: string, tests: readonly string[], against: readonly string[]): SectionTest => ({
  ...exception(regulation, tests, against),
  harm: true,
});

const frank = ["People must be able to think aloud before they decide", "A safe space is needed until it is decided"];

/** What must be shown for each. FOIA 2000 ss 2, 12, 14 and 21 to 44; EIR 2004 regs 12 and 13; and what `dataTests` cites. */
export const sectionTests: Readonly<Record<Section, SectionTest>> = {
  ...dataTests,
  s12: {
    law: "foi",
    kind: "limit",
    cited: foi("12(1)"),
    tests: [
      "Does the cost sheet hold only determining whether we hold it, locating, retrieving and extracting it?",
      "Does it come to more than the appropriate limit?",
      "Have you said what could be answered within the limit (section 16)?",
    ],
  },
  s14: {
    law: "foi",
    kind: "limit",
    cited: foi("14(1)"),
    tests: [
      "Is it the request that is vexatious, and not the person?",
      "Weigh the burden, the motive, the value of the request, and any harassment or distress of staff together",
    ],
  },
  s14_2: {
    law: "foi",
    kind: "limit",
    cited: foi("14(2)"),
    tests: [
      "Did we comply with the earlier request, and was it by the same person?",
      "Is this one the same or much the same?",
      "Has no reasonable interval passed since we complied?",
    ],
  },
  s21: absolute("21(1)", ["Can this person really get it elsewhere?", "Have you said exactly where?"]),
  s22: weighed(
    "22(1)",
    ["Was it meant for publication before the request came?", "Is it reasonable to keep it until then?"],
    ["Publishing it to everybody at once is fair", "It is not finished, and would mislead"],
  ),
  s22a: harmful(
    "22A(1)",
    [
      "Did it come from a programme of research that still goes on, of which a report is meant to be published?",
      "What would giving it out before that prejudice: the programme, somebody who takes part, or whose interests?",
    ],
    [
      "Research must not be spoilt before it is finished",
      "Those who take part must be able to rely on what they were told",
    ],
  ),
  s23: absolute("23(1)", ["Did it come from, or is it about, one of the bodies named in section 23(3)?"]),
  s24: weighed("24(1)", ["Must it be withheld to safeguard national security?"], ["The safety of the nation"]),
  s26: harmful("26(1)", ["Whose defence or forces would it prejudice, and how?"], ["The safety of the forces"]),
  s27: harmful("27(1)", ["Which relations abroad would it prejudice, and how?"], ["Trust between states"]),
  s28: harmful(
    "28(1)",
    ["Which administrations’ relations would it prejudice, and how?"],
    ["Trust between governments"],
  ),
  s29: harmful("29(1)", ["Whose economic or financial interests would it prejudice?"], ["The economy of an area"]),
  s30: weighed(
    "30(1)",
    ["Was it held at any time for an investigation that we may lead to a charge or bring to court?"],
    ["Investigations must not be foretold", "Witnesses must be able to speak"],
  ),
  s31: harmful(
    "31(1)",
    ["Which of the interests in section 31 would be prejudiced?", "How, step by step, would giving it out do that?"],
    ["Crime must not be made easier", "Those who are watched must not learn how"],
  ),
  s32: absolute("32(1)", ["Do we hold it only because it was put before a court or made by one?"]),
  s33: harmful("33(2)", ["Which audit would it prejudice, and how?"], ["Auditors must be able to ask freely"]),
  s34: absolute("34(1)", ["Would it infringe the privileges of Parliament?"]),
  s35: weighed("35(1)", ["Is it held by a government department and about its policy?"], frank),
  s36: harmful(
    "36(2)",
    [
      "Has the qualified person given an opinion, on what they saw? Of statistics none is needed: section 36(4)",
      "Is that opinion a reasonable one?",
    ],
    frank,
  ),
  s37: weighed(
    "37(1)",
    ["Is it about communications with the Royal Household, or an honour?"],
    ["Honours need candour"],
  ),
  s38: harmful("38(1)", ["Whose health or safety would it endanger, and how?"], ["People must not be put in danger"]),
  s39: weighed("39", ["Is it environmental? Then answer under the Regulations instead"], []),
  s40: absolute("40", [
    "Is it about a living person who can be told from it?",
    "Their own data: deal with it as a request for their data",
    "Somebody else’s: would giving it out break a data protection principle? Is there a legitimate interest, is it necessary, and does it outweigh the person’s rights?",
  ]),
  s41: absolute("41(1)", [
    "Did it come from somebody else?",
    "Has it the quality of confidence, and was it given in confidence?",
    "Could they sue for the breach, and would a defence of public interest fail?",
  ]),
  s42: weighed(
    "42(1)",
    ["Is it legal advice, or made for proceedings, between lawyer and client?", "Has it been kept confidential?"],
    ["Clients and lawyers must be able to speak freely", "The advice is still relied on"],
  ),
  s43: harmful(
    "43(2)",
    [
      "Whose commercial interests: ours or a supplier’s?",
      "Did you ask the supplier, and what did they say?",
      "How would a competitor use it, and is it still of use today?",
    ],
    ["Suppliers must be willing to bid", "The council must get the best price next time"],
  ),
  s44: absolute("44(1)", ["Which law forbids it, and does it apply to us and to this?"]),
  r12_4a: exception("12(4)(a)", ["Did we look everywhere it could be on the day the request came?"]),
  r12_4b: exception(
    "12(4)(b)",
    ["Is the burden, or the manner, manifestly unreasonable?", "Did you offer help to narrow it (regulation 9)?"],
    ["The service would suffer from the work"],
  ),
  r12_4c: exception("12(4)(c)", ["Is it too general, and did you ask for particulars within 20 working days?"]),
  r12_4d: exception("12(4)(d)", ["Is it unfinished? Say who finishes it and when (regulation 14(4))"], frank),
  r12_4e: exception("12(4)(e)", ["Did it stay within one public authority?"], frank),
  r12_5a: adverse(
    "12(5)(a)",
    ["Which of relations, defence, security or public safety would suffer?"],
    ["Public safety"],
  ),
  r12_5b: adverse(
    "12(5)(b)",
    ["Which course of justice, trial or inquiry would suffer?"],
    ["Justice must take its course"],
  ),
  r12_5c: adverse(
    "12(5)(c)",
    ["Whose intellectual property, and how would it suffer?"],
    ["Rights must keep their worth"],
  ),
  r12_5d: adverse("12(5)(d)", ["Which proceedings are confidential by law?"], frank),
  r12_5e: adverse(
    "12(5)(e)",
    ["Is it commercial, confidential by law, and to protect a legitimate economic interest?"],
    ["Suppliers must be willing to bid"],
  ),
  r12_5f: adverse(
    "12(5)(f)",
    ["Did whoever gave it do so freely, in confidence, and not agree that it goes out?"],
    ["People must be willing to give information"],
  ),
  r12_5g: adverse("12(5)(g)", ["What of the environment would be harmed?"], ["Nests, sites and species must be safe"]),
  reuse_5: {
    law: "reuse",
    kind: "absolute",
    cited: "regulation 5 of the Re-use of Public Sector Information Regulations 2015",
    tests: [
      "Does it contain what others hold rights in, or lie outside our public task?",
      "Is access to it restricted by information law? Have you said who holds the rights, as far as it is known?",
    ],
  },
  r13: {
    law: "eir",
    kind: "absolute",
    cited: eir("13"),
    tests: [
      "Is it about a living person who can be told from it?",
      "Their own data: deal with it as a request for their data",
      "Somebody else’s: would giving it out break a data protection principle?",
    ],
  },
};

/** What often speaks for giving information out, whatever the section. */
export const forDisclosure = [
  "People can see how a decision was made and question it",
  "It shows how public money is spent",
  "It informs a debate that is going on now",
  "The law presumes that information is given out",
] as const;

/** What often speaks for saying whether we hold it. */
export const forSaying = [
  "People can know whether the council looks into something at all",
  "That it is held, or not, is said elsewhere",
  "The law presumes that they are told",
] as const;

/** The sections of which something is so. */
export function sectionsWhere(holds: (test: SectionTest) => boolean): readonly Section[] {
  // The keys are those of the record.
  return (Object.entries(sectionTests) as [Section, SectionTest][]).flatMap(([name, test]) =>
    holds(test) ? [name] : [],
  );
}
