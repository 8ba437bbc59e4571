import assert from "node:assert/strict";
import { test } from "node:test";
import { timeOf } from "./choices.ts";
import { mailMoment } from "./delivery.ts";
import type { Wishes } from "./delivery.ts";

const wishes: Wishes = {
  choices: { "moved mail": "digest", "late mail": "off" },
  digestAt: "08:00",
  quiet: { from: "19:00", until: "07:00" },
};
const at = (iso: string, kind: "mentioned" | "moved" | "late", given = wishes) =>
  mailMoment(given, kind, Temporal.Instant.from(iso))?.toString() ?? null;

test("at once is now, but in quiet hours their end, by the clocks of London in winter and in summer", () => {
  assert.equal(at("2026-11-22T12:00:00Z", "mentioned"), "2026-11-22T12:00:00Z");
  assert.equal(at("2026-11-22T19:00:00Z", "mentioned"), "2026-11-23T07:00:00Z");
  assert.equal(at("2026-11-22T06:59:00Z", "mentioned"), "2026-11-22T07:00:00Z");
  assert.equal(at("2026-11-22T07:00:00Z", "mentioned"), "2026-11-22T07:00:00Z");
  assert.equal(at("2026-07-01T18:30:00Z", "mentioned"), "2026-07-02T06:00:00Z");
  // The night in which the clocks go forward.
  assert.equal(at("2026-03-28T22:00:00Z", "mentioned"), "2026-03-29T06:00:00Z");
  const afternoon = { ...wishes, quiet: { from: "12:00", until: "14:00" } };
  assert.equal(at("2026-11-22T13:00:00Z", "mentioned", afternoon), "2026-11-22T14:00:00Z");
  assert.equal(at("2026-11-22T20:00:00Z", "mentioned", afternoon), "2026-11-22T20:00:00Z");
});

test("a digest is the next time that was chosen, and what is off is never", () => {
  assert.equal(at("2026-11-22T07:59:00Z", "moved"), "2026-11-22T08:00:00Z");
  assert.equal(at("2026-11-22T08:00:00Z", "moved"), "2026-11-23T08:00:00Z");
  assert.equal(at("2026-06-22T08:00:00Z", "moved"), "2026-06-23T07:00:00Z");
  assert.equal(at("2026-11-22T08:00:00Z", "late"), null);
});

test("times are read as people type them", () => {
  const typed = {
    "7": "07:00",
    "7:30": "07:30",
    "07.30": "07:30",
    "0730": "07:30",
    "7am": "07:00",
    "7.30 pm": "19:30",
    "12 am": "00:00",
    "12pm": "12:00",
    " 23:59 ": "23:59",
  };
  for (const [text, time] of Object.entries(typed)) assert.equal(timeOf(text), time, text);
  for (const text of ["", "24:00", "7:60", "13pm", "0am", "soon", "7:3", "-1", "123:00"])
    assert.equal(timeOf(text), null, text);
});
