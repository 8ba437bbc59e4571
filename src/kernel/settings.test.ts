import assert from "node:assert/strict";
import { isAbsolute } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { baseUrlFor, readSettings, SettingsError, settingsTable } from "./settings.ts";

test("with nothing set, the product runs its own database for this machine only, as a demo", () => {
  const settings = readSettings({});
  assert.equal(settings.port, 3000);
  assert.equal(settings.host, "127.0.0.1");
  assert.equal(settings.baseUrl, "http://localhost:3000");
  assert.equal(settings.databaseIsEmbedded, true);
  assert.equal(settings.demo, true);
  assert.equal(settings.logLevel, "warn");
  assert.equal(settings.secret, undefined);
  assert.equal(settings.apiRequestsPerMinute, 600);
  assert.ok(isAbsolute(settings.dataFolder) && settings.dataFolder.endsWith("data"));
});

test("demo is automatic only on the embedded database with a loopback host", () => {
  const databaseUrl = "postgres://owner:pw@db.example/reeve";
  assert.equal(readSettings({ HOST: "0.0.0.0" }).demo, false);
  assert.equal(readSettings({ HOST: "::" }).demo, false);
  assert.equal(readSettings({ HOST: "127.0.0.1.example.org" }).demo, false);
  assert.equal(readSettings({ DATABASE_URL: databaseUrl }).demo, false);
  assert.equal(readSettings({ REEVE_APP_DATABASE_URL: databaseUrl }).demo, false);
  assert.equal(readSettings({ HOST: "::1" }).demo, true);
  assert.equal(readSettings({ HOST: "127.0.0.9" }).demo, true);
  assert.equal(readSettings({ HOST: "localhost" }).demo, true);
});

test("demo can be turned on elsewhere, and off at home", () => {
  assert.equal(readSettings({ HOST: "0.0.0.0", REEVE_DEMO: "on" }).demo, true);
  assert.equal(readSettings({ DATABASE_URL: "postgres://o:p@h/d", REEVE_DEMO: "on" }).demo, true);
  assert.equal(readSettings({ REEVE_DEMO: "off" }).demo, false);
});

test("every wrong setting gets one sentence: what it is, what was given, what is allowed", () => {
  const message = messageFor({ PORT: "seventy", HOST: "not a host", REEVE_DEMO: "maybe", REEVE_LOG_LEVEL: "loud" });
  assert.deepEqual(message.split("\n"), [
    'PORT is "seventy", but it must be a whole number from 0 to 65535, where 0 takes any free port.',
    'HOST is "not a host", but it must be an IP address or a host name.',
    'REEVE_DEMO is "maybe", but it must be on or off.',
    'REEVE_LOG_LEVEL is "loud", but it must be one of silent, fatal, error, warn, info, debug, trace.',
  ]);
});

test("values at and beyond the edges", () => {
  assert.equal(readSettings({ PORT: "65535" }).port, 65_535);
  assert.equal(readSettings({ PORT: "0" }).port, 0);
  for (const PORT of ["65536", "-1", "3000.5", "0x50", "1e3"]) assert.match(messageFor({ PORT }), /^PORT is /);
  for (const HOST of ["256.1.1.1", "http://localhost", "a_b", "-x"]) assert.match(messageFor({ HOST }), /^HOST is /);
  for (const REEVE_BASE_URL of ["reeve.gov.uk", "ftp://x.uk", "https://x.uk/path", "https://me:pw@x.uk"]) {
    assert.match(messageFor({ REEVE_BASE_URL }), /^REEVE_BASE_URL is /);
  }
  for (const requests of ["1", "1000000"])
    assert.equal(readSettings({ REEVE_API_REQUESTS_PER_MINUTE: requests }).apiRequestsPerMinute, Number(requests));
  for (const requests of ["0", "1000001", "-1", "many", "6e2"])
    assert.equal(
      messageFor({ REEVE_API_REQUESTS_PER_MINUTE: requests }),
      `REEVE_API_REQUESTS_PER_MINUTE is "${requests}", but it must be a whole number from 1 to 1000000.`,
    );
  assert.equal(readSettings({ REEVE_BASE_URL: "https://Reeve.gov.uk/" }).baseUrl, "https://reeve.gov.uk");
});

test("a directory needs all of its three settings, and its own tenant; passwords are off only with one", () => {
  const whole = {
    REEVE_OIDC_ISSUER: "https://id.example.gov.uk",
    REEVE_OIDC_CLIENT_ID: "reeve",
    REEVE_OIDC_CLIENT_SECRET: "hush-hush",
  };
  assert.equal(readSettings(whole).directory?.groupsClaim, "groups");
  assert.equal(readSettings({}).directory, undefined);
  assert.match(
    messageFor({ REEVE_OIDC_ISSUER: whole.REEVE_OIDC_ISSUER }),
    /^REEVE_OIDC_CLIENT_ID and REEVE_OIDC_CLIENT_SECRET must be set/,
  );
  for (const issuer of [
    "http://id.example.gov.uk",
    "https://login.microsoftonline.com/common/v2.0",
    "https://login.microsoftonline.com/organizations/v2.0",
    "https://me:pass@id.example.gov.uk",
    "id.example.gov.uk",
  ])
    assert.match(messageFor({ ...whole, REEVE_OIDC_ISSUER: issuer }), /^REEVE_OIDC_ISSUER is .*of one tenant/, issuer);
  assert.match(messageFor({ REEVE_PASSWORDS: "administrators" }), /another way in/);
  assert.equal(readSettings({ ...whole, REEVE_PASSWORDS: "administrators" }).passwords, "administrators");
  assert.ok(!messageFor({ ...whole, REEVE_OIDC_CLIENT_SECRET: "hush".repeat(300) }).includes("hush"));
});

