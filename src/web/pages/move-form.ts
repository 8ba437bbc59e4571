import { mustBeAllowed } from "../../kernel/access.ts";
import { Refusal, unseen } from "../../kernel/errors.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import { statesAfter } from "../../kernel/lifecycle.ts";
import type { Move, Proposals } from "../../kernel/lifecycle.ts";
import type { RecordType } from "../../kernel/record.ts";
import { find, isId } from "../../kernel/store/find.ts";
import { move, permissionOf } from "../../kernel/store/move.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { note } from "../flash.ts";
import { namesOf } from "../names.ts";
import { first, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { FormField } from "../view/models.ts";
import { beginningsOf, templatesOn } from "./beginnings.ts";
import type { Beginnings } from "./beginnings.ts";
import { requiredOf } from "./form-fields.ts";
import { begunSaying, sayingPart } from "./draft-notes.ts";
import { dropSent } from "./drafts.ts";
import { showWhatMoves, withPreview } from "./deadlines-preview.ts";
import { changedRows, formPage, refusedForm } from "./form-page.ts";
import type { Asked } from "./form-page.ts";
import { readAsked } from "./form-reading.ts";
import { changesRows } from "./line-inputs.ts";
import { notPossiblePage } from "./not-possible.ts";
import { offeredFor } from "./offered.ts";
import { addressOf, stateTag } from "./places.ts";
import { prefilled } from "./prefilled.ts";
import { detailIds } from "./record-details.ts";
import { peopleIn } from "./record-rail.ts";
import { givenFields } from "./seen-fields.ts";
import { backTo, pageAfter, sendOnce, versionIn } from "./submitting.ts";

interface Asking {
  readonly name: string;
  readonly definition: Move<string, string>;
  readonly names: readonly string[];
}

/** The move that the address names. Refuses (unseen) one that the type does not have. */
function moveAt(page: PageRequest, tx: Tx, type: RecordType, record: Stored): Asking {
  const name = page.params["move"] ?? "";
  const definition = Object.hasOwn(type.moves, name) ? type.moves[name] : undefined;
  if (!definition) return unseen("There is no such move");
  return { name, definition, names: givenFields(tx, type, definition.asks ?? [], record) };
}

/** The form of a move: what it asks for, and what it says to whom. */
export async function movePage(page: PageRequest, tx: Tx, asked: Asked): Promise<PageAnswer> {
  const type = typeAt(page);
  const record = await find(tx, type, page.params["reference"] ?? "");
  const { name, definition, names: all } = moveAt(page, tx, type, record);
  mustBeAllowed(tx.actor, type, permissionOf(type, definition), `${inSentence(definition.label)} here`, record);
  if (!definition.from.includes(record.state))
    throw new Refusal("impossible", [{ message: impossibleSentence(type, record, definition) }]);
  const [after, ...others] = statesAfter(definition);
  const to =
    after === undefined || others.length > 0 || after === record.state
      ? []
      : [
          `It is ${stateTag(type, record.state).text.toLowerCase()} now. After this it will be ${stateTag(type, after).text.toLowerCase()}.`,
        ];
  const offered = await offeredFor(tx, type, definition, { names: all, record });
  const { names } = offered;
  const into = textOf(type, definition, names);
  const begun = into === undefined ? null : await beginningsOn(page, tx, type, record, name);
  // What was typed stays: a template is for the form as it comes first.
  const text = asked.typed ? undefined : begun?.text;
  const form = `move.${name}` as const;
  // Whoever asks for a template begins anew; what was begun before stays a draft of its own.
  const draft = asked.typed || text !== undefined ? null : await begunSaying(tx, type, record, form);
  const shown = draft ? { ...asked, typed: draft.content } : asked;
  const id = first(page.form, "_draft");
  const proposals = await proposalsFor(tx, definition, names, record);
  return formPage(page, tx, offered.type, shown, {
    names,
    required: requiredOf(type, names, requiredFor(definition, record)),
    proposals,
    values: {
      ...record.values,
      ...offered.values,
      // Where others are proposed, who has it now is not chosen beforehand.
      ...Object.fromEntries([...proposals.keys()].map((name) => [name, null])),
      ...(await prefilled(tx, type, page.query, names)),
      ...(text !== undefined && into !== undefined && into !== "comment" ? { [into]: text } : {}),
    },
    ...(begun && begun.links.length > 0 ? { templates: begun.links } : {}),
    title: definition.label,
    intro: [...to, ...((await definition.follows?.(tx, record)) ?? [])],
    action: `${addressOf(tx, record)}/moves/${name}`,
    submit: { label: definition.label, ...(definition.warning ? { tone: "warning" as const } : {}) },
    cancel: { text: "Go back", href: addressOf(tx, record) },
    record,
    more: commentControl(definition, shown, into === "comment" ? text : undefined),
    draft: sayingPart(tx, type, record, { form, draft, ...(isId(id) ? { given: id.toLowerCase() } : {}) }),
  });
}

/** What a move requires of this record. */
function requiredFor({ requires = [], needs = {} }: Move<string, string>, record: Stored): string[] {
  return [...requires, ...Object.keys(needs).filter((name) => needs[name]?.(record))];
}

async function proposalsFor(
  tx: Tx,
  { proposes = {} }: Move<string, string>,
  names: readonly string[],
  record: Stored,
): Promise<ReadonlyMap<string, Proposals>> {
  const proposals = new Map<string, Proposals>();
  for (const name of names) {
    const own = await proposes[name]?.(tx, record);
    if (own && own.first.length > 0) proposals.set(name, own);
  }
  return proposals;
}

/** The control of a move that a template begins: what it asks to be said, else its first long text; undefined where it has none. */
export function textOf(
  type: RecordType,
  { comment }: Move<string, string>,
  names: readonly string[],
): string | undefined {
  return comment ? "comment" : names.find((name) => type.fields[name]?.kind.name === "long text");
}

async function beginningsOn(
  page: PageRequest,
  tx: Tx,
  type: RecordType,
  record: Stored,
  move: string,
): Promise<Beginnings | null> {
  const templates = await templatesOn(tx, type, record);
  if (templates.length === 0) return null;
  const names = await namesOf(tx, [...detailIds(tx, type, record), ...peopleIn(record)]);
  const hrefOf = (reference: string) => `${addressOf(tx, record)}/moves/${move}?template=${reference}`;
  return beginningsOf(type, record, templates, { chosen: first(page.query, "template"), names, hrefOf });
}

function impossibleSentence(type: RecordType, record: Stored, definition: Move<string, string>): string {
  const from = definition.from.map((state) => stateTag(type, state).text).join(", ");
  return `“${definition.label}” is not possible while ${record.reference} is ${stateTag(type, record.state).text}. It is possible from: ${from}`;
}

/** The control for what a move asks to be said. */
export function commentControl({ comment }: Move<string, string>, { typed, problems }: Asked, begun = ""): FormField[] {
  if (!comment) return [];
  const error = problems?.find(({ field }) => field === "comment")?.message;
  return [
    {
      id: "field-comment",
      name: "comment",
      label: comment.label,
      widget: "textarea",
      rows: 4,
      value: typed ? first(typed, "comment") : begun,
      hint: comment.audience === "internal" ? "Only officers can read it" : "Everyone who sees this record can read it",
      ...(comment.required ? {} : { optional: true }),
      ...(error === undefined ? {} : { error }),
    },
  ];
}

/** POST: makes the move, once, on the version that the person read. */
export async function postMove(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  if (changesRows(page.form)) return page.as((tx) => movePage(page, tx, changedRows(page)));
  return withPreview(
    page,
    type,
    () => sendMove(page, type),
    (tx) => movePage(page, tx, changedRows(page)),
  );
}

async function sendMove(page: PageRequest, type: RecordType): Promise<PageAnswer> {
  const reference = page.params["reference"] ?? "";
  try {
    return await sendOnce(page, {
      work: async (tx) => {
        const before = await find(tx, type, reference);
        await dropSent(tx, page);
        const { name, names, definition } = moveAt(page, tx, type, before);
        const values = await readAsked(tx, type, page.form, names, before);
        const comment = first(page.form, "comment").replaceAll("\r\n", "\n");
        const after = await move(tx, type, before.id, versionIn(page.form), name, {
          ...values,
          ...(comment === "" ? {} : { comment }),
        });
        const state = stateTag(type, after.state).text.toLowerCase();
        const job = await showWhatMoves(page, tx, type, { before, after });
        return {
          location: job ?? backTo(page, type) ?? (await pageAfter(tx, type, after)),
          recordId: after.id,
          said:
            after.state === before.state
              ? `“${definition.label}” was done on ${after.reference}`
              : `${after.reference} is now ${state}`,
        };
      },
      flash: (said) => said ?? note("This was done once; it was sent twice"),
      again: async (tx, error) => {
        const record = await find(tx, type, reference);
        const { names, definition } = moveAt(page, tx, type, record);
        // What is said with a move is refused as a comment's text is, and stands here in a control of its own.
        const problems = error.problems.map((problem) =>
          problem.field === "text" ? { ...problem, field: "comment" } : problem,
        );
        const refusal = new Refusal(error.kind, problems);
        const asked = await refusedForm(page, tx, type, {
          names,
          required: requiredOf(type, names, requiredFor(definition, record)),
          refusal,
          record,
        });
        return movePage(page, tx, asked);
      },
    });
  } catch (error) {
    if (error instanceof Refusal && error.kind === "impossible") return notPossible(page, type, error);
    throw error;
  }
}

/** The move cannot be made any more: why, and what was typed. */
async function notPossible(page: PageRequest, type: RecordType, refusal: Refusal): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const record = await find(tx, type, page.params["reference"] ?? "");
    const typed = Object.entries(page.form)
      .filter(([name]) => !name.startsWith("_"))
      .flatMap(([name, value]) => [value ?? []].flat().map((text) => ({ name, text })));
    return notPossiblePage(page, tx, type, {
      record,
      refusal,
      kept: typed.map(({ name, text }) => ({
        label: type.fields[name]?.options.label ?? (name === "comment" ? "Comment" : name),
        value: text,
      })),
    });
  });
}
