import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { RecordType } from "../src/kernel/record.ts";
import { filterNames } from "../src/kernel/store/filters.ts";
import { furtherFilters } from "../src/kernel/store/further-filters.ts";
import { registry } from "../src/records.ts";
import { baseRanges } from "../src/web/api/list-query.ts";
import { apiClient } from "./api-world.ts";
import { createWebWorld } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let administrator: Browser;

before(async () => {
  world = await createWebWorld();
  administrator = await world.as("administrator");
});
after(() => world.close());

/** What is no value of any field, and what looks like one of some. */
const odd = [
  "2026-02-31",
  "0000-00-00",
  "2026-13-01",
  "99999-01-01",
  "infinity",
  "-1",
  "1e309",
  "9".repeat(40),
  "\u0000",
  "\u202e",
  "%",
  "__proto__",
  "x".repeat(3000),
];
const layouts = ["", "board", "calendar", "timeline"];

const ownFilters = (type: RecordType) => filterNames(type).map(({ name }) => name);

/** Each filter of each type; and with one of them, every filter that a list has however it is seen. */
const asked = [...registry.types.values()].flatMap((type) => {
  if (type.name !== "ticket") return ownFilters(type).map((name) => ({ path: type.path, name, as: "" }));
  const every = [...ownFilters(type), ...furtherFilters(type).map(({ name }) => name), ...baseRanges];
  return layouts.flatMap((as) => every.map((name) => ({ path: type.path, name, as })));
});

test("no value of any filter is a fault, however the list is seen", async () => {
  assert.ok(asked.length > 200, `${asked.length} lists are asked for`);
  for (const [at, { path, name, as }] of asked.entries()) {
    const query = new URLSearchParams({ [name]: odd[at % odd.length]!, ...(as === "" ? {} : { as }) }).toString();
    const { statusCode } = await administrator.get(`/${path}?${query}`);
    assert.ok([200, 303, 422].includes(statusCode), `/${path}?${query} answers ${statusCode}`);
  }
});

test("a text that looks like a day stays the text that it is", async () => {
  const { body } = await administrator.get("/tickets?summary=2026-03-04");
  assert.match(body, /Summary: 2026-03-04/);
  const days = await administrator.get("/tickets?opened-from=2026-03-04");
  assert.match(days.body, /Opened from: 4 March 2026/);
});

test("a calendar says of a day that is none that it is none", async () => {
  const { statusCode, body } = await administrator.get("/tickets?as=calendar&due-from=2026-02-31");
  assert.equal(statusCode, 422);
  assert.match(body, /due-from: give a day as yyyy-mm-dd/);
});

test("a choice that is none is said to be none, on a page and by the API", async () => {
  const page = await administrator.get("/tickets?kind=nonsense");
  assert.equal(page.statusCode, 422);
  assert.match(page.body, /Kind: there is no “nonsense”. The choices are: incident, request/);
  const client = await apiClient(world, administrator.who!, ["read"]);
  const answer = await client.get("/tickets?kind=nonsense");
  assert.equal(answer.statusCode, 422);
  assert.equal((await client.get("/tickets?kind=none")).statusCode, 200);
});

test("what is asked of a clock is taken away together: without its first day nothing of it can be asked", async () => {
  const { body } = await administrator.get(
    "/tickets?show=all&resolve-outcome=missed&resolve-stopped-from=2026-01-01&resolve-stopped-to=2026-02-01",
  );
  const chip = /class="r-chip" href="([^"]*)">(?:(?!<\/a>)[^])*Resolve done from/
    .exec(body)?.[1]
    ?.replaceAll("&amp;", "&");
  assert.ok(chip);
  assert.doesNotMatch(chip, /resolve-/);
  assert.equal((await administrator.get(chip)).statusCode, 200);
});
