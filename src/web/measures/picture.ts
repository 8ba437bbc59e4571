import { fileURLToPath } from "node:url";
import { join, dirname } from "node:path";

/** How many dots wide a picture is: twice as many as it is shown, for sharp letters on good screens. */
const dots = 920;

/**
 * A chart as PNG, for mail: programs for mail show no SVG. The letters are drawn with the product's own typeface, which is
 * there on every machine. What draws it is loaded at the first picture.
 */
export async function pngOf(svg: string): Promise<Buffer> {
  const { Resvg } = await import("@resvg/resvg-js");
  return Buffer.from(
    new Resvg(svg, {
      fitTo: { mode: "width", value: dots },
      background: "#ffffff",
      font: { fontFiles: fonts, loadSystemFonts: false, defaultFontFamily: "Atkinson Hyperlegible Next" },
    })
      .render()
      .asPng(),
  );
}

const folder = dirname(
  fileURLToPath(import.meta.resolve("@expo-google-fonts/atkinson-hyperlegible-next/package.json")),
);
const fonts = ["400Regular", "700Bold"].map((weight) => join(folder, weight, `AtkinsonHyperlegibleNext_${weight}.ttf`));
