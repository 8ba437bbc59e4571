import { stringify } from "csv-stringify";
import { stringify as stringifyAtOnce } from "csv-stringify/sync";
import { Readable } from "node:stream";
import { mustImport } from "../../kernel/transfer/check.ts";
import { importable } from "../../kernel/transfer/columns.ts";
import { findImport, importRows } from "../../kernel/transfer/imports.ts";
import type { Import } from "../../kernel/transfer/imports.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { csvFormat, harmless } from "./csv.ts";

const rowsAtATime = 1000;

/** A CSV file with nothing but the headings of what can be given for a type. */
export async function templateCsv(page: PageRequest, tx: Tx): Promise<PageAnswer> {
  const type = typeAt(page);
  mustImport(tx.actor, type);
  const labels = importable(tx.actor, type).map(({ label }) => label);
  return {
    body: stringifyAtOnce([labels], csvFormat),
    type: "text/csv; charset=utf-8",
    headers: headers(`${type.path}.csv`),
  };
}

/** The rejected rows as they were in the file, with the row's number and why: to put right and send again. */
export async function rejectedCsv(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  const file = await page.as((tx) => findImport(tx, page.params["id"] ?? "", type));
  const body = stringify(csvFormat);
  body.write([...file.headings, "Row of the file", "Why it was rejected"]);
  const source = Readable.from(rowsOf(page, file));
  source.on("error", (error) => {
    page.request.log.error({ err: error }, "a file of rejected rows ended early");
    body.destroy(error);
  });
  body.on("close", () => source.destroy());
  source.pipe(body);
  return { body, type: "text/csv; charset=utf-8", headers: headers(`rejected-${type.path}.csv`) };
}

async function* rowsOf(page: PageRequest, { id, headings }: Import): AsyncGenerator<readonly string[]> {
  for (let after: number | null = 0; after !== null;) {
    const from: number = after;
    const rows = await page.as((tx) => importRows(tx, id, { after: from, limit: rowsAtATime, outcomes: ["rejected"] }));
    for (const { cells, number, reason } of rows)
      yield [...headings.map((_heading, at) => harmless(cells[at] ?? "")), String(number), harmless(reason ?? "")];
    after = rows.length < rowsAtATime ? null : rows.at(-1)!.number;
  }
}

function headers(name: string): Readonly<Record<string, string>> {
  return { "content-disposition": `attachment; filename="${name}"`, "cache-control": "no-store" };
}
