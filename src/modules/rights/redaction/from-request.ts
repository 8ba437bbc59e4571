import { sql } from "kysely";
import { may } from "../../../kernel/access.ts";
import { Refusal, unseen } from "../../../kernel/errors.ts";
import { addFile, findFile } from "../../../kernel/files/files.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { create } from "../../../kernel/store/create.ts";
import { find, isId } from "../../../kernel/store/find.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { first } from "../../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { addressOf } from "../../../web/pages/places.ts";
import { sendOnce, submissionField } from "../../../web/pages/submitting.ts";
import type { RecordSection } from "../../../web/view/models.ts";
import { redactedFor } from "./redacted-for.ts";
import type { RedactedFor } from "./redacted-for.ts";

const filesMax = 20;

/** On the page of a request, for whoever redacts: the PDF files that it holds, and the way to send another. */
export async function requestSections(tx: Tx, request: Stored): Promise<readonly RecordSection[]> {
  if (!may(tx.actor, "redaction", "create")) return [];
  const address = addressOf(tx, request);
  const files = await pdfOn(tx, request);
  return [
    {
      kind: "steps",
      title: "Redact a PDF",
      sentence:
        files.length === 0
          ? "Make a copy of a PDF without what is withheld. The original stays with few people."
          : "These are attached here. A copy is made without what is withheld, and the original stays.",
      items: files.map(({ id, name }) => ({ text: name, href: `${address}/redact/${id}`, note: "Redact this" })),
      links: [
        {
          text: "Send a PDF to redact",
          href: `/redactions/new?${redactedFor[typeOf(request)].field}=${request.reference}`,
        },
      ],
    },
  ];
}

/** The kind of case that a record is. Refuses (unseen) any other. */
function typeOf({ type }: Stored): RedactedFor {
  return type === "information_request" || type === "data_protection_request" ? type : unseen("There is no such page");
}

/** PDF files on a request, and on what was searched for it, that are no redacted copies. */
async function pdfOn(tx: Tx, request: Stored): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const { column } = redactedFor[typeOf(request)];
  const { rows } = await sql<{ id: string; name: string }>`
    select f.id, f.name from files f
    where f.organisation_id = ${tx.actor.organisationId}::uuid and f.media_type = 'application/pdf'
      and f.record_id = any (array(select s.id from visible_data_search s
        where s.organisation_id = ${tx.actor.organisationId}::uuid and s.request = ${request.id}::uuid) || ${request.id}::uuid)
      and not exists (select 1 from visible_redaction r join files c on c.organisation_id = r.organisation_id and c.id = r.copy
                      where r.organisation_id = f.organisation_id and r.${sql.ref(column)} = ${request.id}::uuid and c.sha256 = f.sha256)
    order by f.uploaded_at desc, f.id limit ${filesMax}`.execute(tx.db);
  return rows;
}

/** GET: asks what a PDF of a kind of case is to be called. */
export function redactForm(type: RedactedFor): (page: PageRequest) => Promise<PageAnswer> {
  return (page) => page.as((tx) => showForm(page, tx, { type, refusal: null }));
}

interface Showing {
  readonly type: RedactedFor;
  readonly refusal: Refusal | null;
}

async function showForm(page: PageRequest, tx: Tx, { type, refusal }: Showing): Promise<PageAnswer> {
  if (!may(tx.actor, "redaction", "create")) unseen("There is no such page");
  const { request, name } = await asked(page, tx, type);
  const address = addressOf(tx, request);
  const { label, path } = typeNamed(tx.registry, type);
  return {
    page: "form",
    status: refusal ? 422 : 200,
    model: {
      shell: await page.shell(tx, { title: `Redact ${name}`, current: `/${path}` }),
      breadcrumb: [
        { text: label.many, href: `/${path}` },
        { text: request.reference, href: address },
      ],
      title: `Redact ${name}`,
      errors: refusal ? [{ text: refusal.message, fieldId: "field-title" }] : [],
      form: {
        action: `${address}/redact/${page.params["file"] ?? ""}`,
        hidden: [submissionField()],
        fields: [
          {
            id: "field-title",
            name: "title",
            label: "Document",
            hint: "What it is, without naming anybody: it goes onto the copy and the schedule",
            widget: "text",
            value: first(page.form, "title"),
            ...(refusal ? { error: refusal.message } : {}),
          },
        ],
        submit: { label: "Go on to mark it" },
        cancel: { text: "Cancel", href: address },
      },
    },
  };
}

/** The request and its file that an address names. Refuses (unseen) a file of another record. */
async function asked({ params }: PageRequest, tx: Tx, type: RedactedFor) {
  const { reference = "", file: id = "" } = params;
  const request = await find(tx, typeNamed(tx.registry, type), reference);
  if (!isId(id)) return unseen("There is no such file");
  const [file] = (await pdfOn(tx, request)).filter((one) => one.id === id.toLowerCase());
  return file ? { request, id: file.id, name: file.name } : unseen("There is no such PDF on this request");
}

/** POST: makes a redaction of it, with the content under a name of its own. */
export function postRedact(type: RedactedFor): (page: PageRequest) => Promise<PageAnswer> {
  return (page) => redact(page, type);
}

function redact(page: PageRequest, type: RedactedFor): Promise<PageAnswer> {
  return sendOnce(page, {
    work: async (tx) => {
      const { request, id } = await asked(page, tx, type);
      const { name, sha256, sizeBytes, mediaType } = await findFile(tx, id);
      const { id: original } = await addFile(tx, name, { sha256, sizeBytes, mediaType });
      const title = first(page.form, "title");
      const { field } = redactedFor[type];
      const made = await create(tx, typeNamed(tx.registry, "redaction"), { title, original, [field]: request.id });
      return { location: `${addressOf(tx, made)}/marking?page=1`, recordId: made.id };
    },
    flash: () => "The redaction is begun. Mark what is withheld",
    again: (tx, refusal) => showForm(page, tx, { type, refusal }),
  });
}
