/** `npm run bench:clocks`: a million deadlines of every rule in turn, without ledgers, as text in and text out; and the same as a file. */
import { deadlineCommand } from "../src/kernel/clocks/deadline-command.ts";
import type { DeadlineQuestion } from "../src/kernel/clocks/rule.ts";
import { deadlineRules } from "../src/kernel/clocks/rules.ts";

const many = 1_000_000;
const secondsMax = 5;
/** What is asked of some rules besides the day: a stop, a pause, an extension. */
const events: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  foi: [
    ["fees-notice", 4],
    ["fees-paid", 18],
  ],
  eir: [["extended", 10]],
  sar: [],
  "sar-paused": [
    ["asked", 8],
    ["answered", 16],
  ],
};
const rules = [...deadlineRules.values()].filter(({ name }) => name !== "service-level");
const first = Temporal.PlainDate.from("2010-03-01");
const dates = Array.from({ length: 7000 }, (_, days) => first.add({ days }).toString());
const dayAt = (at: number) => dates[at % 6800] ?? "";
const eventsAt = (rule: string, at: number) =>
  (events[rule] ?? []).map(([kind, after]) => ({ kind, value: dates[(at % 6800) + after] ?? "" }));

measureEngine();
await measureFile();

function measureEngine(): void {
  const started = start();
  let due = 0;
  for (let at = 0; at < many; at++) {
    const rule = rules[at % rules.length];
    if (!rule) continue;
    const question: DeadlineQuestion = {
      from: dayAt(at),
      events: eventsAt(rule.name, at),
      division: "england-and-wales",
      days: 5,
      explain: false,
    };
    if (rule.compute(question).due !== null) due += 1;
  }
  tell(`${many.toLocaleString("en-GB")} deadlines, ${due.toLocaleString("en-GB")} of them due`, started);
}

async function measureFile(): Promise<void> {
  const rows = Array.from({ length: many }, (_, at) => {
    const { name = "" } = rules.filter((one) => one.name !== "written-question")[at % (rules.length - 1)] ?? {};
    const happened = eventsAt(name, at).map(({ kind, value }) => `${kind}=${value}`);
    return `${at},${name},${dayAt(at)},${happened.join(";")}`;
  });
  const text = ["id,rule,from,events", ...rows, ""].join("\n");
  let length = 0;
  const started = start();
  await deadlineCommand(["--csv", "rows.csv"], {
    stdout: (part) => void (length += part.length),
    stderr: (part) => void process.stderr.write(part),
    readFile: async () => text,
  });
  tell(`The same as a file of rows, ${length.toLocaleString("en-GB")} characters of answers`, started);
}

function start() {
  return { at: performance.now(), processor: process.cpuUsage() };
}

function tell(what: string, started: ReturnType<typeof start>): void {
  const seconds = (performance.now() - started.at) / 1000;
  const { user, system } = process.cpuUsage(started.processor);
  const said = `${seconds.toFixed(2)} s, ${((user + system) / 1_000_000).toFixed(2)} s of the processor`;
  process.stdout.write(`${what}: ${said} (under ${secondsMax} s asked)\n`);
  if (seconds >= secondsMax) process.exitCode = 1;
}
