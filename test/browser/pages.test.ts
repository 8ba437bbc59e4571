import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { registry } from "../../src/records.ts";
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

/** A browser of a demo person's own, signed in with their button. */
async function signedIn(
  name: RegExp,
  options: { width?: number; javaScriptEnabled?: boolean } = {},
): Promise<{ context: BrowserContext; page: Page; errors: string[] }> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1366, height: 860 },
    javaScriptEnabled: options.javaScriptEnabled ?? true,
    baseURL: reeve.address,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) errors.push(message.text());
  });
  await page.goto("/sign-in");
  await page.getByRole("button", { name }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  return { context, page, errors };
}

/** The lists of what a desk keeps beside its tickets, each with a page of its own for its records. */
const deskPaths = [
  "visits",
  "questions-to-colleagues",
  "handovers",
  "major-incidents",
  "hypercare",
  "problems",
  "change-requests",
  "mailboxes",
  "articles",
  "service-catalogue",
  "approvals",
  "tasks",
  "consultation-comments",
  "confirmations",
  "policy-exceptions",
  "audiences",
];

/** Every kind of page, as a person who sees most of them. */
async function addresses(page: Page): Promise<string[]> {
  const first = async (path: string, narrowed = ""): Promise<string> => {
    await page.goto(`/${path}${narrowed}`);
    const href = await page.locator(`main tbody a[href^="/${path}/"]`).first().getAttribute("href");
    return href ?? assert.fail(`No record is in the list /${path}`);
  };
  const ticket = await first("tickets", "?state=assigned");
  const policy = await first("policies", "?state=draft");
  const person = await first("people");
  const promise = await first("service-level-policies");
  const team = await first("teams");
  const deskRecords: string[] = [];
  for (const path of deskPaths) deskRecords.push(await first(path, "?show=all"));
  const held = await first("inbound-mail", "?state=held");
  const moved = await first("desk/moving-in");
  // What was published of them depends on the day: the page itself is there on any.
  await page.goto("/information/statistics");
  const figures = await page
    .locator("#published ~ ul a")
    .evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  await page.goto("/webhooks/new");
  await page.getByLabel("Name", { exact: true }).fill("Integration hub");
  await page.getByLabel("Address").fill("https://integration.example.gov.uk/reeve");
  await page.getByRole("button", { name: "Make this webhook" }).click();
  await page.waitForURL(/\/webhooks\/HOOK-\d+/);
  const webhook = new URL(page.url()).pathname;
  const lists = [...registry.types.values()].flatMap(({ path, productOnly }) =>
    productOnly ? [`/${path}`] : [`/${path}`, `/${path}/new`],
  );
  const records = [ticket, policy].flatMap((href) => [
    href,
    `${href}?tab=conversation`,
    `${href}?tab=files`,
    `${href}?tab=timeline`,
    `${href}?tab=connected`,
    `${href}/edit`,
  ]);
  return [
    "/",
    ...lists,
    ...records,
    `${ticket}/clocks/resolve`,
    `${ticket}/moves/wait`,
    ...["pass_on", "merge", "promise"].map((move) => `${ticket}/moves/${move}`),
    ...deskRecords,
    held,
    `${held}/whole`,
    `${deskRecords[deskPaths.indexOf("mailboxes")]}/secret`,
    `${deskRecords[deskPaths.indexOf("major-incidents")]}/moves/update`,
    `${deskRecords[deskPaths.indexOf("hypercare")]}/edit`,
    "/change-requests?show=all&as=calendar&on=windowFrom",
    "/desk/call?requester=Jo&summary=printer",
    "/desk/visits",
    "/desk/triage",
    "/help/ask",
    `${ticket}/erase`,
    `${ticket}/erase?line=1`,
    "/search?q=printer",
    "/search?q=zzzzqq",
    "/people/import",
    "/jobs",
    "/desk/numbers",
    "/account",
    "/away",
    "/away/new",
    `${policy}?on=${new Date().toISOString().slice(0, 10)}`,
    ...["/versions", "/versions/1", "/compare?from=1&to=2", "/confirmations"].map((one) => `/policies/POL-0004${one}`),
    `${person}/sign-in-link`,
    "/sign-in/link",
    `${promise}/edit`,
    `${team}/edit`,
    `${webhook}/log`,
    "/desk/numbers?weeks=4",
    "/desk/forecast",
    "/desk",
    "/desk/learning",
    "/desk/levels-compared",
    "/desk/rota",
    "/desk/moving-in",
    moved,
    "/desk/change-calendar",
    "/device-plans/compare",
    "/rights/board",
    "/rights/statistics",
    "/rights/statistics/requests?figure=received",
    "/rights/statistics/publish",
    "/rights/statistics/published",
    "/status",
    "/public-requests",
    "/information",
    "/information/ask",
    "/information/answers",
    "/information/scheme",
    "/information/statistics",
    ...figures.slice(0, 1),
    "/information/nowhere",
    "/reports",
    "/reports/new",
    "/measures/tickets-opened",
    "/measures/resolve-time-half?by=queue",
    "/measures/policies-in-hand",
    "/tickets?show=all&resolve-outcome=missed&resolve-stopped-from=2020-01-01",
    "/administration",
    "/administration/organisation",
    "/administration/fields",
    "/administration/fields/tickets",
    "/administration/fields/tickets/new",
    "/administration/audit",
    "/administration/mail",
    "/administration/provisioning",
    "/administration/sessions",
    `${ticket}/connections?view=needed`,
    "/notifications",
    "/account/notifications",
    "/account/password",
    "/account/tokens",
    "/status",
    "/accessibility",
    "/api",
    "/api/reference/tickets",
    "/nowhere",
    "/tickets?state=nonsense",
  ];
}

