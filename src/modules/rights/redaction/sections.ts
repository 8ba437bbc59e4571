/** By what something can be withheld from a document: FOIA 2000 ss 21 to 44, EIR 2004 regs 12 and 13, DPA 2018 schs 2 and 3. */
export const sections = {
  s40_2: "s40(2) personal information of others",
  s40_1: "s40(1) personal information of whoever asked",
  s21: "s21 accessible by other means",
  s22: "s22 intended for publication",
  s23: "s23 security bodies",
  s24: "s24 national security",
  s26: "s26 defence",
  s27: "s27 international relations",
  s28: "s28 relations within the United Kingdom",
  s29: "s29 the economy",
  s30: "s30 investigations",
  s31: "s31 law enforcement",
  s32: "s32 court records",
  s33: "s33 audit functions",
  s34: "s34 parliamentary privilege",
  s35: "s35 government policy",
  s36: "s36 conduct of public affairs",
  s37: "s37 communications with the Sovereign, honours",
  s38: "s38 health and safety",
  s39: "s39 environmental information",
  s41: "s41 given in confidence",
  s42: "s42 legal professional privilege",
  s43: "s43 commercial interests",
  s44: "s44 prohibited by other law",
  r12_4a: "reg 12(4)(a) not held",
  r12_4b: "reg 12(4)(b) manifestly unreasonable",
  r12_4c: "reg 12(4)(c) too general",
  r12_4d: "reg 12(4)(d) unfinished material",
  r12_4e: "reg 12(4)(e) internal communications",
  r12_5a: "reg 12(5)(a) defence, public safety",
  r12_5b: "reg 12(5)(b) course of justice",
  r12_5c: "reg 12(5)(c) intellectual property",
  r12_5d: "reg 12(5)(d) confidential proceedings",
  r12_5e: "reg 12(5)(e) commercial confidentiality",
  r12_5f: "reg 12(5)(f) interests of whoever gave it",
  r12_5g: "reg 12(5)(g) protection of the environment",
  r13: "reg 13 personal data of others",
  dpa_others: "DPA sch 2 para 16 others’ personal data",
  dpa_crime: "DPA sch 2 para 2 crime and taxation",
  dpa_privilege: "DPA sch 2 para 19 legal privilege",
  dpa_negotiations: "DPA sch 2 para 23 negotiations",
  dpa_references: "DPA sch 2 para 24 references",
  dpa_health: "DPA sch 3 para 5 health data",
  dpa_scope: "Outside what was asked for",
} as const;

export type Section = keyof typeof sections;

/** The code of a section, as short as it stands on a mark: “s40(2)”, “reg 12(4)(e)”, “DPA sch 2 para 16”. */
export function labelOf(section: Section): string {
  return /^(?:s\d\S*|reg \S+|DPA sch \d para \d+)/.exec(sections[section])?.[0] ?? "Out of scope";
}
