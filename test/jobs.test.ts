import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import { cronItems, startWorker } from "../src/jobs.ts";
import { jobsFinding } from "../src/commands/doctor-jobs.ts";
import { Refusal } from "../src/kernel/errors.ts";
import { addJob, cancelJob, findJob, listJobs, retryJob, secondsLeft } from "../src/kernel/jobs/jobs.ts";
import type { Job } from "../src/kernel/jobs/jobs.ts";
import { runJob, wakeJobs } from "../src/kernel/jobs/run.ts";
import type { JobKind } from "../src/kernel/jobs/run.ts";
import { schedulesOf } from "../src/kernel/jobs/schedules.ts";
import { clearGivenUp, nextRun, runNow, runScheduled, scheduledRuns } from "../src/kernel/jobs/scheduled-runs.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let administrator: Browser;
let officer: Browser;
let other: Browser;

before(async () => {
  world = await createWebWorld();
  administrator = await world.as("administrator");
  officer = await world.as("leadSupport");
  other = await world.as("leadSupport");
});
after(() => world.close());

const log = pino({ level: "silent" });
const add = (browser: Browser) =>
  world.store.as(browser.who!, (tx) =>
    addJob(tx, { kind: "count", title: "Count to three", subject: null, page: null }),
  );
const read = (browser: Browser, id: string): Promise<Job> => world.store.as(browser.who!, (tx) => findJob(tx, id));
const run = (job: string, count: JobKind) =>
  runJob(
    { ownerPool: world.ownerPool, store: world.store, kinds: { count }, filesFolder: "", log },
    { organisation: world.council.organisationId, job },
  );
const refused = (kind: string) => (error: unknown) => error instanceof Refusal && error.kind === kind;
/** Counts to three, a transaction for each; `between` happens after the first. */
const counting =
  (between: () => Promise<unknown> = async () => {}): JobKind =>
  async (job) => {
    for (let done = 1; done <= 3; done += 1) {
      await job.as((tx) => job.progress(tx, done, 3));
      if (done === 1) await between();
    }
    return "Counted to three";
  };

test("a job is done as the person who asked for it, and says how far it is and what came of it", async () => {
  const id = await add(officer);
  let half: Job | undefined;
  await run(
    id,
    counting(async () => (half = await read(officer, id))),
  );
  assert.deepEqual([half?.state, half?.done, half?.total], ["running", 1, 3]);
  const done = await read(officer, id);
  assert.deepEqual([done.state, done.done, done.result], ["done", 3, "Counted to three"]);
  assert.match(words(await officer.get(`/jobs/${id}`)), /Count to three Done.*Counted to three/);
  let ran = false;
  await run(id, async () => {
    ran = true;
    return "Again";
  });
  assert.equal(ran, false, "what is done is not done again");
});

test("a job is seen by whoever started it and by administrators, and by nobody else", async () => {
  const id = await add(officer);
  assert.equal((await other.get(`/jobs/${id}`)).statusCode, 404);
  assert.equal((await other.post(`/jobs/${id}/cancel`, {}, { from: "/jobs" })).statusCode, 404);
  assert.ok(!words(await other.get("/jobs")).includes("Count to three"));
  await assert.rejects(
    world.store.as(other.who!, (tx) => retryJob(tx, id)),
    refused("unseen"),
  );
  assert.match(words(await administrator.get("/jobs")), /Failed.*Count to three.*What Reeve does by itself/);
  assert.match(words(await officer.get("/jobs")), /Your jobs.*Count to three/);
  await world.store.as(officer.who!, (tx) => cancelJob(tx, id));
});