/** Addresses that are there to answer otherwise than 200. */
const notFine = new Map([
  ["/sign-in/link", 410],
  ["/nowhere", 404],
  ["/information/nowhere", 404],
  ["/tickets?state=nonsense", 422],
]);

/** What the HTML of a page may weigh: bytes. */
const weightMax = 100_000;

test("no page has a fault that axe or a narrow screen can find", { timeout: 480_000 }, async () => {
  const { context, page, errors } = await signedIn(/Administrator/i);
  const faults: string[] = [];
  const all = await addresses(page);
  // The lists and forms of all types are made alike: at colours and at 320 px axe looks at two types’, and at how wide they are at all.
  const others = [...registry.types.values()].filter(({ name }) => name !== "ticket" && name !== "policy");
  const registers = new Set(others.flatMap(({ path }) => [`/${path}`, `/${path}/new`]));
  const seenAlike = (address: string) =>
    registers.has(address) || deskPaths.some((path) => address.startsWith(`/${path}/`));
  for (const address of all) {
    const answer = (await (notFine.has(address) ? page.goto(address) : follow(page, address))) ?? assert.fail(address);
    assert.equal(answer.status(), notFine.get(address) ?? 200, address);
    const weight = (await answer.body()).length;
    if (weight > weightMax) faults.push(`${address} weighs ${weight} bytes`);
    faults.push(...(await faultsAtEveryWidth(page, seenAlike(address))).map((fault) => `${address} ${fault}`));
  }
  await context.close();
  assert.deepEqual([faults, errors], [[], []]);
});

test("a ticket is logged, taken and resolved without JavaScript, by keyboard alone", { timeout: 120_000 }, async () => {
  const { context, page } = await signedIn(/Lead support/i, { javaScriptEnabled: false });
  await page.goto("/tickets/new");
  await page.getByLabel("Summary").focus();
  await page.keyboard.type("The scanner in reception is offline");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/tickets\/INC-\d+/);
  await page.getByRole("button", { name: "Take it" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Resolve", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Resolution").focus();
  await page.keyboard.type("Plugged in again");
  await page.getByRole("button", { name: /Resolve/ }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/tickets\/INC-\d+(\?.*)?$/);
  assert.match((await page.locator("main").textContent()) ?? "", /Resolved/);
  await context.close();
});

test("a form sent twice by a double click makes one ticket", { timeout: 60_000 }, async () => {
  const { context, page } = await signedIn(/Lead support/i);
  await page.goto("/tickets/new");
  const summary = `Double ${crypto.randomUUID()}`;
  await page.getByLabel("Summary").fill(summary);
  await page.getByRole("button", { name: "Make this ticket" }).last().dblclick();
  await page.waitForURL(/\/tickets\/INC-\d+/);
  await page.goto(`/tickets?q=${encodeURIComponent(`"${summary}"`)}`);
  assert.equal(await page.locator("main tbody tr").count(), 1);
  await context.close();
});

