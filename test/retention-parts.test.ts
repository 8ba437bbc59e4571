import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { Refusal } from "../src/kernel/errors.ts";
import { addFile } from "../src/kernel/files/files.ts";
import { eraseRecord } from "../src/kernel/memory/erase.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change as changeRecord } from "../src/kernel/store/change.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored, Tx } from "../src/kernel/transaction.ts";
import {
  administrator,
  as,
  begin,
  change,
  dispose,
  due,
  end,
  hold,
  listed,
  outcomesOf,
  schedule,
  world,
} from "./retention/stage.ts";
import { dayIn } from "./day-in.ts";
import { words } from "./web-world.ts";
import type { Browser } from "./web-world.ts";

let officer: Browser;

before(async () => {
  await begin();
  officer = await world.as(await world.person("Nia Rowe", "policyManager"));
});
after(end);

const type = (tx: Pick<Tx, "registry">, name: string) => typeNamed(tx.registry, name);
const over = { comment: "It is over" };
const kinds = [
  ["data_protection_request", "dataRequest"],
  ["members_question", "enquiry"],
  ["information_request", "request"],
] as const;

/** A closed case of a kind, with a question and a file in what was said of it, a text in two versions with a remark, and the search of a request for data. All of it holds the mark. */
async function closedCase(kind: string, field: string, mark: string) {
  const make = (name: string, more: object) =>
    as(officer, (tx) => create(tx, type(tx, name), more as Readonly<Record<string, unknown>>));
  const does = (record: Stored, name: string, more: object) =>
    as(officer, (tx) =>
      move(tx, type(tx, record.type), record.id, "any", name, more as Readonly<Record<string, unknown>>),
    );
  const whole = await make(kind, {
    subject: `About ${mark}`,
    question: `Everything on ${mark}`,
    applicant: mark,
    receivedOn: dayIn(0),
  });
  const question = await make("case_question", { [field]: whole.id, title: `What is held on ${mark}?`, details: mark });
  const text = await make("agreed_text", {
    [field]: whole.id,
    title: "The answer",
    ...(kind === "members_question" ? {} : { outcome: "granted" }),
    sections: [{ heading: "First", text: `Words of ${mark}` }],
  });
  await does(text, "remark", { remarkSection: 1, remark: `${mark} again` });
  await as(officer, (tx) => rewrite(tx, text.id, [{ heading: "First", text: `More words of ${mark}` }]));
  await as(officer, async (tx) => {
    const content = { sha256: createHash("sha256").update(mark).digest("hex"), sizeBytes: 3, mediaType: "text/plain" };
    const file = await addFile(tx, `${mark}.txt`, content);
    const told = { text: `${mark} rang`, audience: "internal", files: [file.id] };
    await comment(tx, type(tx, "case_question"), question.id, told);
  });
  const others =
    kind === "data_protection_request"
      ? [await make("data_search", { request: whole.id, place: "Archive", about: mark })]
      : [];
  await does(whole, "withdraw", { comment: `${mark} withdrew` });
  return { whole, parts: [question, text, ...others] };
}

const rewrite = (tx: Tx, id: string, sections: readonly object[]) =>
  changeRecord(tx, type(tx, "agreed_text"), id, "any", { sections });

/** The tables of the database in which a word stands. */
async function whereIs(mark: string): Promise<readonly string[]> {
  const { rows } = await world.ownerPool.query<{ name: string }>(
    "select c.relname as name from pg_class c where c.relnamespace = 'reeve'::regnamespace and c.relkind in ('r', 'p') order by 1",
  );
  const found: string[] = [];
  for (const { name } of rows) {
    const { rowCount } = await world.ownerPool.query(
      `select 1 from "${name}" t where to_jsonb(t)::text ilike $1 limit 1`,
      [`%${mark}%`],
    );
    if (rowCount) found.push(name);
  }
  return found;
}

