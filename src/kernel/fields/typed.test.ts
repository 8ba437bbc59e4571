import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { field } from "./field.ts";
import type { Field } from "./kind.ts";

function schemaOf({ kind, options }: Field) {
  return kind.schema(options);
}

describe("money", () => {
  const typed = (text: string) =>
    schemaOf(field.money({ label: "Amount" })).safeParse(
      field.money({ label: "Amount" }).kind.fromForm({ m: text }, "m", { label: "Amount" }),
    );

  test("pounds and pence become whole pence exactly", () => {
    const cases = [
      ["£1,250.50", 125050],
      ["1.1", 110],
      ["0.29", 29],
      ["1.005", null],
      ["19.999", null],
      ["0.0000001", null],
      ["0.1000000000000000055", null],
      ["9999999999.99", 999_999_999_999],
      ["10000000000.01", null],
      ["-£3", -300],
      ["£ 12.50", 1250],
      ["+4", 400],
      [".5", 50],
      ["5.", 500],
      ["1.500", 150],
      ["-0", 0],
      ["", null],
      ["£", null],
      ["12p", null],
      ["1e3", null],
      ["½", null],
      ["1.2.3", null],
    ] as const;
    for (const [text, pence] of cases) assert.equal(typed(text).data ?? null, pence, text);
  });

  test("every amount of pence is written and read without losing one", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 }), (pence) => {
        assert.equal(
          typed(
            (pence < 0 ? "-" : "") +
              `£${Math.floor(Math.abs(pence) / 100)}.${String(Math.abs(pence) % 100).padStart(2, "0")}`,
          ).data,
          pence === 0 ? 0 : pence,
        );
      }),
    );
  });
});

describe("dates and moments", () => {
  const dateField = field.date({ label: "Date received" });
  const day = (text: string) =>
    schemaOf(dateField).safeParse(dateField.kind.fromText(dateField.options, text)).data ?? null;
  const boxes = (dayOfMonth: string, month: string, year: string) =>
    schemaOf(dateField).safeParse(
      dateField.kind.fromForm({ "d-day": dayOfMonth, "d-month": month, "d-year": year }, "d", dateField.options),
    ).data ?? null;
  const momentField = field.moment({ label: "Seen at" });
  const at = (text: string) =>
    schemaOf(momentField).safeParse(momentField.kind.fromText(momentField.options, text)).data ?? null;

  test("only days that there are, day before month, in years that people mean", () => {
    const cases = [
      ["2028-02-29", "2028-02-29"],
      ["2026-02-29", null],
      ["1900-02-29", null],
      ["2000-02-29", "2000-02-29"],
      ["2026-09-31", null],
      ["0026-11-21", null],
      ["21/11/2026", "2026-11-21"],
      ["21.11.26", "2026-11-21"],
      ["11/21/2026", null],
      ["1/2/2026", "2026-02-01"],
      ["2026-13-01", null],
      ["2026-00-10", null],
      ["20261121", null],
      [" 2026-11-21 ", "2026-11-21"],
      ["1799-12-31", null],
      ["3000-01-01", null],
      ["21 November 2026", "2026-11-21"],
      ["Sat 21-Nov-26", "2026-11-21"],
      ["21st Nov 2026", "2026-11-21"],
      ["1 Sept 2026", "2026-09-01"],
      ["2026/1/5", "2026-01-05"],
      ["21/11/2026 00:00:00", "2026-11-21"],
      ["21 Novembre 2026", null],
    ] as const;
    for (const [text, wanted] of cases) assert.equal(day(text), wanted, text);
    assert.equal(boxes("9", "3", "2026"), "2026-03-09");
    assert.equal(boxes("31", "9", "2026"), null);
    assert.equal(boxes("", "9", "2026"), null);
    assert.equal(boxes("29", "2", "0026"), null);
    assert.equal(boxes("1", "1", "26"), null);
  });

  test("London's own time is meant unless an offset is said, and of the hour that comes twice the first", () => {
    const cases = [
      ["2026-06-01 09:30", "2026-06-01T08:30:00.000Z"],
      ["2026-12-01T09:30", "2026-12-01T09:30:00.000Z"],
      ["2026-10-25 01:30", "2026-10-25T00:30:00.000Z"],
      ["2026-10-25T01:30+00:00", "2026-10-25T01:30:00.000Z"],
      // The hour that the clocks leave out: there was no such time.
      ["2026-03-29 01:30", null],
      ["21/11/2026 09:30", "2026-11-21T09:30:00.000Z"],
      ["2026-11-21", "2026-11-21T00:00:00.000Z"],
      ["2026-11-21T09:30:15.250Z", "2026-11-21T09:30:15.250Z"],
      ["2026-09-31 10:00", null],
      ["2026-02-29T10:00", null],
      ["0026-11-21T10:00", null],
      ["2026-11-21T25:00", null],
      ["tomorrow", null],
    ] as const;
    for (const [text, wanted] of cases) assert.equal(at(text), wanted, text);
  });

  test("a form gives back the second of the two hours when it showed that one", () => {
    for (const value of ["2026-10-25T00:30:00.000Z", "2026-10-25T01:30:00.000Z", "2026-10-25T01:30:07.000Z"]) {
      const widget = momentField.kind.input(momentField.options, value);
      assert.ok(widget.widget === "date-time");
      const form = { "m-day": widget.day, "m-month": widget.month, "m-year": widget.year, "m-time": widget.time };
      assert.equal(schemaOf(momentField).parse(momentField.kind.fromForm(form, "m", momentField.options)), value);
    }
    assert.equal(
      schemaOf(momentField).parse(
        momentField.kind.fromForm(
          { "m-day": "25", "m-month": "10", "m-year": "2026", "m-time": "1:30 GMT" },
          "m",
          momentField.options,
        ),
      ),
      "2026-10-25T01:30:00.000Z",
    );
  });
});