test("a member of staff on a phone asks for help, a question a page, and follows it", { timeout: 60_000 }, async () => {
  const { context, page, errors } = await signedIn(/Staff/i, { width: 390 });
  const faults: string[] = [];
  await page.goto("/");
  assert.match(page.url(), /\/help$/);
  faults.push(...(await faultsOf(page)));
  await page.getByLabel("What do you need?").fill("wirel");
  await page
    .getByRole("link", { name: /Connect to Wi-Fi/ })
    .first()
    .waitFor();
  await page
    .locator("#help-found")
    .getByRole("link", { name: /Connect to Wi-Fi/ })
    .click();
  await page.waitForURL(/\/articles\/ART-\d+/);
  faults.push(...(await faultsOf(page)));
  await page.goto("/help");
  await page.getByRole("link", { name: "Laptop for a new starter" }).last().click();
  await page.waitForURL(/\/help\/ask\/ITM-\d+/);
  faults.push(...(await faultsOf(page)));
  await page.getByRole("button", { name: "Send the request" }).click();
  await page.getByText("There is a problem").waitFor();
  faults.push(...(await faultsOf(page)));
  await page.goto("/help/tickets");
  faults.push(...(await faultsOf(page)));
  await page.goto("/help?q=zebra");
  await page.getByRole("button", { name: "Report a problem" }).click();
  await page.waitForURL(/ask=summary/);
  for (let questions = 0; questions < 12; questions += 1) {
    const heading = (await page.locator("h1").textContent()) ?? "";
    if (/few words|Check your/.test(heading)) faults.push(...(await faultsOf(page)));
    if (/Check your/.test(heading)) break;
    if (/few words/.test(heading)) await page.getByLabel(heading.trim()).fill("A phone that rings");
    const at = page.url();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL((url) => url.href !== at);
  }
  assert.match((await page.locator("dl").textContent()) ?? "", /A phone that rings/);
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForURL(/\/tickets\/INC-\d+/);
  assert.match((await page.locator("h1").textContent()) ?? "", /A phone that rings/);
  assert.deepEqual([...faults, ...(await faultsOf(page))], []);
  assert.deepEqual(errors, []);
  await context.close();
});

test("anybody on a phone asks for information without a cookie, and follows it", { timeout: 120_000 }, async () => {
  const context = await browser.newContext({
    viewport: { width: 390, height: 860 },
    baseURL: reeve.address,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  const errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) errors.push(message.text());
  });
  const look = async () => faults.push(...(await faultsOf(page)).map((fault) => `${page.url()} ${fault}`));
  const go = async (name: string) => {
    await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name, exact: true }).last().click()]);
  };
  await page.goto("/information");
  await look();
  const begun = Date.now();
  await page.getByRole("link", { name: "Ask for information" }).first().click();
  await go("Continue");
  await look();
  await page.getByLabel("Information that the council holds").check();
  await go("Continue");
  await page.getByLabel("What is your request about?").fill("Cycle stands");
  await go("Continue");
  await page.getByLabel("What information do you want?").fill("Which cycle stands were put up in 2026?");
  await go("Continue");
  await go("Continue");
  await page.getByLabel("What is your full name?").fill("Ottoline Brandt");
  await go("Back");
  assert.match((await page.locator("h1").textContent()) ?? "", /certain form/);
  await go("Continue");
  assert.equal(await page.getByLabel("What is your full name?").inputValue(), "");
  await page.getByLabel("What is your full name?").fill("Ottoline Brandt");
  await go("Continue");
  await page.getByLabel("E-mail address").fill("ottoline@example.org");
  await look();
  await go("Continue");
  await look();
  // What comes quicker than anybody types is held, which is another page.
  await page.waitForTimeout(Math.max(0, begun + 8500 - Date.now()));
  await go("Send the request");
  assert.match(page.url(), /\/information\/requests\/[\w-]{32}\?sent=yes$/);
  assert.match((await page.locator("main").textContent()) ?? "", /Request sent\s*Your reference is\s*FOI-\d{4}-\d{4}/);
  await look();
  await page.getByLabel("What do you want to tell us?").fill("Those in parks as well.");
  await go("Send");
  assert.match((await page.locator("main").textContent()) ?? "", /You, .*Those in parks as well\./s);
  assert.deepEqual([faults, errors, await context.cookies()], [[], [], []]);
  await context.close();
});

