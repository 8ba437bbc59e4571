import type { exemptions } from "../exemptions.ts";

type Exemption = keyof typeof exemptions;

/** The part of a section that is relied on, where a section has several and a refusal must say which. */
export interface Limb {
  readonly of: Exemption;
  /** What it is called: its number and what it protects. */
  readonly label: string;
  /** As a letter cites it. */
  readonly cited: string;
  /** Where it differs from its section. */
  readonly kind?: "absolute" | "qualified";
  /** Whether it goes by harm; as its section does unless told. */
  readonly harm?: boolean;
  /** Whether it goes by the opinion of the qualified person; as its section does unless told. */
  readonly opinion?: boolean;
  /**
   * The provision by which it need not be said whether the information is held, where it is not that of the section; null
   * where there is none.
   */
  readonly denial?: string | null;
}

type Look = Pick<Limb, "kind" | "harm" | "opinion" | "denial">;

const foi =
  (of: Exemption) =>
  (number: string, protects: string, look: Look = {}): Limb => ({
    of,
    label: `s${number}: ${protects}`,
    cited: `section ${number} of the Freedom of Information Act 2000`,
    ...look,
  });
const [s26, s27, s29, s30, s31] = [foi("s26"), foi("s27"), foi("s29"), foi("s30"), foi("s31")];
const [s32, s35, s36, s37, s38] = [foi("s32"), foi("s35"), foi("s36"), foi("s37"), foi("s38")];
const [s40, s43, s44] = [foi("s40"), foi("s43"), foi("s44")];
/** FOIA s36(4): subsections (2) and (3) without the opinion of the qualified person. */
const statistical: Look = { opinion: false, denial: "section 36(3) and (4) of the Freedom of Information Act 2000" };
const s40Denial = (paragraph: string) => `section 40(5${paragraph}) of the Freedom of Information Act 2000`;
const others = (condition: string) => `40(2) by virtue of section 40(${condition})`;

const personal = (number: string, protects: string, look: Look = {}): Limb => ({
  of: "r13",
  label: `reg ${number}: ${protects}`,
  cited: `regulation ${number.replace(", ", " by virtue of regulation ")} of the Environmental Information Regulations 2004`,
  ...look,
});
const r13Denial = (paragraph: string) =>
  `regulation 13(5A) by virtue of regulation 13(5B)(${paragraph}) of the Environmental Information Regulations 2004`;
const reuse = (number: string, why: string): Limb => ({
  of: "reuse_5",
  label: `re-use reg ${number}: ${why}`,
  cited: `regulation ${number} of the Re-use of Public Sector Information Regulations 2015`,
});

/**
 * The parts of which one is relied on. FOIA 2000 ss 26 to 44; EIR 2004 regs 5(3) and 13; SI 2015/1415 reg 5. Which are absolute
 * is said in FOIA s2(3): of section 37 paragraphs (a) to (ab), of section 40(2) what falls under the first condition; section 36
 * only for what a House of Parliament holds, which no council is; of statistics it asks for no opinion (s36(4)). EIR reg 13(1)
 * weighs the second and third condition.
 */
