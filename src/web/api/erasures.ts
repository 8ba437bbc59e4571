import { refuse, unseen } from "../../kernel/errors.ts";
import { eraseEvent, eraseRecord, whatToErase } from "../../kernel/memory/erase.ts";
import { find } from "../../kernel/store/find.ts";
import { submitOnce } from "../../kernel/store/submission.ts";
import { timeline } from "../../kernel/store/timeline.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { deleteErasedFiles } from "../erased-files.ts";
import { onlyMembers } from "./body.ts";
import type { JsonObject } from "./body.ts";
import { idempotencyKey } from "./conditions.ts";
import { onlyParameters } from "./list-query.ts";
import { recordFirst } from "./record-first.ts";
import { addressOf, typeFor } from "./route.ts";
import type { AddRoute, ApiAnswer, ApiRequest } from "./route.ts";

/** Erasure by law: of one line of a record's timeline, or of the whole record. */
export function addErasureRoute(add: AddRoute): void {
  add("POST", "/:path/:id/erasures", addErasure);
}

async function addErasure(api: ApiRequest): Promise<ApiAnswer> {
  const type = typeFor(api, "write");
  onlyParameters(api.query, []);
  const { id = "" } = api.params;
  const done: { certificate?: string; files?: readonly string[] } = {};
  const answer = await api.as(async (tx): Promise<ApiAnswer> => {
    const wanted = { id, permission: "erase", doing: "erase by law here" };
    const sequence = await recordFirst(tx, type, wanted, () => {
      onlyMembers(api.body, ["reason", "line"]);
      return lineOf(api.body);
    });
    const { reason } = api.body;
    const content = ["erase", type.name, id, sequence, reason];
    const sent = await submitOnce(tx, idempotencyKey(api.request), content, async () => {
      const { record } = await whatToErase(tx, type, id, sequence);
      const erasure = await (sequence === null
        ? eraseRecord(tx, type, record.id, { reason })
        : eraseEvent(tx, type, record.id, { sequence, reason }));
      Object.assign(done, erasure);
      return { status: 201, location: await placeOf(tx, type, record), recordId: record.id };
    });
    const certificate = done.certificate ?? (await certificateAt(tx, type, sent));
    const headers = { location: sent.location, ...(sent.repeated ? { "idempotency-replayed": "true" } : {}) };
    return { status: 201, headers, body: { certificate, line: sequence } };
  });
  await deleteErasedFiles(api.parts, done.files ?? []);
  return answer;
}

/** The line that the body names; null for the whole record, which leaves it out. Refuses (invalid) anything else. */
function lineOf(body: JsonObject): number | null {
  if (!("line" in body)) return null;
  const { line } = body;
  return typeof line === "number" && Number.isInteger(line) && line >= 1 && line < 1_000_000_000
    ? line
    : refuse("line", "Give the line’s number, its `sequence`. To erase the whole record, leave `line` out");
}

/** The page of the timeline that begins with the line that tells of the erasure. */
async function placeOf(tx: Tx, type: RecordType, record: Stored): Promise<string> {
  const [told] = await timeline(tx, record, { verbs: ["erased"], newestFirst: true, limit: 1 });
  return `${addressOf(type, record.reference)}/events${told ? `?cursor=${told.sequence - 1}&limit=1` : ""}`;
}

/** The certificate of an erasure that was done before, from the line that tells of it. */
async function certificateAt(
  tx: Tx,
  type: RecordType,
  sent: { readonly location: string; readonly recordId: string | null },
): Promise<string> {
  const record = await find(tx, type, sent.recordId ?? "");
  const after = Number(/cursor=(\d+)/.exec(sent.location)?.[1] ?? 0);
  const [told] = await timeline(tx, record, { after, limit: 1, verbs: ["erased"] });
  return told?.body?.certificate ?? unseen();
}
