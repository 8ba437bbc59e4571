import { logoSize } from "./view/brand.ts";
import type { LogoTone } from "./view/brand.ts";

/** A logo as it is kept: drawn anew as PNG, so that nothing else of the file that was sent is kept or shown to anybody. */
export interface DrawnLogo {
  readonly png: Buffer;
  /** Dots, twice as many as it is shown in. */
  readonly width: number;
  readonly height: number;
  readonly tone: LogoTone;
}

/** Why a picture cannot be a logo, as a sentence. */
export class NoLogo extends Error {}

/** The most bytes of a picture that is taken for a logo. */
export const logoBytesMax = 2_000_000;
/** The most dots each way, told by the picture's head before it is unpacked: 64 MB of memory at most. */
const dotsMax = 4096;
const dotsMin = 20;

/**
 * Draws a PNG or JPEG as small as it is shown. Throws NoLogo for any other kind, for one that cannot be read and for one that is
 * too large or small. An SVG is none of them: what draws it here would read the files of this machine that it names.
 */
export async function drawLogo(content: Buffer, mediaType: string): Promise<DrawnLogo> {
  if (mediaType !== "image/png" && mediaType !== "image/jpeg")
    throw new NoLogo("Logo must be a PNG or JPEG picture. Save another kind, such as an SVG, as PNG first");
  const { Resvg, renderAsync } = await import("@resvg/resvg-js");
  const picture = `data:${mediaType};base64,${content.toString("base64")}`;
  // Told from the picture's head alone.
  const size = new Resvg(around(picture)).getBBox();
  if (!size) throw unreadable;
  if (size.width > dotsMax || size.height > dotsMax)
    throw new NoLogo(`Logo must be ${dotsMax} dots wide and high at most`);
  if (size.width < dotsMin || size.height < dotsMin)
    throw new NoLogo(`Logo must be at least ${dotsMin} dots wide and high`);
  const scale = Math.min(1, (2 * logoSize.width) / size.width, (2 * logoSize.height) / size.height);
  const [width, height] = [size.width, size.height].map((dots) => Math.max(1, Math.round(dots * scale))) as [
    number,
    number,
  ];
  const drawn = await renderAsync(around(picture, { width, height }), { imageRendering: 0 });
  const tone = toneOf(drawn.pixels, width, height);
  if (tone === null) throw unreadable;
  return { png: Buffer.from(drawn.asPng()), width, height, tone };
}

const unreadable = new NoLogo("This picture cannot be read. Save it again as PNG");

function around(picture: string, size?: { readonly width: number; readonly height: number }): string {
  const of = (at: { readonly width: number; readonly height: number }) => ` width="${at.width}" height="${at.height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg"${of(size ?? { width: 1, height: 1 })}><image${size ? `${of(size)} preserveAspectRatio="none"` : ""} href="${picture}"/></svg>`;
}

/** Whether a picture is dark, light or has a ground of its own, by its pixels (red, green, blue, alpha); null where nothing shows. */
function toneOf(pixels: Buffer, width: number, height: number): LogoTone | null {
  let solid = 0;
  let light = 0;
  let shown = 0;
  for (let at = 0; at + 3 < pixels.length; at += 4) {
    const alpha = pixels[at + 3] ?? 0;
    if (alpha >= 250) solid++;
    if (alpha < 128) continue;
    shown++;
    // How light a colour is felt to be, near enough (ITU-R BT.601), from 0 to 255.
    light += 0.299 * (pixels[at] ?? 0) + 0.587 * (pixels[at + 1] ?? 0) + 0.114 * (pixels[at + 2] ?? 0);
  }
  if (shown === 0) return null;
  if (solid >= width * height * 0.98) return "own";
  return light / shown > 150 ? "light" : "dark";
}
