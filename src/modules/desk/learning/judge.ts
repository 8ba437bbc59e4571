/** What happened to the resolved tickets of a category. Counts of tickets. */
export interface CategoryFigures {
  readonly resolved: number;
  readonly firstContact: number;
  readonly bounced: number;
  readonly reopened: number;
}

/** What is suggested, from what the figures show. */
export type Lesson = "queue" | "training" | "article";

/** A category's figures with what they suggest; `lesson` is null where it does as well as the desk. */
export interface Judged<Category extends CategoryFigures> {
  readonly category: Category;
  /** Tickets that took more than one turn: that bounced or came back. One that did both counts twice. */
  readonly troubled: number;
  readonly lesson: Lesson | null;
}

/** Fewer resolved tickets than these tell nothing of a category. */
export const resolvedMin = 5;
/** So much worse than the desk as a whole is worth a lesson. */
const worseThanDesk = 1.25;
/** A desk that solves a smaller share than this at first contact tells nothing by it of its categories. */
const firstContactMin = 0.1;

/**
 * Puts categories in the order in which there is most to gain: those with the most tickets that bounced or came back first, and
 * of those alike the one with the smaller share solved at first contact. The lesson is for what stands out most beside the desk
 * as a whole: bounces ask for another queue, reopenings for training, and few solved at first contact for an article.
 */
export function judge<Category extends CategoryFigures>(
  categories: readonly Category[],
  desk: CategoryFigures,
): Judged<Category>[] {
  return categories
    .filter(({ resolved }) => resolved >= resolvedMin)
    .map((category) => ({
      category,
      troubled: category.bounced + category.reopened,
      lesson: lessonOf(category, desk),
    }))
    .toSorted((one, other) => other.troubled - one.troubled || firstContactShare(one) - firstContactShare(other));
}

function lessonOf(category: CategoryFigures, desk: CategoryFigures): Lesson | null {
  const worse = (part: "bounced" | "reopened") => timesTheDesk(category, desk, part);
  const [bounced, reopened] = [worse("bounced"), worse("reopened")];
  if (Math.max(bounced, reopened) >= worseThanDesk) return bounced >= reopened ? "queue" : "training";
  // Where hardly anything is solved at first contact, that is so of every category.
  if (share(desk, "firstContact") < firstContactMin) return null;
  const slower = share(category, "firstContact") * worseThanDesk < share(desk, "firstContact");
  return slower ? "article" : null;
}

function timesTheDesk(category: CategoryFigures, desk: CategoryFigures, part: "bounced" | "reopened"): number {
  const usual = share(desk, part);
  return usual === 0 ? 0 : share(category, part) / usual;
}

function share(figures: CategoryFigures, part: keyof CategoryFigures): number {
  return figures.resolved === 0 ? 0 : figures[part] / figures.resolved;
}

function firstContactShare({ category }: Judged<CategoryFigures>): number {
  return share(category, "firstContact");
}