describe("other kinds", () => {
  const ok = (one: Field, value: unknown) => schemaOf(one).safeParse(value).success;

  test("a telephone number has 3 to 15 figures and nothing that is no part of one", () => {
    const phone = field.phone({ label: "Telephone" });
    for (const good of ["999", "020 7946 0123", "+44 20 7946 0123", "(0161) 496-0000 x12"])
      assert.ok(ok(phone, good), good);
    for (const bad of [
      "...",
      "---",
      "((((",
      "12",
      "1234567890123456",
      "020\n7946 0123",
      "020 7946 0123; DROP",
      "call me",
    ])
      assert.ok(!ok(phone, bad), bad);
  });

  test("a web address is http or https and nothing else", () => {
    const address = field.webAddress({ label: "Page" });
    for (const good of ["https://www.example.gov.uk/a?b=c#d", "http://localhost:3000"])
      assert.ok(ok(address, good), good);
    for (const bad of [
      "javascript:alert(1)",
      "data:text/html,x",
      "//example.com",
      "ftp://example.com",
      "https://",
      "https://exa mple.com",
      "www.example.com",
      "https://a\u0000b",
    ])
      assert.ok(!ok(address, bad), bad);
  });

  test("an id in capital letters is the same id", () => {
    const id = crypto.randomUUID();
    assert.equal(schemaOf(field.link({ label: "Team", to: "team" })).parse(id.toUpperCase()), id);
  });

  test("a definition cannot allow a number that its column could not hold", () => {
    assert.ok(!ok(field.wholeNumber({ label: "Count", max: 10_000_000_000 }), 5_000_000_000));
  });

  test("a length of time is typed as people say it", () => {
    const duration = field.duration({ label: "Time" });
    const cases = [
      ["90", 90],
      ["1h 30m", 90],
      ["1:30", 90],
      ["2 hours", 120],
      ["45 minutes", 45],
      ["0", 0],
      ["1:75", null],
      ["-5", null],
      ["soon", null],
      ["h", null],
      ["9999999", null],
    ] as const;
    for (const [text, minutes] of cases)
      assert.equal(
        schemaOf(duration).safeParse(duration.kind.fromText(duration.options, text)).data ?? null,
        minutes,
        text,
      );
  });
});