test(
  "an answer shows and hides what it asks for, and what is typed is found again elsewhere",
  { timeout: 60_000 },
  async () => {
    const { context, page, errors } = await signedIn(/Lead support/i);
    await page.goto("/tickets/new");
    const [started, needed] = [
      page.getByRole("group", { name: /Started on/ }),
      page.getByRole("group", { name: /Needed by/ }),
    ];
    assert.deepEqual([await started.isVisible(), await needed.isVisible()], [true, false]);
    await page.getByRole("radio", { name: "Incident" }).focus();
    await page.keyboard.press("ArrowRight");
    await needed.waitFor();
    assert.equal(await started.isVisible(), false);
    await page.getByText("Asked for now: Needed by").waitFor({ state: "attached" });
    await page.keyboard.press("Tab");
    await page.keyboard.type("8");
    assert.equal(await needed.getByLabel("Day").inputValue(), "8", "it comes next after the answer that asks for it");
    await page.getByLabel("Summary").fill("Typed and left");
    await page.locator("[data-draft-said]", { hasText: /Saved as a draft at/ }).waitFor();
    assert.match(page.url(), /\/tickets\/new\?draft=/);
    assert.deepEqual(await faultsOf(page), []);
    await page.getByLabel("Summary").fill("Typed and left at once");
    await page.getByRole("link", { name: "My work" }).first().click();
    await page.waitForURL((url) => url.pathname === "/");
    const { context: elsewhere, page: other } = await signedIn(/Lead support/i, {
      width: 390,
      javaScriptEnabled: false,
    });
    await other.getByRole("link", { name: "Typed and left at once" }).click();
    assert.equal(await other.getByLabel("Summary").inputValue(), "Typed and left at once");
    assert.equal(await other.getByRole("radio", { name: "Request" }).isChecked(), true);
    assert.ok(await other.getByText("Only where “Kind” is “Incident”").isVisible(), "without the script all is there");
    await other.getByRole("button", { name: /Throw it away/ }).click();
    await other.waitForURL((url) => url.pathname === "/tickets/new");
    assert.deepEqual(errors, []);
    await Promise.all([context.close(), elsewhere.close()]);
  },
);

test("lines are rows of a table at a desk and blocks on a phone", { timeout: 60_000 }, async () => {
  for (const [width, most, least] of [
    [1366, 70, 30],
    [390, 600, 200],
  ] as const) {
    const { context, page } = await signedIn(/Administrator/i, { width });
    await page.goto("/service-level-policies");
    await page.locator("main tbody a").first().click();
    await page.getByRole("link", { name: "Edit" }).click();
    await page.waitForURL(/\/edit$/);
    const box = await page.locator("tr.r-line").nth(1).boundingBox();
    assert.ok(box && box.height < most && box.height > least, `${box?.height} px high at ${width}`);
    assert.equal(await page.getByLabel("Impact", { exact: true }).count(), 9, "each control is called by its column");
    await context.close();
  }
});

test("a bar of the desk's numbers leads to the tickets that it counts", { timeout: 60_000 }, async () => {
  const { context, page, errors } = await signedIn(/Lead support/i);
  await page.goto("/desk/numbers");
  // Where a bar is seen: it may be low, and a line may lie over it.
  const seen = await page.locator("svg a path").evaluateAll((bars) => {
    for (const bar of bars) {
      const leads = bar.closest("a")?.outerHTML ?? "";
      if (!leads.includes("opened-from=")) continue;
      bar.scrollIntoView({ block: "center" });
      const { left, top, width, height } = bar.getBoundingClientRect();
      for (let y = top + 1; y < top + height; y += 1)
        for (const x of [left + 3, left + width / 2, left + width - 3])
          if (bar.ownerDocument.elementFromPoint(x, y) === bar) return { x, y };
    }
    return null;
  });
  assert.ok(seen, "no bar is seen");
  await page.mouse.click(seen.x, seen.y);
  await page.waitForURL(/\/tickets\?show=all&opened-from=/);
  // How many is for the test of the pages: the demonstration may still be making older tickets.
  assert.match((await page.locator("main").textContent()) ?? "", /Opened from/);
  assert.deepEqual(errors, []);
  await context.close();
});

const turboIsBusy = "aria-allowed-attr: Elements must only use supported ARIA attributes: html";

