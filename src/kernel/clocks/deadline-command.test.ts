import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { deadlineCommand } from "./deadline-command.ts";
import { deadlineHelp } from "./deadline-help.ts";
import { deadlineRules } from "./rules.ts";

/** Runs the command over files held in memory. */
async function run(args: string[], files: Record<string, string> = {}) {
  let out = "";
  let problems = "";
  const code = await deadlineCommand(args, {
    stdout: (text) => void (out += text),
    stderr: (text) => void (problems += text),
    readFile: async (path) => {
      const text = files[path];
      if (text === undefined) throw new Error("no such file");
      return text;
    },
  });
  return { code, out, problems };
}

test("foi prints due, work-to, alternative and ledger as JSON", async () => {
  const { code, out } = await run(["foi", "--from", "2014-12-01", "--division", "scotland", "--json"]);
  assert.equal(code, 0);
  const answer = JSON.parse(out) as { due: string; workTo: string; alternative: { due: string }; ledger: unknown[] };
  assert.deepEqual(Object.keys(answer), ["due", "workTo", "alternative", "ledger"]);
  assert.deepEqual([answer.due, answer.workTo, answer.alternative.due], ["2014-12-31", "2014-12-31", "2015-01-05"]);
  assert.equal(answer.ledger.length, 31);
});

test("without --json it prints a text with the ledger", async () => {
  const events = ["--event", "fees-notice=2026-01-09", "--event", "fees-paid=2026-01-23"];
  const { code, out } = await run(["foi", "--from", "2026-01-05", ...events]);
  assert.equal(code, 0);
  assert.match(out, /Due by the end of 2026-02-17\./);
  assert.match(out, /2026-02-17 {3}20 {2}Working day 20 \[FOIA 2000 s10\(1\)\]/);
});

test("service-level reads local times, an hour that comes twice as the first, and hours and holidays", async () => {
  assert.equal(await due("--from", "2026-04-02T17:00", "--target", "4h"), "2026-04-07T11:00:00+01:00");
  assert.equal(
    await due("--from", "2026-04-02T17:00", "--target", "4h", "--division", "scotland"),
    "2026-04-06T11:00:00+01:00",
  );
  assert.equal(
    await due("--from", "2026-10-25T01:30", "--target", "60m", "--hours", "24x7"),
    "2026-10-25T01:30:00+00:00",
  );
  const paused = ["--from", "2026-11-25T08:00", "--target", "4h", "--event", "pause=2026-11-25T09:00/supplier"];
  assert.equal(await due(...paused), null);
  assert.equal(await due(...paused, "--event", "resume=2026-11-25T10:00"), "2026-11-25T13:00:00+00:00");
});

test("a target changes, grows and goes on after a reopening, with the grace that is given and no less", async () => {
  const start = ["--from", "2026-03-16T08:00", "--target", "4h"];
  const at = (...events: string[]) => due(...start, ...events.flatMap((event) => ["--event", event]));
  assert.equal(await at("retarget=2026-03-16T09:00/8h"), "2026-03-16T16:00:00+00:00");
  assert.equal(await at("extend=2026-03-16T09:00/1h30m"), "2026-03-16T13:30:00+00:00");
  assert.equal(await at("stop=2026-03-16T11:00", "cancel=2026-03-16T12:00"), null);
  // An hour was left when it was resolved.
  const reopened = ["stop=2026-03-16T11:00", "reopen=2026-03-17T09:00"].flatMap((event) => ["--event", event]);
  assert.equal(await due(...start, ...reopened), "2026-03-17T10:00:00+00:00");
  assert.equal(await due(...start, ...reopened, "--grace", "30m"), "2026-03-17T10:00:00+00:00");
  assert.equal(await due(...start, ...reopened, "--grace", "2h"), "2026-03-17T11:00:00+00:00");
  assert.equal(await due(...start, ...reopened, "--grace", "0m"), "2026-03-17T10:00:00+00:00");
  // The time until the reopening used up what was left, so that it is due at once, or when the grace is over.
  assert.equal(await due(...start, ...reopened, "--count-resolved"), "2026-03-17T09:00:00+00:00");
  assert.equal(await due(...start, ...reopened, "--count-resolved", "--grace", "2h"), "2026-03-17T11:00:00+00:00");
  const file = {
    "a.csv": "id,rule,from,events\n1,service-level,2026-03-16T08:00,stop=2026-03-16T11:00;reopen=2026-03-17T09:00\n",
  };
  const rows = await run(["--csv", "a.csv", "--target", "4h", "--grace", "2h"], file);
  assert.equal(rows.out, "id,due\n1,2026-03-17T11:00:00+00:00\n", rows.problems);
});

test("the help names every rule, event and option with what it takes, and its examples work", async () => {
  const help = deadlineHelp();
  for (const { name, events, options } of deadlineRules.values()) {
    assert.ok(help.includes(`\n${name}: `));
    for (const [kind, { takes, means }] of Object.entries(events)) {
      assert.ok(help.includes(`${kind}=${takes} `), kind);
      assert.ok(help.includes(means), kind);
    }
    for (const [option, { means }] of Object.entries(options))
      assert.ok(help.includes(`--${option}`) && help.includes(means));
  }
  const examples =
    help
      .slice(help.indexOf("Examples:"))
      .replaceAll(/\\\n\s+/g, "")
      .match(/reeve deadline .+/g) ?? [];
  assert.equal(examples.length, 2);
  for (const example of examples) {
    const words = [...example.matchAll(/"([^"]+)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "").slice(2);
    const { code, problems } = await run(words);
    assert.equal(code, 0, problems);
  }
});