test("what was not done is said as a problem at the top of the page, and what was done as a success", async () => {
  const job = `/jobs/${await add(officer)}`;
  const said = async () =>
    /<div class="r-flash r-flash--(\w+)" role="(\w+)".*?<strong class="govuk-visually-hidden">([^<]*)<\/strong>\s*([^<]*?)\s*</s
      .exec((await officer.get(job)).body)
      ?.slice(1);
  await officer.post(`${job}/cancel`, {}, { from: job });
  assert.deepEqual(await said(), ["good", "status", "Success:", "Cancelled"]);
  await officer.post(`${job}/cancel`, {}, { from: job });
  assert.deepEqual(await said(), ["bad", "alert", "Problem:", "This job has ended, so it cannot be cancelled"]);
  assert.equal(await said(), undefined, "it is said once");
  for (const forged of ["worst.SGVsbG8", "good", "good.", "bad.<script>", "SGVsbG8"])
    assert.ok(
      !(await officer.get(job, { cookie: `${officer.cookieHeader()}; reeve.flash=${forged}` })).body.includes(
        "r-flash",
      ),
      forged,
    );
});

test("cancelled while it waits it never begins, and while it runs it stops between two batches", async () => {
  const waiting = await add(officer);
  await officer.post(`/jobs/${waiting}/cancel`, {}, { from: `/jobs/${waiting}` });
  assert.equal((await read(officer, waiting)).state, "cancelled");
  const running = await add(officer);
  await run(
    running,
    counting(() => officer.post(`/jobs/${running}/cancel`, {}, { from: `/jobs/${running}` })),
  );
  const stopped = await read(officer, running);
  assert.deepEqual([stopped.state, stopped.done], ["cancelled", 2]);
  await assert.rejects(
    world.store.as(officer.who!, (tx) => cancelJob(tx, running)),
    refused("impossible"),
  );
  await officer.post(`/jobs/${running}/retry`, {}, { from: `/jobs/${running}` });
  await run(running, counting());
  assert.equal((await read(officer, running)).state, "done");
});

test("what a person can put right fails at once; a fault is tried again later, and given up after five times", async () => {
  const wrong = await add(officer);
  await run(wrong, () => Promise.reject(new Refusal("invalid", [{ message: "The file has no rows" }])));
  assert.deepEqual(await read(officer, wrong).then(({ state, failure }) => [state, failure]), [
    "failed",
    "The file has no rows.",
  ]);
  const faulty = await add(officer);
  const fault: JobKind = () => Promise.reject(new Error("a secret of the inside"));
  await run(faulty, fault);
  const first = await read(officer, faulty);
  assert.deepEqual([first.state, first.attempts], ["waiting", 1]);
  assert.match(first.failure ?? "", /attempt 1 of 5/);
  assert.ok(!first.failure?.includes("secret"));
  assert.ok(Temporal.Instant.compare(first.nextAt, Temporal.Now.instant().add({ seconds: 3 })) > 0);
  await run(faulty, counting());
  assert.equal((await read(officer, faulty)).attempts, 1, "not before its time");
  for (let attempt = 2; attempt <= 5; attempt += 1) {
    await world.ownerPool.query("update jobs set next_at = now() where id = $1", [faulty]);
    await run(faulty, fault);
  }
  assert.equal((await read(officer, faulty)).state, "failed");
  assert.match(words(await administrator.get("/jobs")), /Failed .*Something went wrong, 5 times/);
  await administrator.post(`/jobs/${faulty}/retry`, {}, { from: `/jobs/${faulty}` });
  await run(faulty, counting());
  assert.equal((await read(officer, faulty)).state, "done");
});

test("two workers do not do one job at once, and one whose worker died is taken up again where it was", async () => {
  const id = await add(officer);
  let second = "not asked";
  await run(
    id,
    counting(async () => {
      await run(id, async () => (second = "ran"));
      assert.equal(await wakeJobs(world.ownerPool), 0, "it runs, so nobody is woken for it");
    }),
  );
  assert.equal(second, "not asked");
  const died = await add(officer);
  await world.ownerPool.query("update jobs set state = 'running', done = 2, total = 3 where id = $1", [died]);
  assert.equal(await wakeJobs(world.ownerPool), 1);
  await run(died, counting());
  assert.equal((await read(officer, died)).state, "done");
});

