import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { checkPassword } from "./password.ts";

const context = { name: "Aisha Khan", email: "a.rahman@fenbridge.gov.uk", organisation: "Fenbridge Borough Council" };

function message(password: string): string {
  const check = checkPassword(password, context);
  return check.ok ? "" : check.message;
}

test("passwords that are easy to guess are refused", () => {
  for (const password of [
    "Password123456",
    "P@55w0rd!P@55w0rd!",
    "Summer2026Winter",
    "council2026!!",
    "Welcome2Council",
    "qwertyuiop[]",
    "zaq12wsxcde3",
    "aaaaaaaaaaaaaaa",
    "abcdefghijklmnop",
    "01/02/1990 01/02/1990",
    "liverpoolliverpool",
    "misunderstandings",
    "unconditional1",
  ]) {
    assert.equal(checkPassword(password, context).ok, false, password);
  }
});

test("three words that do not belong together, or what a password manager makes, are taken", () => {
  for (const password of ["plankton cheddar mosaic", "k7#Qw9!zLm2$", "kestrel-umbrella-fog"]) {
    assert.deepEqual(checkPassword(password, context), { ok: true }, password);
  }
});

test("a refusal says what to do", () => {
  assert.equal(message(""), "Enter a password");
  assert.equal(message("k7#Qw9!zLm2"), "Password must be 12 characters or more");
  assert.equal(message("k7#Qw9!zLm2$".repeat(11)), "Password must be 128 characters or fewer");
  assert.equal(message("plankton AISHA mosaic"), "Password must not contain your name");
  assert.equal(message("plankton rahman mosaic"), "Password must not contain your email address");
  const organisation = { organisation: "Fenbridge Borough Council" };
  const own = checkPassword("plankton Fen-Bridge mosaic", organisation);
  assert.equal(!own.ok && own.message, "Password must not contain the name of your organisation");
});

test("any text gets an answer, soon", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 140, unit: "binary" }), fc.string(), fc.string(), (password, name, email) => {
      const start = performance.now();
      checkPassword(password, { name, email, organisation: name });
      assert.ok(performance.now() - start < 1000);
    }),
  );
});
