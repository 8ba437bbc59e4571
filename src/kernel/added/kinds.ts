import type { CommonOptions, Field } from "../fields/kind.ts";
import { field } from "../fields/field.ts";

/** What is told to a field that an organisation adds, beside what every field is told. */
export interface AddedOptions extends CommonOptions {
  /** Stored key to what people read, of choices. */
  readonly options: Readonly<Record<string, string>>;
  readonly retired: readonly string[];
  /** The type that a link leads to. */
  readonly to: string;
}

/** The kinds of field that an administrator can add, each made by the file of its kind as in any definition. */
export const addedKinds: Readonly<
  Record<string, { readonly label: string; readonly make?: (options: AddedOptions) => Field }>
> = {
  text: { label: "Text, one line", make: field.text },
  "long-text": { label: "Text, several lines", make: field.longText },
  choice: { label: "One of several choices", make: field.choice },
  "many-choice": { label: "Any number of choices", make: field.manyChoice },
  "whole-number": { label: "Whole number", make: field.wholeNumber },
  decimal: { label: "Number with a fraction", make: field.decimal },
  money: { label: "Money", make: field.money },
  date: { label: "Date", make: field.date },
  "yes-no": { label: "Yes or no", make: field.yesNo },
  link: { label: "Link to a record", make: field.link },
  person: { label: "Person", make: field.person },
  email: { label: "E-mail address", make: field.email },
  "web-address": { label: "Web address", make: field.webAddress },
  // Not a field of its own: see `extendable` in the definition of a choice.
  "more-choices": { label: "Choices for a field that Reeve has" },
};
