import { sql } from "kysely";
import { refuse } from "../../kernel/errors.ts";
import type { RecordType } from "../../kernel/record.ts";
import { movesDeadlines } from "../../kernel/store/deadline-jobs.ts";
import { whatMoves } from "../../kernel/store/what-moves.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { etagOf } from "./conditions.ts";
import { moment, recordJson } from "./record-json.ts";
import { oneOf, onlyParameters } from "./list-query.ts";
import type { ApiAnswer, ApiRequest } from "./route.ts";

/** The most deadlines that one answer names; `deadlinesMoved` counts all that were found. */
const deadlinesMax = 1000;

/** Thrown out of the transaction in which a write was tried, so that nothing of it is kept. */
class Tried extends Error {
  readonly answer: ApiAnswer;

  constructor(answer: ApiAnswer) {
    super("a preview keeps nothing");
    this.answer = answer;
  }
}

/** Whether an address asks what a write would come to, and for nothing to be kept. Refuses (invalid) any other parameter. */
export function asksForPreview(api: ApiRequest): boolean {
  onlyParameters(api.query, ["preview"]);
  const given = oneOf(api.query, "preview");
  if (given === undefined || given === "false") return false;
  return given === "true" || refuse("preview", "preview: give true, or leave it out");
}

/**
 * Tries a write with every check that it would meet, takes all of it back, and answers with the record as it would be and the
 * deadlines that would move by it.
 */
export async function preview(
  api: ApiRequest,
  type: RecordType,
  work: (tx: Tx) => Promise<{ readonly before: Stored | null; readonly after: Stored }>,
): Promise<ApiAnswer> {
  try {
    return await api.as(async (tx) => {
      const { before, after } = await work(tx);
      // What the database would look at only when the transaction ends.
      await sql`set constraints all immediate`.execute(tx.db);
      throw new Tried({
        // What is there now: with it in If-Match the same is done, or refused where somebody was quicker.
        ...(before === null ? {} : { headers: { etag: etagOf(before.version) } }),
        body: await previewJson(tx, type, before, after),
      });
    });
  } catch (error) {
    if (error instanceof Tried) return error.answer;
    throw error;
  }
}

async function previewJson(tx: Tx, type: RecordType, before: Stored | null, after: Stored): Promise<unknown> {
  const { moving, whole } = movesDeadlines(type, before, after) ? await whatMoves(tx) : { moving: [], whole: true };
  const { id, reference, ...made } = recordJson(tx.actor, type, after);
  const deadlines = moving.flatMap(({ record, clocks }) =>
    clocks.map(({ reading, from, to }) => ({
      id: record.id,
      type: record.type,
      reference: record.reference,
      title: record.title,
      clock: reading.name,
      label: reading.label,
      from: moment(from),
      to: moment(to),
    })),
  );
  return {
    preview: true,
    // What is made when it is sent without `preview` gets another id and reference.
    record: before === null ? made : { id, reference, ...made },
    deadlines: deadlines.slice(0, deadlinesMax),
    deadlinesMoved: deadlines.length,
    whole,
  };
}
