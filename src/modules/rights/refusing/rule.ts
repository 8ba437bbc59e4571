import { limbs, limbsOf } from "./limbs.ts";
import type { Limb, LimbName } from "./limbs.ts";
import { sectionLabels, sectionsWhere, sectionTests } from "./sections.ts";
import type { Section, SectionTest } from "./sections.ts";

/** What of something withheld decides which provision it goes by. */
export interface Relied {
  readonly section: Section;
  readonly limb?: unknown;
  /** `neither` where we neither confirm nor deny that we hold it. */
  readonly duty?: unknown;
}

/** The provision that is relied on, and what it asks for. */
export interface Rule extends Pick<SectionTest, "law" | "kind" | "cited"> {
  readonly harm: boolean;
  /** Whether it excludes the duty to say if we hold the information, and not the duty to give it. FOIA s1(1)(a) and (b). */
  readonly denies: boolean;
  /** The part of the section, where one is chosen. */
  readonly limb: Limb | null;
}

const act = (subsection: string) => `section ${subsection} of the Freedom of Information Act 2000`;

/**
 * By what it need not be said whether information is held, section by section: FOIA 2000 ss 12(2) and 22 to 44, EIR 2004 reg
 * 12(6). Section 21 has no such provision, section 14 refuses the request as a whole, and of the exceptions of the Regulations
 * only that of regulation 12(5)(a) has one; section 40 and regulation 13 have one for each part.
 */
const denials: Readonly<Partial<Record<Section, string>>> = {
  s12: act("12(2)"),
  s22: act("22(2)"),
  s22a: act("22A(2)"),
  s23: act("23(5)"),
  s24: act("24(2)"),
  s26: act("26(3)"),
  s27: act("27(4)"),
  s28: act("28(3)"),
  s29: act("29(2)"),
  s30: act("30(3)"),
  s31: act("31(3)"),
  s32: act("32(3)"),
  s33: act("33(3)"),
  s34: act("34(2)"),
  s35: act("35(3)"),
  s36: act("36(3)"),
  s37: act("37(2)"),
  s38: act("38(2)"),
  s39: act("39(2)"),
  s41: act("41(2)"),
  s42: act("42(2)"),
  s43: act("43(3)"),
  s44: act("44(2)"),
  r12_5a: "regulation 12(6) of the Environmental Information Regulations 2004",
};

/** The part that is relied on; null where none of this section is named. */
export function limbIn({ section, limb }: Relied): Limb | null {
  if (typeof limb !== "string" || !Object.hasOwn(limbs, limb)) return null;
  const found: Limb = limbs[limb as LimbName]; // its own key
  return found.of === section ? found : null;
}

/** The provision by which it need not be said whether this is held; null where there is none. */
export function denialOf(relied: Relied): string | null {
  const limb = limbIn(relied);
  return limb?.denial === undefined ? (denials[relied.section] ?? null) : limb.denial;
}

/** What is relied on as people read it: the part of a section, else the section; and that we neither confirm nor deny. */
export function reliedOn(relied: Relied): string {
  const called = limbIn(relied)?.label ?? sectionLabels[relied.section];
  return ruleOf(relied).denies ? `${called}: neither confirmed nor denied` : called;
}

const code = /^(?:UK GDPR art \S+|DPA sch \d(?: para \d+)?|(?:re-use )?reg [^\s:,]+|s\d[^\s:,]*)/;

/** The same as short as a tag has room for it: “s43(2)”, “reg 12(4)(e)”. Of several the first three. */
export function codesOf(every: readonly Relied[]): string {
  const codes = [...new Set(every.map(codeOf))];
  return `${codes.slice(0, 3).join(", ")}${codes.length > 3 ? ` and ${codes.length - 3} more` : ""}`;
}

function codeOf(relied: Relied): string {
  const denial = relied.duty === "neither" ? denialOf(relied) : null;
  if (denial !== null)
    return (
      denial
        .replace(/^section /, "s")
        .replace(/^regulation /, "reg ")
        .split(/ (?:by|of) /)[0] ?? denial
    );
  const called = reliedOn(relied);
  return code.exec(called)?.[0] ?? called;
}

/** Whether some part of a section lets us neither confirm nor deny. */
export function mayDeny(section: Section): boolean {
  const parts = limbsOf(section);
  return parts.length === 0
    ? denialOf({ section }) !== null
    : parts.some((limb) => denialOf({ section, limb }) !== null);
}

/** Whether the public interest is weighed for some part of a section. */
export function mayBeWeighed(section: Section): boolean {
  const kinds = limbsOf(section).map((limb) => ruleOf({ section, limb }).kind);
  return (kinds.length === 0 ? [sectionTests[section].kind] : kinds).includes("qualified");
}

/** The sections of which the public interest is weighed, for some part at least. */
export const weighedSections: readonly Section[] = sectionsWhere(() => true).filter(mayBeWeighed);

/** The provision by which something is withheld, or it is not said whether it is held. */
export function ruleOf(relied: Relied): Rule {
  const test = sectionTests[relied.section];
  const limb = limbIn(relied);
  const denial = relied.duty === "neither" ? denialOf(relied) : null;
  return {
    law: test.law,
    kind: limb?.kind ?? test.kind,
    cited: denial ?? limb?.cited ?? test.cited,
    harm: limb?.harm ?? test.harm === true,
    denies: denial !== null,
    limb,
  };
}
