/**
 * An organisation's colour as a small stylesheet of its own, because the strict Content-Security-Policy allows no inline
 * style. Its address holds the colour, so it can be cached for good.
 */

type Rgb = readonly [number, number, number];

const white: Rgb = [255, 255, 255];
const ink: Rgb = [11, 12, 12];
const defaultColour = "#12436d";

/** The address of the stylesheet for `#rrggbb`; anything else gets the product's own blue. */
export function brandHref(colour: string): string {
  const hex = /^#[0-9a-f]{6}$/i.test(colour) ? colour : defaultColour;
  return `/assets/brand-${hex.slice(1).toLowerCase()}.css`;
}

/** The stylesheet behind an address made by `brandHref`; nothing for any other address. */
export function brandStylesheet(path: string): string | undefined {
  const hex = /^\/assets\/brand-([0-9a-f]{6})\.css$/.exec(path)?.[1];
  if (hex === undefined) return undefined;
  const brand = parse(hex);
  const onBrand = contrast(brand, white) >= 4.5 ? white : ink;
  // The search field is shaded away from its text, so that the text on it only gains contrast.
  const field = mix(brand, onBrand === white ? ink : white, 0.18);
  // Lines and markers stand on white: WCAG 1.4.11 asks for 3:1, so a pale brand gives way to ink there.
  const strong = contrast(brand, white) >= 3 ? brand : ink;
  return (
    `:root{--brand:${css(brand)};--brand-ink:${css(onBrand)};--brand-field:${css(field)};` +
    `--brand-strong:${css(strong)}}\n`
  );
}

/** What a logo can stand on: a dark one on what is light, a light one on what is dark, one with a ground of its own on anything. */
export type LogoTone = "dark" | "light" | "own";

/** The most pixels that a logo is shown in; its picture has twice as many dots, for sharp lines on good screens. */
export const logoSize = { width: 240, height: 40 };

/** What is laid under a logo on a bar of this colour, so that it can be seen there: nothing where it can be without. */
export function groundFor(tone: LogoTone, colour: string): "none" | "light" | "dark" {
  const brand = parse((/^#[0-9a-f]{6}$/i.test(colour) ? colour : defaultColour).slice(1));
  const darkBar = contrast(brand, white) >= 4.5;
  if (tone === "own") return "none";
  if (tone === "dark") return darkBar ? "light" : "none";
  return darkBar ? "none" : "dark";
}

/** WCAG 2.2 contrast ratio of two colours, from 1 to 21. */
function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function mix(base: Rgb, other: Rgb, share: number): Rgb {
  const part = (index: 0 | 1 | 2) => Math.round(base[index] * (1 - share) + other[index] * share);
  return [part(0), part(1), part(2)];
}

function parse(hex: string): Rgb {
  const part = (from: number) => Number.parseInt(hex.slice(from, from + 2), 16);
  return [part(0), part(2), part(4)];
}

function css(colour: Rgb): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
