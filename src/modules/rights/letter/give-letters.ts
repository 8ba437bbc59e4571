import { addFile, findFile } from "../../../kernel/files/files.ts";
import type { ScheduleParts } from "../../../kernel/jobs/schedules.ts";
import { tryEach } from "../../../kernel/jobs/try-each.ts";
import { columnName } from "../../../kernel/record.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { change } from "../../../kernel/store/change.ts";
import { find } from "../../../kernel/store/find.ts";
import { asSystem } from "../../../kernel/transaction.ts";
import { caseKinds, caseOf } from "../answering/case-kinds.ts";

/** In one go; what is left comes a minute later. */
const lettersMax = 50;

type Parts = Pick<ScheduleParts, "ownerPool" | "registry">;

/**
 * Gives each case the letter that was sent for it, as its own file: whoever asked sees the case and not the agreed text.
 * Gives how many were given. `now` is the wall clock’s unless told.
 */
export async function giveSentLetters(parts: Parts, now: Temporal.Instant = Temporal.Now.instant()): Promise<number> {
  const { rows } = await parts.ownerPool.query<{ organisation: string; id: string }>(sentWithoutLetter);
  let given = 0;
  const give = async ({ organisation, id }: (typeof rows)[number]) => {
    given += await asSystem({ ...parts, organisationId: organisation, now }, async (tx) => {
      const text = await find(tx, typeNamed(tx.registry, "agreed_text"), id);
      const record = await caseOf(tx, text);
      const { letterPdf } = text.values;
      if (record === null || typeof letterPdf !== "string") return 0;
      const { name, sha256, sizeBytes, mediaType } = await findFile(tx, letterPdf);
      const copy = await addFile(tx, name, { sha256, sizeBytes, mediaType });
      const type = typeNamed(tx.registry, record.type);
      await change(tx, type, record.id, record.version, { sentLetter: copy.id }, { trusted: true });
      return 1;
    });
  };
  await tryEach(rows, give, "cases that could not be given their letter");
  return given;
}

const sentWithoutLetter = `select r.organisation_id as organisation, r.id
  from reeve.records r join reeve.agreed_text t using (organisation_id, id)
  ${caseKinds.map(({ type, field }, place) => `left join reeve.${type} c${place} on c${place}.organisation_id = t.organisation_id and c${place}.id = t.${columnName(field)}`).join("\n  ")}
  where r.type = 'agreed_text' and r.state = 'sent' and t.letter_pdf is not null and t.letter_hash = t.words_hash
    and r.updated_at > now() - interval '90 days'
    and coalesce(${caseKinds.map((_kind, place) => `c${place}.sent_letter`).join(", ")}) is null
  order by r.updated_at, r.id limit ${lettersMax}`;
