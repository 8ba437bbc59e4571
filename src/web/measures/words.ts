import type { Measure, Narrowing } from "../../kernel/measures/measure.ts";
import { filterNames } from "../../kernel/store/filters.ts";
import { furtherFilters } from "../../kernel/store/further-filters.ts";
import type { Period } from "../../kernel/measures/periods.ts";
import type { Counted } from "../../kernel/measures/evaluate.ts";
import { formatDate, formatMoment } from "../view/format.ts";
import { unitWords } from "./figures.ts";

/** How a measure is counted, in sentences that follow from its definition. */
export function howCounted(measure: Measure): string {
  return [`${looked(measure)}.`, worked(measure), "Only what you may see is counted."].join(" ");
}

/** What a measure's figures are of, for its page. */
export function unitLabel({ unit }: Measure): string {
  return unit === "minutes"
    ? "Working time"
    : unit === "pence"
      ? "Pounds"
      : unit === "percent"
        ? "Of 100"
        : sentence(unitWords(unit));
}

function looked({ type, over, of }: Measure): string {
  const many = type.label.many;
  const which =
    over === "open-now"
      ? `${many} that are open now, whatever the period`
      : over === "open-at-end"
        ? `${many} that were open when the period ended, or each day, week or month of it`
        : "stopped" in over
          ? `${many} whose clock “${type.clocks[over.stopped]?.label}” stopped in the period`
          : over.happened === "opened" || over.happened === "closed"
            ? `${many} that were ${over.happened} in the period`
            : `${many} whose “${type.fields[over.happened]?.options.label}” lies in the period`;
  const narrowed = of ? narrowing({ type }, of) : "";
  return narrowed === "" ? which : `${which}, only those with ${narrowed}`;
}

function worked({ type, works }: Measure): string {
  if (works === "count") return "They are counted.";
  if ("sum" in works) return `Their “${type.fields[works.sum]?.options.label}” is added up.`;
  if ("share" in works) return `The share is of those with ${narrowing({ type }, works.share)}.`;
  const what = works.of === "elapsed" ? "working time on that clock" : `“${type.fields[works.of]?.options.label}”`;
  return `${works.percentile} in 100 of them are at this ${what} or below.`;
}

function narrowing({ type }: Pick<Measure, "type">, { states = [], where = {} }: Narrowing): string {
  const filters = Object.entries(where).map(([name, values]) => {
    const further = furtherFilters(type).find((one) => one.name === name);
    const field = type.fields[filterNames(type).find((one) => one.name === name)?.field ?? ""];
    const label = further?.label ?? field?.options.label ?? name;
    return `“${label}”: ${values.map((value) => further?.options?.[value] ?? value).join(" or ")}`;
  });
  const named = states.map((state) => type.states[state]?.label ?? state);
  return [...(named.length > 0 ? [`the state ${named.join(" or ")}`] : []), ...filters].join(" and ");
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "From 31 August to 22 November 2026." and, where it was not counted just now, when. */
export function periodSentence(
  { from, to }: Period,
  { readAt }: Pick<Counted, "readAt">,
  now: Temporal.Instant,
): string {
  const [start, end] = [from, to].map((day) => formatDate(Temporal.PlainDate.from(day)));
  const counted =
    readAt.epochMilliseconds === now.epochMilliseconds
      ? ""
      : ` Counted on ${formatMoment(readAt, "Europe/London")}; the lists show how it is now.`;
  return `From ${start} to ${end}.${counted}`;
}
