import { offered } from "../../../kernel/fields/choice.ts";
import type { Refusal } from "../../../kernel/errors.ts";
import type { FormField, FormPage } from "../../../web/view/models.ts";
import type { Law } from "../answering/case-kinds.ts";
import { limbLabels, limbsOf } from "./limbs.ts";
import { denialOf, limbIn, mayBeWeighed, mayDeny, ruleOf } from "./rule.ts";
import type { Relied } from "./rule.ts";
import { sectionLabels, sectionTests, sectionsWhere } from "./sections.ts";
import type { Section } from "./sections.ts";
import type { Withheld } from "./withheld.ts";

interface Choosing {
  readonly law: Law;
  readonly relied: Relied | null;
  readonly line: Withheld | null;
  readonly refusal: Refusal | null;
  readonly address: string;
}

/** Whether there is anything to choose once a section is: a part of it, or whether we say that we hold the information. */
export function hasChoice(section: Section): boolean {
  return limbsOf(section).length > 0 || mayDeny(section);
}

/** What is wrong with what was chosen, or left out: the control and what to do; null where the tests can go by it. */
export function wrongChoice(relied: Relied): { readonly field: string; readonly message: string } | null {
  const { section, duty } = relied;
  if (limbsOf(section).length > 0 && limbIn(relied) === null)
    return { field: "limb", message: "Select which part of it you rely on" };
  if (duty === "neither" && denialOf(relied) === null)
    return {
      field: "duty",
      message: "No provision lets us neither confirm nor deny under this. Say that we hold it, or choose another part",
    };
  return null;
}

/** Whether everything is chosen that the tests go by. */
export function isChosen(relied: Relied): boolean {
  return wrongChoice(relied) === null && (typeof relied.duty === "string" || denialOf(relied) === null);
}

/** The form before the tests: first the section, then which part of it, and whether we say that we hold the information. */
export function choosing(choice: Choosing): Pick<FormPage, "intro" | "errors" | "form"> {
  const { relied, line, refusal, address } = choice;
  const errors = (refusal?.problems ?? []).map(({ field, message }) => ({
    text: message,
    ...(field === undefined ? {} : { fieldId: `field-${field}` }),
  }));
  const form = {
    action: `${address}/withhold`,
    method: "get" as const,
    submit: { label: "Go on" },
    cancel: { text: "Cancel", href: address },
  };
  if (relied === null)
    return {
      intro: ["Choose the section or regulation. Its tests come next, one after another."],
      errors,
      form: { ...form, hidden: [], fields: [sectionControl(choice.law)] },
    };
  return {
    intro: [introOf(relied.section)],
    errors,
    form: {
      ...form,
      hidden: [
        { name: "section", value: relied.section },
        ...(line?.id === undefined ? [] : [{ name: "line", value: line.id }]),
      ],
      fields: [...limbControl(relied, refusal), ...dutyControl(relied, refusal)],
    },
  };
}

function introOf(section: Section): string {
  return limbsOf(section).length > 0
    ? "A refusal says which part of the section it relies on. For a second part, withhold the same again under that."
    : "The tests come next.";
}

function sectionControl(law: Law): FormField {
  const options = sectionsWhere((test) => law === "none" || test.law === law).map((section) => ({
    value: section,
    label: `${sectionLabels[section]} (${weighing(section)})`,
  }));
  return { id: "field-section", name: "section", label: "Withheld under", widget: "select", value: "", options };
}

function weighing(section: Section): string {
  if (sectionTests[section].kind === "limit") return "limit of the duty";
  if (!mayBeWeighed(section)) return "absolute";
  const isAlways = limbsOf(section).every((limb) => ruleOf({ section, limb }).kind === "qualified");
  return isAlways ? "weighed against the public interest" : "absolute or weighed, by its part";
}

function limbControl(relied: Relied, refusal: Refusal | null): FormField[] {
  const limbs = limbsOf(relied.section);
  if (limbs.length === 0) return [];
  const retired = Object.keys(limbLabels).filter((name) => !limbs.some((limb) => limb === name));
  const options = offered({ options: limbLabels, retired }, []).map((option) => ({
    ...option,
    label: `${option.label}${denialOf({ ...relied, limb: option.value }) === null && mayDeny(relied.section) ? " (we must say whether we hold it)" : ""}`,
  }));
  const error = refusal?.problems.find(({ field }) => field === "limb")?.message;
  return [
    {
      id: "field-limb",
      name: "limb",
      label: "Which part of it do you rely on?",
      widget: "radios",
      value: limbIn(relied) ? String(relied.limb) : "",
      options,
      ...(error === undefined ? {} : { error }),
    },
  ];
}

/** Asked only where a provision excludes the duty to confirm or deny. */
function dutyControl(relied: Relied, refusal: Refusal | null): FormField[] {
  const { section, duty } = relied;
  if (!mayDeny(section)) return [];
  const denials = new Set(
    (limbsOf(section).length === 0 ? [null] : limbsOf(section)).flatMap((limb) => denialOf({ section, limb }) ?? []),
  );
  const [only, ...more] = [...denials];
  const error = refusal?.problems.find(({ field }) => field === "duty")?.message;
  return [
    {
      id: "field-duty",
      name: "duty",
      label: "Do we say whether we hold it?",
      hint: `To neither confirm nor deny, the letter cites ${more.length === 0 ? (only ?? "") : "the provision that goes with the part"}`,
      widget: "radios",
      value: typeof duty === "string" ? duty : "say",
      ...(error === undefined ? {} : { error }),
      options: [
        { value: "say", label: "We say that we hold it" },
        {
          value: "neither",
          label:
            section === "s12"
              ? "No: finding that out would alone cost more than the limit"
              : "We neither confirm nor deny it",
        },
      ],
    },
  ];
}
