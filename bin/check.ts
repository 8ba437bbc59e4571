/** `npm run check`: every static check, one after another; all of them run, and any failure fails. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const node = process.execPath;
const tool = (name: string) => join("node_modules", ".bin", name);
const checks: readonly (readonly [name: string, command: string, ...parts: string[]])[] = [
  ["format", node, tool("prettier"), "--check", "."],
  ["types", node, tool("tsc"), "--noEmit", "-p", "."],
  ["lint", node, tool("oxlint"), "--type-aware"],
  ["unused code", node, tool("knip")],
  ["schema in step", node, "bin/schema.ts", "--check"],
  ["generated docs in step", node, "bin/docs.ts", "--check"],
];

const failed = checks.filter(([name, command, ...parts]) => {
  const started = performance.now();
  const { status } = spawnSync(command, parts, { stdio: "inherit" });
  process.stdout.write(
    `${status === 0 ? "passed" : "FAILED"}: ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`,
  );
  return status !== 0;
});
process.exitCode = failed.length === 0 ? 0 : 1;
