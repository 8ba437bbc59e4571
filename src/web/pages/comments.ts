import { may, readsInternal } from "../../kernel/access.ts";
import { toHtml } from "../../kernel/markdown.ts";
import type { RecordType } from "../../kernel/record.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { comment } from "../../kernel/store/comment.ts";
import type { Draft } from "../../kernel/store/drafts.ts";
import { find } from "../../kernel/store/find.ts";
import { isId } from "../../kernel/store/find.ts";
import type { Attachment } from "../../kernel/store/attachments.ts";
import type { Problem } from "../../kernel/errors.ts";
import { refuse } from "../../kernel/errors.ts";
import { whyNotTaken } from "../../kernel/fields/file.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { all, first, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { namesOf } from "../names.ts";
import { formatRecent, initials } from "../view/format.ts";
import type { Comment, FormContent, FormField, RecordSection } from "../view/models.ts";
import { beginningsOf } from "./beginnings.ts";
import type { Names } from "./field-value.ts";
import { sayingPart } from "./draft-notes.ts";
import { dropSent } from "./drafts.ts";
import { eraseLink } from "./erase-links.ts";
import { addressOf, crumbsTo, navigationOf, pageClock } from "./places.ts";
import { actorOf } from "./record-timeline.ts";
import type { EventPage } from "./record-timeline.ts";
import { sendOnce, submissionField } from "./submitting.ts";

/** What was said, the oldest of the newest hundred first, and the form to say more. */
export function conversationSection(
  tx: Tx,
  type: RecordType,
  record: Stored,
  { page, attachments, templates, chosen, names, draft }: Conversation,
): RecordSection {
  const filesOf = Map.groupBy(attachments, ({ comment: line }) => line);
  const comments = page.events.toReversed().map((event): Comment => {
    const { sequence, at, body, audience } = event;
    const author = actorOf(event);
    return {
      id: String(sequence),
      author,
      initials: initials(author),
      moment: formatRecent(Temporal.Instant.from(at), pageClock(tx)),
      iso: at,
      internal: audience === "internal",
      bodyHtml: toHtml(body?.text ?? ""),
      ...filesShown(Object.keys(body?.files ?? {}).length, filesOf.get(sequence)),
      ...(body === null ? { erased: true } : {}),
      ...eraseLink({ tx, type, record }, event, `a comment by ${author}`),
    };
  });
  const { links, text } = beginningsOf(type, record, templates, {
    chosen,
    names,
    hrefOf: (reference) => `${addressOf(tx, record)}?tab=conversation&template=${reference}#add-comment`,
  });
  // Whoever asks for a template begins anew; what was begun before stays a draft of its own.
  const begun =
    text !== undefined
      ? { text, audience: "everyone" }
      : draft
        ? { text: first(draft.content, "text"), audience: first(draft.content, "audience") || "internal", draft }
        : {};
  const form = may(tx.actor, type.name, "comment", record) ? commentForm(tx, type, record, begun) : undefined;
  return {
    kind: "conversation",
    title: "Conversation",
    comments,
    ...(page.older === null ? {} : { olderHref: `?tab=conversation&before=${page.older}` }),
    ...(form ? { form } : {}),
    ...(form && links.length > 0 ? { templates: links } : {}),
  };
}

/** The files that a comment brought: a link for each that is there. */
function filesShown(brought: number, there: readonly Attachment[] = []): Pick<Comment, "files" | "filesGone"> {
  if (brought === 0) return {};
  const files = there.toReversed().map(({ id, name }) => ({ text: name, href: `/files/${id}` }));
  return { files, ...(files.length < brought ? { filesGone: brought - files.length } : {}) };
}

/** What the conversation is made from. */
interface Conversation {
  readonly page: EventPage;
  readonly attachments: readonly Attachment[];
  readonly templates: readonly Stored[];
  /** The reference of the template that the comment begins with; "" for none. */
  readonly chosen: string;
  readonly names: Names;
  /** What the person began to say; null for nothing. */
  readonly draft: Draft | null;
}

interface Typed {
  readonly text?: string;
  readonly audience?: string;
  /** Files that came with the form before. */
  readonly kept?: Extract<FormField, { widget: "files" }>["kept"];
  readonly problem?: Problem;
  readonly draft?: Draft;
  /** The id of the draft that a form that comes back is, or would be. */
  readonly draftId?: string;
}

