/**
 * What open pages cost: starts Reeve with the demonstration, opens 500 event streams, half of a record and half of a
 * list, and prints the memory of the web process before and after, and how long a change takes to reach them all.
 * `npm run bench:open-pages`, or with a number: `npm run bench:open-pages -- 1000`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { addPerson } from "../src/council/found.ts";
import { startEmbeddedPostgres } from "../src/kernel/database/embedded.ts";
import { asSystem, createPool } from "../src/kernel/transaction.ts";
import { registry } from "../src/records.ts";
import { streamsOfPersonMax } from "../src/web/live/hub.ts";
import { accountOf } from "./access.ts";
import { startReeve } from "./product.ts";
import type { StartedWeb } from "./product.ts";
import { tokenIn, Visitor } from "./visitor.ts";

const pages = Number(process.argv[2] ?? 500);
const dataFolder = await mkdtemp(join(tmpdir(), "reeve-open-pages-"));
const web = await startReeve(dataFolder);
const server = await startEmbeddedPostgres({ dataFolder, log: () => {} });
const ownerPool = createPool(server.url, 2, "long work");
const agent = new Agent({ maxSockets: Infinity });
const open: IncomingMessage[] = [];
const people: Visitor[] = [];
try {
  for (const account of await makePeople(Math.ceil(pages / streamsOfPersonMax))) {
    const person = new Visitor(web.address);
    await person.signIn(account);
    people.push(person);
  }
  const [first] = people;
  const ticket = /href="(\/tickets\/INC-\d+)"/.exec((await first!.get("/tickets")).body)?.[1];
  if (!ticket) throw new Error("There is no ticket to open");
  // The same work before each reading, so that what work leaves behind is not taken for the cost of open pages.
  const work = async () => {
    for (let n = 0; n < 600; n++) await people[n % people.length]!.get(n % 2 ? "/tickets" : ticket);
    await sleep(3000);
  };
  await work();
  await work();
  const before = await megabytes(web);
  let looks = 0;
  for (let n = 0; n < pages; n++)
    open.push(await follow(n % 2 ? ticket : "/tickets", people[Math.floor(n / streamsOfPersonMax)]!, () => looks++));
  await work();
  const after = await megabytes(web);
  const { body } = await first!.get(`${ticket}?tab=conversation`);
  looks = 0;
  const begun = performance.now();
  await first!.post(`${ticket}/comments`, { form: { _csrf: tokenIn(body), text: "Look", audience: "internal" } });
  while (looks < pages && performance.now() - begun < 60_000) await sleep(5);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  process.stdout.write(
    `${open.length} open pages: ${before} MB before, ${after} MB after, so ${after - before} MB. A change reached ${looks} of them in ${seconds} s\n`,
  );
} finally {
  for (const answer of open) answer.destroy();
  for (const person of people) person.close();
  agent.destroy();
  await ownerPool.end();
  await web.stop();
  await server.stop({ evenIfShared: true });
  await rm(dataFolder, { recursive: true, force: true });
}

/** Lead support officers with accounts to sign in to. */
async function makePeople(many: number): Promise<string[]> {
  const { rows } = await ownerPool.query<{ organisation_id: string; id: string }>(
    "select organisation_id, id from records where type = 'role' and title = 'Lead support officer'",
  );
  const role = rows[0]!;
  const accounts: string[] = [];
  for (let n = 0; n < many; n++) {
    const id = await asSystem({ ownerPool, registry, organisationId: role.organisation_id }, (tx) =>
      addPerson(tx, { name: `Officer ${n}`, roles: [role.id] }),
    );
    accounts.push(await accountOf(ownerPool, id));
  }
  return accounts;
}

async function megabytes(of: StartedWeb): Promise<number> {
  return (await of.memory())?.now ?? Number.NaN;
}

/** Opens the event stream of a page. */
function follow(path: string, person: Visitor, looked: () => void): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const address = new URL(`/live${path}?at=${Date.now()}`, web.address);
    const asked = request(address, { agent, headers: { cookie: person.cookies() } }, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`${path} was answered with ${answer.statusCode}`));
      answer.on("data", (chunk: Buffer) => chunk.includes("event: look") && looked());
      answer.on("error", () => {});
      resolve(answer);
    });
    asked.on("error", reject);
    asked.end();
  });
}
