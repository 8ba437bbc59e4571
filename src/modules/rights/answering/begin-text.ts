import { unseen } from "../../../kernel/errors.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { create } from "../../../kernel/store/create.ts";
import { find } from "../../../kernel/store/find.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { problem } from "../../../web/flash.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { addressOf } from "../../../web/pages/places.ts";
import { sendOnce } from "../../../web/pages/submitting.ts";
import { assembled } from "./assemble.ts";
import { caseKinds, kindOf } from "./case-kinds.ts";

/** Begins the text of a case with what its teams have answered. */
export async function beginText(tx: Tx, record: Stored): Promise<Stored> {
  const { field } = kindOf(record.type);
  const values = { [field]: record.id, title: record.title };
  return create(tx, typeNamed(tx.registry, "agreed_text"), { ...values, ...(await assembled(tx, { values })) });
}

/** POST at a case: begins its text. */
export function postBeginText(page: PageRequest): Promise<PageAnswer> {
  const found = async (tx: Tx) => {
    const type = page.parts.registry.byPath.get(page.params["path"] ?? "");
    if (!type || !caseKinds.some((kind) => kind.type === type.name)) return unseen("There is no such page");
    return find(tx, type, page.params["reference"] ?? "");
  };
  return sendOnce(page, {
    work: async (tx) => {
      const text = await beginText(tx, await found(tx));
      return { location: addressOf(tx, text), recordId: text.id };
    },
    flash: () => "The text is begun with what the teams have answered",
    again: async (tx, refusal) => ({ redirect: addressOf(tx, await found(tx)), flash: problem(refusal.message) }),
  });
}
