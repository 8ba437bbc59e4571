import assert from "node:assert/strict";
import { availableParallelism, loadavg } from "node:os";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { startReeve, demoFolder } from "../running.ts";
import type { Running } from "../running.ts";
import { faultsOf, openBrowser } from "./browser.ts";

let folder: Awaited<ReturnType<typeof demoFolder>>;
let reeve: Running;
let browser: Browser;

before(async () => {
  folder = await demoFolder();
  reeve = await startReeve(folder.path);
  browser = await openBrowser();
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
  // What has only its bell to follow, as a form that leads to the page, does not count.
  await Promise.all([page.waitForResponse((answer) => /\/live(\/|\?of=)/.test(answer.url())), go()]);
}

test(
  "a record that two have open follows what the other does within a second, and loses nothing typed",
  { timeout: 60_000 },
  async () => {
    const [one, other] = [await signedIn(/Lead support/i), await signedIn(/Administrator/i)];
    let address = "";
    await following(one.page, async () => (address = await newTicket(one.page, "The projector shows nothing")));
    await following(other.page, () => other.page.goto(`${address}?tab=conversation`));
    const typed = other.page.locator("#comment-text");
    await typed.fill("I am on my w");
    await typed.focus();
    const shows = async ({ page }: Someone) => {
      await page.locator(".r-identity .r-tag", { hasText: "Assigned" }).waitFor({ timeout: 10_000 });
      return Date.now();
    };
    const shown = [shows(one), shows(other)];
    await one.page.getByRole("button", { name: "Take it" }).click();
    const [first = 0, then = Infinity] = await Promise.all(shown);
    await other.page.keyboard.type("ay");
    assert.equal(await typed.inputValue(), "I am on my way");
    // Where many wait for each core, every page takes longer to make, the first one’s too.
    const most = (loadavg()[0] ?? 0) > availableParallelism() * 2 ? 8000 : 1000;
    assert.ok(then - first < most, `it followed ${then - first} ms after one’s own page`);
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
  },
);

test(
  "a list follows, keeps the focus on the record it was on, and is walked with j and k",
  { timeout: 60_000 },
  async () => {
    const [one, other] = [await signedIn(/Lead support/i), await signedIn(/Administrator/i)];
    await following(one.page, () => one.page.goto("/tickets?sort=-opened"));
    const focused = () => one.page.locator(":focus").textContent();
    for (const key of ["j", "j", "k", "j"]) await one.page.keyboard.press(key);
    const reference = await one.page.locator("main tbody tr a").nth(1).textContent();
    assert.equal(await focused(), reference);
    const ticked = one.page.locator("main tbody tr").nth(2).getByRole("checkbox");
    await ticked.check();
    const chosen = await ticked.inputValue();
    await ticked.evaluate((box) => box.blur());
    await one.page.locator("main tbody tr a").nth(1).focus();
    one.asked.length = 0;
    const summary = `The gate is open ${crypto.randomUUID()}`;
    await newTicket(other.page, summary);
    await one.page.locator("main tbody tr", { hasText: summary }).waitFor({ timeout: 3000 });
    assert.deepEqual(one.asked, [], "its row was sent, and the page was not asked for");
    assert.equal(await one.page.locator(`input[value="${chosen}"]`).isChecked(), true);
    assert.equal(await focused(), reference, "the focus stays on the record, whose row is further down now");
    assert.equal(await one.page.locator("tr.r-row--here a").first().textContent(), reference);
    await one.page.keyboard.press("Enter");
    await one.page.waitForURL((url) => url.pathname === `/tickets/${reference}`);
    assert.deepEqual([one.errors, other.errors], [[], []]);
    await Promise.all([one.context.close(), other.context.close()]);
  },
);

test("my work and the bell follow, without taking the focus or what is being typed", { timeout: 60_000 }, async () => {
  const [one, other] = [await signedIn(/Lead support/i), await signedIn(/Administrator/i)];
  // From a bell that is silent, for beyond nine it counts no further.
  await one.page.goto("/notifications");
  await one.page.getByRole("button", { name: "Mark all as read" }).click();
  await one.page.getByRole("button", { name: "Mark all as read" }).waitFor({ state: "detached" });
  await following(one.page, () => one.page.goto("/"));
  const search = one.page.locator("#site-search");
  await search.fill("half ty");
  const elsewhere = await one.context.newPage();
  const address = await newTicket(elsewhere, "The lamp hums");
  await elsewhere.getByRole("button", { name: "Take it" }).click();
  await one.page.locator("main tr[id^='due-']", { hasText: address.split("/").at(-1)! }).waitFor({ timeout: 10_000 });
  await one.page.keyboard.type("ped");
  assert.equal(await search.inputValue(), "half typed");
  const bell = one.page.locator(".r-bell");
  const before = await bell.textContent();
  await other.page.goto(`${address}?tab=conversation`);
  await other.page.locator("#comment-text").fill("It still does");
  await other.page.getByRole("button", { name: "Add comment" }).click();
  for (let n = 0; n < 50 && (await bell.textContent()) === before; n += 1) await one.page.waitForTimeout(200);
  assert.match((await bell.textContent()) ?? "", /\d\+? unread/);
  assert.notEqual(await bell.textContent(), before);
  assert.equal(await one.page.locator("#site-search:focus").count(), 1);
  assert.deepEqual(await faultsOf(one.page), []);
  assert.deepEqual([one.errors, other.errors], [[], []]);
  await Promise.all([one.context.close(), other.context.close()]);
});

test("who else is here is said, and no more once they have left", { timeout: 60_000 }, async () => {
  const [one, other] = [await signedIn(/Lead support/i), await signedIn(/Administrator/i)];
  let address = "";
  await following(one.page, async () => (address = await newTicket(one.page, "The kettle is cold")));
  await other.page.goto(address);
  const here = one.page.locator("[data-here]");
  await here.filter({ hasText: "Also here now: Sam Field" }).waitFor({ timeout: 3000 });
  assert.equal(await here.getAttribute("role"), "status");
  await other.page.getByRole("link", { name: "Timeline" }).click();
  await one.page.waitForTimeout(1000);
  assert.match((await here.textContent()) ?? "", /Sam Field/, "another part of the record is the same record");
  assert.deepEqual(await faultsOf(one.page), []);
  await other.context.close();
  await here.filter({ hasNotText: "Sam Field" }).waitFor({ state: "attached", timeout: 6000 });
  await one.context.close();
});

test("the palette goes to records, pages and moves by keyboard alone", { timeout: 60_000 }, async () => {
  const { page, context, errors } = await signedIn(/Lead support/i);
  const address = await newTicket(page, "The whiteboard is full");
  const reference = address.split("/").at(-1) ?? "";
  const words = page.getByRole("combobox", { name: "Records, pages and what you can do here" });
  const options = page.getByRole("option");
  await page.goto("/");
  await page.keyboard.press("Control+k");
  await page.getByRole("option", { name: "My work" }).waitFor();
  assert.deepEqual(await faultsOf(page), []);
  await page.keyboard.type("whiteboa");
  await options.filter({ hasText: reference }).waitFor();
  assert.equal(await options.filter({ hasText: reference }).getAttribute("aria-selected"), "true");
  assert.equal(await words.getAttribute("aria-activedescendant"), await options.first().getAttribute("id"));
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === address);
  // Enter before anything was typed does nothing.
  await page.keyboard.press("Control+k");
  await options.first().waitFor();
  await page.keyboard.press("Enter");
  assert.equal(await words.isVisible(), true);
  await page.keyboard.press("Escape");
  assert.equal(await words.isVisible(), false);
  // A move of the record.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("take");
  await page.keyboard.press("Enter");
  await page.locator(".r-identity .r-tag", { hasText: "Assigned" }).waitFor();
  // A page, by arrows; and a reference without its noughts.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("new tick");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === "/tickets/new");
  await page.keyboard.press("Control+k");
  await page.keyboard.type(reference.replace(/-0+/, "-").toLowerCase());
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === address);
  assert.deepEqual(errors, []);
  await context.close();
});