test("a job in whose midst Reeve stopped five times is not begun by itself again", async () => {
  const id = await add(officer);
  await world.ownerPool.query("update jobs set state = 'running', attempts = 5 where id = $1", [id]);
  let ran = false;
  await run(id, async () => {
    ran = true;
    return "Begun";
  });
  assert.equal(ran, false);
  const given = await read(officer, id);
  assert.equal(given.state, "failed");
  assert.match(given.failure ?? "", /Reeve stopped in the midst of it, 5 times/);
  await world.store.as(officer.who!, (tx) => retryJob(tx, id));
  await run(id, counting());
  assert.equal((await read(officer, id)).state, "done");
});

test("someone has at most 20 jobs under way", async () => {
  const ids = [];
  for (let many = 0; many < 20; many += 1) ids.push(await add(other));
  await assert.rejects(add(other), refused("impossible"));
  const [first] = await world.store.as(other.who!, (tx) => listJobs(tx));
  assert.equal(first?.id, ids.at(-1));
  await world.ownerPool.query("update jobs set state = 'cancelled' where state = 'waiting'");
});

test("the estimate goes by the speed of this run", async () => {
  const id = await add(officer);
  const job = await read(officer, id);
  const running = {
    ...job,
    state: "running" as const,
    begunAt: "2026-11-22T10:00:00Z",
    begunDone: 100,
    done: 200,
    total: 500,
  };
  assert.equal(secondsLeft(running, Temporal.Instant.from("2026-11-22T10:00:10Z")), 30);
  assert.equal(secondsLeft({ ...running, done: 100 }, Temporal.Instant.from("2026-11-22T10:00:10Z")), null);
});

test("what Reeve does by itself says when it ran last, how it failed and when it goes next, to administrators alone", async () => {
  const secret = "Jo Bloggs of 1 High Street";
  const fault = Object.assign(new Error(secret), { code: "23503" });
  await runScheduled({ ownerPool: world.ownerPool, log }, "seal", () => Promise.resolve());
  for (const error of [
    fault,
    new AggregateError([fault, new Error(secret)], "disposals that could not be carried out"),
  ])
    await assert.rejects(
      runScheduled({ ownerPool: world.ownerPool, log }, "dispose", () => Promise.reject(error)),
      error,
    );
  const said = words(await administrator.get("/jobs"));
  assert.match(
    said,
    /Seals the timelines that moved, so that one cut short later shows Done Each minute Today [\d:]+ Under a second Today/,
  );
  assert.match(said, /1 task of those that Reeve does by itself failed at the last run/);
  assert.match(said, /Destroys the records of disposals that somebody approved Failed Each minute.*Seals the/);
  const page = words(await administrator.get("/jobs/scheduled/dispose"));
  assert.match(
    page,
    /Disposals that could not be carried out \(2\): the database refused it \(code 23503\); a fault of the kind Error\./,
  );
  assert.match(page, /Failed in a row 2/);
  assert.ok(!page.includes("Bloggs"));
  const finding = await jobsFinding(world.ownerPool);
  assert.equal(finding.fine, false);
  assert.match(finding.says, /dispose failed 2 times in a row, at \d{4}-.* UTC: Disposals/);

  for (const path of ["/jobs/scheduled/dispose", "/jobs/scheduled/no-such", "/jobs/scheduled/%00"])
    assert.equal((await officer.get(path)).statusCode, 404, path);
  assert.equal((await administrator.get("/jobs/scheduled/person-job")).statusCode, 404);
  assert.equal((await officer.post("/jobs/scheduled/dispose/run", {}, { from: "/jobs" })).statusCode, 404);
  assert.equal((await world.store.as(officer.who!, (tx) => scheduledRuns(tx))).size, 0);
  await assert.rejects(
    world.store.as(officer.who!, (tx) => runNow(tx, "dispose")),
    /for administrators/,
  );

  await runScheduled({ ownerPool: world.ownerPool, log }, "dispose", () => Promise.resolve());
  assert.match(
    words(await administrator.get("/jobs/scheduled/dispose")),
    /Done Run now.*Failed in a row 0 Last failure Today [\d:]+: Disposals/,
  );
});

test("a task does not run twice at once", async () => {
  let second = false;
  await runScheduled({ ownerPool: world.ownerPool, log }, "seal", () =>
    runScheduled({ ownerPool: world.ownerPool, log }, "seal", async () => (second = true)),
  );
  assert.equal(second, false);
});

