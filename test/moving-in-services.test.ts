import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { verify } from "../src/kernel/memory/verify.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { movingInJobs } from "../src/modules/desk/moving-in/jobs.ts";
import { dayIn } from "./day-in.ts";
import { createImportWorld } from "./import-world.ts";
import type { ImportWorld } from "./import-world.ts";
import { words } from "./web-world.ts";
import type { Browser } from "./web-world.ts";

const path = "/desk/moving-in";

let world: ImportWorld;
let administrator: Browser;
let payments: Stored;
let email: Stored;
let hypercare: Stored;

const type = (name: string) => typeNamed(world.registry, name);
const make = (who: Who, name: string, values: Readonly<Record<string, unknown>>) =>
  world.store.as(who, (tx) => create(tx, type(name), values));

before(async () => {
  world = await createImportWorld();
  administrator = await world.as("administrator");
  const systems = (await world.as("systemsOfficer")).who!;
  const lead = (await world.as("leadSupport")).who!;
  payments = await make(systems, "service", { name: "Payments" });
  email = await make(systems, "service", { name: "E-mail" });
  const planned = await make(lead, "hypercare", {
    name: "New payments",
    services: [payments.id],
    startsOn: dayIn(-2),
    endsOn: dayIn(14),
    levels: [{ priority: 3, respond: 30, resolve: 120 }],
    criteria: [{ criterion: "Five days without a priority 1" }],
  });
  hypercare = await world.store.as(lead, (tx) => move(tx, type("hypercare"), planned.id, "any", "begin", {}));
});
after(() => world?.close());

const lately = Temporal.Now.instant().subtract({ hours: 1 }).toString({ smallestUnit: "millisecond" });
let made = 0;
const ticket = (product: string | null, more = {}) => ({
  id: (made += 1),
  number: `32${made}`,
  title: `Cannot pay ${made}`,
  group: "Payments desk",
  state: "open",
  priority: "2 normal",
  customer: "nic@example.org",
  created_at: lately,
  updated_at: lately,
  ...(product === null ? {} : { product }),
  ...more,
});

async function sendExport(tickets: readonly unknown[], browser = administrator): Promise<string> {
  const file = new File([new TextEncoder().encode(JSON.stringify({ tickets }))], "zammad.json");
  const answer = await browser.post(path, { source: "zammad", file }, { from: path });
  assert.equal(answer.statusCode, 303, words(answer));
  await world.runJobs(movingInJobs);
  return String(answer.headers.location);
}

/** The tickets of an export as they are here: number, service, hypercare. */
async function standing(first: number) {
  const { rows } = await world.ownerPool.query<{ number: string; service: string | null; hypercare: string | null }>(
    "select source_reference as number, service, hypercare from ticket where source_reference like '32%' order by source_reference::int",
  );
  return rows.filter(({ number }) => Number(number.slice(2)) >= first).map((row) => [row.service, row.hypercare]);
}

