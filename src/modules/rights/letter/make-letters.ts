import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { sql } from "kysely";
import { keepContent, openContent } from "../../../kernel/files/content.ts";
import { addFile, fileBytesMax, findFile } from "../../../kernel/files/files.ts";
import type { FilesPlace } from "../../../kernel/files/store.ts";
import type { ModuleSchedule, ScheduleParts } from "../../../kernel/jobs/schedules.ts";
import { tryEach } from "../../../kernel/jobs/try-each.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { change } from "../../../kernel/store/change.ts";
import { find } from "../../../kernel/store/find.ts";
import { asSystem } from "../../../kernel/transaction.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { caseOf } from "../answering/case-kinds.ts";
import { isAgreed } from "../answering/text-rules.ts";
import { hashOfText } from "../answering/words-hash.ts";
import { today } from "../handling.ts";
import { letterOf } from "./model.ts";
import type { AnswerLetter } from "./model.ts";
import { giveSentLetters } from "./give-letters.ts";
import type { Letterhead } from "./pdf.ts";

/** In one go; what is left comes a minute later. */
const lettersMax = 50;

type Parts = Pick<ScheduleParts, "ownerPool" | "registry" | "filesFolder">;

/** Each minute: writes the letter of each text that everybody has signed, as PDF and Word, onto the text. */
export const makeLetters: ModuleSchedule = {
  task: "make-letters",
  match: "* * * * *",
  when: "Each minute",
  what: "Writes the letters of answers that everybody has signed, as PDF and Word, and gives cases those that were sent",
  run: async (parts) => {
    await writeLetters(parts);
    await giveSentLetters(parts);
  },
};

/** Gives how many were written. `now` is the wall clock’s unless told. */
export async function writeLetters(parts: Parts, now: Temporal.Instant = Temporal.Now.instant()): Promise<number> {
  const { rows } = await parts.ownerPool.query<{ organisation: string; id: string }>(
    `select r.organisation_id as organisation, r.id from reeve.records r join reeve.agreed_text t using (organisation_id, id)
     where r.type = 'agreed_text' and r.state in ('agreed', 'sent') and t.letter_hash is distinct from t.words_hash
       and r.updated_at > now() - interval '90 days' order by r.updated_at, r.id limit ${lettersMax}`,
  );
  let written = 0;
  const write = async ({ organisation, id }: (typeof rows)[number]) => {
    written += await writeLetter({ ...parts, organisationId: organisation, now }, id);
  };
  await tryEach(rows, write, "letters that could not be written");
  return written;
}

async function writeLetter(
  parts: Parts & { organisationId: string; now: Temporal.Instant },
  id: string,
): Promise<number> {
  const as = <Result>(work: (tx: Tx) => Promise<Result>) => asSystem(parts, work);
  const read = await as(async (tx) => {
    const text = await find(tx, typeNamed(tx.registry, "agreed_text"), id);
    const record = await caseOf(tx, text);
    if (!isAgreed(text) || record === null) return null;
    return { text, letter: await letterOf(tx, record, text, dayOfLetter(tx, text)), logo: await logoOf(tx) };
  });
  if (read === null) return 0;
  const { text, letter } = read;
  const files = await filesOf(letter, await headOf(parts.filesFolder, read.logo));
  const [pdf, word] = [
    await keepContent(parts.filesFolder, Readable.from([files.pdf]), fileBytesMax),
    await keepContent(parts.filesFolder, Readable.from([files.word]), fileBytesMax),
  ];
  return as(async (tx) => {
    const now = await find(tx, typeNamed(tx.registry, "agreed_text"), id);
    // Somebody changed it meanwhile: the next look writes that.
    if (hashOfText(now.values) !== hashOfText(text.values) || !isAgreed(now)) return 0;
    const [letterPdf, letterWord] = [
      await addFile(tx, `${letter.reference}.pdf`, pdf),
      await addFile(tx, `${letter.reference}.docx`, word),
    ];
    const values = { letterPdf: letterPdf.id, letterWord: letterWord.id, letterHash: hashOfText(now.values) };
    await change(tx, typeNamed(tx.registry, "agreed_text"), id, now.version, values, { trusted: true });
    return 1;
  });
}

/** The letter of a text as PDF: the file that was written of it, or the same drawn now where none was yet. */
export async function sentLetter(
  tx: Tx,
  { text, record, filesFolder }: { text: Stored; record: Stored; filesFolder: FilesPlace },
): Promise<Buffer> {
  const { letterPdf } = text.values;
  const file =
    typeof letterPdf === "string" ? await openContent(filesFolder, (await findFile(tx, letterPdf)).sha256) : null;
  if (file !== null) return buffer(file);
  const { letterAsPdf } = await import("./pdf.ts");
  return letterAsPdf(
    await letterOf(tx, record, text, dayOfLetter(tx, text)),
    await headOf(filesFolder, await logoOf(tx)),
  );
}

/** A letter is of the day on which it was signed by the last. */
function dayOfLetter(tx: Tx, { values }: Pick<Stored, "values">): string {
  return typeof values["agreedOn"] === "string" ? values["agreedOn"] : today(tx);
}

/** A letter as PDF and Word. What makes them is read when the first is wanted, so that nobody waits for it at the start. */
async function filesOf(letter: AnswerLetter, head: Letterhead | null): Promise<{ pdf: Buffer; word: Buffer }> {
  const [{ letterAsPdf }, { letterAsWord }] = await Promise.all([import("./pdf.ts"), import("./word.ts")]);
  const [pdf, word] = await Promise.all([letterAsPdf(letter, head), letterAsWord(letter, head)]);
  return { pdf, word };
}

interface Logo {
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
}

async function logoOf(tx: Tx): Promise<Logo | null> {
  const { rows } =
    await sql<Logo>`select encode(logo_sha256, 'hex') as sha256, logo_width as width, logo_height as height
    from organisations where id = ${tx.actor.organisationId}::uuid and logo_sha256 is not null`.execute(tx.db);
  return rows[0] ?? null;
}

/** The organisation’s logo as a letter shows it: as it is kept, twice as many dots as points it is shown in at the most. */
async function headOf(place: FilesPlace, logo: Logo | null): Promise<Letterhead | null> {
  const content = logo ? await openContent(place, logo.sha256) : null;
  if (logo === null || content === null) return null;
  const scale = Math.min(1, 160 / logo.width, 60 / logo.height);
  return { png: await buffer(content), width: logo.width * scale, height: logo.height * scale };
}