export const limbs = {
  s26_1_a: s26("26(1)(a)", "defence of the British Islands or a colony"),
  s26_1_b: s26("26(1)(b)", "relevant forces"),
  s27_1_a: s27("27(1)(a)", "relations with another state"),
  s27_1_b: s27("27(1)(b)", "relations with an international organisation or court"),
  s27_1_c: s27("27(1)(c)", "interests of the United Kingdom abroad"),
  s27_1_d: s27("27(1)(d)", "promoting or protecting those interests"),
  s27_2: s27("27(2)", "confidential information from another state or an international organisation", { harm: false }),
  s29_1_a: s29("29(1)(a)", "the economy of the United Kingdom or a part of it"),
  s29_1_b: s29("29(1)(b)", "the finances of an administration in the United Kingdom"),
  s30_1_a_i: s30("30(1)(a)(i)", "our duty to investigate whether somebody should be charged"),
  s30_1_a_ii: s30("30(1)(a)(ii)", "our duty to investigate whether somebody charged is guilty"),
  s30_1_b: s30("30(1)(b)", "an investigation that may lead us to begin criminal proceedings"),
  s30_1_c: s30("30(1)(c)", "criminal proceedings that we have power to conduct"),
  s30_2_a_i: s30("30(2)(a)(i)", "confidential sources, for such an investigation"),
  s30_2_a_ii: s30("30(2)(a)(ii)", "confidential sources, for such criminal proceedings"),
  s30_2_a_iii: s30("30(2)(a)(iii)", "confidential sources, for another investigation under section 31(2)"),
  s30_2_a_iv: s30("30(2)(a)(iv)", "confidential sources, for civil proceedings out of such investigations"),
  s31_1_a: s31("31(1)(a)", "preventing or detecting crime"),
  s31_1_b: s31("31(1)(b)", "catching or prosecuting offenders"),
  s31_1_c: s31("31(1)(c)", "the administration of justice"),
  s31_1_d: s31("31(1)(d)", "assessing or collecting a tax or duty"),
  s31_1_e: s31("31(1)(e)", "immigration controls"),
  s31_1_f: s31("31(1)(f)", "security and good order in prisons"),
  s31_1_g: s31("31(1)(g)", "functions for a purpose of section 31(2)"),
  s31_1_h: s31("31(1)(h)", "civil proceedings out of an investigation for such a purpose"),
  s31_1_i: s31("31(1)(i)", "a Scottish inquiry into a death, out of such an investigation"),
  s32_1_a: s32("32(1)(a)", "filed with a court, or placed in its custody"),
  s32_1_b: s32("32(1)(b)", "served upon us or by us for proceedings"),
  s32_1_c_i: s32("32(1)(c)(i)", "created by a court"),
  s32_1_c_ii: s32("32(1)(c)(ii)", "created by a member of its administrative staff"),
  s32_2_a: s32("32(2)(a)", "placed in the custody of an inquiry or arbitration"),
  s32_2_b: s32("32(2)(b)", "created by an inquiry or arbitration"),
  s35_1_a: s35("35(1)(a)", "formulating or developing government policy"),
  s35_1_b: s35("35(1)(b)", "Ministerial communications"),
  s35_1_c: s35("35(1)(c)", "advice of a Law Officer, or asking for it"),
  s35_1_d: s35("35(1)(d)", "a Ministerial private office"),
  s36_2_a_i: s36("36(2)(a)(i)", "collective responsibility of Ministers"),
  s36_2_a_ii: s36("36(2)(a)(ii)", "the Executive Committee of the Northern Ireland Assembly"),
  s36_2_a_iii: s36("36(2)(a)(iii)", "the Cabinet of the Welsh Government"),
  s36_2_b_i: s36("36(2)(b)(i)", "free and frank advice"),
  s36_2_b_ii: s36("36(2)(b)(ii)", "a free and frank exchange of views to decide something"),
  s36_2_c: s36("36(2)(c)", "otherwise the effective conduct of public affairs"),
  s36_4_b_i: s36("36(2)(b)(i) and (4)", "free and frank advice, of statistics", statistical),
  s36_4_b_ii: s36("36(2)(b)(ii) and (4)", "a free and frank exchange of views, of statistics", statistical),
  s36_4_c: s36("36(2)(c) and (4)", "the conduct of public affairs otherwise, of statistics", statistical),
  s37_1_a: s37("37(1)(a)", "communications with the Sovereign", { kind: "absolute" }),
  s37_1_aa: s37("37(1)(aa)", "communications with the heir or the second in line", { kind: "absolute" }),
  s37_1_ab: s37("37(1)(ab)", "communications with somebody who has since become one of these", { kind: "absolute" }),
  s37_1_ac: s37("37(1)(ac)", "communications with others of the Royal Family"),
  s37_1_ad: s37("37(1)(ad)", "communications with the Royal Household"),
  s37_1_b: s37("37(1)(b)", "an honour or dignity conferred by the Crown"),
  s38_1_a: s38("38(1)(a)", "somebody’s physical or mental health"),
  s38_1_b: s38("38(1)(b)", "somebody’s safety"),
  s40_1: s40("40(1)", "data about the person who asked", { denial: s40Denial("A") }),
  s40_2_3a_a: s40(others("3A)(a"), "somebody else’s: against a data protection principle", {
    denial: s40Denial("B)(a)(i"),
  }),
  s40_2_3a_b: s40(others("3A)(b"), "somebody else’s: the same of paper that is not filed", {
    denial: s40Denial("B)(a)(ii"),
  }),
  s40_2_3b: s40(others("3B"), "somebody else’s, who objected to its use", {
    kind: "qualified",
    denial: s40Denial("B)(b"),
  }),
  s40_2_4a_a: s40(others("4A)(a"), "somebody else’s, kept from themselves by DPA s15, s16, s26 or schs 2 to 4", {
    kind: "qualified",
    denial: s40Denial("B)(c"),
  }),
  s40_2_4a_b: s40(others("4A)(b"), "somebody else’s, kept from themselves by DPA s45(4), law enforcement", {
    kind: "qualified",
    denial: s40Denial("B)(d"),
  }),
  // Section 43(3) speaks of the interests in subsection (2) alone.
  s43_1: s43("43(1)", "a trade secret", { harm: false, denial: null }),
  s43_2: s43("43(2)", "commercial interests"),
  s44_1_a: s44("44(1)(a)", "prohibited by an enactment"),
  s44_1_b: s44("44(1)(b)", "incompatible with an assimilated obligation"),
  s44_1_c: s44("44(1)(c)", "contempt of court"),
  r5_3: personal("5(3)", "data about the person who asked", { denial: null }),
  r13_2a_a: personal("13(1), 13(2A)(a)", "somebody else’s: against a data protection principle", {
    denial: r13Denial("a)(i"),
  }),
  r13_2a_b: personal("13(1), 13(2A)(b)", "somebody else’s: the same of paper that is not filed", {
    denial: r13Denial("a)(ii"),
  }),
  r13_2b: personal("13(1), 13(2B)", "somebody else’s, who objected to its use", {
    kind: "qualified",
    denial: r13Denial("b"),
  }),
  r13_3a_a: personal("13(1), 13(3A)(a)", "somebody else’s, kept from themselves by DPA s15, s16, s26 or schs 2 to 4", {
    kind: "qualified",
    denial: r13Denial("c"),
  }),
  r13_3a_b: personal("13(1), 13(3A)(b)", "somebody else’s, kept from themselves by DPA s45(4), law enforcement", {
    kind: "qualified",
    denial: r13Denial("d"),
  }),
  r13_3a_c: personal("13(1), 13(3A)(c)", "somebody else’s, kept from themselves by DPA part 4, intelligence services", {
    kind: "qualified",
    denial: r13Denial("e"),
  }),
  reuse_5_1_a: reuse("5(1)(a)", "outside our public task"),
  reuse_5_1_b: reuse("5(1)(b)", "somebody else owns rights in it"),
  reuse_5_2: reuse("5(2)", "neither offered for re-use, nor given to them, nor open without asking"),
  reuse_5_other: reuse("5", "another part of it"),
} as const satisfies Readonly<Record<string, Limb>>;

