import { around, grown, overlap } from "./geometry.ts";
import type { Box } from "./geometry.ts";
import type { PageSize, Picture, Sign } from "./pdf.ts";

/** A word of a page's text. `ink` is where its signs are drawn, `box` the height of its line as well. */
export interface Word {
  readonly text: string;
  readonly ink: Box;
  readonly box: Box;
}

/** The words of a page in reading order, from its signs. */
export function wordsOf(signs: readonly (Sign | null)[]): Word[] {
  const words: Word[] = [];
  let open: Sign[] = [];
  const close = () => {
    if (open.length > 0)
      words.push({
        text: open.map(({ text }) => text).join(""),
        ink: around(open.map(({ ink }) => ink)),
        box: around(open.map(({ box }) => box)),
      });
    open = [];
  };
  for (const sign of signs) {
    const last = open.at(-1);
    // A word goes on to the right along its line; text that stands elsewhere is another one.
    if (sign === null || (last && !follows(last.box, sign.box))) close();
    if (sign !== null) open.push(sign);
  }
  close();
  return words;
}

function follows(last: Box, next: Box): boolean {
  const height = Math.max(last.height, next.height, 10);
  const [dx, dy] = [next.left - (last.left + last.width), next.top - last.top];
  return overlap(grown(last, height), next) && Math.abs(dy) <= height * 1.5 && dx <= height * 1.5;
}

/** Whether something can be seen where a word stands: text that nobody sees must not go out unnoticed. */
export function isSeen({ ink }: Word, size: PageSize, picture: Picture): boolean {
  if (!overlap(ink, { left: 0, top: 0, ...size })) return false;
  const [across, down] = [picture.width / size.width, picture.height / size.height];
  const left = Math.max(0, Math.floor(ink.left * across));
  const right = Math.min(picture.width - 1, Math.ceil((ink.left + ink.width) * across));
  const top = Math.max(0, Math.floor(ink.top * down));
  const bottom = Math.min(picture.height - 1, Math.ceil((ink.top + ink.height) * down));
  let [least, most] = [255 * 3, 0];
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++) {
      const at = (y * picture.width + x) * 4;
      const light = (picture.dots[at] ?? 0) + (picture.dots[at + 1] ?? 0) + (picture.dots[at + 2] ?? 0);
      least = Math.min(least, light);
      most = Math.max(most, light);
    }
  return most - least > contrastMin;
}

/** Of 765 (three colours): below it nobody reads a word. */
const contrastMin = 60;