test("questions, texts, searches and their files lose the personal data with the case, each with a certificate by its number", async () => {
  for (const [at, [kind, field]] of kinds.entries()) {
    const mark = ["zephyrine", "quillon", "marmaduke"][at]!;
    const { whole, parts } = await closedCase(kind, field, mark);
    assert.ok((await whereIs(mark)).includes("case_question"));
    const rule = await schedule({ name: "Closed cases", recordType: kind, action: "anonymise" });
    assert.equal(await due(), 1);
    const disposal = await listed();
    await change("disposal", disposal, "approve");
    assert.equal(await dispose(), 1);
    assert.deepEqual(await whereIs(mark), [], kind);
    const outcomes = await outcomesOf(disposal);
    assert.deepEqual(outcomes, Object.fromEntries([whole, ...parts].map(({ reference }) => [reference, "anonymised"])));
    const page = words(await administrator.get(`/disposals/${disposal.reference}/records`));
    for (const { reference } of parts)
      assert.match(
        page,
        new RegExp(`${reference} Made anonymous .* With ${whole.reference}\\. Certificate [0-9a-f-]{36}`),
      );
    const file = (await administrator.get(`/disposals/${disposal.reference}/records.csv`)).body;
    assert.match(file, new RegExp(`${parts[0]!.reference},.*,Made anonymous,With ${whole.reference}\\. Certificate `));
    await change("retention_schedule", rule, "withdraw");
  }
  assert.deepEqual((await verify({ ownerPool: world.ownerPool, registry: world.registry })).problems, []);
});

test("a hold of the case holds its parts, and a hold of a part holds the case", async () => {
  const first = await closedCase("data_protection_request", "dataRequest", "ottoline");
  const second = await closedCase("data_protection_request", "dataRequest", "peregrine");
  const rule = await schedule({ name: "Closed cases", recordType: "data_protection_request", action: "anonymise" });
  assert.equal(await due(), 1);
  const disposal = await listed();
  await change("disposal", disposal, "approve");
  const question = second.parts[0]!;
  const holds = [
    await hold({ records: [{ reference: first.whole.reference }] }),
    await hold({ records: [{ reference: question.reference }] }),
  ];
  assert.equal(await dispose(), 0);
  assert.deepEqual(await outcomesOf(disposal), { [first.whole.reference]: "held", [second.whole.reference]: "held" });
  assert.match(
    words(await administrator.get(`/disposals/${disposal.reference}/records`)),
    new RegExp(`${question.reference}, a part of it, is under the legal hold ${holds[1]!.reference}`),
  );
  for (const part of first.parts) {
    await assert.rejects(
      as(administrator, (tx) => eraseRecord(tx, type(tx, part.type), part.id, { reason: "They asked for it" })),
      (error) => error instanceof Refusal && /is under the legal hold/.test(error.message),
      part.reference,
    );
    // The database refuses it whatever the code forgets.
    await assert.rejects(
      world.store.as(administrator.who!, async (tx) => {
        await sql`select erase(${part.id}::uuid, null, 'They asked for it')`.execute(tx.db);
      }),
      /under the legal hold/,
    );
  }
  // Held by a list of the cases as well, also while nothing names them one by one.
  await change("legal_hold", holds[0]!, "release", over);
  const all = await hold({ list: "/data-protection-requests" });
  await assert.rejects(
    as(administrator, (tx) =>
      eraseRecord(tx, type(tx, "agreed_text"), first.parts[1]!.id, { reason: "They asked for it" }),
    ),
    new RegExp(`under the legal hold ${all.reference}`),
  );
  for (const one of [holds[1]!, all]) await change("legal_hold", one, "release", over);
  await change("retention_schedule", rule, "withdraw");
});

test("a part has no schedule of its own, and the database lets none go before its whole", async () => {
  await assert.rejects(
    schedule({ recordType: "case_question" }),
    /Type of record must be one of: (?!.*Questions of cases)/,
  );
  const { whole, parts } = await closedCase("members_question", "enquiry", "leopold");
  const rule = await schedule({ name: "Closed cases", recordType: "members_question", action: "destroy" });
  assert.equal(await due(), 1);
  const disposal = await listed();
  await change("disposal", disposal, "approve");
  await assert.rejects(
    world.system(async (tx) => {
      await sql`insert into disposal_items (organisation_id, disposal_id, record_id, reference, due_on, part_of)
        values (${tx.actor.organisationId}::uuid, ${disposal.id}::uuid, ${parts[0]!.id}::uuid, 'QST-1', now(), ${whole.id}::uuid)`.execute(
        tx.db,
      );
      await sql`select dispose_record(${disposal.id}::uuid, ${parts[0]!.id}::uuid, 'destroyed', 'Early')`.execute(
        tx.db,
      );
    }),
    /the record that it is a part of is not disposed of/,
  );
  // With the one that was made anonymous before.
  assert.equal(await dispose(), 2);
  assert.deepEqual(await whereIs("leopold"), []);
  assert.equal((await outcomesOf(disposal))[parts[0]!.reference], "destroyed");
  await change("retention_schedule", rule, "withdraw");
});
