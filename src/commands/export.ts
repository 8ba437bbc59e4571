import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
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
import { organisationFor, pathFrom, progress, reading } from "./with-runtime.ts";

interface ExportOptions {
  readonly organisation?: string;
  readonly out?: string;
  /** Every value as it is stored, for a program; otherwise as the pages export it, harmless in a spreadsheet. */
  readonly exact?: boolean;
}

/** `export TYPE`. */
export function addExportCommand(program: Command): void {
  program
    .command("export")
    .argument("<type>", "the plural in its address, like tickets")
    .option("--organisation <name>", "when there are several")
    .option("--out <file>", "write there instead of to stdout")
    .option("--exact", "for a program: every value as it is stored")
    .description("write every record of a type as CSV")
    .addHelpText("after", help)
    .action(exportRecords);
}

const help = `
Every field of every record, oldest first: records that it leads to by their id, lines as JSON.
The file is for a spreadsheet, as the export of a list is: a value that one would take for a formula (it begins
with =, +, - or @ and is no negative number, as a phone number like +44 20 may) gets an apostrophe before it.
With --exact nothing is put before any value; do not open such a file in a spreadsheet.
`;

/** Every record of a type with every field, oldest first, as CSV: records that it leads to by their id, lines as JSON. */
async function exportRecords(path: string, options: ExportOptions): Promise<void> {
  const type = registry.byPath.get(path);
  if (!type)
    throw new Refusal("invalid", [
      { message: `There is no type at “${path}”. There are: ${[...registry.byPath.keys()].join(", ")}` },
    ]);
  await reading(async (runtime) => {
    const organisation = await organisationFor(runtime, options.organisation);
    const target = options.out === undefined ? process.stdout : createWriteStream(pathFrom(options.out));
    const exact = options.exact === true;
    const file = stringify({ bom: options.out !== undefined && !exact, record_delimiter: "windows" });
    const rows = Readable.from(rowsOf(runtime, type, organisation.id, exact ? (text) => text : harmless));
    await (options.out === undefined ? pipeline(rows, file, target, { end: false }) : pipeline(rows, file, target));
  });
}

async function* rowsOf(
  runtime: Runtime,
  type: RecordType,
  organisationId: string,
  written: (text: string) => string,
): AsyncGenerator<readonly string[]> {
  const base = ["id", "reference", "state", "openedAt", "updatedAt", "dueAt", "closedAt"] as const;
  const fields = Object.entries(type.fields);
  yield [...base, ...fields.map(([name]) => name)];
  let cursor: string | null = "";
  let count = 0;
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
      yield [...base.map((name) => record[name] ?? ""), ...values].map(written);
    }
    count += page.items.length;
    if (count % 10_000 < pageMax && count >= 10_000) progress(`${count.toLocaleString("en-GB")} written`);
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
