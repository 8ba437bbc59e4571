/**
 * `npm run pictures`: takes the pictures of README.md and of the guide anew, of a demonstration that it starts and throws
 * away. With names (`npm run pictures -- import webhooks`) it takes those alone. Look at each before it is committed.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { Resvg } from "@resvg/resvg-js";
import type { Page } from "playwright-core";
import { openRuntime } from "../src/runtime.ts";
import { readSettings } from "../src/kernel/settings.ts";
import { registry } from "../src/records.ts";
import { findDue } from "../src/kernel/retention/find-due.ts";
import { openBrowser } from "../test/browser/browser.ts";
import { startReeve, temporaryFolder } from "../test/running.ts";
import { deskPictures, numbersPictures } from "./pictures-desk.ts";

const wanted = new Set(process.argv.slice(2));
const folder = await temporaryFolder();
const reeve = await startReeve(folder.path, { REEVE_WEBHOOK_NETWORKS: "127.0.0.0/8" });
const browser = await openBrowser();
/** The other system of the webhook: takes what it is sent, but its third. */
let taken = 0;
const other = createServer((_request, response) => {
  taken += 1;
  response.writeHead(taken === 3 ? 503 : 204).end();
});
await new Promise<void>((listening) => other.listen(0, "127.0.0.1", listening));
try {
  await take();
} finally {
  other.close();
  await browser.close();
  reeve.process.kill("SIGTERM");
  await reeve.ended;
  await folder.remove();
}

async function take(): Promise<void> {
  await said(/older tickets/);
  await deskPictures({ signedIn, picture, wanted: (name) => wanted.size === 0 || wanted.has(name) });
  const lead = await signedIn(/Lead support/i);
  if ([...wanted].every((name) => name.startsWith("desk-")) && wanted.size > 0 && !wanted.has("desk-numbers")) return;
  await said(/demonstration council is whole/);
  await numbersPictures({ signedIn, picture });
  await picture(lead, "my-work", "/");
  await lead.goto("/tickets");
  const ticket = (await lead.locator("main tbody a[href^='/tickets/INC']").nth(1).getAttribute("href")) ?? "";
  await picture(lead, "ticket", ticket);
  const administrator = await signedIn(/Administrator/i);
  await organisation(administrator);
  await picture(administrator, "administration", "/administration");
  await picture(lead, "list", "/tickets?by=queue");
  await picture(lead, "board", "/tickets?as=board");
  if (wanted.size === 0 || wanted.has("import")) await bringIn(administrator);
  await administrator.goto("/roles");
  await administrator.locator("main tbody a[href^='/roles/']").nth(3).click();
  await administrator.waitForURL(/\/roles\/.+/);
  await picture(administrator, "role");
  await fields(administrator);
  await templates(administrator, lead, ticket);
  await disposals(administrator);
  await webhooks(administrator);
  await picture(lead, "measure", "/measures/targets-met-share");
  await picture(administrator, "audit", "/administration/audit?kind=moved");
}

/** What it says on the terminal: the older tickets of the demonstration are made while it is used already, some minutes. */
async function said(words: RegExp): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    if (words.test(reeve.output())) return;
    await setTimeout(500);
  }
  throw new Error(`It did not say ${String(words)}:\n${reeve.output()}`);
}

