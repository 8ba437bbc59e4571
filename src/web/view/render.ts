/** Turns a page's model into HTML. Templates are compiled once; the model's type is that of the page named. */
import nunjucks from "nunjucks";
import { fileURLToPath } from "node:url";
import type { Assets } from "./assets.ts";
import { cellsHtml } from "./cells.ts";
import type { ClockCard, PageName, Pages } from "./models.ts";

export type Renderer = <Name extends PageName>(page: Name, model: Pages[Name]) => string;

const templates = fileURLToPath(new URL("../templates/", import.meta.url));

/** Compiles each template on its first use and keeps it. A fault in a template or model throws. */
export function createRenderer(options: { readonly assets: Assets }): Renderer {
  const loader = new nunjucks.FileSystemLoader(templates, { noCache: false, watch: false });
  const environment = new nunjucks.Environment(loader, { autoescape: true, trimBlocks: true, lstripBlocks: true });
  environment.addGlobal("assets", options.assets);
  environment.addFilter("cellsOf", cellsHtml);
  environment.addFilter("isText", (value: unknown) => typeof value === "string");
  environment.addFilter("placed", placed);
  environment.addFilter("withKind", withKind);
  return (page, model) => environment.render(`pages/${page}.njk`, model);
}

type Part = NonNullable<ClockCard["progress"]>[number];

/** Lays the parts of a progress bar end to end over 1000 units. */
function placed(parts: readonly Part[]): { kind: Part["kind"]; at: number; width: number }[] {
  let at = 0;
  return parts.map((part) => {
    const width = Math.round(Math.min(Math.max(part.share, 0), 1 - at / 1000) * 1000);
    const start = at;
    at += width;
    return { kind: part.kind, at: start, width };
  });
}

/** The things of one kind, or with `others` all but those. */
function withKind<Thing extends { kind: string }>(things: readonly Thing[], kind: string, others = false): Thing[] {
  return things.filter((thing) => (thing.kind === kind) !== others);
}
