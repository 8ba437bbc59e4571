import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { startReeve, demoFolder } from "../running.ts";
import type { Running } from "../running.ts";
import { faultsAtEveryWidth, faultsOf, follow, openBrowser } from "./browser.ts";

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

async function signedIn(options: { width?: number; javaScriptEnabled?: boolean } = {}): Promise<{
  context: BrowserContext;
  page: Page;
  errors: string[];
}> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1366, height: 860 },
    javaScriptEnabled: options.javaScriptEnabled ?? true,
    baseURL: reeve.address,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto("/sign-in");
  await page.getByRole("button", { name: /Lead support/i }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  return { context, page, errors };
}

async function ticketOf(page: Page, summary: string): Promise<string> {
  await page.goto("/tickets/new");
  await page.getByLabel("Summary").fill(summary);
  await page.getByRole("button", { name: "Make this ticket" }).click();
  await page.waitForURL(/\/tickets\/INC-\d+/);
  return new URL(page.url()).pathname.split("/").at(-1) ?? "";
}

const ways = [
  "/desk/call?requester=Joe+Price&summary=printer",
  "/desk/visits?who=everyone",
  "/tickets?by=queue",
  "/tickets?as=board",
  "/tickets?as=board&by=kind",
  "/tickets?as=calendar",
  "/tickets?as=calendar&on=opened&at=2026-W47",
  "/tickets?as=timeline",
  "/tickets/columns",
  "/tickets/bulk?all=yes&view=kind%3Dincident",
  "/tickets/bulk?all=yes&view=kind%3Dincident&do=move:wait",
  "/tickets/bulk?all=yes&view=kind%3Dincident&do=move:take",
];

test("no way of seeing a list has a fault that axe or a narrow screen can find", { timeout: 120_000 }, async () => {
  const { context, page, errors } = await signedIn();
  const faults: string[] = [];
  for (const address of ways) {
    assert.equal((await follow(page, address)).status(), 200, address);
    faults.push(...(await faultsAtEveryWidth(page)).map((fault) => `${address} ${fault}`));
  }
  await context.close();
  assert.deepEqual([faults, errors], [[], []]);
});

test("a card is dragged to where a move that asks nothing leads, and nowhere else", { timeout: 60_000 }, async () => {
  const { context, page, errors } = await signedIn();
  const word = `Drag${crypto.randomUUID().slice(0, 8)}`;
  const reference = await ticketOf(page, `${word} this`);
  await page.goto(`/tickets?q=${word}&as=board`);
  const card = page.locator("[data-card]", { hasText: reference });
  const lane = (state: string) => page.locator(`[data-lane="${state}"]`);
  await card.dragTo(lane("waiting_user"));
  assert.equal(await lane("new").locator("[data-card]").count(), 1, "waiting asks for a reason");
  await card.dragTo(lane("assigned"));
  await lane("assigned").locator("[data-card]", { hasText: reference }).waitFor();
  assert.match(page.url(), /as=board/);
  assert.deepEqual(errors, []);
  await context.close();
});

test("a card is moved by its menu, by keyboard and without JavaScript", { timeout: 60_000 }, async () => {
  const { context, page } = await signedIn({ javaScriptEnabled: false });
  const word = `Menu${crypto.randomUUID().slice(0, 8)}`;
  const reference = await ticketOf(page, `${word} this`);
  await page.goto(`/tickets?q=${word}&as=board`);
  await page.locator(`summary[aria-label="Move ${reference}"]`).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Take it", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/as=board/);
  await page.locator('[data-lane="assigned"]', { hasText: reference }).waitFor();
  await context.close();
});

test("ticked rows are changed together after a preview, with and without JavaScript", { timeout: 90_000 }, async () => {
  for (const javaScriptEnabled of [true, false]) {
    const { context, page } = await signedIn({ javaScriptEnabled });
    const word = `Bulk${crypto.randomUUID().slice(0, 8)}`;
    const references = [await ticketOf(page, `${word} one`), await ticketOf(page, `${word} two`)];
    await page.goto(`/tickets?q=${word}`);
    for (const reference of references) await page.getByLabel(`Tick ${reference}`).check();
    await page.getByRole("button", { name: javaScriptEnabled ? "Change 2 ticked" : "Change ticked" }).click();
    await page.getByRole("radio", { name: "Resolve", exact: true }).check();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByLabel("Resolution").fill("All of them at once");
    await page.getByRole("button", { name: "Preview" }).click();
    assert.equal(await page.getByText("Will change", { exact: true }).count(), 2);
    assert.deepEqual(javaScriptEnabled ? await faultsOf(page) : [], []);
    await page.getByRole("button", { name: "Resolve: 2 tickets" }).click();
    await page.getByRole("heading", { name: "2 tickets changed" }).waitFor();
    await page.getByRole("link", { name: "Back to the tickets" }).click();
    await page.waitForURL(/\/tickets\?q=/);
    await page.getByRole("cell", { name: "Resolved" }).nth(1).waitFor();
    await context.close();
  }
});

test(
  "twenty tickets are triaged without a mouse: opened, given an owner, and on to the next",
  { timeout: 240_000 },
  async () => {
    const { context, page, errors } = await signedIn();
    const press = async (...pressed: readonly string[]) => {
      for (const key of pressed) await page.keyboard.press(key);
    };
    await page.goto("/tickets?sort=-opened");
    const first = page.locator("main tbody a[href^='/tickets/INC']").first();
    await first.waitFor();
    await press("j");
    assert.equal(await first.evaluate((link) => link.matches(":focus")), true);
    await press("Enter");
    const done: string[] = [];
    while (done.length < 20) {
      await page.waitForURL(/\/tickets\/INC-\d+$/);
      const path = new URL(page.url()).pathname;
      const moves = page.locator(".r-main > .r-moves :is(a, button):not(summary)");
      await moves.first().waitFor();
      const labels = (await moves.allTextContents()).map((text) => text.trim());
      const place = labels.indexOf("Triage") + 1;
      if (place > 0 && place < 10) {
        await press(String(place));
        await page.waitForURL(/moves\/triage$/);
        await page.getByRole("button", { name: "Triage" }).last().waitFor();
        await press("i");
        await page.keyboard.type("Dee Osei");
        await press("Enter");
        await page.waitForURL((url) => url.pathname === path);
        await page.getByText(/is now assigned|“Triage” was done/).waitFor();
        done.push(path);
      }
      await press("j");
      await page.waitForURL((url) => url.pathname !== path);
    }
    assert.equal(new Set(done).size, 20);
    await press("u");
    await page.waitForURL(/\/tickets\?sort=-opened$/);
    await page.getByRole("cell", { name: "Dee Osei" }).first().waitFor();
    assert.deepEqual(errors, []);
    await context.close();
  },
);
