import { refuse } from "../../../kernel/errors.ts";
import type { Form } from "../../../kernel/fields/kind.ts";
import { all, first } from "../../../web/page.ts";
import { boxFrom } from "./handling.ts";
import { around } from "./geometry.ts";
import type { Box } from "./geometry.ts";
import type { Mark } from "./marks.ts";
import { kinds } from "./patterns.ts";
import type { Kind } from "./patterns.ts";
import { sections } from "./sections.ts";
import type { Section } from "./sections.ts";
import type { Suggestion } from "./suggest.ts";

/** What the form of a page sends for a suggestion: its kind and its boxes. */
export function suggestionValue({ kind, boxes }: Pick<Suggestion, "kind" | "boxes">): string {
  return [kind, ...boxes.map(boxValue)].join(";");
}

/** What it sends for a box. */
export function boxValue({ left, top, width, height }: Box): string {
  return [left, top, width, height].map(Math.round).join(" ");
}

/** By which a mark is taken off: its page and place. */
export function markId(mark: Mark): string {
  return `${mark.page} ${boxValue(mark)}`;
}

/** The section that a form names. Refuses where there is none. */
export function sectionIn(form: Form): Section {
  const given = first(form, "section");
  if (!Object.hasOwn(sections, given)) refuse("section", "Select the section by which this is withheld");
  return given as Section;
}

/** What the form of a page marks: suggestions and words that were ticked, boxes that were drawn, an area by its place. */
export function marksFrom(form: Form, page: number): Mark[] {
  const section = sectionIn(form);
  const mark = (kind: Kind) => (box: Box) => ({ ...box, page, section, kind });
  const drawn = all(form, "drawn").flatMap((text) => boxFrom(text) ?? []);
  const marks = [
    ...all(form, "suggested").flatMap((text) => suggestedMarks(text).map(({ kind, box }) => mark(kind)(box))),
    ...sideBySide(all(form, "word").flatMap((text) => boxFrom(text) ?? [])).map(mark(kindIn(form))),
    ...[...drawn, ...areaIn(form)].map(mark("area")),
  ];
  if (marks.length === 0) refuse("section", "Tick a suggestion or a word, or draw a mark, then choose “Mark”");
  return marks;
}

/** Marks on any page that whatever was found comes to. */
export function marksOfFound(found: readonly Suggestion[], section: Section): Mark[] {
  return found.flatMap(({ page, kind, boxes }) => boxes.map((box) => ({ ...box, page, section, kind })));
}

/** The marks with others added; those that are there already stay as they are. */
export function added(before: readonly Mark[], more: readonly Mark[]): Mark[] {
  const there = new Set(before.map(markId));
  const fresh = more.filter((mark) => !there.has(markId(mark)) && there.add(markId(mark)));
  return [...before, ...fresh].toSorted((one, other) => one.page - other.page);
}

function kindIn(form: Form): Kind {
  const given = first(form, "kind");
  return Object.hasOwn(kinds, given) ? (given as Kind) : "words";
}

function suggestedMarks(text: string): { kind: Kind; box: Box }[] {
  const [kind = "", ...boxes] = text.split(";").slice(0, 50);
  if (!Object.hasOwn(kinds, kind)) return [];
  return boxes.flatMap((given) => {
    const box = boxFrom(given);
    return box ? [{ kind: kind as Kind, box }] : [];
  });
}

/** Words that follow one another on a line become one mark, so that not even their spaces are told. */
function sideBySide(boxes: readonly Box[]): Box[] {
  const joined: Box[] = [];
  for (const box of boxes) {
    const last = joined.at(-1);
    const gap = last ? box.left - (last.left + last.width) : 0;
    const sameLine = last && Math.abs(last.top - box.top) < box.height / 2 && gap >= -box.height && gap < box.height;
    if (sameLine) joined.splice(-1, 1, around([last, box]));
    else joined.push(box);
  }
  return joined;
}

/** Names and labels of the controls that place an area, in millimetres. */
export const areaControls = {
  left: "From the left edge",
  top: "From the top edge",
  width: "Width",
  height: "Height",
} as const;

const perMillimetre = 720 / 25.4;

function areaIn(form: Form): Box[] {
  const names = Object.keys(areaControls) as (keyof typeof areaControls)[];
  const given = names.map((name) => first(form, name).trim());
  if (given.every((text) => text === "")) return [];
  const numbers = names.map((name, at) => {
    const text = given[at]!;
    if (!/^\d{1,4}(?:\.\d)?$/.test(text)) refuse(name, `${areaControls[name]}: enter millimetres, such as 25`);
    return Math.round(Number(text) * perMillimetre);
  });
  return [
    boxFrom(numbers.join(" ")) ?? refuse("width", "Width and height must be more than 0, and the area on a page"),
  ];
}
