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
