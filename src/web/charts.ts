import { createHash } from "node:crypto";
import type { EChartsCoreOption } from "echarts";
import type { FastifyInstance } from "fastify";
import { escaped } from "../kernel/html.ts";

/** A series of a chart: a number for each category. */
export interface Series {
  readonly name: string;
  /** Null where there is none. */
  readonly values: readonly (number | null)[];
  readonly as: "bars" | "line";
  /** Where each number leads, an address of this product; null where there is nothing to look at. */
  readonly hrefs?: readonly (string | null)[];
}

/** What to draw. The table behind it is the page's to give. */
export interface Drawing {
  readonly categories: readonly string[];
  readonly series: readonly Series[];
  /** What the numbers count, beside the axis: "tickets". */
  readonly unit: string;
  /** Writes the value on each bar: for a few bars only. */
  readonly figures?: boolean;
  /** Puts the bars of a category on one another: parts of a whole. */
  readonly stacked?: boolean;
  /** Lays the bars on their side, each with its number, the categories down the left: for names. */
  readonly across?: boolean;
}

/** About as large as a card shows it, so that the letters keep their size. */
const width = 460;
const heightOf = ({ across, categories }: Drawing) => (across ? Math.max(120, 34 + 30 * categories.length) : 260);
const ink = "#0b0c0c";
const soft = "#484f54";
const line = "#d5d9dc";
/** Told apart by lightness too, and lines by their dashes and marks: colour never speaks alone. */
const colours = ["#12436d", "#d98324", "#a51d1d"];

/**
 * Draws a chart as SVG that needs neither inline styles nor scripts, so that it may stand in a page under a strict
 * Content-Security-Policy. It scales to its frame. ECharts is loaded once the product listens, or at the first chart.
 */
export async function drawChart(drawing: Drawing): Promise<string> {
  // All that is drawn is in the name, so a picture says nothing that whoever asks did not bring.
  const name = createHash("sha256").update(JSON.stringify(drawing)).digest("base64");
  const known = drawn.get(name);
  if (known !== undefined) return known;
  const svg = await draw(drawing);
  if (drawn.size >= drawnMax) drawn.delete(drawn.keys().next().value ?? "");
  drawn.set(name, svg);
  return svg;
}

/** Pictures by what they show, the oldest first: some 15 KB each. */
const drawn = new Map<string, string>();
const drawnMax = 500;

async function draw(drawing: Drawing): Promise<string> {
  const echarts = await loadOnce();
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height: heightOf(drawing) });
  try {
    chart.setOption(optionOf(drawing));
    return withoutStyles(withLinks(chart.renderToSVGString(), drawing), heightOf(drawing));
  } finally {
    chart.dispose();
  }
}

/** Loads what draws charts a moment after the product listens, so that nobody's first page of numbers waits for it, nor the product for them. */
export function prepareCharts(app: FastifyInstance): void {
  let waiting: NodeJS.Timeout | undefined;
  app.addHook("onListen", async () => {
    // Drawing tells of a failure.
    waiting = setTimeout(() => void draw(smallest).catch(() => {}), prepareAfterMs).unref();
  });
  app.addHook("onClose", async () => clearTimeout(waiting));
}

const prepareAfterMs = 1_500;
/** A first chart is drawn as well, for what is read is compiled only then. */
const smallest: Drawing = {
  categories: ["1"],
  unit: "",
  stacked: true,
  series: [{ name: "1", as: "bars", values: [1] }],
};

let loading: ReturnType<typeof load> | undefined;

function loadOnce(): ReturnType<typeof load> {
  loading ??= load();
  return loading;
}

/** The whole of ECharts in its one file: read in a tenth of the time that its 500 modules take, and it holds 70 MB less. */
function load() {
  return import("echarts/dist/echarts.esm.min.mjs");
}

function optionOf(drawing: Drawing): EChartsCoreOption {
  const { series, across } = drawing;
  const text = { color: ink, fontSize: 14 };
  const [named, counted] = [namesAxis(drawing), numbersAxis(drawing)];
  return {
    animation: false,
    textStyle: text,
    grid: {
      left: 4,
      right: across ? 50 : 10,
      top: series.length > 1 ? 60 : across ? 4 : 32,
      bottom: 4,
      outerBoundsMode: "same",
      outerBoundsContain: "axisLabel",
    },
    ...(series.length > 1
      ? { legend: { left: 0, top: 0, itemWidth: 24, itemGap: 16, textStyle: text, selectedMode: false } }
      : {}),
    ...(across ? { xAxis: counted, yAxis: named } : { xAxis: named, yAxis: counted }),
    series: series.map((one, at) => seriesOption(drawing, one, at)),
  };
}

function namesAxis({ categories, across }: Drawing) {
  return {
    type: "category",
    data: categories,
    inverse: across === true,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: soft } },
    axisLabel: {
      color: soft,
      fontSize: 13,
      ...(across ? { width: 150, overflow: "truncate", ellipsis: "…" } : { hideOverlap: true }),
    },
  };
}

function numbersAxis({ unit, across }: Drawing) {
  return {
    type: "value",
    ...(across
      ? { splitNumber: 3 }
      : {
          name: unit,
          nameLocation: "end",
          nameTextStyle: { color: soft, fontSize: 13, align: "left", padding: [0, 0, 4, -20] },
        }),
    minInterval: 1,
    splitLine: { lineStyle: { color: line } },
    axisLabel: { color: soft, fontSize: 13, formatter: (value: number) => value.toLocaleString("en-GB") },
  };
}