test("a file is answered row by row; a bad row is empty, is named on stderr and makes the exit code 1", async () => {
  const rows = [
    "id,rule,from,events",
    "1,foi,2026-01-05,fees-notice=2026-01-09;fees-paid=2026-01-23",
    '"two, again",foi,2026-03-16,',
    "3,foi,2026-01-05,fees-notice=2026-01-09",
  ];
  const good = await run(["--csv", "a.csv"], { "a.csv": rows.join("\r\n") });
  assert.deepEqual([good.code, good.problems], [0, ""]);
  assert.equal(good.out, 'id,due\n1,2026-02-17\n"two, again",2026-04-16\n3,\n');
  const bad = await run(["--csv", "a.csv"], {
    "a.csv": [...rows, "4,foi,2026-02-30,", "5,eia,2026-03-16,"].join("\n"),
  });
  assert.equal(bad.code, 1);
  assert.ok(bad.out.endsWith("4,\n5,\n"));
  assert.match(bad.problems, /Line 5 \(4\).*\nLine 6 \(5\).*The rules are: foi, foi-extended/);
});

test("what is misused exits 2, what is refused exits 1, each with a sentence and nothing on stdout", async () => {
  const target = ["service-level", "--from", "2026-01-05T10:00", "--target", "4h"];
  const cases: [number, RegExp, ...string[]][] = [
    [2, /The rules are: foi, foi-extended/, "eia", "--from", "2026-01-05"],
    [2, /Name a rule/],
    [2, /--from/, "foi"],
    [2, /not a date/, "foi", "--from", "5 January"],
    [2, /not an event of foi/, "foi", "--from", "2026-01-05", "--event", "pause=2026-01-06"],
    [2, /is not one of/, "foi", "--from", "2026-01-05", "--division", "wales"],
    [2, /--nonsense/, "foi", "--nonsense"],
    [2, /--target/, "service-level", "--from", "2026-01-05T10:00"],
    [2, /does not know --target/, "foi", "--from", "2026-01-05", "--target", "4h"],
    [2, /“0h” is no time at all/, "service-level", "--from", "2026-01-05T10:00", "--target", "0h"],
    [2, /“-4h” is not a length/, "service-level", "--from", "2026-01-05T10:00", "--target", "-4h"],
    [2, /“soon” is not a length/, "service-level", "--from", "2026-01-05T10:00", "--target", "soon"],
    [2, /longer than ten years/, "service-level", "--from", "2026-01-05T10:00", "--target", "999999h"],
    [2, /“0h” is no time at all/, "--csv", "rows.csv", "--target", "0h"],
    [2, /“0m” is no time/, ...target, "--event", "retarget=2026-01-05T11:00/0m"],
    [2, /needs a length of time/, ...target, "--event", "extend=2026-01-05T11:00"],
    [2, /not a length/, ...target, "--event", "extend=2026-01-05T11:00/-30m"],
    [2, /nothing after it/, ...target, "--event", "resume=2026-01-05T11:00/4h"],
    [2, /“-1h” is not a length/, ...target, "--grace", "-1h"],
    [2, /does not know --grace/, "foi", "--from", "2026-01-05", "--grace", "1h"],
    [2, /does not know --count-resolved/, "foi", "--from", "2026-01-05", "--count-resolved"],
    [
      2,
      /not an event of eir-review, which knows none/,
      "eir-review",
      "--from",
      "2026-01-05",
      "--event",
      "asked=2026-01-06",
    ],
    [2, /does not know --days/, "foi", "--from", "2026-01-05", "--days", "3"],
    [2, /“0” is not a number of days/, "member-ack", "--from", "2026-01-05", "--days", "0"],
    [2, /needs --days/, "written-question", "--from", "2026-01-05"],
    [2, /does not know --closures/, "sar", "--from", "2026-01-05", "--closures", "plain.csv"],
    [
      2,
      /Line 1 of the list of days: “a” is not a date/,
      "member-ack",
      "--from",
      "2026-01-05",
      "--closures",
      "plain.csv",
    ],
    [1, /Cannot read/, "school-foi", "--from", "2026-01-05", "--school-days", "absent.txt"],
    [1, /nothing was asked/, "sar", "--from", "2026-03-02", "--event", "answered=2026-03-10"],
    [1, /before the receipt/, "sar", "--from", "2026-03-02", "--event", "asked=2026-03-01"],
    [1, /outside the calendar/, "sar", "--from", "2031-01-05"],
    [1, /outside the calendar/, "complaint", "--from", "2009-01-05"],
    [1, /before the start/, ...target, "--event", "pause=2026-01-05T09:00"],
    [1, /no fees notice/, "foi", "--from", "2026-01-05", "--event", "fees-paid=2026-01-06"],
    [1, /outside the calendar/, "foi", "--from", "1999-01-05"],
    [1, /Cannot read/, "--csv", "absent.csv"],
    [1, /needs a header/, "--csv", "plain.csv"],
  ];
  for (const [code, message, ...args] of cases) {
    const result = await run(args, { "plain.csv": "a,b\n1,2\n", "rows.csv": "id,rule,from,events\n" });
    assert.equal(result.code, code, args.join(" "));
    assert.match(result.problems, message);
    assert.equal(result.out, "");
  }
});

test("no text makes it crash", async () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom("2026-01-05", "foi", "asked=2026-01-06", "--from", "--event", "--json"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 6 }), fc.string(), async (args, text) => {
      const codes = [await run(args), await run(["--csv", "x"], { x: `id,rule,from,events\n${text}` })];
      assert.ok(codes.every(({ code }) => code >= 0 && code <= 2));
    }),
  );
});

async function due(...args: string[]): Promise<string | null> {
  const { code, out, problems } = await run(["service-level", "--json", ...args]);
  assert.equal(code, 0, problems);
  return (JSON.parse(out) as { due: string | null }).due;
}
