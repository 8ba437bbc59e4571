import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { councilWorkingDays, ukWorkingDays } from "./calendars.ts";
import { bankHolidays, DIVISIONS } from "./holidays.ts";

const published = new URL("../../../../shared/data/information-rights/bank-holidays.json", import.meta.url);

test("our bank holidays are those that GOV.UK published for 2012 to 2028", (t) => {
  if (!existsSync(published)) return t.skip("the published file is not beside this checkout (../shared/data)");
  // The file's shape is GOV.UK's own.
  const file = JSON.parse(readFileSync(published, "utf8")) as Record<string, { events: { date: string }[] }>;
  for (const division of DIVISIONS) {
    const theirs = file[division]?.events.map(({ date }) => date) ?? [];
    const ours = bankHolidays(division).map(({ date }) => date);
    assert.ok(theirs.length > 100);
    assert.deepEqual(
      ours.filter((date) => date >= "2012" && date < "2029"),
      theirs.toSorted(),
      division,
    );
  }
});

test("the years before and after the published file follow the statute, and later ones say so", () => {
  const england = bankHolidays("england-and-wales");
  const of = (year: string) => england.filter(({ date }) => date.startsWith(year)).map(({ date }) => date.slice(5));
  assert.deepEqual(of("2010"), ["01-01", "04-02", "04-05", "05-03", "05-31", "08-30", "12-27", "12-28"]);
  assert.deepEqual(of("2011"), ["01-03", "04-22", "04-25", "04-29", "05-02", "05-30", "08-29", "12-26", "12-27"]);
  assert.deepEqual(of("2030"), ["01-01", "04-19", "04-22", "05-06", "05-27", "08-26", "12-25", "12-26"]);
  assert.deepEqual(
    [...new Set(england.filter((h) => h.projected).map(({ date }) => date.slice(0, 4)))],
    ["2029", "2030"],
  );
});

test("only proclaimed one-offs say when they were announced", () => {
  const announced = bankHolidays("scotland").filter((holiday) => holiday.announced);
  assert.deepEqual(
    announced.map(({ date }) => date),
    "2011-04-29 2012-06-05 2020-05-08 2022-06-02 2022-06-03 2022-09-19 2023-05-08 2026-06-15".split(" "),
  );
  assert.ok(announced.every(({ date, announced: on }) => on !== undefined && on < date));
});

test("a UK working day leaves out every division's holidays, and says whose they are", () => {
  const uk = ukWorkingDays();
  assert.equal(uk.holidays.get("2026-03-17")?.name, "St Patrick’s Day, Northern Ireland");
  assert.equal(uk.holidays.get("2026-04-06")?.name, "Easter Monday, England and Wales and Northern Ireland");
  assert.equal(uk.holidays.get("2026-12-25")?.name, "Christmas Day");
  assert.equal(uk.holidays.get("2022-09-19")?.announced, "2022-09-10");
});

test("what is shipped never changes, since every stored clock is proved by it: later facts are read, or come by migration", () => {
  const versions = [ukWorkingDays(), ...DIVISIONS.map((division) => councilWorkingDays(division))];
  assert.deepEqual(
    versions.map(({ version }) => version),
    ["days-c486edb2a2b4be06", "days-e6e0fcc753d22915", "days-5144e6311d33db49", "days-8b380bc712da9728"],
  );
});

test("a council's calendar has its division's holidays and its closures, and its version follows its content", () => {
  const plain = councilWorkingDays("england-and-wales");
  const closed = councilWorkingDays("england-and-wales", [{ date: "2026-12-29", name: "Closed" }]);
  assert.equal(closed.holidays.get("2026-12-29")?.name, "Closed");
  assert.equal(closed.holidays.has("2026-03-17"), false);
  assert.notEqual(plain.version, closed.version);
  assert.equal(plain.version, councilWorkingDays("england-and-wales", []).version);
});
