import assert from "node:assert/strict";
import { test } from "node:test";
import { limbs, limbsOf } from "./limbs.ts";
import type { LimbName } from "./limbs.ts";
import { codesOf, denialOf, mayDeny, ruleOf } from "./rule.ts";
import { sectionTests, sectionsWhere } from "./sections.ts";
import type { Section } from "./sections.ts";
import { needed } from "./withheld.ts";

const all = sectionsWhere(() => true);
const kindOf = (limb: LimbName) => ruleOf({ section: limbs[limb].of, limb }).kind;
const named = (cited: string | null) => cited && /(?:section|regulation) (.+) of the/.exec(cited)?.[1];

/** By what the duty to confirm or deny is excluded, in the words of the Act: section 21 and section 14 have nothing of the kind. */
const subsections: Readonly<Record<string, string>> = {
  s12: "12(2)",
  s22: "22(2)",
  s22a: "22A(2)",
  s23: "23(5)",
  s24: "24(2)",
  s26: "26(3)",
  s27: "27(4)",
  s28: "28(3)",
  s29: "29(2)",
  s30: "30(3)",
  s31: "31(3)",
  s32: "32(3)",
  s33: "33(3)",
  s34: "34(2)",
  s35: "35(3)",
  s36: "36(3)",
  s37: "37(2)",
  s38: "38(2)",
  s39: "39(2)",
  s41: "41(2)",
  s42: "42(2)",
  s43: "43(3)",
  s44: "44(2)",
};

test("each section of the Act has its own provision by which we neither confirm nor deny, and sections 14 and 21 have none", () => {
  for (const section of all.filter((one) => sectionTests[one].law === "foi" && one !== "s40")) {
    const parts = limbsOf(section).filter((limb) => limb !== "s43_1");
    for (const limb of parts.length === 0 ? [null] : parts) {
      const ofStatistics = limb?.startsWith("s36_4") === true ? " and (4)" : "";
      const expected = section in subsections ? `${subsections[section]}${ofStatistics}` : null;
      assert.equal(named(denialOf({ section, limb })), expected, `${section} ${limb ?? ""}`);
    }
  }
  assert.deepEqual([mayDeny("s21"), mayDeny("s14"), mayDeny("s14_2")], [false, false, false]);
  // Section 43(3) speaks of the interests in 43(2), and not of trade secrets.
  assert.equal(denialOf({ section: "s43", limb: "s43_1" }), null);
});

test("of personal data each part has its own, and under the Regulations nothing else but regulation 12(5)(a)", () => {
  const own = (section: Section) =>
    Object.fromEntries(limbsOf(section).map((limb) => [limb, named(denialOf({ section, limb }))]));
  assert.deepEqual(own("s40"), {
    s40_1: "40(5A)",
    s40_2_3a_a: "40(5B)(a)(i)",
    s40_2_3a_b: "40(5B)(a)(ii)",
    s40_2_3b: "40(5B)(b)",
    s40_2_4a_a: "40(5B)(c)",
    s40_2_4a_b: "40(5B)(d)",
  });
  const part = (letter: string) => `13(5A) by virtue of regulation 13(5B)(${letter})`;
  assert.deepEqual(own("r13"), {
    r5_3: null,
    r13_2a_a: part("a)(i"),
    r13_2a_b: part("a)(ii"),
    r13_2b: part("b"),
    r13_3a_a: part("c"),
    r13_3a_b: part("d"),
    r13_3a_c: part("e"),
  });
  const others = all.filter((section) => sectionTests[section].law !== "foi" && mayDeny(section));
  assert.deepEqual(others.toSorted(), ["r12_5a", "r13"]);
  assert.equal(named(denialOf({ section: "r12_5a" })), "12(6)");
});

test("the parts that section 2(3) and regulation 13(1) name are absolute, and the others of their sections are weighed", () => {
  const kinds = (section: Section) => limbsOf(section).map((limb) => `${limb} ${kindOf(limb)}`);
  assert.deepEqual(kinds("s37"), [
    "s37_1_a absolute",
    "s37_1_aa absolute",
    "s37_1_ab absolute",
    "s37_1_ac qualified",
    "s37_1_ad qualified",
    "s37_1_b qualified",
  ]);
  for (const section of ["s40", "r13"] as const)
    for (const limb of limbsOf(section))
      assert.equal(
        kindOf(limb),
        /_3b|_4a|_2b|_3a_[abc]$/.test(limb) && !/^s40_2_3a/.test(limb) ? "qualified" : "absolute",
        limb,
      );
  // Section 36 is absolute for what a House of Parliament holds alone, which no council is.
  for (const limb of limbsOf("s36")) assert.equal(kindOf(limb), "qualified");
  for (const section of ["s32", "s44"] as const)
    for (const limb of limbsOf(section)) assert.equal(kindOf(limb), "absolute");
});

