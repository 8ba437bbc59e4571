import { defineMeasure } from "../../../kernel/measures/measure.ts";
import { CaseQuestion } from "./question.record.ts";
import { AgreedText } from "./text.record.ts";

const owner = "Policy and relationship manager";

/** Whether teams, drafts and signatures keep to their days, each apart from whether the answer itself was in time. */
export const answeringMeasures = [
  defineMeasure(CaseQuestion, {
    name: "questions-in-time",
    label: "Questions answered in time",
    meaning: "How many in 100 of the questions that teams answered were answered by the day they were asked for.",
    owner,
    unit: "percent",
    over: { happened: "answeredOn" },
    works: { share: { where: { inTime: ["yes"] } } },
  }),
  defineMeasure(AgreedText, {
    name: "drafts-in-time",
    label: "Drafts in time",
    meaning:
      "How many in 100 of the texts that went to be signed did so by the day of the draft, whenever the answer was sent.",
    owner,
    unit: "percent",
    over: { happened: "draftedOn" },
    works: { share: { where: { draftInTime: ["yes"] } } },
  }),
  defineMeasure(AgreedText, {
    name: "signed-in-time",
    label: "Texts signed in time",
    meaning:
      "How many in 100 of the texts that everybody signed were signed by their day, whenever the answer was sent.",
    owner,
    unit: "percent",
    over: { happened: "agreedOn" },
    works: { share: { where: { agreedInTime: ["yes"] } } },
  }),
] as const;
