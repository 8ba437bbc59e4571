import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { councilWorkingDays, holidayNames, ukWorkingDays } from "./calendars.ts";
import { compareHolidays } from "./compare-holidays.ts";
import { readHolidaysFile } from "./holidays-file.ts";
import { bankHolidays, DIVISIONS } from "./holidays.ts";
import type { Division } from "./holidays.ts";
import { knownHolidays, shippedHolidays } from "./known-holidays.ts";
import type { HolidayRead } from "./known-holidays.ts";
import { ClockRefused } from "./refused.ts";
import { ruleNamed } from "./rules.ts";

const published = new URL("../../../../shared/data/information-rights/bank-holidays.json", import.meta.url);
const today = "2026-11-22";

type Event = { title: string; date: string; notes?: string };
type File = Record<string, { division: string; events: Event[] }>;

/** A file in GOV.UK's format of the years from 2027 on as they are shipped, changed as told. */
function fileOf(
  to: number,
  change: (file: Record<Division, { division: string; events: Event[] }>) => void = () => {},
) {
  const of = (division: Division) => ({
    division,
    events: bankHolidays(division)
      .filter(({ date }) => date >= "2027" && date < String(to + 1))
      .map(({ date, name }) => ({ title: name, date, notes: "", bunting: true })),
  });
  const file = {
    "england-and-wales": of("england-and-wales"),
    scotland: of("scotland"),
    "northern-ireland": of("northern-ireland"),
  };
  change(file);
  return JSON.stringify(file);
}

const extra: Event = { title: "Jubilee bank holiday", date: "2027-06-04", notes: "Extra bank holiday" };
const compared = (text: string, read: readonly HolidayRead[] = [], options = {}) =>
  compareHolidays(knownHolidays(read), readHolidaysFile(text), { today, ...options });

function refused(text: string, says: RegExp, read: readonly HolidayRead[] = [], options = {}): void {
  assert.throws(
    () => compared(text, read, options),
    (error) => error instanceof ClockRefused && says.test(error.message),
  );
}

test("the copy that GOV.UK published says nothing that is not shipped", (t) => {
  if (!existsSync(published)) return t.skip("the published file is not beside this checkout (../shared/data)");
  const changes = compared(readFileSync(published, "utf8"));
  assert.deepEqual(changes, {
    added: [],
    notCounted: [],
    changed: [],
    published: [],
    takenAway: [],
    left: [],
    read: [],
  });
});

test("what is no whole list of bank holidays is refused in a sentence", () => {
  refused("<html>", /not JSON/);
  refused("", /not JSON/);
  refused("[]", /not GOV\.UK’s list/);
  refused("null", /not GOV\.UK’s list/);
  refused('{"scotland":{"events":[{"title":1,"date":"2027-01-01"}]}}', /look at scotland → events → 0 → title/);
  refused(JSON.stringify({ ...parsed(fileOf(2028)), wales: { events: [] } }), /“wales” is no division/);
  refused(
    fileOf(2028, (file) => delete (file as File)["scotland"]),
    /nothing of Scotland/,
  );
  refused(
    fileOf(2028, (file) => (file.scotland.division = "england-and-wales")),
    /Under “scotland” .*“england-and-wales”/,
  );
  refused(
    fileOf(2028, (file) => (file.scotland.events = [])),
    /no days of Scotland/,
  );
  const first = (change: Partial<Event>) => fileOf(2028, (file) => Object.assign(file.scotland.events[0]!, change));
  refused(first({ date: "2027-02-30" }), /“2027-02-30” is not a date/);
  refused(first({ date: "1 January" }), /“1 January” is not a date/);
  refused(first({ date: "2027-01-04" }), /Scotland: 2027-01-04 is there twice/);
  refused(first({ date: "1999-01-01" }), /not in the years 2010 to 2060/);
  refused(first({ title: " " }), /needs a title/);
  refused(first({ title: "a\u0000b" }), /needs a title/);
  refused(first({ title: "x".repeat(151) }), /needs a title/);
  refused(
    fileOf(2028, (file) => file.scotland.events.splice(0, 3)),
    /Scotland: 2027 has 6 days, .* at least 8/,
  );
  refused(
    fileOf(2028, (file) => file.scotland.events.push(...Array.from({ length: 1001 }, () => extra))),
    /more than 1000 days/,
  );
});

