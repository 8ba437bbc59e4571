/**
 * How often triage help is right: on the real log, where it is there (`npm run bench:triage -- FILE`), by the first event of
 * each incident alone; and on labelled text of our own making, which the log has none of.
 */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { foundOrganisation } from "../src/council/found.ts";
import { startEmbeddedPostgres } from "../src/kernel/database/embedded.ts";
import { migrate } from "../src/kernel/database/migrate.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { asSystem, createPool } from "../src/kernel/transaction.ts";
import type { Tx } from "../src/kernel/transaction.ts";
import { readLog } from "../src/modules/desk/import/figures.ts";
import { inOrder, londonTime, present } from "../src/modules/desk/import/log-line.ts";
import type { LogLine } from "../src/modules/desk/import/log-line.ts";
import type { Example } from "../src/modules/desk/triage/classifier.ts";
import { featuresFrom } from "../src/modules/desk/triage/features.ts";
import { qualityOf } from "../src/modules/desk/triage/quality.ts";
import type { Quality } from "../src/modules/desk/triage/quality.ts";
import { helpFor } from "../src/modules/desk/triage/suggest.ts";
import { registry } from "../src/records.ts";
import { sameFault, textsByCategory } from "./triage-texts.ts";

const say = (line: string) => process.stdout.write(`${line}\n`);
const logFile =
  process.argv[2] ?? join(import.meta.dirname, "../../shared/data/service-desk/servicenow-incident_event_log.csv.zip");

/** What the first event of an incident tells, less what the source wrote into it later: who resolved it, when, as what. */
const known = ["caller_id", "opened_by", "location", "contact_type", "u_symptom", "cmdb_ci", "impact", "urgency"];

if (existsSync(logFile)) await measureLog();
else say(`The real log is not at ${logFile}, so nothing is measured on it.`);
await measureText();

async function measureLog(): Promise<void> {
  const [first, last] = [new Map<string, LogLine>(), new Map<string, LogLine>()];
  for await (const line of readLog(logFile)) {
    const [earliest, latest] = [first.get(line.number), last.get(line.number)];
    if (!earliest || inOrder(line, earliest) < 0) first.set(line.number, line);
    if (!latest || inOrder(line, latest) >= 0) last.set(line.number, line);
  }
  const incidents = [...first]
    .map(([number, line]) => ({ opened: londonTime(line.columns["opened_at"] ?? ""), line, last: last.get(number)! }))
    .filter(({ opened }) => opened !== null)
    .toSorted((one, other) => one.opened! - other.opened!);
  say(`The real log: ${incidents.length} incidents, split by the time they were opened.`);
  for (const [target, column] of [
    ["Group", "assignment_group"],
    ["Subcategory", "subcategory"],
  ] as const)
    for (const [words, columns] of [
      ["who, where and how", known],
      ["and the category", [...known, "category"]],
    ] as const) {
      const examples = incidents.flatMap(({ line, last: end }): Example[] => {
        const label = present(end.columns[column]);
        const features = columns.flatMap((name) => {
          const value = present(line.columns[name]);
          return value === null ? [] : [`${name}:${value}`];
        });
        return label === null ? [] : [{ features, label }];
      });
      say(`${target} from ${words}: ${inWords(await qualityOf(examples))}`);
    }
}

/** On a real database, for the words are PostgreSQL’s. */
async function measureText(): Promise<void> {
  const dataFolder = await mkdtemp(join(tmpdir(), "reeve-triage-"));
  const server = await startEmbeddedPostgres({ dataFolder, log: () => {} });
  const ownerPool = createPool(server.url, 2);
  try {
    await migrate({ ownerUrl: server.url, appPassword: null, registry });
    const { organisationId } = await foundOrganisation({ ownerPool, registry }, { name: "Bench", demo: false });
    const as = <Result>(work: (tx: Tx) => Promise<Result>) => asSystem({ ownerPool, registry, organisationId }, work);
    say("Labelled text, made up for this:");
    say(`Category from the words: ${inWords(await qualityOf(await as(textExamples)))}`);
    say(await as(duplicates));
  } finally {
    await ownerPool.end();
    await server.stop();
    await rm(dataFolder, { recursive: true, force: true });
  }
}

/** One of each category in turn, so that what is tried on holds every category. */
async function textExamples(tx: Tx): Promise<Example[]> {
  const texts = Object.entries(textsByCategory);
  const inTurn = texts[0]![1].flatMap((_text, at) => texts.map(([label, all]) => ({ label, text: all[at]! })));
  const words = await lexemesOf(
    tx,
    inTurn.map(({ text }) => text),
  );
  return inTurn.map(({ label }, at) => ({
    label,
    features: featuresFrom({ words: words[at]!, kind: "incident", requester: null }),
  }));
}

/** What PostgreSQL makes of texts in English: the lexemes of each. */
async function lexemesOf(tx: Tx, texts: readonly string[]): Promise<string[][]> {
  const { rows } = await sql<{ lexemes: string[] }>`select tsvector_to_array(to_tsvector('english', text)) as lexemes
    from unnest(${[...texts]}::text[]) with ordinality as given (text, place) order by place`.execute(tx.db);
  return rows.map(({ lexemes }) => lexemes);
}

/** Both of each pair are open, among all the other texts; the second is looked at. */
async function duplicates(tx: Tx): Promise<string> {
  const type = typeNamed(tx.registry, "ticket");
  for (const summary of Object.values(textsByCategory).flat()) await create(tx, type, { summary });
  const firsts: string[] = [];
  for (const [summary] of sameFault) firsts.push((await create(tx, type, { summary })).reference);
  let [found, suggested] = [0, 0];
  for (const [at, [, summary]] of sameFault.entries()) {
    const { alike } = await helpFor(tx, await create(tx, type, { summary }));
    suggested += alike.length;
    if (alike.some(({ reference }) => reference === firsts[at])) found += 1;
  }
  return `Duplicates: ${found} of ${sameFault.length} were found among ${Object.values(textsByCategory).flat().length + sameFault.length} open tickets; ${suggested} were suggested in all, so ${percent(found / suggested)} of the suggestions were right`;
}

function inWords({ learnedFrom, triedOn, labels, suggested, majority }: Quality): string {
  return (
    `macro-F1 ${suggested.macroF1.toFixed(3)} (always the most frequent: ${majority.macroF1.toFixed(3)}), ` +
    `first right ${percent(suggested.first)} (${percent(majority.first)}), one of three right ${percent(suggested.firstThree)} (${percent(majority.firstThree)}); ` +
    `learned from ${learnedFrom}, tried on the ${triedOn} after, ${labels} labels`
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
