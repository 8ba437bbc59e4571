import type { Box } from "./geometry.ts";
import type { PageSize, Picture } from "./pdf.ts";

/** A picture as JPEG, with nothing told in it but its dots. */
export async function jpegOf({ width, height, dots }: Picture): Promise<Buffer> {
  const { default: sharp } = await import("sharp");
  return sharp(dots, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .jpeg({ quality: 82 })
    .toBuffer();
}

/** Blackens a box of a picture, to the outer edge of each dot that it touches. */
export function blacken(picture: Picture, size: PageSize, box: Box): void {
  const { left, right, top, bottom } = dotsIn(picture, size, box);
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++)
      picture.dots.fill(0, (y * picture.width + x) * 4, (y * picture.width + x) * 4 + 3);
}

/** The dots of a picture that a box of its page touches; `right` and `bottom` are the first that it does not. */
export function dotsIn(
  picture: Picture,
  size: PageSize,
  box: Box,
): { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number } {
  const [across, down] = [picture.width / size.width, picture.height / size.height];
  return {
    left: Math.max(0, Math.floor(box.left * across)),
    right: Math.min(picture.width, Math.ceil((box.left + box.width) * across)),
    top: Math.max(0, Math.floor(box.top * down)),
    bottom: Math.min(picture.height, Math.ceil((box.top + box.height) * down)),
  };
}
