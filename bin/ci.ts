/** `npm run ci`: all that a release must pass: every test with the long ones, then the static checks. */
import { spawnSync } from "node:child_process";

const environment = { ...process.env, REEVE_KILLS: "20", REEVE_FULL_IMPORT: "1" };
const steps = [["bin/test.mjs"], ["bin/check.ts"]];
const failed = steps.filter(
  (step) => spawnSync(process.execPath, step, { stdio: "inherit", env: environment }).status !== 0,
);
process.exitCode = failed.length === 0 ? 0 : 1;
