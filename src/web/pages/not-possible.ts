import type { Refusal } from "../../kernel/errors.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { addressOf, crumbsTo, navigationOf } from "./places.ts";

/** What cannot be done to a record as it is now: why, and what was typed, so that nothing of it is lost. */
export async function notPossiblePage(
  page: PageRequest,
  tx: Tx,
  type: RecordType,
  { record, refusal, kept }: { record: Stored; refusal: Refusal; kept: readonly { label: string; value: string }[] },
): Promise<PageAnswer> {
  return {
    page: "conflict",
    status: 409,
    model: {
      shell: await page.shell(tx, {
        title: `This is not possible now: ${record.reference}`,
        current: navigationOf(tx.registry, type),
      }),
      breadcrumb: crumbsTo(tx, type),
      sentence: `${refusal.message}.`,
      record: { text: `${record.reference} ${record.title}`, href: addressOf(tx, record) },
      kept: kept.filter(({ value }) => value.trim() !== ""),
    },
  };
}
