import type { ChoiceOptions } from "../../../kernel/fields/choice.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import type { Registry } from "../../../kernel/registry.ts";
import { exemptions } from "../exemptions.ts";
import { isExemption } from "./classes.ts";
import type { FigureName } from "./classes.ts";
import type { Band } from "./figures.ts";

/** What each figure is called where its requests are listed. */
const figureLabels: Readonly<Record<Exclude<FigureName, keyof typeof exemptions> | "s21", string>> = {
  received: "received",
  receivedLess: "received, less on hold or lapsed",
  processed: "answered",
  onHold: "on hold, lapsed, withdrawn or transferred",
  processing: "still being dealt with",
  environmental: "environmental",
  inTime: "answered within 20 working days",
  extended: "answered within a permitted extension",
  late: "late",
  lateDone: "answered late",
  lateOpen: "late and not answered yet",
  notYetDue: "not yet due",
  advice: "answered with advice and assistance alone",
  notHeld: "not held",
  resolvable: "that could be resolved",
  granted: "granted in full",
  part: "withheld in part",
  withheld: "withheld in full",
  pending: "not answered yet",
  vexatious: "refused as vexatious",
  repeated: "refused as repeated",
  cost: "refused over the cost limit",
  exemption: "refused by an exemption or exception",
  exempted: "in which an exemption or exception was claimed",
  s21: "in which section 21 was claimed",
  s21Part: "in which section 21 was claimed for a part",
  s21Full: "in which section 21 was claimed for all",
  s21InTime: "in which section 21 was claimed, in time",
  s21Late: "in which section 21 was claimed, late",
  reviews: "that are internal reviews",
  reviewsKnown: "that are internal reviews with an outcome",
  reviewsDone: "that are internal reviews answered",
  reviewsUpheld: "that are internal reviews upheld",
  reviewsPart: "that are internal reviews upheld in part",
  reviewsOverturned: "that are internal reviews overturned",
  untimed: "without a deadline",
  unfitting: "with a decision that does not fit",
  refusedByNothing: "refused without a section that is counted",
};

/** What a figure is called after “Requests”. */
export function figureLabel(figure: FigureName): string {
  return isExemption(figure) ? `in which ${exemptions[figure]} was claimed` : figureLabels[figure];
}

/** What the regulator’s bands are called. */
export const bandLabels: Readonly<Record<Band, { readonly share: string; readonly label: string }>> = {
  good: { share: "95% up", label: "good" },
  adequate: { share: "90–95%", label: "adequate" },
  unsatisfactory: { share: "Under 90%", label: "unsatisfactory" },
};

/** What a service area is called, as the organisation has it. */
export function areaLabel(registry: Registry, area: string | null): string {
  return area === null ? "Not said" : choiceLabel(registry, "area", area);
}

/** What a choice of a request’s field is called. */
export function choiceLabel(registry: Registry, field: "area" | "regime", value: string): string {
  // Both fields are choices.
  const { options } = typeNamed(registry, "information_request").fields[field]!.options as ChoiceOptions;
  return options[value] ?? value;
}