test("whoever moves in says which column names services and what each value is; the rest is left empty and counted", async () => {
  const first = made + 1;
  const long = Temporal.Now.instant()
    .subtract({ hours: 24 * 200 })
    .toString({ smallestUnit: "millisecond" });
  const at = await sendExport([
    ticket("payments"),
    ticket("Outlook"),
    ticket("payments", { created_at: long, updated_at: long }),
    ticket("A thing that nobody knows"),
    ticket(null),
  ]);
  const page = await administrator.get(at);
  assert.match(page.body, new RegExp(`href="${at}/services"[^>]*>Say which services its tickets are about`));
  const columns = words(await administrator.get(`${at}/services`));
  assert.match(columns, /The column that names them product payments, Outlook, A thing that nobody knows group/);

  const chosen = await administrator.post(`${at}/services`, { column: "product" }, { from: `${at}/services` });
  const matching = String(chosen.headers.location);
  assert.equal(matching, `${at}/services?column=product`);
  const values = await administrator.get(matching);
  assert.match(
    values.body,
    new RegExp(`<option value="${payments.id}" selected>Payments`),
    "of the same name: proposed",
  );
  assert.match(words(values), /1 ticket says nothing in it/);
  await administrator.post(
    `${at}/services`,
    { column: "product", "service-0": payments.id, "service-1": email.id, "service-2": "" },
    { from: matching },
  );
  const planned = words(await administrator.get(at));
  assert.match(planned, /Payments 2 E-mail 1 None: nothing in the column is a service here 2/);

  await administrator.post(`${at}/save`, {}, { from: at });
  await world.runJobs(movingInJobs);
  assert.deepEqual(await standing(first), [
    [payments.id, hypercare.id],
    [email.id, null],
    [payments.id, null],
    [null, null],
    [null, null],
  ]);
  const done = words(await administrator.get(at));
  assert.match(done, /Payments 2 2 E-mail 1 1 None: nothing in the column is a service here 2 2/);
  const { rows } = await world.ownerPool.query<{ version: string }>(
    "select c.policy_version as version from clocks c join ticket t on t.id = c.record_id where t.hypercare = $1 and c.name = 'resolve'",
    [hypercare.id],
  );
  assert.match(rows[0]?.version ?? "", new RegExp(`tightened by ${hypercare.reference} to 120 minutes`));
  const { problems } = await verify({ ownerPool: world.ownerPool, registry: world.registry });
  assert.deepEqual(problems, []);
  assert.doesNotMatch((await administrator.get(at)).body, new RegExp(`href="${at}/services"`), "too late to say");
  assert.equal((await administrator.post(`${at}/services`, { column: "" }, { from: at })).statusCode, 422);
});

test("a service that is not there is refused, one that is withdrawn since is left out, and none is none", async () => {
  const first = made + 1;
  const at = await sendExport([ticket("Outlook"), ticket("Gone")]);
  const from = `${at}/services?column=product`;
  const values = await administrator.get(from);
  const odd = { column: "product", "service-0": hypercare.id };
  const refused = await administrator.post(`${at}/services`, odd, { from });
  assert.equal(refused.statusCode, 422);
  assert.match(words(refused), /select a service that is there/);
  assert.equal(values.statusCode, 200);
  assert.equal((await administrator.get(`${at}/services?column=title`)).statusCode, 422);
  assert.equal((await administrator.post(`${at}/services`, { column: "title" }, { from })).statusCode, 422);

  const gone = await make((await world.as("systemsOfficer")).who!, "service", { name: "Gone" });
  const both = { column: "product", "service-0": email.id, "service-1": gone.id };
  assert.equal((await administrator.post(`${at}/services`, both, { from })).statusCode, 303);
  await world.system((tx) => move(tx, type("service"), gone.id, "any", "withdraw", {}));
  await administrator.post(`${at}/save`, {}, { from: at });
  await world.runJobs(movingInJobs);
  assert.deepEqual(await standing(first), [
    [email.id, null],
    [null, null],
  ]);

  const none = await sendExport([ticket("Outlook")]);
  await administrator.post(
    `${none}/services`,
    { column: "product", "service-0": email.id },
    { from: `${none}/services?column=product` },
  );
  await administrator.post(`${none}/services`, { column: "" }, { from: `${none}/services` });
  assert.doesNotMatch(words(await administrator.get(none)), /Tickets by service/);
});

test("nobody else learns of it, nor whoever sent it and administers the organisation no more", async () => {
  const at = await sendExport([ticket("Outlook")]);
  const other = await world.as(await world.person("Another Administrator", "administrator"));
  const lead = await world.as("leadSupport");
  for (const browser of [other, lead]) {
    assert.equal((await browser.get(`${at}/services`)).statusCode, 404);
    assert.equal((await browser.post(`${at}/services`, { column: "" }, { from: "/account" })).statusCode, 404);
  }
  const own = await sendExport([ticket("Outlook")], other);
  assert.equal((await other.get(`${own}/services`)).statusCode, 200);
  await world.ownerPool.query("update person_roles set removed_at = now() where parent_id = $1", [other.who!.personId]);
  assert.equal((await other.get(`${own}/services`)).statusCode, 404);
});