test("the queue keeps one of each task, and tries it a few times", () => {
  for (const { task, options } of cronItems(world.registry)) {
    assert.equal(options?.jobKey, `scheduled ${task}`);
    assert.ok((options.maxAttempts ?? 25) <= 5, task);
  }
  // Their page says when each goes next.
  for (const { match } of schedulesOf(world.registry)) assert.ok(nextRun(match, Temporal.Now.instant()), match);
});

test("a task goes next at its minute and hour, in UTC", () => {
  const next = (match: string, at: string) => nextRun(match, Temporal.Instant.from(at)).toString();
  assert.equal(next("* * * * *", "2026-11-22T23:59:30Z"), "2026-11-23T00:00:00Z");
  assert.equal(next("7 * * * *", "2026-11-22T23:06:59Z"), "2026-11-22T23:07:00Z");
  assert.equal(next("7 * * * *", "2026-11-22T23:07:00Z"), "2026-11-23T00:07:00Z");
  assert.equal(next("17 3 * * *", "2026-11-22T03:16:00Z"), "2026-11-22T03:17:00Z");
  assert.equal(next("17 3 * * *", "2026-12-31T04:00:00Z"), "2027-01-01T03:17:00Z");
  assert.equal(next("37 7-18 * * *", "2026-11-22T00:10:00Z"), "2026-11-22T07:37:00Z");
  assert.equal(next("37 7-18 * * *", "2026-11-22T18:36:00Z"), "2026-11-22T18:37:00Z");
  assert.equal(next("37 7-18 * * *", "2026-11-22T18:37:00Z"), "2026-11-23T07:37:00Z");
  assert.equal(next("17 5 * * 1", "2026-11-23T05:17:00Z"), "2026-11-30T05:17:00Z");
  assert.equal(next("17 5 * * 0", "2026-11-21T06:00:00Z"), "2026-11-22T05:17:00Z");
});

test("a job that was added before the first worker came is done once it has come, and those added later at once", async () => {
  const before = await add(officer);
  const worker = await startWorker({
    ownerPool: world.ownerPool,
    store: world.store,
    filesFolder: "",
    registry: world.registry,
    channel: null,
    baseUrl: "http://localhost:3000",
    secret: "a secret of the tests, long enough to seal with",
    webhookNetworks: [],
    log,
    kinds: { count: counting() },
  });
  try {
    const later = await add(officer);
    for (const id of [before, later]) {
      for (let attempt = 0; attempt < 200 && (await read(officer, id)).state !== "done"; attempt += 1) await sleep(50);
      assert.equal((await read(officer, id)).state, "done");
    }
    await runNowOnceAMinute();
    await givenUpIsNamedAndCleared();
  } finally {
    await worker.stop();
  }
});

async function runNowOnceAMinute(): Promise<void> {
  const ask = async () => {
    await administrator.post("/jobs/scheduled/forget-drafts/run", {}, { from: "/jobs/scheduled/forget-drafts" });
    return words(await administrator.get("/jobs/scheduled/forget-drafts"));
  };
  assert.match(await ask(), /It runs as soon as a worker is free/);
  assert.match(await ask(), /somebody asked within the last minute/);
  const state = async () => words(await administrator.get("/jobs/scheduled/forget-drafts"));
  for (let attempt = 0; attempt < 100 && /Not run yet|Running/.test(await state()); attempt += 1) await sleep(50);
  assert.match(await state(), /Done Run now/);
}

async function givenUpIsNamedAndCleared(): Promise<void> {
  await world.ownerPool.query(
    `select graphile_worker.permanently_fail_jobs(array[(graphile_worker.add_job('dispose', run_at => now() + interval '1 hour')).id], 'No')`,
  );
  assert.match((await jobsFinding(world.ownerPool)).says, /dispose given up once/);
  await clearGivenUp(world.ownerPool, world.registry);
  assert.doesNotMatch((await jobsFinding(world.ownerPool)).says, /dispose/);
}
