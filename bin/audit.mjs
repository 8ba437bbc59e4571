/**
 * Prints `npm audit`. It fails only when an exception in audit-exceptions.json has passed its day: each names an
 * advisory that we looked at, why it does not reach us, and until when that holds.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const { stdout } = spawnSync("npm", ["audit", "--json"], {
  encoding: "utf8",
  timeout: 60_000,
  shell: process.platform === "win32",
});
try {
  const { vulnerabilities = {}, message } = JSON.parse(stdout);
  const names = Object.entries(vulnerabilities);
  if (message) console.log(`The registry gave no audit: ${message}`);
  for (const [name, { severity, range }] of names) console.log(`${severity}: ${name} ${range}`);
  if (!message && names.length === 0) console.log("No known vulnerabilities.");
} catch {
  console.log("The registry gave no audit.");
}
const exceptions = JSON.parse(readFileSync(new URL("../audit-exceptions.json", import.meta.url), "utf8"));
const expired = exceptions.filter(({ until }) => until < new Date().toISOString().slice(0, 10));
for (const { advisory, until, why } of expired) console.log(`The exception for ${advisory} ended on ${until}: ${why}`);
process.exitCode = expired.length === 0 ? 0 : 1;