async function signedIn(who: RegExp, { width = 1366, height = 860 } = {}): Promise<Page> {
  const context = await browser.newContext({
    locale: "en-GB",
    viewport: { width, height },
    baseURL: reeve.address,
  });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByRole("button", { name: who }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  return page;
}

/** Takes the page at an address, or the one that is open. */
async function picture(page: Page, name: string, address?: string): Promise<void> {
  if (wanted.size > 0 && !wanted.has(name)) return;
  if (address !== undefined) await page.goto(address);
  await page.locator("html:not([aria-busy])").waitFor();
  await page.screenshot({ path: `docs/pictures/${name}.png`, animations: "disabled" });
  process.stdout.write(`Took docs/pictures/${name}.png\n`);
}

/** Presses the button that people see: each form begins with a hidden one, for the Enter key. */
async function press(page: Page, name: string): Promise<void> {
  await page.locator("button:visible", { hasText: name }).last().click();
  await page.waitForLoadState();
}

async function organisation(page: Page): Promise<void> {
  const logo = `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="320" viewBox="0 0 32 32"><path d="M16 1 29 6v10c0 8-6 13-13 15C9 29 3 24 3 16V6z" fill="#12436d"/><path d="M8 22c3-8 5-8 8-3s5 5 8-4" fill="none" stroke="#ffdd00" stroke-width="2.5"/><circle cx="16" cy="10" r="3" fill="#fff"/></svg>`;
  const at = "/administration/organisation";
  await page.goto(at);
  const buffer = Buffer.from(new Resvg(logo).render().asPng());
  await page.setInputFiles("input[type=file]", { name: "logo.png", mimeType: "image/png", buffer });
  await press(page, "Save");
  await page.getByText("The organisation is saved").waitFor();
  await picture(page, "organisation", at);
}

async function bringIn(page: Page): Promise<void> {
  const rows = [
    "Full name,Work e-mail,Job title,Phone no.",
    "Asha Pillai,asha.pillai@aldermoor.example,Planning officer,01632 960101",
    "Ben Carter,ben.carter@aldermoor.example,Licensing officer,01632 960102",
    "Chloe Dunn,chloe.dunn at aldermoor,Benefits assessor,01632 960103",
    "Dan Ellis,dan.ellis@aldermoor.example,Housing officer,01632 960104",
  ];
  const buffer = Buffer.from(`${rows.join("\r\n")}\r\n`);
  await page.goto("/people/import");
  await page.setInputFiles("input[type=file]", { name: "new people.csv", mimeType: "text/csv", buffer });
  await press(page, "Send the file");
  await page
    .getByText(/Say which column is which/)
    .first()
    .waitFor();
  await picture(page, "import-columns");
  await press(page, "Check every row");
  await page
    .getByText(/Nothing is saved yet/)
    .first()
    .waitFor();
  await picture(page, "import");
}

async function fields(page: Page): Promise<void> {
  await page.goto("/administration/fields/tickets");
  await page
    .getByRole("link", { name: /Add a field/ })
    .first()
    .click();
  await page.fill("#field-label", "Building");
  await page.locator("input[name=kind][value=choice]").check();
  await page.fill("#field-choices", "Town Hall\nMillbrook Library\nDepot");
  await page.fill("#field-hint", "Where the person is who asks");
  await press(page, "Add this field");
  await page.waitForURL(/\/fields\/tickets$/);
  await picture(page, "fields");
}

async function templates(page: Page, lead: Page, ticket: string): Promise<void> {
  await page.goto("/text-templates/new");
  await page.fill("#field-name", "Mended, and how to reach us");
  await page.fill(
    "#field-text",
    "Dear {{requester}},\n\n{{reference}} “{{summary}}” is mended.\n\nIf it comes back, answer here or ring the desk, and we will look again.",
  );
  await press(page, "Make this");
  await page.waitForURL(/TPL-/);
  await lead.goto(`${ticket}/moves/resolve`);
  await lead.getByText("Begin with a template").click();
  await lead.getByRole("link", { name: "Mended, and how to reach us" }).click();
  await lead.getByText("Begin with a template").click();
  await picture(lead, "template");
}

async function disposals(page: Page): Promise<void> {
  await page.goto("/retention-schedules/new");
  await page.fill("#field-name", "Requests that were dealt with");
  await page.selectOption("#field-recordType", "ticket");
  await page.fill("#field-list", "/tickets?kind=request");
  await page.selectOption("#field-countsFrom", "closed");
  await page.fill("#field-years", "0");
  await page.fill("#field-months", "2");
  await page.fill(
    "#field-authority",
    "The council’s retention schedule, part 4: routine requests, two months after they were closed",
  );
  await press(page, "Make this");
  await page.waitForURL(/RET-/);
  const runtime = await openRuntime({
    settings: readSettings({ ...process.env, REEVE_DATA: folder.path }),
    log: () => undefined,
  });
  await findDue({ ...runtime, registry });
  await runtime.close();
  await page.goto("/disposals");
  await page.locator("main tbody a[href^='/disposals/']").first().click();
  await page.waitForURL(/DSP-/);
  await picture(page, "disposal");
}

async function webhooks(page: Page): Promise<void> {
  const { port } = other.address() as AddressInfo;
  await page.goto("/webhooks/new");
  await page.fill("#field-name", "Intranet");
  await page.fill("#field-address", `http://127.0.0.1:${port}/reeve`);
  await press(page, "Make this");
  await page.waitForURL(/\/webhooks\/[A-Z]/);
  const at = page.url();
  await page.goto(`${at}/log`);
  await page.getByRole("link", { name: "Make the signing secret" }).click();
  await press(page, "secret");
  for (let sent = 1; sent <= 4; sent++) {
    await page.goto(`${at}/log`);
    await press(page, "Send a test");
    for (let tries = 0; tries < 40 && taken < sent; tries++) await setTimeout(250);
  }
  await setTimeout(1000);
  await picture(page, "webhooks", `${at}/log`);
}
