import { openBrowser } from "./browser/browser.ts";
const browser = await openBrowser();
const context = await browser.newContext({ baseURL: "http://localhost:3587" });
const page = await context.newPage();
await page.goto("/sign-in"); await page.getByRole("button", { name: /Dee Osei/i }).click(); await page.waitForLoadState();
await page.goto("/tickets?state=waiting_supplier"); const href = (await page.locator("main tbody a[href^='/tickets/INC']").first().getAttribute("href"))!;
for (const path of [href + "?tab=timeline", href, href, href + "?tab=conversation"]) { const t = performance.now(); const r = await context.request.get(path, { timeout: 60000 }).catch((e) => String(e).slice(0, 200)); console.log(path, Math.round(performance.now() - t), typeof r === "string" ? r : r.status()); }
await browser.close();
