import assert from "node:assert/strict";
import { test } from "node:test";
import { markedHtml } from "./search.ts";

test("words found are marked, and nothing that people wrote becomes markup", () => {
  assert.equal(markedHtml("The \uE000printer\uE001 & <b>"), "The <mark>printer</mark> &amp; &lt;b&gt;");
  assert.equal(markedHtml("\uE000a\uE000b\uE001"), "a<mark>b</mark>");
  assert.equal(markedHtml("\uE001 \"quoted\" 'so'"), " &quot;quoted&quot; &#39;so&#39;");
});
