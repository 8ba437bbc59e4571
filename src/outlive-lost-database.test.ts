import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

/** What becomes of a process in which nobody waits for a promise that fails with this. */
function processWith(failure: string) {
  const script = `
    import { outliveLostDatabase } from ${JSON.stringify(new URL("outlive-lost-database.ts", import.meta.url).href)};
    const end = outliveLostDatabase({ error: (_given, message) => console.log("logged:", message) });
    Promise.reject(${failure});
    setTimeout(() => { end(); console.log("goes on"); }, 50);`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("a database that is lost while nobody waits for its answer is logged, and the process goes on", () => {
  for (const code of ["ECONNREFUSED", "57P01", "53100"])
    assert.deepEqual(processWith(`Object.assign(new Error("lost"), { code: "${code}" })`), {
      status: 0,
      stdout: "logged: the database could not be told that a job is over\ngoes on\n",
      stderr: "",
    });
});

test("any other failure that nobody waits for ends the process and says what it was", () => {
  for (const failure of ['new TypeError("a mistake of ours")', '"a mistake of ours"']) {
    const { status, stdout, stderr } = processWith(failure);
    assert.deepEqual([status === 0, stdout], [false, ""]);
    assert.match(stderr, /a mistake of ours/);
  }
});