export type LimbName = keyof typeof limbs;

/** What each is called, for a choice. */
export const limbLabels = Object.fromEntries(
  Object.entries(limbs).map(([name, { label }]) => [name, label]),
) as Readonly<
  Record<LimbName, string> // the same keys
>;

/** For what a function is exercised that section 31(1)(g) to (i) protects. FOIA 2000 s31(2). */
export const purposes = {
  a: "31(2)(a) whether somebody has failed to comply with the law",
  b: "31(2)(b) whether somebody is responsible for improper conduct",
  c: "31(2)(c) whether there is, or may be, ground for regulatory action",
  d: "31(2)(d) whether somebody is fit or competent to manage a body, or for a profession",
  e: "31(2)(e) the cause of an accident",
  f: "31(2)(f) protecting charities against misconduct or mismanagement",
  g: "31(2)(g) protecting the property of charities",
  h: "31(2)(h) recovering the property of charities",
  i: "31(2)(i) health, safety and welfare of people at work",
  j: "31(2)(j) protecting others against risks from people at work",
} as const;

/** The parts that name such a purpose. */
export const forPurpose = ["s31_1_g", "s31_1_h", "s31_1_i"] as const satisfies readonly LimbName[];

/** The parts of a section; none where it is relied on as a whole. */
export function limbsOf(section: string): readonly LimbName[] {
  // Its own keys.
  return (Object.keys(limbs) as LimbName[]).filter((name) => limbs[name].of === section);
}