test("an empty setting counts as not set", () => {
  assert.deepEqual(readSettings({ PORT: "", DATABASE_URL: " ", REEVE_DEMO: "" }), readSettings({}));
});

test("a wrong secret or database address is never shown", () => {
  const password = "hunter2-hunter2";
  for (const name of ["DATABASE_URL", "REEVE_APP_DATABASE_URL"]) {
    const message = messageFor({ [name]: `mysql://me:${password}@h/d` });
    assert.ok(message.startsWith(`${name} is not usable`) && !message.includes(password));
  }
  assert.ok(!messageFor({ REEVE_SECRET: password }).includes(password));
});

test("database addresses with a host in the query, as for a socket folder, are taken", () => {
  const address = "postgres:///reeve?host=/var/run/postgresql";
  assert.equal(readSettings({ DATABASE_URL: address }).databaseUrl, address);
  assert.match(messageFor({ DATABASE_URL: "postgres://host" }), /^DATABASE_URL /);
});

test("the base address follows host and port", () => {
  assert.equal(baseUrlFor("0.0.0.0", 8080), "http://localhost:8080");
  assert.equal(baseUrlFor("::1", 3000), "http://[::1]:3000");
  assert.equal(baseUrlFor("reeve.local", 80), "http://reeve.local");
});

test("whatever is given, the answer is settings or a SettingsError", () => {
  const names = ["PORT", "HOST", "REEVE_DATA", "DATABASE_URL", "REEVE_DEMO", "REEVE_BASE_URL", "REEVE_SECRET"];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), fc.string({ unit: "binary" })), (env) => {
      try {
        readSettings(env);
      } catch (error) {
        assert.ok(error instanceof SettingsError);
      }
    }),
  );
});

test("the table has one row for every setting, and no cell breaks it", () => {
  const rows = settingsTable().trimEnd().split("\n");
  assert.ok(rows.length >= 13, "a row for every setting that there was when this was written");
  for (const row of rows) assert.equal(row.split("|").length, 6, row);
  assert.ok(rows.some((row) => row.startsWith("| `REEVE_DEMO` | ")));
});

function messageFor(env: Record<string, string>): string {
  try {
    readSettings(env);
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.message;
  }
  return assert.fail("these settings should have been refused");
}

test("a store of files is set whole or not at all, and secrets are not shown", () => {
  const whole = {
    REEVE_S3_URL: "https://s3.eu-west-2.amazonaws.com/reeve-files/",
    REEVE_S3_KEY: "AKIA",
    REEVE_S3_SECRET: "hush/+=",
  };
  assert.deepEqual(readSettings(whole).files.bucket, {
    url: "https://s3.eu-west-2.amazonaws.com/reeve-files",
    region: "us-east-1",
    key: "AKIA",
    secret: "hush/+=",
  });
  assert.deepEqual(readSettings({}).files, { bucket: null, clamd: null });
  const { REEVE_S3_SECRET: _secret, ...half } = whole;
  assert.throws(() => readSettings(half), /must be set together, or none/);
  for (const url of [
    "http://s3.example.gov.uk/files",
    "https://s3.example.gov.uk",
    "https://a:b@s3.example.gov.uk/files",
  ])
    assert.throws(() => readSettings({ ...whole, REEVE_S3_URL: url }), /REEVE_S3_URL/, url);
  assert.throws(
    () => readSettings({ ...whole, REEVE_S3_SECRET: "hush hush" }),
    (error: Error) => /REEVE_S3_SECRET is not usable/.test(error.message) && !error.message.includes("hush"),
  );
});

test("ClamAV is reached by host and port or by its socket", () => {
  const clamd = (given: string) => readSettings({ REEVE_CLAMAV: given }).files.clamd;
  assert.deepEqual(clamd("127.0.0.1:3310"), { host: "127.0.0.1", port: 3310 });
  assert.deepEqual(clamd("[::1]:3310"), { host: "::1", port: 3310 });
  assert.deepEqual(clamd("/run/clamav/clamd.ctl"), { path: "/run/clamav/clamd.ctl" });
  for (const given of ["clamav", "localhost:0", "localhost:70000", "http://localhost:3310", "x y:1"])
    assert.throws(() => clamd(given), /REEVE_CLAMAV/, given);
});
