import type { FastifyInstance } from "fastify";
import { unseen } from "../../kernel/errors.ts";
import type { RecordType } from "../../kernel/record.ts";
import { attachmentsOf, mayRemove, removeAttachment } from "../../kernel/store/attachments.ts";
import type { Attachment } from "../../kernel/store/attachments.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { pdf, pictureKinds } from "../file-headers.ts";
import { pageRoute, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { formatFileSize, formatRecent } from "../view/format.ts";
import type { AttachedFile, FilePage, RecordSection } from "../view/models.ts";
import { addressOf, crumbsTo, navigationOf, pageClock } from "./places.ts";
import { sendOnce, submissionField } from "./submitting.ts";

/** Pictures up to this size are shown small in a list; larger ones are a link. */
const shownBytesMax = 3_000_000;

/** The files that comments brought: each on a page where it can be looked at, and taken away. */
export function registerAttachments(app: FastifyInstance, parts: WebParts): void {
  app.get("/:path/:reference/files/:file", pageRoute(parts, filePage));
  app.post("/:path/:reference/files/:file/remove", { preHandler: app.csrfProtection }, pageRoute(parts, postRemove));
}

/** The files of a record as a part of its page. */
export function filesSection(
  tx: Tx,
  type: RecordType,
  record: Stored,
  attachments: readonly Attachment[],
): RecordSection {
  return {
    kind: "files",
    files: attachments.map((file) => attached(tx, type, record, file)),
    empty: {
      title: "No files yet",
      text: "Screenshots, letters and reports that belong here come with a comment: several at once, 25 MB each at the most.",
      actions: [{ text: "Write a comment with files", href: "?tab=conversation#add-comment" }],
    },
  };
}

/** A file as a line of a list shows it. */
function attached(tx: Tx, type: RecordType, record: Stored, file: Attachment): AttachedFile {
  const href = `/files/${file.id}`;
  const shown = pictureKinds.has(file.mediaType) || file.mediaType === pdf;
  return {
    name: file.name,
    href: shown ? `${addressOf(tx, record)}/files/${file.id}` : href,
    ...(pictureKinds.has(file.mediaType) && file.sizeBytes <= shownBytesMax ? { pictureHref: href } : {}),
    about: `${kindOf(file.mediaType)}, ${formatFileSize(file.sizeBytes)}`,
    by: `${file.addedByName}, ${formatRecent(Temporal.Instant.from(file.addedAt), pageClock(tx))}`,
    internal: file.internal,
    commentHref: `?tab=conversation#comment-${file.comment}`,
    ...(mayRemove(tx, type, record, file)
      ? { remove: { action: `${addressOf(tx, record)}/files/${file.id}/remove`, hidden: [submissionField()] } }
      : {}),
  };
}

const kinds: Readonly<Record<string, string>> = {
  [pdf]: "PDF",
  "text/plain": "Text",
  "application/zip": "ZIP archive",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word document",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel workbook",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint presentation",
  "application/octet-stream": "File",
};

/** What a kind of content is called. */
function kindOf(mediaType: string): string {
  const [family = "", name = ""] = mediaType.split("/");
  const known = kinds[mediaType];
  if (known !== undefined) return known;
  const called = name.replace(/^x-/, "").replace(/\+.*$/, "").toUpperCase();
  return family === "image" ? `${called} picture` : called.length <= 5 ? `${called} file` : "File";
}

/**
 * A picture whole, or a PDF in the browser's own reader: a frame whose content comes from here alone. The page's policy
 * allows that one frame, and the file's that a page of ours holds it.
 */
async function filePage(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  return page.as(async (tx) => {
    const record = await find(tx, type, page.params["reference"] ?? "");
    const files = await attachmentsOf(tx, record);
    const file = files.find(({ id }) => id === page.params["file"]) ?? unseen();
    const href = `/files/${file.id}`;
    const model: FilePage = {
      shell: await page.shell(tx, {
        title: `${file.name}, ${record.reference}`,
        current: navigationOf(tx.registry, type),
      }),
      breadcrumb: [
        ...crumbsTo(tx, type),
        { text: record.reference, href: addressOf(tx, record) },
        { text: "Files", href: `${addressOf(tx, record)}?tab=files` },
      ],
      title: file.name,
      file: attached(tx, type, record, file),
      href,
      ...(pictureKinds.has(file.mediaType) ? { shown: "picture" } : file.mediaType === pdf ? { shown: "pdf" } : {}),
    };
    return { page: "file", model, frames: model.shown === "pdf" };
  });
}

/** POST: takes a file away. */
async function postRemove(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  return sendOnce(page, {
    work: async (tx) => {
      const { reference = "", file = "" } = page.params;
      const { record, name } = await removeAttachment(tx, type, reference, file);
      return { location: `${addressOf(tx, record)}?tab=files`, recordId: record.id, said: `“${name}” was taken away` };
    },
    flash: (said) => said ?? "The file was taken away",
    again: (_tx, refusal) => Promise.reject(refusal),
  });
}
