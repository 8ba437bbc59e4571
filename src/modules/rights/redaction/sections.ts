import { exemptions } from "../exemptions.ts";

// Sections 12 and 14 and the Regulations on re-use refuse a whole request, and withhold nothing from a document.
const { s12: _cost, s14: _vexatious, s14_2: _repeated, reuse_5: _reuse, s40: _personal, ...others } = exemptions;

/** By what something can be withheld from a document: FOIA 2000 ss 21 to 44, EIR 2004 regs 12 and 13, DPA 2018 schs 2 and 3. */
export const sections = {
  s40_2: "s40(2) personal information of others",
  s40_1: "s40(1) personal information of whoever asked",
  ...others,
  dpa_others: "DPA sch 2 para 16 others’ personal data",
  dpa_crime: "DPA sch 2 para 2 crime and taxation",
  dpa_privilege: "DPA sch 2 para 19 legal privilege",
  dpa_negotiations: "DPA sch 2 para 23 negotiations",
  dpa_references: "DPA sch 2 para 24 references",
  dpa_health: "DPA sch 3 para 5 health data",
  scope: "Outside what was asked for",
} as const;

export type Section = keyof typeof sections;

/** The code of a section, as short as it stands on a mark: “s40(2)”, “reg 12(4)(e)”, “DPA sch 2 para 16”. */
export function labelOf(section: Section): string {
  return /^(?:s\d\S*|reg \S+|DPA sch \d para \d+)/.exec(sections[section])?.[0] ?? "Out of scope";
}
