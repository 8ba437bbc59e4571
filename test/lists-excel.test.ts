import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readXlsx } from "hucre/xlsx";
import { field } from "../src/kernel/record.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { createWebWorld } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let lead: Browser;
let staff: Browser;

before(async () => {
  world = await createWebWorld();
  lead = await world.as("leadSupport");
  staff = await world.as("staff");
  await world.store.as(staff.who!, async (tx) => {
    for (let at = 0; at < 250; at++)
      await create(tx, typeNamed(world.registry, "ticket"), { summary: `Ticket ${at}`, impact: 1, urgency: 1 });
  });
  await world.store.as(lead.who!, async (tx) => {
    for (const summary of ['=HYPERLINK("http://bad")', "+44 is text", "@here", "Bell & <b>"])
      await create(tx, typeNamed(world.registry, "ticket"), { summary, impact: 2, urgency: 2 });
  });
});
after(() => world.close());

async function sheet(browser: Browser, address: string) {
  const answer = await browser.get(address);
  assert.equal(answer.statusCode, 200, address);
  const { sheets } = await readXlsx(answer.rawPayload);
  assert.equal(sheets.length, 1);
  return { answer, sheet: sheets[0]!, rows: sheets[0]!.rows };
}

test("an Excel file holds the whole filtered list under a frozen heading, with real moments and numbers", async () => {
  const {
    answer,
    rows,
    sheet: first,
  } = await sheet(lead, "/tickets.xlsx?columns=reference,summary,priority,opened,queue,queue.team&sort=reference");
  assert.match(String(answer.headers["content-type"]), /spreadsheetml\.sheet$/);
  assert.match(String(answer.headers["content-disposition"]), /filename="tickets-\d{4}-\d\d-\d\d\.xlsx"/);
  assert.equal(answer.headers["cache-control"], "no-store");
  assert.deepEqual(rows[0], ["Reference", "Summary", "Priority", "Opened", "Queue", "Queue: team"]);
  assert.equal(rows.length, 255, "read in parts of 200");
  const [reference, summary, priority, opened, queue, team] = rows[1] ?? [];
  assert.deepEqual([reference, summary, queue, team], ["INC-00001", "Ticket 0", "Service desk", "Service desk"]);
  assert.equal(typeof priority, "number");
  assert.ok(opened instanceof Date);
  const london = Temporal.Now.zonedDateTimeISO("Europe/London").toPlainDateTime().toString().slice(0, 13);
  assert.equal(opened.toISOString().slice(0, 10), london.slice(0, 10));
  assert.deepEqual(first.freezePane, { rows: 1 });
});

test("no cell of it is a formula, and what is markup elsewhere is text", async () => {
  const { rows } = await sheet(lead, "/tickets.xlsx?impact=2&columns=summary&sort=reference");
  assert.deepEqual(rows.slice(1).flat(), ['=HYPERLINK("http://bad")', "+44 is text", "@here", "Bell & <b>"]);
  const { sheets } = await readXlsx((await lead.get("/tickets.xlsx?impact=2&columns=summary")).rawPayload, {
    readStyles: true,
  });
  for (const cell of sheets[0]?.cells?.values() ?? []) assert.equal(cell.formula, undefined);
});

test("a file holds what the person may read and no more, and a wrong address is a page and not half a file", async () => {
  assert.equal((await sheet(staff, "/tickets.xlsx")).rows.length, 251);
  assert.equal((await staff.get("/tickets.xlsx?columns=source")).statusCode, 422);
  assert.equal((await staff.get("/roles.xlsx")).statusCode, 404);
  assert.equal((await lead.get("/tickets.xlsx?state=nonsense")).statusCode, 422);
  assert.equal((await world.visitor().get("/tickets.xlsx")).statusCode, 303);
  const administrator = await world.as("administrator");
  for (const { path } of world.registry.types.values()) await sheet(administrator, `/${path}.xlsx?show=all`);
});

test("days, money, shares and lengths of time are what spreadsheets count with", () => {
  const day = field.date({ label: "Day" });
  assert.deepEqual(day.kind.sheet?.value(day.options, "2026-11-21"), new Date("2026-11-21T00:00:00Z"));
  const summer = field.moment({ label: "Moment" });
  assert.deepEqual(
    summer.kind.sheet?.value(summer.options, "2026-07-01T09:30:00.000Z"),
    new Date("2026-07-01T10:30:00Z"),
  );
  const money = field.money({ label: "Cost" });
  assert.equal(money.kind.sheet?.value(money.options, 125_050), 1250.5);
  assert.match(money.kind.sheet?.format ?? "", /£/);
  const percent = field.percent({ label: "Share" });
  assert.equal(percent.kind.sheet?.value(percent.options, 12.5), 0.125);
  const duration = field.duration({ label: "Took" });
  assert.equal(duration.kind.sheet?.value(duration.options, 90), 0.0625);
});
