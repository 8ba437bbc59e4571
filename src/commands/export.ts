import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { stringify } from "csv-stringify";
import { Refusal } from "../kernel/errors.ts";
import type { RecordType } from "../kernel/record.ts";
import { wholeAll } from "../kernel/store/find.ts";
import { list, pageMax } from "../kernel/store/list.ts";
import { asSystem } from "../kernel/transaction.ts";
import type { Stored } from "../kernel/transaction.ts";
import { registry } from "../records.ts";
import type { Runtime } from "../runtime.ts";
import { harmless } from "../web/pages/csv.ts";
import { organisationFor, pathFrom, progress, withRuntime } from "./with-runtime.ts";

/** Every record of a type with every field, oldest first, as CSV: records that it leads to by their id, lines as JSON. */
export async function exportRecords(path: string, options: { organisation?: string; out?: string }): Promise<void> {
  const type = registry.byPath.get(path);
  if (!type)
    throw new Refusal("invalid", [
      { message: `There is no type at “${path}”. There are: ${[...registry.byPath.keys()].join(", ")}` },
    ]);
  await withRuntime(async (runtime) => {
    const organisation = await organisationFor(runtime, options.organisation);
    const target = options.out === undefined ? process.stdout : createWriteStream(pathFrom(options.out));
    const file = stringify({ bom: options.out !== undefined, record_delimiter: "windows" });
    const rows = Readable.from(rowsOf(runtime, type, organisation.id));
    await (options.out === undefined ? pipeline(rows, file, target, { end: false }) : pipeline(rows, file, target));
  });
}

async function* rowsOf(runtime: Runtime, type: RecordType, organisationId: string): AsyncGenerator<readonly string[]> {
  const base = ["id", "reference", "state", "openedAt", "updatedAt", "dueAt", "closedAt"] as const;
  const fields = Object.entries(type.fields);
  yield [...base, ...fields.map(([name]) => name)];
  let cursor: string | null = "";
  let written = 0;
  while (cursor !== null) {
    const page: { items: readonly Stored[]; next: string | null } = await readPage(
      runtime,
      type,
      organisationId,
      cursor,
    );
    for (const record of page.items) {
      const values = fields.map(([name, { kind, options }]) => {
        const value = record.values[name];
        return value === null || value === undefined ? "" : kind.text(options, value);
      });
      yield [...base.map((name) => record[name] ?? ""), ...values].map(harmless);
    }
    written += page.items.length;
    if (written % 10_000 < pageMax && written >= 10_000) progress(`${written.toLocaleString("en-GB")} written`);
    cursor = page.next;
  }
}

function readPage(
  runtime: Runtime,
  type: RecordType,
  organisationId: string,
  cursor: string,
): Promise<{ items: readonly Stored[]; next: string | null }> {
  return asSystem({ ownerPool: runtime.ownerPool, registry, organisationId }, async (tx) => {
    const { items, nextCursor } = await list(tx, type, {
      sort: "opened",
      limit: pageMax,
      ...(cursor === "" ? {} : { cursor }),
    });
    return { items: await wholeAll(tx, type, items), next: nextCursor };
  });
}