for (const javaScriptEnabled of [true, false])
  test(`a file is brought in and taken back ${javaScriptEnabled ? "as the page follows its jobs" : "without the script"}, at 320 px`, async () => {
    const { context, page, errors } = await signedIn(/administrator/i, { javaScriptEnabled, width: 320 });
    const faults: string[] = [];
    /** What axe finds. Turbo says of the whole page that it is busy while the next one comes, as a job's end may at any time. */
    const look = async () => {
      const found = await faultsOf(page);
      faults.push(...found.filter((fault) => fault !== turboIsBusy));
    };
    /** Waits for the job to end: the script does so by itself; without it the person looks again. */
    const until = async (words: RegExp) => {
      for (let attempt = 0; attempt < 60 && (await page.getByText(words).count()) === 0; attempt += 1) {
        const again = page.getByRole("link", { name: "Look again" });
        if (!javaScriptEnabled && (await again.count()) > 0) await again.click();
        await page.waitForTimeout(250);
      }
      await page.getByText(words).first().waitFor();
      if (javaScriptEnabled) await look();
    };
    // The first answer that the page reads while it follows a job is lost half way, as where a connection ends.
    await page.addInitScript(`
      const whole = Response.prototype.text;
      let lost = false;
      Response.prototype.text = function () {
        if (lost || !document.querySelector("[data-job]")) return whole.call(this);
        lost = true;
        return Promise.reject(new TypeError("network error"));
      };
    `);
    await page.goto("/teams/import");
    const name = `Browser ${javaScriptEnabled ? "with" : "without"} script`;
    const buffer = Buffer.from(`Team name,Email\n${name},team@example.gov.uk\nWrong,nonsense\n`);
    await page.setInputFiles("input[type=file]", { name: "teams.csv", mimeType: "text/csv", buffer });
    await page.locator("main button[type=submit]:visible").last().click();
    await until(/Say which column is which/);
    await page.getByRole("button", { name: "Check every row" }).click();
    await until(/Nothing is saved yet/);
    await page.getByRole("button", { name: "Save 1 row" }).click();
    await until(/You can undo it until/);
    await page.getByRole("link", { name: "Undo this import" }).click();
    await page.getByRole("button", { name: "Undo this import" }).last().click();
    await until(/This import was undone/);
    assert.deepEqual(faults, []);
    assert.deepEqual(errors, []);
    await context.close();
  });

test("somebody is named after an @ by keyboard, and files are sent with the comment and shown", async () => {
  const { context, page, errors } = await signedIn(/administrator/i, { width: 390 });
  await page.goto("/tickets");
  const href = await page.locator("main a[href^='/tickets/INC']").first().getAttribute("href");
  await page.goto(`${href}?tab=conversation`);
  const box = page.locator("#comment-text");
  await box.click();
  await box.pressSequentially("Ask @pri");
  const options = page.locator("[role=listbox] [role=option]");
  await options.first().waitFor();
  assert.deepEqual(await faultsOf(page), []);
  const wanted = await options.first().getAttribute("data-name");
  assert.equal(await box.getAttribute("aria-activedescendant"), await options.first().getAttribute("id"));
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  assert.equal(await box.inputValue(), `Ask @${wanted} `);
  assert.equal(await options.count(), 0);
  await box.pressSequentially("or @pri");
  await options.first().waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await options.count(), 0);
  const pixel = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
    "base64",
  );
  await page.setInputFiles("#comment-files", [
    { name: "screen.png", mimeType: "image/png", buffer: pixel },
    { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("notes") },
  ]);
  await page.getByRole("button", { name: "Add comment" }).click();
  await page.getByText("Your comment was added").waitFor();
  await page.goto(`${href}?tab=files`);
  assert.deepEqual(await faultsOf(page), []);
  await page.getByRole("link", { name: "screen.png", exact: true }).click();
  await page.getByRole("heading", { name: "screen.png" }).waitFor();
  assert.deepEqual(await faultsOf(page), []);
  assert.equal(await page.evaluate("document.querySelector('main img').naturalWidth"), 1);
  await page.goBack();
  await page.getByRole("button", { name: "Take away notes.txt" }).click();
  await page.getByText("“notes.txt” was taken away").waitFor();
  assert.deepEqual(errors, []);
  await context.close();
});

test("an officer draws a mark on the page of a PDF, takes one back, and the mark that stays is kept", async () => {
  const { context, page, errors } = await signedIn(/Policy and relationship/);
  await page.goto("/redactions?state=marking");
  await page.locator('main tbody a[href^="/redactions/"]').first().click();
  await page.getByRole("link", { name: "Mark the pages" }).click();
  const picture = page.locator("svg[data-marking]");
  const { x, y } = (await picture.boundingBox()) ?? assert.fail("There is no picture");
  const draw = async (from: number) => {
    await page.mouse.move(x + from, y + 200);
    await page.mouse.down();
    await page.mouse.move(x + from + 60, y + 240, { steps: 3 });
    await page.mouse.up();
  };
  await draw(40);
  await draw(140);
  await page.getByText("2 drawn, not marked yet").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("1 drawn, not marked yet").waitFor();
  await page.getByRole("button", { name: "Mark", exact: true }).last().click();
  await page.getByText("1 mark made").waitFor();
  assert.equal(await picture.locator(".r-mark--marked").count(), 1);
  assert.equal(await picture.locator(".r-mark--drawn").count(), 0);
  for (const summary of await page.locator("main details > summary").all()) await summary.click();
  assert.deepEqual(await faultsAtEveryWidth(page), []);
  assert.deepEqual(errors, []);
  await context.close();
});
