import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutPersonal } from "./from-ticket.ts";

test("names, addresses and numbers are left out of what becomes an article", () => {
  const said = withoutPersonal(
    "Joe Price (joe.price@aldermoor.gov.uk, 07700 900123) of M1 1AE rang. joe's laptop, Price said, froze. NI QQ 12 34 56 C is no number of his; AB 12 34 56 C is.",
    ["Joe Price"],
  );
  for (const secret of [/joe/i, /price/i, /@/, /07700/, /M1 1AE/, /AB 12/]) assert.doesNotMatch(said, secret);
  assert.match(said, /laptop, \[name\] said, froze/);
});

test("what only looks like a name stays, and a name that is odd does no harm", () => {
  assert.equal(
    withoutPersonal("Prices rose; the priceless joey slept", ["Joe Price"]),
    "Prices rose; the priceless joey slept",
  );
  assert.equal(withoutPersonal("a.b (x) [y]", ["(x) [y", "A. B", "", "  "]), "a.b [name]]");
});
