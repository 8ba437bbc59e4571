import { sql } from "kysely";
import { Refusal } from "../../kernel/errors.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { formatMoment } from "../../kernel/fields/moment.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import { move } from "../../kernel/store/move.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { first } from "../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { addressOf, crumbsTo } from "../../web/pages/places.ts";
import { sendOnce, submissionField } from "../../web/pages/submitting.ts";
import type { DocumentPage, FormField } from "../../web/view/models.ts";
import { helpPath, usesPortal } from "../portal/module.ts";
import { versionToConfirm } from "./attesting.ts";
import { changedClauses } from "./changed-clauses.ts";
import { changedParts, clauseParts } from "./show-changes.ts";
import { policyShell } from "./version-pages.ts";
import { publishedVersion } from "./versions.ts";
import type { Version } from "./versions.ts";

/** “Read and confirm”, for the person who was asked: what changed first, then the rest, and at the end one button. */
export async function confirmFace(page: PageRequest, tx: Tx, attestation: Stored): Promise<PageAnswer | null> {
  const isTheirs = tx.actor.personId !== null && attestation.ownerId === tx.actor.personId;
  return isTheirs && attestation.state !== "void" ? confirmPage(page, tx, attestation, null) : null;
}

async function confirmPage(
  page: PageRequest,
  tx: Tx,
  attestation: Stored,
  refusal: Refusal | null,
): Promise<PageAnswer> {
  const type = typeNamed(tx.registry, "attestation");
  const policy = await find(tx, typeNamed(tx.registry, "policy"), String(attestation.values["policy"]));
  const version = await versionToConfirm(tx, attestation);
  const before = await knownBefore(tx, policy, version.edition);
  const { dueOn, confirmedAt } = attestation.values;
  const confirmed = attestation.state === "confirmed";
  const wrong = refusal?.message;
  const model: DocumentPage = {
    shell: await policyShell(
      page,
      tx,
      `${wrong ? "Error: " : ""}${confirmed ? "" : "Read and confirm: "}${version.title}`,
    ),
    ...(usesPortal(tx.actor) ? { back: { text: "Help", href: helpPath } } : { breadcrumb: crumbsTo(tx, type) }),
    caption: `${policy.reference}, version ${version.edition}`,
    title: version.title,
    tag: confirmed ? { text: "Confirmed", tone: "good" } : { text: "Read and confirm", tone: "warn" },
    lead: confirmed
      ? `You confirmed on ${formatMoment(String(confirmedAt))} that you have read this version.`
      : `Please read this and confirm it${typeof dueOn === "string" ? ` by ${formatDay(dueOn)}` : ""}. ${minutesToRead(version, before)}`,
    notes: [version.reason].filter((reason) => reason !== ""),
    links: [{ text: "The policy as it is now", href: addressOf(tx, policy) }],
    ...(wrong === undefined
      ? {}
      : { errors: [{ text: wrong, ...(version.quiz.length > 0 ? { fieldId: "answer-1" } : {}) }] }),
    groups: groupsOf(version, before),
    ...(confirmed ? {} : { form: { title: "Confirm", content: formOf(page, tx, attestation, version) } }),
  };
  return { page: "document", status: wrong === undefined ? 200 : 422, model };
}

/** The version that the person confirmed last, else the one before; null where this is the first. */
async function knownBefore(tx: Tx, policy: Stored, edition: number): Promise<Version | null> {
  const { rows } = await sql<{ edition: number }>`select edition from visible_attestation
    where organisation_id = ${tx.actor.organisationId}::uuid and policy = ${policy.id}::uuid and state = 'confirmed'
      and owner_id = ${tx.actor.personId}::uuid and edition < ${edition}::integer order by edition desc limit 1`.execute(
    tx.db,
  );
  return publishedVersion(tx, policy, rows[0]?.edition ?? edition - 1);
}

function groupsOf(version: Version, before: Version | null): DocumentPage["groups"] {
  if (before === null) return [{ parts: clauseParts(version.clauses) }];
  const changed = new Set(changedClauses(before.clauses, version.clauses).map(({ number }) => number));
  const rest = version.clauses.filter(({ number }) => !changed.has(number));
  return [
    { title: `What has changed since version ${before.edition}`, parts: changedParts(before.clauses, version.clauses) },
    ...(rest.length === 0
      ? []
      : [
          {
            fold:
              rest.length === 1
                ? "The other clause, which is as it was"
                : `The ${rest.length} other clauses, which are as they were`,
            parts: clauseParts(rest),
          },
        ]),
  ];
}

/** At 200 words a minute, which most people read at. */
function minutesToRead(version: Version, before: Version | null): string {
  const changed =
    before === null ? version.clauses : changedClauses(before.clauses, version.clauses).map(({ after }) => after);
  const words = changed
    .map((clause) => clause?.text ?? "")
    .join(" ")
    .split(/\s+/).length;
  const minutes = Math.max(1, Math.ceil(words / 200));
  return `It takes about ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`;
}

function formOf(
  page: PageRequest,
  tx: Tx,
  attestation: Stored,
  { quiz }: Version,
): NonNullable<DocumentPage["form"]>["content"] {
  const fields = quiz.map(({ question, answers }, at): FormField => ({
    id: `answer-${at + 1}`,
    name: `answer-${at + 1}`,
    label: question,
    widget: "radios",
    value: first(page.form, `answer-${at + 1}`),
    options: answers.map(({ letter, text }) => ({ value: letter, label: text })),
  }));
  return {
    action: `${addressOf(tx, attestation)}/confirm`,
    fields,
    hidden: [submissionField()],
    submit: { label: "I have read it and will keep to it" },
  };
}

/** POST: confirms it, as the person who was asked. */
export function confirm(page: PageRequest): Promise<PageAnswer> {
  const found = (tx: Tx) => find(tx, typeNamed(tx.registry, "attestation"), page.params["reference"] ?? "");
  return sendOnce(page, {
    work: async (tx) => {
      const attestation = await found(tx);
      const { quiz } = await versionToConfirm(tx, attestation);
      const answers = quiz
        .map((_question, at) => /^[abc]$/.exec(first(page.form, `answer-${at + 1}`))?.[0] ?? "x")
        .join(" ");
      const given = quiz.length === 0 ? {} : { answers };
      await move(tx, typeNamed(tx.registry, "attestation"), attestation.id, attestation.version, "confirm", given);
      return { location: usesPortal(tx.actor) ? helpPath : addressOf(tx, attestation), recordId: attestation.id };
    },
    flash: () => "Thank you. You have confirmed that you have read it",
    again: async (tx, refusal) => confirmPage(page, tx, await found(tx), refusal),
  });
}