test("single keys work only outside fields, and not once they are switched off", { timeout: 60_000 }, async () => {
  const { page, context } = await signedIn(/Lead support/i);
  await page.goto("/tickets");
  await page.keyboard.press("/");
  assert.equal(await page.locator("#site-search:focus").count(), 1);
  await page.keyboard.type("j?/k");
  assert.equal(await page.locator("#site-search").inputValue(), "j?/k");
  assert.equal(await page.locator("dialog[open], .r-row--here").count(), 0);
  await page.locator("h1").click();
  await page.keyboard.press("?");
  assert.equal(await page.locator("#keys").isVisible(), true);
  assert.deepEqual(await faultsOf(page), []);
  await page.keyboard.press("Escape");
  await page.goto("/account");
  await page.getByLabel("Use single keys as shortcuts on this device").first().uncheck();
  await page.goto("/tickets");
  for (const key of ["j", "?", "/"]) await page.keyboard.press(key);
  assert.equal(await page.locator("dialog[open], .r-row--here").count(), 0);
  assert.equal(await page.locator("#site-search:focus").count(), 0);
  await context.close();
});

test(
  "a page follows again by itself after the product was started anew, and what was typed is still there",
  { timeout: 60_000 },
  async () => {
    const [one, other] = [await signedIn(/Lead support/i), await signedIn(/Administrator/i)];
    let address = "";
    await following(one.page, async () => (address = await newTicket(one.page, "The heating is off")));
    await one.page.locator("#comment-text").fill("Nothing of this is lost");
    const begun = Date.now();
    reeve.process.kill("SIGTERM");
    await reeve.ended;
    assert.ok(Date.now() - begun < 10_000, "open pages do not hold up the end");
    reeve = await startReeve(folder.path, { PORT: new URL(reeve.address).port });
    await other.page.goto(address);
    await other.page.getByRole("button", { name: "Take it" }).click();
    await one.page.locator(".r-identity .r-tag", { hasText: "Assigned" }).waitFor({ timeout: 15_000 });
    assert.equal(await one.page.locator("#comment-text").inputValue(), "Nothing of this is lost");
    // Signed out elsewhere: the page stays as it is.
    const second = await one.context.newPage();
    await second.goto("/account");
    await second.locator("summary.r-bar__link").click();
    await second.getByRole("button", { name: "Sign out", exact: true }).click();
    await second.waitForURL(/sign-in/);
    await other.page.goto(`${address}?tab=conversation`);
    await other.page.locator("#comment-text").fill("Done");
    await other.page.getByRole("button", { name: "Add comment" }).click();
    await one.page.waitForTimeout(1500);
    assert.equal(await one.page.locator("#comment-text").inputValue(), "Nothing of this is lost");
    assert.equal(new URL(one.page.url()).pathname, address);
    await Promise.all([one.context.close(), other.context.close()]);
  },
);