test("what must be said follows from the part: its harm, its opinion, its purpose, its balance", () => {
  const needs = (limb: LimbName, duty = "say") => needed({ section: limbs[limb].of, limb, duty });
  const weighed = ["favour", "against", "balance"];
  assert.deepEqual(needs("s31_1_a"), ["limb", "what", "why", "likelihood", "harm", ...weighed]);
  assert.deepEqual(needs("s31_1_g").slice(0, 2), ["limb", "purpose"]);
  assert.deepEqual(needs("s36_2_b_i").slice(-3), ["opinionBy", "opinionOn", "opinion"]);
  for (const limb of ["s36_4_b_i", "s36_4_b_ii", "s36_4_c"] as const) {
    assert.deepEqual(needs(limb), ["limb", "what", "why", "likelihood", "harm", ...weighed]);
    assert.deepEqual(needs(limb, "neither"), needs(limb));
    assert.match(ruleOf({ section: "s36", limb, duty: "neither" }).cited, /^section 36\(3\) and \(4\) of/);
  }
  assert.deepEqual(needs("s37_1_a"), ["limb", "what", "why"]);
  assert.deepEqual(needs("s37_1_ac"), ["limb", "what", "why", ...weighed]);
  assert.deepEqual(needs("s43_1"), ["limb", "what", "why", ...weighed]);
  assert.deepEqual(needs("s27_2"), ["limb", "what", "why", ...weighed]);
  assert.deepEqual(needs("s40_2_3a_a"), ["limb", "what", "why"]);
  assert.deepEqual(needs("s40_2_4a_a"), ["limb", "what", "why", ...weighed]);
  assert.deepEqual(needs("reuse_5_1_b"), ["limb", "what", "why", "holder"]);
  // When it will be published is not said where it is not said that we hold it.
  assert.ok(needed({ section: "s22" }).includes("elsewhere"));
  assert.ok(!needed({ section: "s22", duty: "neither" }).includes("elsewhere"));
  // Without its part a section waits for it.
  assert.ok(needed({ section: "s31" }).includes("limb"));
  assert.ok(
    !needed({ section: "r12_5b" }).includes("likelihood"),
    "regulation 12(5) knows no harm that is only likely",
  );
});

test("a tag says the numbers alone, of what we neither confirm nor deny those that are cited", () => {
  const neither = (section: Section, limb: LimbName) => ({ section, limb, duty: "neither" });
  assert.equal(
    codesOf([{ section: "s43", limb: "s43_2" }, { section: "s21" }, { section: "s43", limb: "s43_2" }]),
    "s43(2), s21",
  );
  assert.equal(codesOf([neither("s31", "s31_1_a"), neither("s40", "s40_2_3a_a")]), "s31(3), s40(5B)(a)(i)");
  assert.equal(codesOf([neither("r13", "r13_2b"), { section: "others" }]), "reg 13(5A), DPA sch 2 para 16");
  const many: Section[] = ["r12_4e", "r12_5a", "reuse_5", "unfounded", "s22"];
  assert.equal(codesOf(many.map((section) => ({ section }))), "reg 12(4)(e), reg 12(5)(a), re-use reg 5 and 2 more");
});

test("a part is cited by its number, and a part of another section counts for nothing", () => {
  for (const [name, { of, label, cited }] of Object.entries(limbs)) {
    assert.equal(ruleOf({ section: of, limb: name }).cited, cited);
    assert.match(label, /^(s|reg |re-use reg )\d/, name);
  }
  assert.equal(ruleOf({ section: "s31", limb: "s43_2" }).cited, sectionTests.s31.cited);
  assert.equal(
    limbs.s40_2_3a_a.cited,
    "section 40(2) by virtue of section 40(3A)(a) of the Freedom of Information Act 2000",
  );
  assert.match(limbs.r13_2a_a.cited, /^regulation 13\(1\) by virtue of regulation 13\(2A\)\(a\) of the Environmental/);
});
