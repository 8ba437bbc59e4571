import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { startReeve, temporaryFolder } from "../running.ts";
import type { Running } from "../running.ts";
import { faultsOf, openBrowser } from "./browser.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let reeve: Running;
let browser: Browser;

before(async () => {
  folder = await temporaryFolder();
  [reeve, browser] = await Promise.all([startReeve(folder.path), openBrowser()]);
});
after(async () => {
  await browser.close();
  reeve.process.kill("SIGTERM");
  await reeve.ended;
  await folder.remove();
});

interface Someone {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly errors: string[];
  /** Addresses of the pages asked for since it was emptied last. */
  readonly asked: string[];
}

/** A browser of a demo person's own, signed in with their button. */
async function signedIn(name: RegExp): Promise<Someone> {
  const context = await browser.newContext({ viewport: { width: 1366, height: 860 }, baseURL: reeve.address });
  const page = await context.newPage();
  const errors: string[] = [];
  const asked: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d|ERR_CONNECTION|ERR_INCOMPLETE/.test(message.text()))
      errors.push(message.text());
  });
  page.on("request", (request) => {
    // Turbo asks for a page that the mouse rests on before it is clicked.
    const { accept = "", "x-sec-purpose": purpose } = request.headers();
    if (/text\/html/.test(accept) && purpose !== "prefetch") asked.push(new URL(request.url()).pathname);
  });
  await page.goto("/sign-in");
  await page.getByRole("button", { name }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  return { context, page, errors, asked };
}

/** Makes a ticket and leaves the browser on its page, whose address is given back. */
async function newTicket(page: Page, summary: string): Promise<string> {
  await page.goto("/tickets/new");
  await page.getByLabel("Summary").fill(summary);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/tickets\/INC-\d+/);
  return new URL(page.url()).pathname;
}

/** Does what leads to a page, and waits until that hears of changes. */
async function following(page: Page, go: () => Promise<unknown>): Promise<void> {
  await Promise.all([page.waitForResponse((answer) => new URL(answer.url()).pathname.startsWith("/live/")), go()]);
}

test("a record that two have open follows what the other does within a second, and loses nothing typed", async () => {
  const [one, other] = [await signedIn(/Lead support/i), await signedIn(/Administrator/i)];
  let address = "";
  await following(one.page, async () => (address = await newTicket(one.page, "The projector shows nothing")));
  await following(other.page, () => other.page.goto(`${address}?tab=conversation`));
  const typed = other.page.locator("#comment-text");
  await typed.fill("I am on my w");
  await typed.focus();
  const before = Date.now();
  await one.page.getByRole("button", { name: "Take it" }).click();
  await other.page.locator(".r-identity .r-tag", { hasText: "Assigned" }).waitFor({ timeout: 3000 });
  const took = Date.now() - before;
  await other.page.keyboard.type("ay");
  assert.equal(await typed.inputValue(), "I am on my way");
  assert.ok(took < 1000, `it followed after ${took} ms`);
  // One's own change makes the page once: the answer to the form.
  await one.page.waitForTimeout(300);
  one.asked.length = 0;
  await other.page.getByRole("button", { name: "Add comment" }).click();
  await other.page.locator(".r-flash").waitFor();
  await one.page.locator("nav.r-tabs", { hasText: "Conversation (1)" }).waitFor({ timeout: 3000 });
  other.asked.length = 0;
  await other.page.waitForTimeout(1200);
  assert.deepEqual([other.asked, one.asked.length], [[], 1]);
  assert.deepEqual([one.errors, other.errors], [[], []]);
  await Promise.all([one.context.close(), other.context.close()]);
});
