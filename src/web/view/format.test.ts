import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatCount,
  formatDate,
  formatDue,
  formatDuration,
  formatFileSize,
  formatMoment,
  formatMoney,
  formatRecent,
  formatWeekdayDate,
  initials,
  plural,
} from "./format.ts";

const zone = "Europe/London";
/** Monday 23 November 2026, 09:30 in London. */
const clock = { now: Temporal.Instant.from("2026-11-23T09:30:00Z"), zone };
const day = (text: string) => Temporal.PlainDate.from(text);
const moment = (text: string) => Temporal.Instant.from(text);

test("a date is written as GOV.UK writes it", () => {
  assert.equal(formatDate(day("2026-11-21")), "21 November 2026");
  assert.equal(formatWeekdayDate(day("2026-11-25")), "Wednesday 25 November 2026");
});

test("a moment is written in the organisation's zone, summer time included", () => {
  assert.equal(formatMoment(moment("2026-07-01T13:05:00Z"), zone), "1 July 2026 at 14:05");
  assert.equal(formatMoment(moment("2026-01-01T13:05:00Z"), zone), "1 January 2026 at 13:05");
});

test("what happened lately is named by its day", () => {
  assert.equal(formatRecent(moment("2026-11-23T08:42:00Z"), clock), "Today 08:42");
  assert.equal(formatRecent(moment("2026-11-22T23:59:00Z"), clock), "Yesterday 23:59");
  assert.equal(formatRecent(moment("2026-11-17T10:00:00Z"), clock), "Tuesday 10:00");
  assert.equal(formatRecent(moment("2026-11-16T10:00:00Z"), clock), "16 November 2026 at 10:00");
  assert.equal(formatRecent(moment("2026-11-24T10:00:00Z"), clock), "24 November 2026 at 10:00");
});

test("a deadline by day is today, tomorrow, a weekday, then a date", () => {
  assert.deepEqual(formatDue(day("2026-11-23"), clock), { text: "Today", tone: "warn" });
  assert.deepEqual(formatDue(day("2026-11-24"), clock), { text: "Tomorrow", tone: "warn" });
  assert.deepEqual(formatDue(day("2026-11-25"), clock), { text: "Wednesday", tone: "neutral" });
  assert.deepEqual(formatDue(day("2026-11-29"), clock), { text: "Sunday", tone: "neutral" });
  assert.deepEqual(formatDue(day("2026-11-30"), clock), { text: "30 November", tone: "neutral" });
  assert.deepEqual(formatDue(day("2027-01-04"), clock), { text: "4 January 2027", tone: "neutral" });
});

test("a deadline by moment gives the time of day while it is near", () => {
  assert.equal(formatDue(moment("2026-11-23T17:00:00Z"), clock).text, "Today 17:00");
  assert.equal(formatDue(moment("2026-11-24T09:00:00Z"), clock).text, "Tomorrow 09:00");
  assert.equal(formatDue(moment("2026-11-26T09:00:00Z"), clock).text, "Thursday");
});

test("a missed deadline says by how much", () => {
  assert.deepEqual(formatDue(day("2026-11-20"), clock, 1), { text: "Friday, 1 day late", tone: "bad" });
  assert.deepEqual(formatDue(day("2026-11-20"), clock), { text: "Friday, 3 days late", tone: "bad" });
  assert.deepEqual(formatDue(day("2026-11-22"), clock), { text: "Yesterday, 1 day late", tone: "bad" });
  assert.deepEqual(formatDue(moment("2026-11-23T07:30:00Z"), clock), {
    text: "Today 07:30, 2 hours late",
    tone: "bad",
  });
});

test("the day is the organisation's, not UTC's", () => {
  const summerNight = { now: moment("2026-06-30T23:30:00Z"), zone };
  assert.equal(formatDue(day("2026-07-01"), summerNight).text, "Today");
});

test("money has pence only when needed", () => {
  assert.equal(formatMoney(125_000n), "£1,250");
  assert.equal(formatMoney(125_005n), "£1,250.05");
  assert.equal(formatMoney(-300n), "-£3");
  assert.equal(formatMoney(0n), "£0");
  assert.equal(formatMoney(123_456_789_012_345_600n), "£1,234,567,890,123,456");
});

test("a duration is told in its two largest units", () => {
  assert.equal(formatDuration(9000), "2 hours 30 minutes");
  assert.equal(formatDuration(86_400 * 3 + 60), "3 days 1 minute");
  assert.equal(formatDuration(45), "45 seconds");
  assert.equal(formatDuration(0), "0 minutes");
  assert.equal(formatDuration(9000, 1), "2 hours");
});

test("file sizes, counts, plurals and initials are short", () => {
  assert.deepEqual([1, 999, 48_200, 999_600, 1_240_000, 25_000_000].map(formatFileSize), [
    "1 byte",
    "999 bytes",
    "48 KB",
    "1 MB",
    "1.2 MB",
    "25 MB",
  ]);
  assert.deepEqual([formatCount(38, 1000), formatCount(1000, 1000), formatCount(1204)], ["38", "1,000+", "1,204"]);
  assert.deepEqual(
    [plural(1, "record"), plural(2000, "record"), plural(2, "reply", "replies")],
    ["1 record", "2,000 records", "2 replies"],
  );
  assert.deepEqual(["Priya Nair", "Cllr Ngozi Okafor", "Élodie", ""].map(initials), ["PN", "CO", "É", ""]);
});
