import chromium from "@sparticuz/chromium";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium as playwright } from "playwright-core";
import type { Browser, Page, Request, Response } from "playwright-core";

/**
 * In one process for all, the browser would end with its first context. Without the graphics card that it makes in software
 * it draws the same with less of the processor.
 */
const leftOut = /^--single-process$|gl=|angle|swiftshader|gpu-blocklist/;

/** Starts the browser that comes inside an npm package. */
export async function openBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [...chromium.args.filter((argument) => !leftOut.test(argument)), "--no-sandbox", "--disable-gpu"],
  });
}

/**
 * Goes to an address as a link of the page does, where the script puts the new page into this one; to another layout it loads
 * it. Gives the answer. What axe is made of stays, which would take as long to read again as axe takes to look.
 */
export async function follow(page: Page, address: string): Promise<Response> {
  const wanted = decodeURIComponent(new URL(address, page.url()).href);
  const answered = page.waitForResponse((one) => askedFirst(one.request()) === wanted && !isRedirect(one));
  const visit = `new Promise((done) => {
    addEventListener("turbo:load", () => done(), { once: true });
    Turbo.visit(${JSON.stringify(address)});
  })`;
  // A page that is loaded after all takes what waited here with it.
  await page.evaluate(visit).catch(() => page.waitForLoadState());
  return answered;
}

const askedFirst = (request: Request): string => {
  const before = request.redirectedFrom();
  return before === null ? decodeURIComponent(request.url()) : askedFirst(before);
};

const isRedirect = (response: Response) => response.status() > 300 && response.status() < 400;

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target?: readonly string[] }[];
}

let axeRead: Promise<string> | undefined;

function axeSource(): Promise<string> {
  axeRead ??= readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  return axeRead;
}

/** What axe finds wrong on a page as it stands, a line each; and whether it scrolls sideways. */
export async function faultsOf(page: Page, look: Look = {}): Promise<string[]> {
  return [...(await axeFaults(page, look)), ...(await sidewaysOf(page))];
}

/** How axe looks at a page: all of it, by every rule, unless told. */
interface Look {
  readonly rules?: object;
  /** What it looks at, as a selector. */
  readonly within?: string;
}

/** Colours are the same at every width, and looking at them takes half of axe's time. */
const withoutColours = { "color-contrast": { enabled: false } };

/**
 * The same of a page that was loaded once, at the widths that matter: at a desk, on a phone, and at 320 px, which is a desk at
 * 400 % zoom (WCAG 1.4.10). On a phone of 390 px only the width differs, so there axe need not look again; nor at 320 px, and
 * nowhere at the colours, where a page made alike was looked at. What is around each page's own part is the same on all: at
 * 320 px it is looked at where a file is brought in.
 */
export async function faultsAtEveryWidth(page: Page, seenAlike = false): Promise<string[]> {
  const faults: string[] = [];
  for (const width of [1366, 390, 320]) {
    await page.setViewportSize({ width, height: 860 });
    const found =
      width === 390 || (width === 320 && seenAlike)
        ? await sidewaysOf(page)
        : await faultsOf(page, {
            ...(width === 320 || seenAlike ? { rules: withoutColours } : {}),
            ...(width === 320 ? { within: "main" } : {}),
          });
    faults.push(...found.map((fault) => `at ${width} px: ${fault}`));
  }
  return faults;
}

async function axeFaults(page: Page, { rules = {}, within = "html" }: Look): Promise<string[]> {
  // Turbo marks the page while it goes to another, in a way that ARIA has no word for.
  await page.locator("html:not([aria-busy])").waitFor();
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(await axeSource());
  // Every rule is run. Naming each element that is looked at takes a third of axe's time, so it is done only where one is at
  // fault. It answers with its own result type.
  const [what, options] = [JSON.stringify(within), `resultTypes: ["violations"], rules: ${JSON.stringify(rules)}`];
  const violations = (await page.evaluate(
    `axe.run(${what}, { ${options}, selectors: false, elementRef: true }).then(({ violations: found }) =>
      found.length === 0 ? [] : axe.run(${what}, { ${options} }).then(({ violations }) => violations.length > 0 ? violations : found))`,
  )) as Violation[];
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target = [] }) => target.join(" ")).join(" | ")}`,
  );
}

async function sidewaysOf(page: Page): Promise<string[]> {
  const sideways = Number(
    await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
  );
  return sideways > 0 ? [`it scrolls sideways by ${sideways} px`] : [];
}