test("a day that was proclaimed is added, announced when it was read, and the same file again changes nothing", () => {
  const text = fileOf(2028, (file) => file.scotland.events.push(extra));
  const changes = compared(text);
  assert.deepEqual(changes.added, [{ division: "scotland", date: "2027-06-04", name: "Jubilee bank holiday" }]);
  assert.deepEqual(changes.read, [
    { division: "scotland", day: "2027-06-04", name: "Jubilee bank holiday", announced: today },
  ]);
  const known = knownHolidays(changes.read);
  assert.deepEqual(compared(text, changes.read).read, []);
  assert.equal(holidayNames("scotland", known).get("2027-06-04"), "Jubilee bank holiday");
  assert.equal(holidayNames("england-and-wales", known).has("2027-06-04"), false);
  assert.equal(councilWorkingDays("scotland", [], known).holidays.get("2027-06-04")?.announced, today);
  assert.equal(ukWorkingDays(known).holidays.get("2027-06-04")?.name, "Jubilee bank holiday, Scotland");
  assert.notEqual(ukWorkingDays(known).version, ukWorkingDays().version);
  assert.equal(ukWorkingDays(known), ukWorkingDays(known), "worked out once");
  // Another name, and then gone again.
  const renamed = compared(text.replace("Jubilee bank", "Platinum bank"), changes.read);
  assert.equal(renamed.changed[0]?.from, "Jubilee bank holiday");
  assert.equal(renamed.read[0]?.announced, today);
  const gone = compared(fileOf(2028), changes.read);
  assert.deepEqual(gone.takenAway, [
    { division: "scotland", date: "2027-06-04", name: "Jubilee bank holiday", shipped: false },
  ]);
  assert.equal(knownHolidays([...changes.read, ...gone.read]).of("scotland").length, bankHolidays("scotland").length);
});

test("a request for information that ran when a holiday was read of shows both readings", () => {
  const { read } = compared(
    fileOf(2028, (file) => file.scotland.events.push(extra)),
    [],
    { today: "2027-05-20" },
  );
  const ask = (from: string, holidays = knownHolidays(read)) =>
    ruleNamed("foi").compute({ from, events: [], division: "england-and-wales", holidays });
  const before = ask("2027-05-17", shippedHolidays);
  assert.deepEqual([before.due, before.alternative], ["2027-06-15", null]);
  const running = ask("2027-05-17");
  assert.deepEqual([running.due, running.workTo, running.alternative?.due], ["2027-06-16", "2027-06-15", "2027-06-15"]);
  assert.match(running.alternative?.reading ?? "", /proclaimed while the case runs/);
  const later = ask("2027-05-24");
  assert.deepEqual([later.due, later.alternative], ["2027-06-23", null], "known when it came");
});

test("a year that was foreseen becomes a published one, and later years can be counted in", () => {
  const text = fileOf(2030, (file) => {
    for (const division of DIVISIONS)
      // 2031 as 2030, which is enough days for a year.
      for (const { title, date } of file[division].events.filter((one) => one.date >= "2030"))
        file[division].events.push({ title, date: date.replace("2030", "2031") });
  });
  const changes = compared(text);
  assert.equal(changes.published.filter(({ division }) => division === "scotland").length, 18);
  assert.equal(changes.read.find(({ day }) => day === "2029-01-01")?.announced, null);
  assert.equal(changes.read.find(({ day }) => day === "2031-12-25")?.announced, null, "by the pattern, so no one-off");
  const known = knownHolidays(changes.read);
  assert.deepEqual([known.lastPublishedYear, known.lastYear], [2031, 2031]);
  const late = compared(text, [], { today: "2031-06-01" });
  assert.deepEqual([late.added, late.notCounted], [changes.added, []], "also when the year has begun");
  assert.ok(known.of("scotland").every(({ projected }) => !projected));
  assert.equal(ukWorkingDays(known).to, "2031-12-31");
  assert.deepEqual([shippedHolidays.lastPublishedYear, ukWorkingDays().to], [2028, "2030-12-31"]);
  refused(
    fileOf(2030, (file) => {
      for (const division of DIVISIONS)
        file[division].events = file[division].events.filter(({ date }) => date >= "2030");
    }),
    /begins with 2030, and 2029 has not been published/,
  );
});

test("a file that contradicts what is shipped wins for days to come, and takes away none that has passed", () => {
  const moved = fileOf(2028, (file) => {
    const early = file.scotland.events.find(({ date }) => date === "2027-05-03")!;
    early.date = "2027-05-07";
  });
  const changes = compared(moved);
  assert.deepEqual(changes.takenAway, [
    { division: "scotland", date: "2027-05-03", name: "Early May bank holiday", shipped: true },
  ]);
  assert.deepEqual(
    knownHolidays(changes.read)
      .of("scotland")
      .filter(({ date }) => date.startsWith("2027-05"))
      .map(({ date }) => date),
    ["2027-05-07", "2027-05-31"],
  );
  refused(moved, /would take away Early May bank holiday of 2027-05-03 in Scotland, which has passed/, [], {
    today: "2027-05-04",
  });
  const late = compared(moved, [], { today: "2027-05-04", leavePassed: true });
  assert.deepEqual([late.takenAway, late.left.length, late.added.length], [[], 1, 1]);
  // One that nobody read of in time is told, and counts where that is asked for.
  const missed = fileOf(2028, (file) => file.scotland.events.push(extra));
  const told = compared(missed, [], { today: "2027-06-05" });
  assert.deepEqual([told.notCounted.length, told.added, told.read], [1, [], []]);
  const counted = compared(missed, [], { today: "2027-06-05", addPassed: true });
  assert.deepEqual([counted.notCounted, counted.added.length, counted.read[0]?.announced], [[], 1, "2027-06-05"]);
  // Years that the file does not cover stay as they are.
  assert.deepEqual(compared(fileOf(2027)).read, []);
});

function parsed(text: string): File {
  // What fileOf made.
  return JSON.parse(text) as File;
}