function seriesOption({ figures, stacked, across }: Drawing, one: Series, at: number) {
  return {
    name: one.name,
    type: one.as === "bars" ? "bar" : "line",
    data: one.values,
    itemStyle: { color: colours[at % colours.length] },
    ...(one.as === "bars"
      ? { barMaxWidth: 40, ...(stacked ? { stack: "whole" } : {}) }
      : { symbol: "circle", symbolSize: 7, lineStyle: { width: 3, type: at === 0 ? "solid" : "dashed" } }),
    ...(figures || across
      ? {
          label: {
            show: true,
            position: across ? "right" : "top",
            color: ink,
            fontSize: 13,
            formatter: ({ value }: { value: unknown }) => Number(value).toLocaleString("en-GB"),
          },
        }
      : {}),
  };
}

/** Of more categories than this a bar is too narrow to hit, and its address is in the table. */
const linkedMax = 16;

/**
 * Makes each bar and each mark of a line a link to what it counts, with its number as a tooltip. For the pointer alone: the
 * same links stand in the table behind the chart, where keys and screen readers find them.
 */
function withLinks(svg: string, { categories, series }: Drawing): string {
  return svg.replaceAll(/<path\b[^>]*\becmeta_ssr_type="chart"[^>]*>\s*(?:<\/path>)?/g, (shape) => {
    const [one, at] = ["series", "data"].map((which) =>
      Number(new RegExp(`ecmeta_${which}_index="(\\d+)"`).exec(shape)?.[1]),
    );
    const shown = series[one ?? -1];
    const href = shown?.hrefs?.[at ?? -1];
    if (!shown || !href) return shape;
    const said = `${categories[at!]}: ${shown.name} ${(shown.values[at!] ?? 0).toLocaleString("en-GB")}`;
    const title = `<title>${escaped(said)}</title>`;
    return categories.length > linkedMax
      ? shape.replace(/(\/>|><\/path>|>)\s*$/, `>${title}</path>`)
      : `<a href="${escaped(href)}" tabindex="-1">${title}${shape}</a>`;
  });
}

/** The properties that ECharts writes as styles and that SVG knows as attributes. */
const attributes = new Set([
  "font-size",
  "font-weight",
  "text-anchor",
  "dominant-baseline",
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "paint-order",
]);

/** Turns inline styles into attributes, drops style sheets, and lets the picture fill the width it is given. */
function withoutStyles(svg: string, height: number): string {
  return shortened(
    svg
      .replaceAll(/<style\b[^>]*>.*?<\/style>/gs, "")
      .replaceAll(/\sstyle="([^"]*)"/g, (_whole, style: string) => attributesFrom(style))
      .replaceAll(/\sfont-family="[^"]*"/g, "")
      // Nothing reaches beyond the frame, and the names of two charts' clips would collide on one page.
      .replaceAll(/<defs\b.*?<\/defs>/gs, "")
      .replaceAll(/\s(class|clip-path|pointer-events|xml:space|ecmeta_\w+)="[^"]*"/g, "")
      .replace(
        /^<svg\b[^>]*>/,
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" aria-hidden="true" focusable="false" font-size="13" dominant-baseline="central" fill="${soft}">`,
      ),
  );
}

/** The same picture in fewer bytes: what nearly every text says is said once, and a tenth of a point is fine enough. */
function shortened(svg: string): string {
  const [start = "", ...rest] = svg.split(/(?<=^<svg\b[^>]*>)/);
  const drawn = rest
    .join("")
    .replaceAll(/ (dominant-baseline="central"|font-size="13")/g, "")
    .replaceAll(new RegExp(`(<text\\b[^>]*) fill="${soft}"`, "g"), "$1")
    .replaceAll(
      /translate\(([-\d.]+) ([-\d.]+)\)/g,
      (_whole, x: string, y: string) => `translate(${tenth(x)} ${tenth(y)})`,
    )
    // What would only catch the pointer is not seen.
    .replaceAll(/<(path|rect)\b(?![^>]* stroke=)[^>]* fill="none"[^>]*><\/\1>\n?/g, "")
    .replaceAll(/\n{2,}/g, "\n")
    // The sides of bars, and the marks of a line.
    .replaceAll(/l(-?[\d.]+) 0(?=[lZ])/g, "h$1")
    .replaceAll(/l0 (-?[\d.]+)(?=[hlZ])/g, "v$1")
    .replaceAll(
      /<path d="M1 0A1[^"]*" transform="matrix\(([\d.]+),0,0,\1,([\d.]+),([\d.]+)\)"([^>]*)>(.*?)<\/path>/g,
      (_whole, radius: string, x: string, y: string, how: string, within: string) =>
        `<circle r="${radius}" cx="${tenth(x)}" cy="${tenth(y)}"${how}>${within}</circle>`,
    );
  return start + drawn;
}

function tenth(number: string): string {
  return String(Math.round(Number(number) * 10) / 10);
}

function attributesFrom(style: string): string {
  return style
    .split(";")
    .map((declaration) => declaration.split(":").map((part) => part.trim()))
    .filter(([name = "", value = ""]) => attributes.has(name) && value !== "")
    .map(([name, value = ""]) => ` ${name}="${value.replace(/px$/, "")}"`)
    .join("");
}
