import type { Problem } from "../../../kernel/errors.ts";
import type { Form } from "../../../kernel/fields/kind.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { all, first } from "../../../web/page.ts";
import { addressOf, crumbsTo } from "../../../web/pages/places.ts";
import { plural } from "../../../web/view/format.ts";
import type { FormField, MarkingPage } from "../../../web/view/models.ts";
import { edge, grown, overlap, within } from "./geometry.ts";
import { marksOf } from "./handling.ts";
import { areaControls, boxValue, markId, suggestionValue } from "./marking.ts";
import { markLabel } from "./marks.ts";
import type { Mark } from "./marks.ts";
import { kinds } from "./patterns.ts";
import { sections } from "./sections.ts";
import type { SeenPage } from "./tasks.ts";

/** So many words can be ticked on one page without it growing past 100 KB; others are marked by typing or drawing. */
const wordsMax = 700;
const suggestedMax = 100;
const markedMax = 150;

interface Shown {
  readonly number: number;
  readonly seen: SeenPage;
  readonly canMark: boolean;
  /** What was sent and could not be taken. */
  readonly form: Form;
  readonly problems: readonly Problem[];
}

/** A page of the PDF as it is marked. */
export function markingModel(tx: Tx, redaction: Stored, shown: Shown): Omit<MarkingPage, "shell"> {
  const { number, seen, canMark, problems } = shown;
  const address = addressOf(tx, redaction);
  const marks = marksOf(redaction).filter(({ page }) => page === number);
  const open = seen.suggestions.filter(
    ({ boxes }) => !boxes.every((box) => marks.some((mark) => overlap(grown(mark, -edge), box))),
  );
  const to = (page: number) => `${address}/marking?page=${page}`;
  return {
    breadcrumb: [...crumbsTo(tx, typeNamed(tx.registry, "redaction")), { text: redaction.reference, href: address }],
    title: `${redaction.title}: mark what is withheld`,
    errors: problems.map(({ field, message }) => ({
      text: message,
      ...(field === undefined ? {} : { fieldId: `field-${field}` }),
    })),
    notes: notesOn(shown),
    links: [
      { text: "Look through the whole document", href: `${address}/survey` },
      { text: "Schedule of what is withheld", href: `${address}/schedule` },
      { text: canMark ? `Go on: make the copy of ${redaction.reference}` : redaction.reference, href: address },
    ],
    place: {
      text: `Page ${number} of ${seen.pages}`,
      page: number,
      last: seen.pages,
      action: `${address}/marking`,
      ...(number > 1 ? { before: { text: "Page before", href: to(number - 1) } } : {}),
      ...(number < seen.pages ? { after: { text: "Next page", href: to(number + 1) } } : {}),
    },
    picture: { href: `${address}/picture?page=${number}`, alt: `Page ${number}`, ...seen.size },
    marked: marks.slice(0, markedMax).map(markedOne),
    suggested: open.slice(0, suggestedMax).map((one) => ({
      text: `${kinds[one.kind]}: ${one.text.slice(0, 120).replace(/[,.;:]+$/, "")}`,
      why: one.why,
      value: suggestionValue(one),
      places: one.boxes,
    })),
    words: canMark
      ? seen.words
          .filter(({ ink }) => !marks.some((mark) => overlap(grown(mark, -edge), ink)))
          .slice(0, wordsMax)
          .map(({ text, box }) => ({ text: text.slice(0, 60), value: boxValue(within(grown(box, 5), seen.size)) }))
      : [],
    ...(canMark ? { form: formOf(to(number), shown) } : {}),
  };
}

function markedOne(mark: Mark): MarkingPage["marked"][number] {
  return { text: kinds[mark.kind], label: markLabel(mark), place: mark, value: `off:${markId(mark)}` };
}

function notesOn({ seen, canMark }: Shown): string[] {
  return [
    ...(canMark ? [] : ["This can no longer be marked."]),
    ...(seen.words.length === 0
      ? ["This page holds no text, so nothing can be found on it. Read the picture, and draw the marks."]
      : []),
    ...(seen.unseen > 0
      ? [
          `${plural(seen.unseen, "word")} here that nobody sees ${seen.unseen === 1 ? "is" : "are"} left out of the copy.`,
        ]
      : []),
    ...(seen.words.length > wordsMax
      ? [`Only the first ${wordsMax} words can be ticked. Type or draw the others.`]
      : []),
  ];
}

function formOf(action: string, { form, problems }: Shown): NonNullable<MarkingPage["form"]> {
  const base = (name: string) => {
    const error = problems.find(({ field }) => field === name)?.message;
    return { id: `field-${name}`, name, ...(error === undefined ? {} : { error }) };
  };
  const options = (of: Readonly<Record<string, string>>) =>
    Object.entries(of).map(([value, label]) => ({ value, label }));
  return {
    action,
    hidden: all(form, "drawn").map((value) => ({ name: "drawn", value })),
    section: {
      ...base("section"),
      label: "Withheld under",
      widget: "select",
      value: first(form, "section") || "s40_2",
      options: options(sections),
    },
    kind: {
      ...base("kind"),
      label: "What the words are",
      widget: "select",
      value: first(form, "kind") || "words",
      options: options(kinds),
    },
    typed: {
      ...base("typed"),
      label: "Words, wherever they stand",
      hint: "Such as a name. Capitals make no difference",
      widget: "text",
      value: first(form, "typed"),
      optional: true,
    },
    area: Object.entries(areaControls).map(([name, label]): FormField => ({
      ...base(name),
      label,
      widget: "text",
      value: first(form, name),
      optional: true,
    })),
    everywhere: [{ value: "found", label: "Mark all that is suggested" }],
  };
}
