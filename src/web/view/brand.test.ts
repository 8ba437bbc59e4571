import assert from "node:assert/strict";
import { test } from "node:test";
import { brandHref, brandStylesheet } from "./brand.ts";

test("a dark brand carries white text and a pale one carries ink", () => {
  assert.match(brandStylesheet(brandHref("#12436D")) ?? "", /--brand:#12436d;--brand-ink:#ffffff/);
  assert.match(brandStylesheet(brandHref("#ffdd00")) ?? "", /--brand:#ffdd00;--brand-ink:#0b0c0c/);
});

test("lines on white are never as pale as a pale brand", () => {
  assert.match(brandStylesheet(brandHref("#ffdd00")) ?? "", /--brand-strong:#0b0c0c/);
});

test("what is not a colour gets the product's own, so nothing can be written into the stylesheet", () => {
  assert.equal(brandHref("red;}body{display:none"), "/assets/brand-12436d.css");
  assert.equal(brandStylesheet("/assets/brand-zzzzzz.css"), undefined);
  assert.equal(brandStylesheet("/assets/brand-12436d.css.map"), undefined);
});
