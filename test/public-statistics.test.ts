import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { parse } from "csv-parse/sync";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Who } from "../src/kernel/transaction.ts";
import { readStatistics } from "../src/modules/rights/public/statistics-read.ts";
import { periodOf } from "../src/modules/rights/statistics/periods.ts";
import { publishStatistics } from "../src/modules/rights/statistics/publish.ts";
import { areasTold, countTold, timesTold } from "../src/modules/rights/statistics/small-numbers.ts";
import { statisticsOf } from "../src/modules/rights/statistics/statistics.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Who;

before(async () => {
  world = await createWebWorld();
  officer = await world.person("Nia Rowe", "policyManager");
});
after(() => world.close());

const get = (url: string) => world.app.inject({ url });
const on = (day: string) => ({ now: Temporal.ZonedDateTime.from(`${day}T10:00[Europe/London]`).toInstant() });
const type = () => typeNamed(world.registry, "information_request");

/** A request that was received on a day of the first quarter of 2026 and answered in time, or late. */
async function answered(receivedOn: string, area: string, { late = false } = {}): Promise<void> {
  const values = { subject: "Zephyrine’s printers", question: "How many?", receivedOn, area };
  const made = await world.store.as(officer, (tx) => create(tx, type(), values), on(receivedOn));
  const day = late ? "2026-03-30" : receivedOn;
  const answer = { decision: "granted", answer: "Four.", ...(late ? { lateBecause: "It was mislaid" } : {}) };
  await world.store.as(officer, (tx) => move(tx, type(), made.id, "any", "answer", answer), on(day));
}

const publishes = (period: string, day = "2026-06-01") =>
  world.store.as(officer, async (tx) => publishStatistics(tx, await statisticsOf(tx, periodOf(period, day))), on(day));

/** Pages are kept for two seconds: what was published since is read past them. */
const read = () => readStatistics(world, officer.organisationId);
const kept = () => new Promise((resolve) => setTimeout(resolve, 2100));

/** Puts published figures into the database as no code of ours would. */
async function forge(period: string, change: (content: Record<string, unknown>) => Record<string, unknown>) {
  const { rows } = await world.ownerPool.query<{ content: string }>(
    "select content from published_statistics where period = '2026-q1' order by published_at limit 1",
  );
  const content = JSON.stringify(change({ ...JSON.parse(rows[0]!.content), period, label: `Forged ${period}` }));
  await world.ownerPool.query(
    `insert into published_statistics (organisation_id, id, period, label, from_day, to_day, content, sha256, published_at, published_by)
     values ($1, $2, $3, 'Forged', '2025-01-01', '2025-03-31', $4, $5, now(), $6)`,
    [
      officer.organisationId,
      randomUUID(),
      period,
      content,
      createHash("sha256").update(content, "utf8").digest("hex"),
      officer.personId,
    ],
  );
}

test("before anything is published the page says so, and when it will be", async () => {
  const page = await get("/information/statistics");
  assert.equal(page.statusCode, 200);
  assert.match(words(page), /No figures are published here yet\. We publish those of a quarter when it has ended/);
  assert.doesNotMatch(words(page), /Figures we published|in time:/);
  assert.equal((await get("/information/statistics/2026-q1")).statusCode, 404);
});

