import type pg from "pg";
import { addPerson, foundOrganisation } from "../src/council/found.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { createMany } from "../src/kernel/store/create-many.ts";
import { completeValues, insertRecord } from "../src/kernel/store/create.ts";
import { asSystem } from "../src/kernel/transaction.ts";
import type { Store, Who } from "../src/kernel/transaction.ts";
import { usualServiceLevels } from "../src/modules/desk/usual-service-levels.ts";
import { registry } from "../src/records.ts";
import { vocabulary } from "./words.ts";

/** Makes an organisation with 5,000 people, 20 queues and 200 categories, and who brings records in. */
export async function furnish(ownerPool: pg.Pool, store: Store): Promise<Who> {
  const { organisationId, roles } = await foundOrganisation({ ownerPool, registry }, { name: "Bench", demo: true });
  const system = { ownerPool, registry, organisationId };
  const personId = await asSystem(system, async (tx) => {
    const make = (name: string, values: Record<string, unknown>) =>
      insertRecord(tx, typeNamed(registry, name), values, { trusted: true });
    for (let n = 1; n <= 20; n++) {
      const team = await make("team", { name: `Team ${n}` });
      const queue = await make("queue", { name: `Queue ${n}`, team: team.id });
      await make("service_level_policy", usualServiceLevels(tx, queue.id, `Queue ${n}`));
    }
    for (let n = 1; n <= 200; n++) await make("category", { name: `Category ${n}` });
    return addPerson(tx, { name: "Importer", email: "importer@bench.test", roles: [roles.administrator] });
  });
  await store.as({ organisationId, personId }, async (tx) => {
    const person = typeNamed(registry, "person");
    const values = Array.from({ length: 5000 }, (_one, n) => ({ name: `Person ${n}`, email: `person${n}@bench.test` }));
    const whole = [];
    for (const given of values) whole.push(await completeValues(tx, person, given, {}));
    await createMany(tx, person, whole);
  });
  await ownerPool.query("analyze");
  return { organisationId, personId };
}

/** The rows of a file, headings first: tickets that name queue, category and requester, or policies with three clauses. */
export function* rows(many: number, withLines: boolean): Generator<(string | number)[]> {
  const words = vocabulary();
  const text = (n: number, length: number) =>
    Array.from({ length }, (_one, at) => words[(n * 7919 + at * 104_729 + ((n * at) % 97)) % words.length]).join(" ");
  if (withLines) {
    yield ["Title", "Purpose", "Clauses"];
    for (let n = 0; n < many; n++)
      yield [
        `${text(n, 4)} ${n}`,
        text(n, 20),
        JSON.stringify([1, 2, 3].map((at) => ({ heading: text(n + at, 3), text: text(n * at, 15) }))),
      ];
    return;
  }
  yield ["Summary", "Details", "Kind", "Impact", "Urgency", "Category", "Queue", "Requester"];
  for (let n = 0; n < many; n++)
    yield [
      text(n, 6),
      text(n, 14),
      n % 3 ? "Incident" : "Request",
      (n % 3) + 1,
      (n % 2) + 2,
      `Category ${(n % 200) + 1}`,
      `Queue ${(n % 20) + 1}`,
      `person${(n * 37) % 5000}@bench.test`,
    ];
}

/** The same as the text of a CSV file. */
export function* csvOf(lines: Iterable<readonly (string | number)[]>): Generator<string> {
  for (const line of lines) yield `${line.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(",")}\r\n`;
}
