import { Refusal } from "../kernel/errors.ts";
import type { Problem } from "../kernel/errors.ts";
import type { PageAnswer, PageRequest } from "./page.ts";
import type { Filter, FormError } from "./view/models.ts";

/** What is wrong with what the address of a page asks for, for its own form. */
export interface WronglyAsked {
  /** For the top of the page, each leading to its control where there is one: read it once `beside` was given the controls. */
  readonly errors: readonly FormError[];
  /** The same controls with what is wrong beside each. */
  readonly beside: (filters: readonly Filter[]) => Filter[];
}

/**
 * Answers what the address of a page asks for. Where it asks for what there is not (`invalid`), the page comes as if that part
 * had not been asked for, with its own form and what is wrong (422).
 */
export async function answerAsked(
  page: PageRequest,
  answer: (page: PageRequest, wrong: WronglyAsked) => Promise<PageAnswer>,
): Promise<PageAnswer> {
  const problems: Problem[] = [];
  for (let query = page.query; ;) {
    try {
      const answered = await answer({ ...page, query }, wronglyAsked(problems));
      return problems.length > 0 && "page" in answered ? { ...answered, status: 422 } : answered;
    } catch (error) {
      const named = error instanceof Refusal && error.kind === "invalid" ? error.problems : [];
      const wrong = named.flatMap(({ field }) => (field !== undefined && field in query ? [field] : []));
      // Each time less is asked for; what is wrong without having been asked for is for the page of errors.
      if (wrong.length === 0) throw error;
      problems.push(...named);
      query = Object.fromEntries(Object.entries(query).filter(([name]) => !wrong.includes(name)));
    }
  }
}

function wronglyAsked(problems: readonly Problem[]): WronglyAsked {
  const shown = new Set<string>();
  const errorOf = (filter: Filter) => problems.find(({ field }) => field === filter.name)?.message;
  const beside = (filters: readonly Filter[]) =>
    filters.map((filter): Filter => {
      const error = errorOf(filter);
      if (error === undefined) return filter;
      shown.add(filter.name);
      return { ...filter, error };
    });
  return {
    beside,
    get errors() {
      return problems.map(({ field, message }) => ({
        text: message,
        ...(field !== undefined && shown.has(field) ? { fieldId: `filter-${field}` } : {}),
      }));
    },
  };
}
