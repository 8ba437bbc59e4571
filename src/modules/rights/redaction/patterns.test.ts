import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { findPatterns } from "./patterns.ts";
import type { Kind } from "./patterns.ts";

const found = (text: string) =>
  findPatterns(text).map(({ kind, from, until }): [Kind, string] => [kind, text.slice(from, until)]);

test("what has the form of a number, an address or a date of birth is found with nothing around it", () => {
  const cases: readonly [string, readonly [Kind, string][]][] = [
    [
      "Ring 07700 900123 or (01234) 567 890.",
      [
        ["phone", "07700 900123"],
        ["phone", "(01234) 567 890"],
      ],
    ],
    [
      "From abroad +44 (0)20 7946 0018 or 0033 1 23 45 67 89",
      [
        ["phone", "+44 (0)20 7946 0018"],
        ["phone", "0033 1 23 45 67 89"],
      ],
    ],
    ["Write to o'neil.j+x@mail.example.gov.uk, please", [["email", "o'neil.j+x@mail.example.gov.uk"]]],
    [
      "NI: AB 12 34 56 C; jk123456d",
      [
        ["insurance", "AB 12 34 56 C"],
        ["insurance", "jk123456d"],
      ],
    ],
    [
      "Lives at M1 1AE, EC1A 1BB and gir 0aa",
      [
        ["postcode", "M1 1AE"],
        ["postcode", "EC1A 1BB"],
        ["postcode", "gir 0aa"],
      ],
    ],
    [
      "Born on 3rd March 1980. DOB: 03/03/80. Date of birth 1980-03-03",
      [
        ["birth", "3rd March 1980"],
        ["birth", "03/03/80"],
        ["birth", "1980-03-03"],
      ],
    ],
    ["Invoice 00123456 of 3 March 2026, room B12, 2026/27, £1,234.56, INC-10423", []],
  ];
  for (const [text, expected] of cases) assert.deepEqual(found(text), expected, text);
});

test("letters that HMRC gives nobody are no National Insurance number", () => {
  for (const prefix of ["QQ", "BG", "GB", "KN", "NK", "NT", "TN", "ZZ", "DA", "FA", "IA", "UA", "VA", "AO", "AD"])
    assert.deepEqual(
      found(`${prefix} 12 34 56 C`).filter(([kind]) => kind === "insurance"),
      [],
      prefix,
    );
  assert.deepEqual(found("AB 12 34 56 E"), [["insurance", "AB 12 34 56"]], "without the letter that is none");
});

const figures = (count: number) => fc.stringMatching(new RegExp(String.raw`^\d{${count}}$`));

test("every number that HMRC could give out is found, however it is spaced", () => {
  const prefix = fc
    .stringMatching(/^[A-CEGHJ-PRSTW-Z][A-CEGHJ-NPRSTW-Z]$/)
    .filter((two) => !["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"].includes(two));
  fc.assert(
    fc.property(
      prefix,
      figures(6),
      fc.constantFrom("A", "B", "C", "D"),
      fc.constantFrom("", " "),
      (two, six, last, gap) => {
        const number = [two, ...six.match(/\d\d/g)!, last].join(gap);
        assert.deepEqual(found(`Number ${number}, please`), [["insurance", number]]);
      },
    ),
  );
});

test("every mobile number is found, and no text makes the search fail or slow", () => {
  fc.assert(
    fc.property(figures(9), fc.constantFrom("07", "+447", "0044 7"), (nine, begins) => {
      const number = `${begins}${nine}`;
      assert.deepEqual(found(`Ring ${number}.`), [["phone", number]]);
    }),
  );
  fc.assert(
    fc.property(fc.string({ maxLength: 300, unit: "grapheme" }), (text) => {
      for (const { from, until } of findPatterns(text)) assert.ok(from >= 0 && from < until && until <= text.length);
    }),
  );
  const began = performance.now();
  for (const sign of ["0", "a", "@", "a@", "1 ", "(0", "born ", "a.", "+4"]) findPatterns(sign.repeat(50_000));
  assert.ok(performance.now() - began < 4000, `${Math.round(performance.now() - began)} ms`);
});
