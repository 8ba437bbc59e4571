import { formatCount } from "../../../web/view/format.ts";

/** Counts from one to below this are not told by service area or exemption, where they come near to single requests. */
export const smallBelow = 5;

/** What stands in a file for a figure that is not told: the mark for confidential figures of the Government Analysis Function. */
export const notTold = "[c]";

/** Whether a count is too small to be told. */
export function isSmall(many: number): boolean {
  return many > 0 && many < smallBelow;
}

/** A count as everybody may read it: "12", "under 5". */
export function countTold(many: number): string {
  return isSmall(many) ? `under ${smallBelow}` : formatCount(many);
}

/** Requests of one service area. */
export interface AreaFigures {
  readonly area: string;
  readonly received: number;
  readonly inTime: number;
  readonly late: number;
}

/** The words for several service areas together. */
export const otherAreas = "Others, or not said";

/**
 * Service areas as everybody may read them. Those with few requests stand together, and if they are few together still, the
 * next smallest with them: else the total less what is told would tell them.
 */
export function areasTold(areas: readonly AreaFigures[]): readonly AreaFigures[] {
  const ordered = areas.toSorted((one, other) => other.received - one.received);
  const told = ordered.filter(({ area, received }) => area !== otherAreas && !isSmall(received));
  const rest = ordered.filter((one) => !told.includes(one));
  if (rest.length === 0) return told;
  while (isSmall(sumOf(rest).received) && told.length > 0) rest.push(...told.splice(-1));
  return [...told, sumOf(rest)];
}

function sumOf(areas: readonly AreaFigures[]): AreaFigures {
  const sum = (name: "received" | "inTime" | "late") => areas.reduce((all, one) => all + one[name], 0);
  return { area: otherAreas, received: sum("received"), inTime: sum("inTime"), late: sum("late") };
}

/**
 * How many of each service area were in time and late, in words. Where one of these counts is small, or what is left of what an area
 * received, all are told by fives: else the total of the council, or of the area, less what is told would tell it.
 */
export function timesTold(
  areas: readonly AreaFigures[],
): readonly { readonly inTime: string; readonly late: string }[] {
  const told = timesAreExact(areas) ? formatCount : inFives;
  return areas.map(({ inTime, late }) => ({ inTime: told(inTime), late: told(late) }));
}

/** Whether how many were in time and late is told as it is. */
export function timesAreExact(areas: readonly AreaFigures[]): boolean {
  return !areas.some(
    ({ received, inTime, late }) => isSmall(inTime) || isSmall(late) || isSmall(received - inTime - late),
  );
}

function inFives(many: number): string {
  if (many < smallBelow) return `under ${smallBelow}`;
  return `${formatCount(Math.floor(many / smallBelow) * smallBelow)} or more`;
}
