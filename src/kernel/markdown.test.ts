import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { toHtml } from "./markdown.ts";

const tags = new Set([
  "p",
  "br",
  "strong",
  "em",
  "del",
  "code",
  "pre",
  "blockquote",
  "ul",
  "ol",
  "li",
  "h3",
  "h4",
  "h5",
  "hr",
  "a",
  "table",
  "thead",
  "tbody",
  "tr",
  "th",
  "td",
]);

/** Fails unless every tag and attribute in the HTML is one that we allow. */
function assertSafe(html: string, from: string): void {
  for (const [whole, name = "", attributes = ""] of html.matchAll(/<\/?([^\s>/]*)([^>]*)>/g)) {
    assert.ok(tags.has(name), `${whole} came of ${from}`);
    const left = attributes
      .replace(/ href="(https?:|mailto:|tel:|[/?#.\w-])[^"<>]*"/, (href) =>
        /"\s*(javascript|data|vbscript|file|blob):/i.test(href) ? href : "",
      )
      .replace(/ rel="noopener noreferrer nofollow"/, "")
      .replace(/ scope="col"/, "")
      .replace(/ ?\/?$/, "");
    assert.equal(left, "", `${whole} came of ${from}`);
  }
  assert.ok(!/<(?![/a-z])/i.test(html), `a loose < came of ${from}`);
}

const nasty = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)>",
  "<svg><style>",
  "[a](javascript:alert(1))",
  "[a](JaVaScRiPt:alert(1))",
  "[a](data:text/html,x)",
  "[a](vbscript:x)",
  "[a](&#106;avascript:alert(1))",
  "[a](java&#x09;script:alert(1))",
  "![a](http://x/y.png)",
  "![a](&#106;avascript:alert(1))",
  '!["onerror="x](http://x"onerror="y)',
  "<a href='javascript:x' onclick='x' style='y'>",
  '<a href="https://x" onclick=x>',
  "<style>*{}</style>",
  "<iframe src=//x>",
  "<p style=x class=y id=z>",
  '<math><mi//xlink:href="data:x">',
  "<!-- --!><img src=x onerror=x>-->",
  "<![CDATA[<script>]]>",
  '<noscript><p title="</noscript><img src=x onerror=x>">',
  "<form><input name=x>",
  "<base href=//x>",
  "<meta http-equiv=refresh content=0>",
  "<object data=x>",
  "<template><script>",
  "<textarea><img onerror=x src=x>",
  "<xmp><script>x</script></xmp>",
  "`<script>`",
  "    <script>",
  "# <script>",
  "|<script>|\n|-|",
  "<a\nhref=javascript:x>",
  "</p><script>",
  "\u0000<script\u0000>",
  "<scr<script>ipt>",
];

test("nothing that acts comes out of Markdown, however it is written", () => {
  for (const text of nasty) assertSafe(toHtml(text), text);
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(...nasty),
      fc.constantFrom(..."<>\"'`*_[]()!&;:/\\# \n\t=-|".split("")),
      fc.string({ unit: "binary", maxLength: 8 }),
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(pieces, (parts) => assertSafe(toHtml(parts.join("")), parts.join(""))),
    { numRuns: 800 },
  );
});

test("what people write is shown as they mean it", () => {
  assert.equal(toHtml("The *red* one"), "<p>The <em>red</em> one</p>\n");
  assert.equal(toHtml("one\ntwo"), "<p>one<br />two</p>\n");
  assert.equal(toHtml("# Title").trim(), "<h3>Title</h3>");
  assert.equal(toHtml("1 < 2 & 3 > 2").trim(), "<p>1 &lt; 2 &amp; 3 &gt; 2</p>");
  assert.match(
    toHtml("see https://example.gov.uk/a"),
    /<a href="https:\/\/example.gov.uk\/a" rel="noopener noreferrer nofollow">/,
  );
  assert.equal(toHtml("nothing special"), "<p>nothing special</p>");
});

test("a tag that we do not allow is shown as it was typed, not carried out and not lost", () => {
  assert.match(toHtml("use <script> here"), /use &lt;script&gt; here/);
});

test("a picture becomes a link and a box of a list a sign", () => {
  assert.equal(
    toHtml("![the screen](https://example.com/a.png)").trim(),
    '<p><a href="https://example.com/a.png" rel="noopener noreferrer nofollow">the screen</a></p>',
  );
  assert.match(toHtml("- [x] done\n- [ ] not yet"), /☑ ?done[^]*☐ ?not yet/);
});

test("text made to exhaust whoever reads it is shown all the same, soon", () => {
  for (const piece of [
    ">",
    "> ",
    "- ",
    "[",
    "*a",
    "_a_",
    "`",
    "|a|\n|-|\n",
    "<",
    "![",
    "](",
    "[[a]](b)",
    "<b><i>",
    "  - a\n",
    "~~",
    "\\",
    "a@b.",
    "http://a.",
  ]) {
    const text = piece.repeat(Math.floor(20_000 / piece.length));
    const started = performance.now();
    assertSafe(toHtml(text), piece);
    assert.ok(performance.now() - started < 2000, `${piece} took ${Math.round(performance.now() - started)} ms`);
  }
});
