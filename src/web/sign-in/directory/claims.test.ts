import assert from "node:assert/strict";
import { test } from "node:test";
import { readClaims } from "./claims.ts";

const tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const entra = { issuer: `https://login.microsoftonline.com/${tenant}/v2.0`, groupsClaim: "groups" };
const plain = { issuer: "https://id.example.gov.uk", groupsClaim: "groups" };
const token = {
  sub: "AAAA",
  oid: "0F",
  tid: tenant,
  name: " Ada\u0007 Min ",
  email: "Ada@Example.gov.uk",
  xms_edov: "1",
};

test("a person of Entra ID is known by tenant and object, whatever the application", () => {
  const read = readClaims({ ...token, groups: ["a", "b"] }, entra);
  assert.deepEqual(read, {
    subject: `${tenant}/0f`,
    name: "Ada  Min",
    email: "ada@example.gov.uk",
    groups: ["a", "b"],
  });
});

test("a token of another tenant, or of none, is refused where the issuer is a tenant's", () => {
  for (const tid of ["9188040d-6c67-4c5b-b112-36a304b66dad", undefined])
    assert.equal(readClaims({ ...token, tid }, entra), "tenant");
});

test("only an address that the directory vouches for counts", () => {
  const emailOf = (claims: object) => {
    const read = readClaims({ sub: "1", email: "a@b.gov.uk", ...claims }, plain);
    return typeof read === "string" ? read : read.email;
  };
  assert.equal(emailOf({ email_verified: true }), "a@b.gov.uk");
  assert.equal(emailOf({ email_verified: "true" }), "a@b.gov.uk");
  for (const not of [{}, { email_verified: false }, { email_verified: "false" }, { xms_edov: 0 }, { xms_edov: "0" }])
    assert.equal(emailOf(not), null, JSON.stringify(not));
  assert.equal(emailOf({ email: "no address", email_verified: true }), null);
});

test("groups that are left out are not the same as none", () => {
  const groupsOf = (claims: object) => {
    const read = readClaims({ sub: "1", ...claims }, plain);
    return typeof read === "string" ? read : read.groups;
  };
  assert.deepEqual(groupsOf({}), []);
  assert.equal(groupsOf({ hasgroups: true }), "unknown");
  assert.equal(groupsOf({ _claim_names: { groups: "src1" }, _claim_sources: { src1: { endpoint: "x" } } }), "unknown");
  assert.deepEqual(groupsOf({ groups: "one" }), ["one"]);
  assert.equal(groupsOf({ groups: [1] }), "unproven");
});
