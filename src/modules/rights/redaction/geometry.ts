/** A box on a page as it is displayed, from its top left corner, in tenths of a point (720 to the inch). */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Points to the inch ten times over, the unit of boxes. */
export const unitsPerInch = 720;

/** Whether two boxes share any of the page. Touching is not sharing. */
export function overlap(one: Box, other: Box): boolean {
  return (
    one.left < other.left + other.width &&
    other.left < one.left + one.width &&
    one.top < other.top + other.height &&
    other.top < one.top + one.height
  );
}

/** The least box that holds all of these; there must be one. */
export function around(boxes: readonly Box[]): Box {
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const right = Math.max(...boxes.map((box) => box.left + box.width));
  const bottom = Math.max(...boxes.map((box) => box.top + box.height));
  return { left, top, width: right - left, height: bottom - top };
}

/** A box larger on each side, or smaller where the number is below 0; it keeps some width and height. */
export function grown(box: Box, by: number): Box {
  return {
    left: box.left - by,
    top: box.top - by,
    width: Math.max(1, box.width + 2 * by),
    height: Math.max(1, box.height + 2 * by),
  };
}

/** What of a box lies on a page of this size. */
export function within(box: Box, page: { readonly width: number; readonly height: number }): Box {
  const left = Math.min(Math.max(0, box.left), page.width - 1);
  const top = Math.min(Math.max(0, box.top), page.height - 1);
  const right = Math.max(left + 1, Math.min(page.width, box.left + box.width));
  const bottom = Math.max(top + 1, Math.min(page.height, box.top + box.height));
  return { left, top, width: right - left, height: bottom - top };
}

/** How far a sign may reach under a mark, as the tail of a letter in the line above does: tenths of a point. */
export const edge = 10;