test("published figures are read by everybody without cookie, with the regulator's band and what each share is of", async () => {
  for (const day of ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09"])
    await answered(day, "highways");
  await answered("2026-01-12", "highways", { late: true });
  await answered("2026-01-13", "planning");
  await answered("2026-04-02", "planning");
  assert.deepEqual(await read(), [], "what is counted and not published is nobody's");
  await publishes("2026-q1");
  await kept();
  const first = await get("/information/statistics");
  assert.equal(first.headers["set-cookie"], undefined);
  assert.match(
    words(first),
    /band: unsatisfactory Of the requests received in January to March 2026, 85\.7% were answered in time: 6 of 7/,
  );
  assert.match(words(first), /January to March 2026 7 requests, 85\.7% in time\. Published on 1 June 2026/);
  assert.doesNotMatch(first.body, /noindex|<script[^>]*>[^<]/);
  const page = await get("/information/statistics/2026-q1");
  assert.match(words(page), /Answered within 20 working days 6 85\.7% received, less on hold or lapsed/);
  assert.match(words(page), /Last reconciled on 1 June 2026/);
  assert.doesNotMatch(page.body, /Zephyrine|FOI-2026/);
  // What was not published is not there: another quarter, the year, any other address.
  for (const other of ["2026-q2", "2026", "2025-26", "nonsense", "..%2f", "%00"])
    assert.equal((await get(`/information/statistics/${other}`)).statusCode, 404, other);
  for (const from of ["/information", "/information/answers", "/information/scheme"])
    assert.match((await get(from)).body, /href="\/information\/statistics"/, from);
});

test("the file has the Cabinet Office's columns", async () => {
  const file = await get("/information/statistics/2026-q1/file.csv");
  assert.match(String(file.headers["content-type"]), /^text\/csv/);
  assert.match(String(file.headers["content-disposition"]), /requests-for-information-2026-q1\.csv/);
  const [head, row] = parse(file.body) as string[][];
  const at = (name: string) => row?.[head?.indexOf(name) ?? -1];
  assert.deepEqual(
    [at("Quarter"), at("Government body"), at("Total requests received")],
    ["Q1 2026", "Aldermoor Borough Council", "7"],
  );
  assert.equal((await get("/information/statistics/2026-q2/file.csv")).statusCode, 404);
});

test("small numbers by service area and exemption are not told, nor found by subtracting", async () => {
  const page = words(await get("/information/statistics/2026-q1"));
  // Six of highways would leave the one of planning to be worked out.
  assert.match(page, /Not told apart So few requests were about the work of any one service area/);
  assert.deepEqual(
    areasTold([
      { area: "Highways", received: 6, inTime: 5, late: 1 },
      { area: "Others, or not said", received: 1, inTime: 1, late: 0 },
    ]),
    [{ area: "Others, or not said", received: 7, inTime: 6, late: 1 }],
  );
  assert.doesNotMatch(page, /Planning|Highways/);
  const area = (name: string, received: number, late = 0) => ({ area: name, received, inTime: received - late, late });
  const told = areasTold([area("A", 30), area("B", 12), area("C", 6), area("Others, or not said", 2)]);
  assert.deepEqual(
    told.map(({ area: name, received }) => [name, received]),
    [
      ["A", 30],
      ["B", 12],
      ["Others, or not said", 8],
    ],
  );
  // With the council's total of late ones, a single small count could be worked out from exact ones beside it.
  assert.deepEqual(timesTold([area("A", 30, 2), area("B", 12), area("C", 20, 6)]), [
    { inTime: "25 or more", late: "under 5" },
    { inTime: "10 or more", late: "under 5" },
    { inTime: "10 or more", late: "5 or more" },
  ]);
  assert.deepEqual(timesTold([area("A", 30), area("B", 15, 5)]), [
    { inTime: "30", late: "0" },
    { inTime: "10", late: "5" },
  ]);
  assert.deepEqual([0, 1, 4, 5].map(countTold), ["0", "under 5", "under 5", "5"]);
  await forge("2024-q1", (content) => ({
    ...content,
    from: "2024-01-01",
    to: "2024-03-31",
    counts: { ...(content["counts"] as object), granted: 1, part: 6, exempted: 6, s43: 6, s40: 2 },
    exemptions: [
      { name: "s43", many: 6 },
      { name: "s40", many: 2 },
    ],
  }));
  const forged = await get("/information/statistics/2024-q1");
  assert.match(words(forged), /s43 commercial interests 6 100% s40 personal information under 5 not told/);
  const [head, row] = parse((await get("/information/statistics/2024-q1/file.csv")).body) as string[][];
  const at = (name: RegExp) => row?.[head?.findIndex((one) => name.test(one)) ?? -1];
  assert.deepEqual([at(/^S\(40\)/), at(/^S\(43\)/), at(/^Total exemptions/), at(/^S\(22\)/)], ["[c]", "6", "[c]", "0"]);
});

test("a year that was published with one of its quarters tells nothing of its parts, on the page or in the file", async () => {
  for (const period of ["2022-q1", "2022"])
    await forge(period, (content) => ({
      ...content,
      from: "2022-01-01",
      to: period === "2022" ? "2022-12-31" : "2022-03-31",
      counts: {
        ...(content["counts"] as object),
        granted: 0,
        part: 7,
        exempted: 7,
        s43: 7,
        s40: period === "2022" ? 7 : 5,
      },
      areas: [{ area: "Highways", received: 7, inTime: 7, late: 0 }],
      exemptions: [
        { name: "s43", many: 7 },
        { name: "s40", many: period === "2022" ? 7 : 5 },
      ],
    }));
  await kept();
  const [quarter, year] = [await get("/information/statistics/2022-q1"), await get("/information/statistics/2022")];
  assert.match(words(quarter), /s43 commercial interests 7 100% s40 personal information 5 71\.4%/);
  assert.match(
    words(year),
    /By service area .*Not told apart We published a period before that shares days with this one/,
  );
  assert.doesNotMatch(words(year), /s43|s40|Highways/);
  // What is of the whole council is told: the Code asks for it.
  assert.match(words(year), /Received 7 .*Withheld in part 7 100%/);
  const [head, row] = parse((await get("/information/statistics/2022/file.csv")).body) as string[][];
  const at = (name: RegExp) => row?.[head?.findIndex((one) => name.test(one)) ?? -1];
  assert.deepEqual(
    [at(/^S\(40\)/), at(/^S\(43\)/), at(/^S\(22\)/), at(/^Total exemptions/), at(/^Total requests received/)],
    ["[c]", "[c]", "[c]", "[c]", "7"],
  );
});

test("figures that do not add up are shown to nobody, even if they stand in the database", async () => {
  const counts = (change: Record<string, number>) => (content: Record<string, unknown>) => ({
    ...content,
    counts: { ...(content["counts"] as object), ...change },
  });
  const before = (await read()).length;
  await forge("2025-q1", counts({ inTime: 7 }));
  await forge("2025-q2", counts({ notYetDue: 1, late: 0 }));
  await forge("2025-q3", (content) => ({ ...content, areas: [] }));
  await forge("2025-q4", (content) => ({ ...content, to: "2999-12-31" }));
  await forge("2023", (content) => ({ ...content, counts: "none" }));
  assert.equal((await read()).length, before);
  await kept();
  assert.doesNotMatch((await get("/information/statistics")).body, /2025-q|Forged 2025|2023/);
  for (const period of ["2025-q1", "2025-q2", "2025-q3", "2025-q4", "2023"])
    for (const path of [period, `${period}/file.csv`])
      assert.equal((await get(`/information/statistics/${path}`)).statusCode, 404, path);
  // And our own road refuses them before that: the second quarter of this test has one that may still be in time.
  await world.store.as(
    officer,
    (tx) => create(tx, type(), { subject: "Open", question: "How many?", receivedOn: "2026-04-28" }),
    on("2026-04-28"),
  );
  await assert.rejects(publishes("2026-q2", "2026-05-01"), /The period has ended/);
});

test("what is not there is said in the words of the public pages, and nothing is told of it", async () => {
  for (const path of [
    "/information/nowhere",
    "/information/statistics/2031",
    `/information/requests/${"A".repeat(32)}`,
  ]) {
    const page = await get(path);
    assert.equal(page.statusCode, 404, path);
    assert.match(
      words(page),
      /Aldermoor Borough Council .*Page not found .*Look through the answers we published/,
      path,
    );
    assert.doesNotMatch(words(page), /Search for it|not allowed/, path);
    assert.match(page.body, /noindex/);
  }
  const elsewhere = await get(`/information/of/${officer.personId}/answers`);
  assert.equal(elsewhere.statusCode, 404);
  assert.equal((await world.app.inject({ method: "POST", url: "/information/nowhere" })).statusCode, 404);
});

test("each organisation has its own figures", async () => {
  const other = await world.another("Brackenshire County Council");
  const base = `/information/of/${other.organisationId}/statistics`;
  assert.match(words(await get(base)), /Brackenshire County Council .*No figures are published here yet/);
  assert.equal((await get(`${base}/2026-q1`)).statusCode, 404);
  const ours = await get(`/information/of/${officer.organisationId}/statistics/2026-q1`);
  assert.match(words(ours), /Requests received in January to March 2026/);
});
