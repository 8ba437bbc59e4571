import type { Box } from "./geometry.ts";
import type { Kind } from "./patterns.ts";
import { labelOf, sections } from "./sections.ts";
import type { Section } from "./sections.ts";

/** A box that is to be blacked out: on which page, by which section, and what is under it, but never its words. */
export interface Mark extends Box {
  readonly page: number;
  readonly section: Section;
  readonly kind: Kind;
}

/** The most marks of one document. */
export const marksMax = 2000;

/** The code that stands on a mark: s40(2). */
export function markLabel({ section }: Pick<Mark, "section">): string {
  return labelOf(section);
}

/** What was withheld, a line for each section and kind on each page: never the words. */
export interface ScheduleLine {
  readonly page: number;
  readonly section: string;
  readonly kind: Kind;
  readonly count: number;
}

/** The schedule of what is withheld, by page. */
export function scheduleOf(marks: readonly Mark[]): ScheduleLine[] {
  const groups = Map.groupBy(marks, ({ page, section, kind }) => `${page}/${section}/${kind}`);
  return [...groups.values()]
    .map((same) => ({ mark: same[0]!, count: same.length }))
    .toSorted((one, other) => one.mark.page - other.mark.page || one.mark.section.localeCompare(other.mark.section))
    .map(({ mark: { page, section, kind }, count }) => ({
      page,
      section: sections[section],
      kind,
      count,
    }));
}