function commentForm(
  tx: Tx,
  type: RecordType,
  record: Stored,
  { text = "", audience = "internal", kept = [], problem, draft, draftId = "" }: Typed,
): FormContent {
  const said: FormField = {
    id: "comment-text",
    name: "text",
    label: "Add a comment",
    hint: "To tell somebody of it, write @ and their whole name",
    widget: "textarea",
    value: text,
    rows: 3,
    ...(may(tx.actor, "person", "read") ? { mentionsHref: `/${typeNamed(tx.registry, "person").path}/suggest` } : {}),
    ...(problem && problem.field !== "files" ? { error: problem.message } : {}),
  };
  const files: FormField = {
    id: "comment-files",
    name: filesControl,
    label: "Files",
    optional: true,
    widget: "files",
    kept,
    ...(problem?.field === "files" ? { error: problem.message } : {}),
  };
  const readers: FormField = {
    id: "comment-audience",
    name: "audience",
    label: "Who may read it",
    widget: "radios",
    inline: true,
    value: audience,
    options: [
      { value: "internal", label: "Officers only" },
      { value: "everyone", label: `Everyone who sees this ${type.label.one.toLowerCase()}` },
    ],
  };
  return {
    action: `${addressOf(tx, record)}/comments`,
    multipart: true,
    hidden: [submissionField()],
    fields: [said, files, ...(readsInternal(tx.actor, type.name, record) ? [readers] : [])],
    submit: { label: "Add comment" },
    draft: sayingPart(tx, type, record, { form: "comment", draft: draft ?? null, given: draftId }),
  };
}

/** POST: says something; what cannot be said is shown again on a page of its own. */
export async function postComment(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  const reference = page.params["reference"] ?? "";
  const given = { text: first(page.form, "text"), audience: first(page.form, "audience") };
  const sent = [...new Set(all(page.form, filesControl).filter((value) => value !== ""))];
  return sendOnce(page, {
    work: async (tx) => {
      await dropSent(tx, page);
      const { record, sequence } = await comment(tx, type, reference, {
        text: given.text.replaceAll("\r\n", "\n"),
        audience: given.audience,
        files: filesGiven(sent),
      });
      return { location: `${addressOf(tx, record)}#comment-${sequence}`, recordId: record.id };
    },
    flash: () => "Your comment was added",
    again: async (tx, refusal) => {
      const record = await find(tx, type, reference);
      const problem = refusal.problems[0] ?? { field: "text", message: "Enter a comment" };
      const names = await namesOf(tx, sent.filter(isId));
      const kept = [...names].flatMap(([id, { type: kind, title, href }]) =>
        kind === "file" ? [{ id, text: title, href }] : [],
      );
      return {
        page: "form",
        status: 422,
        model: {
          shell: await page.shell(tx, {
            title: `Add a comment: ${record.reference}`,
            current: navigationOf(tx.registry, type),
          }),
          breadcrumb: [...crumbsTo(tx, type), { text: record.reference, href: addressOf(tx, record) }],
          caption: `${record.reference} ${record.title}`,
          title: "Add a comment",
          errors: [{ text: problem.message, fieldId: problem.field === "files" ? "comment-files" : "comment-text" }],
          form: {
            ...commentForm(tx, type, record, { ...given, kept, problem, ...ofDraft(page) }),
            cancel: { text: "Cancel", href: addressOf(tx, record) },
          },
        },
      };
    },
  });
}

function ofDraft(page: PageRequest): Pick<Typed, "draftId"> {
  const id = first(page.form, "_draft");
  return isId(id) ? { draftId: id.toLowerCase() } : {};
}

/** The control of several files; its sign says so to `readFormWithFiles`. */
const filesControl = "files[]";

/** The ids of the files of a form. Refuses what came and was not taken. */
function filesGiven(sent: readonly string[]): readonly string[] {
  for (const value of sent) {
    const why = whyNotTaken(value);
    if (why !== null) refuse("files", `A file ${why}`);
  }
  if (!sent.every(isId)) refuse("files", "Choose the files again");
  return sent;
}
