import type { Rule } from "./rule.ts";

type Labels = Readonly<Record<string, { readonly options: { readonly label: string } }>>;

/** Where we neither confirm nor deny: what is weighed is whether to say so, and not whether to give it out. FOIA s2(1)(b). */
const denying: Readonly<Record<string, string>> = {
  what: "What we neither confirm nor deny that we hold",
  harm: "What harm would be done, to whom, and how saying whether we hold it would cause it",
  favour: "For saying whether we hold it",
  against: "For not saying whether we hold it",
  balance: "Where the balance between saying it and not saying it lies, and why",
};

const withholding: Readonly<Record<string, string>> = {
  favour: "For giving it out",
  against: "For withholding it",
};

/** What each part of a line is called where a provision is relied on; its own label where that makes no difference. */
export function labelsOf(lines: { readonly options: unknown }): (name: string, rule: Pick<Rule, "denies">) => string {
  // A field of lines has fields, and each field a label.
  const { fields } = lines.options as { readonly fields: Labels };
  return (name, { denies }) => (denies ? denying : withholding)[name] ?? fields[name]?.options.label ?? name;
}
