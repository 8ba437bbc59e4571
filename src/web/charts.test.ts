import assert from "node:assert/strict";
import { test } from "node:test";
import { drawChart } from "./charts.ts";

test("a chart is SVG without styles, scripts or anything that a strict policy would block", async () => {
  const svg = await drawChart({
    categories: ["<b>", "16 Nov"],
    unit: "tickets",
    series: [
      { name: "Opened & closed", as: "bars", values: [1, 2] },
      { name: "Left", as: "line", values: [3, 4] },
    ],
  });
  assert.match(svg, /^<svg [^>]*viewBox="0 0 \d+ \d+" aria-hidden="true"/);
  assert.doesNotMatch(svg, /style|<script|class=|font-family|url\(|on\w+=/);
  assert.match(svg, /&lt;b&gt;/);
  assert.match(svg, /Opened &amp; closed/);
});

test("a chart of nothing is still a chart", async () => {
  assert.match(
    await drawChart({ categories: [], unit: "tickets", series: [{ name: "None", as: "bars", values: [] }] }),
    /^<svg/,
  );
});

test("a few bars and marks lead to what they count; many say their number alone, for the table has the addresses", async () => {
  const chart = (many: number) =>
    drawChart({
      categories: Array.from({ length: many }, (_, at) => `Week ${at + 1}`),
      unit: "tickets",
      series: (["bars", "line"] as const).map((as) => ({
        name: as,
        as,
        values: Array.from({ length: many }, (_, at) => at + 1),
        hrefs: Array.from({ length: many }, () => "/tickets?show=all"),
      })),
    });
  const [few, many] = [await chart(12), await chart(26)];
  assert.equal(few.match(/<a href="\/tickets\?show=all" tabindex="-1"><title>/g)?.length, 24);
  assert.doesNotMatch(many, /<a /);
  for (const [svg, count] of [
    [few, 12],
    [many, 26],
  ] as const) {
    assert.equal(svg.match(/<title>Week \d+: (bars|line) \d+<\/title>/g)?.length, 2 * count);
    assert.equal(svg.match(/<circle r="3.5"/g)?.length, count);
    // Each thing that is opened is closed.
    for (const name of ["path", "circle", "g", "a", "text", "title"])
      assert.equal(
        svg.match(new RegExp(`<${name}[ >]`, "g"))?.length,
        svg.match(new RegExp(`</${name}>`, "g"))?.length,
        name,
      );
  }
  assert.ok(many.length < 10_000, `${many.length}`);
});

test("a picture is drawn once, and another's addresses are never in it", async () => {
  const drawing = (href: string | null) => ({
    categories: ["One"],
    unit: "tickets",
    series: [{ name: "Opened", as: "bars", values: [3], hrefs: [href] }] as const,
  });
  await drawChart(drawing(null));
  const first = await drawChart(drawing("/tickets?queue=one"));
  const started = performance.now();
  for (let times = 0; times < 200; times += 1) assert.equal(await drawChart(drawing("/tickets?queue=one")), first);
  assert.ok(performance.now() - started < 1000, "two hundred times in the time of a few");
  assert.match(first, /queue=one/);
  const [other, none] = [await drawChart(drawing("/tickets?queue=two")), await drawChart(drawing(null))];
  assert.doesNotMatch(other, /queue=one/);
  assert.doesNotMatch(none, /href/);
});
