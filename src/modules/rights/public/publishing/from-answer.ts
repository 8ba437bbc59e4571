import { sql } from "kysely";
import type { FastifyInstance } from "fastify";
import { may } from "../../../../kernel/access.ts";
import { Refusal } from "../../../../kernel/errors.ts";
import { addFile } from "../../../../kernel/files/files.ts";
import type { Content } from "../../../../kernel/files/content.ts";
import { typeNamed } from "../../../../kernel/registry.ts";
import { create } from "../../../../kernel/store/create.ts";
import { find } from "../../../../kernel/store/find.ts";
import type { Stored, Tx } from "../../../../kernel/transaction.ts";
import { pageRoute } from "../../../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../../../web/page.ts";
import type { WebParts } from "../../../../web/parts.ts";
import { addressOf } from "../../../../web/pages/places.ts";
import { sendOnce, submissionField } from "../../../../web/pages/submitting.ts";
import { plural } from "../../../../web/view/format.ts";
import type { RecordSection } from "../../../../web/view/models.ts";
import { publicPath } from "../front.ts";
import { Publication } from "./publication.record.ts";

/** The way from an answered request to the disclosure log. */
export function registerPublishing(app: FastifyInstance, parts: WebParts): void {
  const guarded = { preHandler: app.csrfProtection.bind(app) };
  app.post("/information-requests/:reference/publish", guarded, pageRoute(parts, prepareAnswer));
}

/** On the page of an answered request, for whoever publishes: what was published of it, and the way to. */
export async function publishSections(tx: Tx, request: Stored): Promise<readonly RecordSection[]> {
  if (request.state !== "answered" || !may(tx.actor, "publication", "create")) return [];
  const { rows } = await sql<{ reference: string; title: string; state: string }>`
    select reference, title, state from visible_publication where organisation_id = ${tx.actor.organisationId}::uuid and request = ${request.id}::uuid
    order by opened_at limit 10`.execute(tx.db);
  return [
    {
      kind: "offers",
      title: "Disclosure log",
      text:
        rows.length === 0
          ? "Others may ask the same. Prepare the answer for publication: what is personal is looked for before it goes out."
          : "This answer is prepared for publication, or published.",
      offers: rows.map(({ reference, title, state }) => ({
        text: `${reference} ${title}`,
        href: `/publications/${reference}`,
        note: Publication.states[state]?.label ?? state,
      })),
      moves:
        rows.length === 0
          ? [
              {
                label: "Prepare to publish",
                href: `${addressOf(tx, request)}/publish`,
                method: "post",
                hidden: [submissionField()],
              },
            ]
          : [],
    },
  ];
}

/** POST: a draft of what would be published, with the proved copies of what was redacted for the request. */
function prepareAnswer(page: PageRequest): Promise<PageAnswer> {
  const work = async (tx: Tx) => {
    const request = await find(tx, typeNamed(tx.registry, "information_request"), page.params["reference"] ?? "");
    if (request.state !== "answered")
      throw new Refusal("impossible", [{ message: "Answer the request first. Then its answer can be published" }]);
    const { question, answer, decision } = request.values;
    const made = await create(tx, typeNamed(tx.registry, "publication"), {
      kind: "answer",
      title: request.title,
      request: request.id,
      question,
      answer,
      ...(typeof decision === "string" && Object.hasOwn(outcomes, decision) ? { decision } : {}),
      answeredOn: (request.closedAt ?? request.updatedAt).slice(0, 10),
      files: (await provedCopies(tx, request)).map((file) => ({ file })),
      // Of a restricted request nobody learns by what is prepared of it.
      sensitivity: request.sensitivity,
    });
    return { location: addressOf(tx, made), recordId: made.id };
  };
  return sendOnce(page, {
    work,
    flash: () => "It is prepared. Take out what should not be read by everybody, then have it checked",
    again: (_tx, refusal) => Promise.reject(refusal),
  });
}

// A choice carries its options.
const outcomes = (
  Publication.fields["decision"]!.options as unknown as { readonly options: Readonly<Record<string, string>> }
).options;

/** The copies that redactions made for a request, each as a new file of the actor's. */
async function provedCopies(tx: Tx, request: Stored): Promise<string[]> {
  const { rows } = await sql<Content & { name: string }>`
    select r.title || '.pdf' as name, f.media_type as "mediaType", f.size_bytes::float8 as "sizeBytes", encode(f.sha256, 'hex') as sha256
    from visible_redaction r join files f on f.organisation_id = r.organisation_id and f.id = r.copy
    where r.organisation_id = ${tx.actor.organisationId}::uuid and r.request = ${request.id}::uuid and r.state = 'done' order by r.id limit 20`.execute(
    tx.db,
  );
  const ids: string[] = [];
  for (const { name, ...content } of rows) ids.push((await addFile(tx, name, content)).id);
  return ids;
}

/** On the page of a publication: where everybody reads it, how often it was suggested, and what to do about a finding. */
export async function publicationSections(tx: Tx, publication: Stored): Promise<readonly RecordSection[]> {
  const { kind, findings } = publication.values;
  const { rows } = await sql<{ shown: number; opened: number; enough: number }>`
    select coalesce(sum(shown), 0)::int as shown, coalesce(sum(opened), 0)::int as opened, coalesce(sum(enough), 0)::int as enough
    from suggested_publications where organisation_id = ${tx.actor.organisationId}::uuid and publication_id = ${publication.id}::uuid`.execute(
    tx.db,
  );
  const { shown = 0, opened = 0, enough = 0 } = rows[0] ?? {};
  const published = publication.state === "published";
  const href = kind === "scheme" ? `${publicPath}/scheme` : `${publicPath}/answers/${publication.reference}`;
  const said =
    publication.state === "draft" && typeof findings === "string"
      ? "The check has found what may be personal. Edit it and take that out, or ask a colleague who may overrule the check to say why it can go out."
      : published
        ? "Everybody can read it."
        : "Nobody outside can read it yet.";
  return [
    {
      kind: "steps",
      title: "For everybody",
      sentence: said,
      items: published ? [{ text: "See it as everybody does", href }] : [],
      links: [],
    },
    ...(kind === "answer" && shown > 0
      ? [
          {
            kind: "steps" as const,
            title: "Before people ask",
            sentence: `Suggested ${plural(shown, "time")} to somebody about to ask, opened ${plural(opened, "time")}, and enough ${plural(enough, "time")}.`,
            items: [],
          },
        ]
      : []),
  ];
}
