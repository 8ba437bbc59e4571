import assert from "node:assert/strict";
import { test } from "node:test";
import { networkOf } from "./attempts.ts";
import { gate } from "./gate.ts";
import { recent } from "./recent.ts";

test("one place is an IPv4 address or the /64 of an IPv6 one", () => {
  assert.equal(networkOf("192.0.2.7"), "192.0.2.7");
  assert.equal(networkOf("::ffff:192.0.2.7"), "192.0.2.7");
  assert.equal(networkOf("::FFFF:192.0.2.8"), "192.0.2.8");
  assert.equal(networkOf("2001:db8:1:2:aaaa::1"), "2001:db8:1:2");
  assert.equal(networkOf("2001:0DB8:0001:0002:1:2:3:4"), "2001:db8:1:2");
  assert.equal(networkOf("2001:db8::1"), "2001:db8:0:0");
  assert.equal(networkOf("fe80::1%eth0"), "fe80:0:0:0");
  assert.equal(networkOf("::1"), "0:0:0:0");
  for (const odd of ["", "nonsense", "999.1.1.1", "1.2.3.4, 5.6.7.8"]) assert.equal(networkOf(odd), "unknown");
});

test("a gate lets some through at once, some wait, and turns the rest away", async () => {
  const narrow = gate({ runningMax: 2, waitingMax: 3 });
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  let [running, most] = [0, 0];
  const work = async (): Promise<string> => {
    most = Math.max(most, ++running);
    await opened;
    running -= 1;
    return "done";
  };
  const results = Array.from({ length: 7 }, () => narrow.run(work));
  open();
  assert.deepEqual(await Promise.all(results), ["done", "done", "done", "done", "done", "full", "full"]);
  assert.equal(most, 2);
  await assert.rejects(narrow.run(() => Promise.reject(new Error("failed"))));
  assert.equal(await narrow.run(work), "done", "a failure leaves its place free");
});

test("what was answered is remembered for its time, within its number, and until it is forgotten", async () => {
  let [time, asked] = [0, 0];
  const load = (key: string): Promise<string | null> => Promise.resolve(key === "none" ? null : `${key} ${++asked}`);
  const memory = recent(load, { keptMs: 10, entriesMax: 2, clock: () => time });
  assert.equal(await memory.get("a"), "a 1");
  time = 9;
  assert.equal(await memory.get("a"), "a 1");
  time = 10;
  assert.equal(await memory.get("a"), "a 2");
  memory.forget("a");
  assert.equal(await memory.get("a"), "a 3");
  assert.equal(await memory.get("none"), null);
  assert.equal(await memory.get("b"), "b 4");
  assert.equal(await memory.get("a"), "a 3", "no room was taken by what is not there");
  assert.equal(await memory.get("c"), "c 5");
  assert.equal(await memory.get("a"), "a 6", "the oldest made room");
  time = 5;
  assert.equal(await memory.get("a"), "a 7", "the clock went back");
});

test("an answer that was on its way while it was forgotten is not remembered", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  let asked = 0;
  const memory = recent(() => (++asked === 1 ? promise : Promise.resolve("new")), {
    keptMs: 10_000,
    entriesMax: 2,
    clock: () => 0,
  });
  const first = memory.get("a");
  memory.forget("a");
  resolve("old");
  assert.equal(await first, "old");
  assert.equal(await memory.get("a"), "new");
});
