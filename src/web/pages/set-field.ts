import { forbid } from "../../kernel/errors.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import { change } from "../../kernel/store/change.ts";
import { find } from "../../kernel/store/find.ts";
import { note } from "../flash.ts";
import { first, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { readForm } from "./form-reading.ts";
import { maySet } from "./list-board.ts";
import { notPossiblePage } from "./not-possible.ts";
import { backTo, pageAfter, sendOnce, versionIn } from "./submitting.ts";

/** POST: gives one field of a record the value that the address names, as a board does when a card is moved. */
export async function postField(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  const [reference, name] = [page.params["reference"] ?? "", page.params["field"] ?? ""];
  const value = first(page.query, "value");
  const label = type.fields[name]?.options.label ?? name;
  return sendOnce(page, {
    work: async (tx) => {
      const before = await find(tx, type, reference);
      if (!maySet(tx, type, before, name)) forbid(`You may not change ${inSentence(label)} here`);
      const given = await readForm(tx, type, { [name]: value }, [name], before);
      await change(tx, type, before.id, versionIn(page.form), given);
      return {
        location: backTo(page, type) ?? (await pageAfter(tx, type, before)),
        recordId: before.id,
        said: `${label} of ${before.reference} was changed`,
      };
    },
    flash: (said) => said ?? note("This was saved once; it was sent twice"),
    again: async (tx, refusal) =>
      notPossiblePage(page, tx, type, {
        record: await find(tx, type, reference),
        refusal,
        kept: [{ label, value }],
      }),
  });
}
