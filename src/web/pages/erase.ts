import type { FastifyInstance } from "fastify";
import { Refusal } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import { eraseEvent, eraseRecord, reasonProblem, whatToErase } from "../../kernel/memory/erase.ts";
import type { Erasure } from "../../kernel/memory/erase.ts";
import type { RecordType } from "../../kernel/record.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { deleteErasedFiles } from "../erased-files.ts";
import { flashFrom, note, problem } from "../flash.ts";
import { first, pageRoute, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import type { FormContent, FormField } from "../view/models.ts";
import { eraseAddress } from "./erase-links.ts";
import { explainLine, explainRecord } from "./erase-words.ts";
import { notPossiblePage } from "./not-possible.ts";
import { addressOf, crumbsTo, navigationOf } from "./places.ts";
import { pageAfter, sendOnce, submissionField } from "./submitting.ts";

/** Erasure by law of one line of a timeline (`?line=7`) or of a whole record, for every type. */
export function registerErasures(app: FastifyInstance, parts: WebParts): void {
  const handled = (work: (page: PageRequest) => Promise<PageAnswer>) =>
    pageRoute(parts, (page) => orNotPossible(page, work));
  app.get(
    "/:path/:reference/erase",
    handled((page) => page.as((tx) => erasePage(page, tx, []))),
  );
  app.post("/:path/:reference/erase", { preHandler: app.csrfProtection }, handled(postErasure));
}

/** The line that the address names; null for the whole record. Refuses (unseen) what is no number of a line. */
function lineIn(page: PageRequest): number | null {
  const text = first(page.query, "line");
  if (!("line" in page.query)) return null;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Refusal("unseen", [{ message: "There is no such line" }]);
  return Number(text);
}

/** What goes, what stays, and the form that asks why. */
async function erasePage(page: PageRequest, tx: Tx, problems: readonly Problem[]): Promise<PageAnswer> {
  const type = typeAt(page);
  const { record, line } = await whatToErase(tx, type, page.params["reference"] ?? "", lineIn(page));
  const words = line ? await explainLine(tx, type, record, line) : explainRecord(tx, type, record);
  const title = line ? "Erase what this line says" : `Erase this ${inSentence(type.label.one)} by law`;
  return {
    page: "erase",
    status: problems.length > 0 ? 422 : 200,
    model: {
      shell: await page.shell(tx, {
        title: `${title}: ${record.reference}`,
        current: navigationOf(tx.registry, type),
      }),
      breadcrumb: [...crumbsTo(tx, type), { text: record.reference, href: addressOf(tx, record) }],
      caption: `${record.reference} ${record.title}`,
      title,
      ...words,
      errors: problems.map(({ field, message }) => ({
        text: message,
        ...(field === undefined ? {} : { fieldId: `field-${field}` }),
      })),
      form: eraseForm(page, record, problems, eraseAddress(tx, record, line?.sequence ?? null), addressOf(tx, record)),
    },
  };
}

function eraseForm(
  page: PageRequest,
  record: Stored,
  problems: readonly Problem[],
  action: string,
  back: string,
): FormContent {
  const at = (name: string) => {
    const error = problems.find(({ field }) => field === name)?.message;
    return { id: `field-${name}`, name, value: first(page.form, name), ...(error === undefined ? {} : { error }) };
  };
  const reason: FormField = {
    ...at("reason"),
    label: "Why the law asks for this",
    hint: "For example: asked for by the person on 3 March, UK GDPR Article 17(1)(b). It stays in the timeline, so do not repeat what is erased.",
    widget: "textarea",
    rows: 4,
    maxLength: 1000,
  };
  const confirm: FormField = {
    ...at("confirm"),
    label: `Type ${record.reference} to confirm`,
    widget: "text",
    width: "short",
    autocomplete: "off",
  };
  return {
    action,
    hidden: [submissionField()],
    fields: [reason, confirm],
    submit: { label: "Erase for ever", tone: "warning" },
    cancel: { text: "Cancel", href: `${back}?tab=timeline` },
  };
}

/** POST: erases, once; the content of files goes when the database has let go of them. */
async function postErasure(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  const done: { erasure?: Erasure } = {};
  const answer = await sendOnce(page, {
    work: async (tx) => {
      const line = lineIn(page);
      const { record } = await whatToErase(tx, type, page.params["reference"] ?? "", line);
      const reason = given(page, record);
      done.erasure = await (line === null
        ? eraseRecord(tx, type, record.id, { reason })
        : eraseEvent(tx, type, record.id, { sequence: line, reason }));
      return {
        location: await timelineAfter(tx, type, record),
        recordId: record.id,
        said: `Erased. Certificate ${done.erasure.certificate}`,
      };
    },
    flash: (said) => said ?? note("This was erased once; it was sent twice"),
    again: (tx, refusal) => erasePage(page, tx, refusal.problems),
  });
  if (!("redirect" in answer) || (await deleteErasedFiles(page.parts, done.erasure?.files ?? []))) return answer;
  return {
    ...answer,
    flash: problem(
      `${flashFrom(answer.flash)?.text ?? "Erased"}. Some of its files are still on the disk: ask whoever runs Reeve, the log names them`,
    ),
  };
}

/** The reason, once it and the reference typed to confirm are right. Refuses (invalid) with all that is wrong. */
function given(page: PageRequest, record: Stored): string {
  const reason = first(page.form, "reason").replaceAll("\r\n", "\n");
  const confirmed = first(page.form, "confirm").trim().toUpperCase() === record.reference;
  const wrong = reasonProblem(reason);
  const problems = [
    ...(wrong ? [wrong] : []),
    ...(confirmed ? [] : [{ field: "confirm", message: `Type ${record.reference} to confirm that this is the one` }]),
  ];
  if (problems.length > 0) throw new Refusal("invalid", problems);
  return reason;
}

/** The record's timeline, or its list when the erasure took the record out of the person's sight. */
async function timelineAfter(tx: Tx, type: RecordType, record: Stored): Promise<string> {
  const after = await pageAfter(tx, type, record);
  return after === `/${type.path}` ? after : `${after}?tab=timeline`;
}

/** What cannot be erased, or has been already: says so, and keeps what was typed. */
async function orNotPossible(page: PageRequest, work: (page: PageRequest) => Promise<PageAnswer>): Promise<PageAnswer> {
  try {
    return await work(page);
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "impossible") throw error;
    const type = typeAt(page);
    return page.as(async (tx) =>
      notPossiblePage(page, tx, type, {
        record: await find(tx, type, page.params["reference"] ?? ""),
        refusal: error,
        kept: [{ label: "Why the law asks for this", value: first(page.form, "reason") }],
      }),
    );
  }
}
