import { stringify } from "csv-stringify";
import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { Refusal, refuse, unseen } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import { isDay } from "../../kernel/fields/date.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { audit, mayAudit } from "../../kernel/store/audit.ts";
import type { AuditLine, AuditQuery } from "../../kernel/store/audit.ts";
import { resolveLinks } from "../../kernel/store/check-links.ts";
import { isId } from "../../kernel/store/find.ts";
import { noteOwn } from "../../kernel/store/timeline.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { auditPath } from "../administers.ts";
import { hrefOf } from "../names.ts";
import { first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { formatMoment } from "../view/format.ts";
import type { AuditPage, FormField } from "../view/models.ts";
import { csvFormat, harmless } from "./csv.ts";
import { pageClock } from "./places.ts";
import { lineSentence } from "./record-timeline.ts";

/** The most lines of one file, and of one page of it. */
const fileMax = 100_000;
const partMax = 1000;

/** What can be asked for, in words, and the verbs of timelines that it means. */
const kinds: Readonly<Record<string, { readonly label: string; readonly verbs: readonly string[] }>> = {
  made: { label: "Made a record", verbs: ["created"] },
  changed: {
    label: "Changed a record",
    verbs: ["changed", "file_removed", "webhook_secret_made", "mailbox_secret_set", "deadlines_moved"],
  },
  moved: { label: "Moved a record on", verbs: ["moved"] },
  commented: { label: "Wrote a comment", verbs: ["commented"] },
  joined: { label: "Joined or parted records", verbs: ["linked", "unlinked"] },
  erased: { label: "Erased or disposed of something", verbs: ["erased", "kept_from_disposal", "decided_disposal"] },
  "signed-in": { label: "Signed in", verbs: ["signed_in"] },
  exported: { label: "Exported a list", verbs: ["exported"] },
  access: {
    label: "Changed how somebody signs in",
    verbs: [
      "sign_in_link_made",
      "password_set",
      "sessions_ended",
      "passkey_added",
      "passkey_removed",
      "second_step_begun",
      "second_step_ended",
      "second_step_taken_away",
      "second_step_reset",
      "recovery_codes_made",
      "recovery_code_used",
      "directory_joined",
      "sign_in_address_changed",
      "provisioning_token_made",
      "provisioning_token_revoked",
      "last_administrator_kept",
    ],
  },
  "stand-in": { label: "Agreed who stands in", verbs: ["stand_in_begun", "stand_in_ended"] },
  organisation: {
    label: "Changed the organisation",
    verbs: ["organisation_renamed", "organisation_recoloured", "organisation_logo_changed"],
  },
};

/** The search of who did what, for administrators and people with a role that audits; and its file. */
export function registerAudit(app: FastifyInstance, parts: WebParts): void {
  app.get(auditPath, pageRoute(parts, answer));
  app.get(`${auditPath}.csv`, pageRoute(parts, csv));
}

const filters = ["person", "type", "kind", "reference", "from", "to"] as const;

async function answer(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    if (!(await mayAudit(tx))) unseen("There is no such page");
    try {
      const query = await queryOf(tx, page.query);
      const { lines, next } = await audit(tx, { ...query, cursor: first(page.query, "cursor") });
      return auditPage(page, tx, { lines, next, problems: [] });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
      return auditPage(page, tx, { lines: [], next: null, problems: error.problems });
    }
  });
}

/** What the address asks for. Refuses (invalid) what cannot be. */
async function queryOf(tx: Tx, form: Form): Promise<AuditQuery> {
  const given = Object.fromEntries(filters.map((name) => [name, first(form, name).trim()])) as Record<
    (typeof filters)[number],
    string
  >;
  for (const [name, value] of Object.entries(given))
    if (value.length > 200 || value.includes("\0") || !value.isWellFormed()) refuse(name, "Give ordinary text");
  if (given.type !== "" && !tx.registry.types.has(given.type)) refuse("type", "Select a type of record");
  const kind = Object.hasOwn(kinds, given.kind) ? kinds[given.kind] : undefined;
  if (given.kind !== "" && !kind) refuse("kind", "Select what was done");
  for (const end of ["from", "to"] as const)
    if (given[end] !== "" && !isDay(given[end])) refuse(end, "Give a day as yyyy-mm-dd, like 2026-11-21");
  const personId = given.person === "" ? undefined : await personOf(tx, given.person);
  return {
    ...(personId === undefined ? {} : { personId }),
    ...(given.type === "" ? {} : { type: given.type }),
    ...(kind ? { verbs: kind.verbs } : {}),
    ...(given.reference === "" ? {} : { reference: given.reference }),
    ...(given.from === "" ? {} : { from: given.from }),
    ...(given.to === "" ? {} : { to: given.to }),
  };
}

async function personOf(tx: Tx, written: string): Promise<string> {
  const { owner } = await resolveLinks(tx, typeNamed(tx.registry, "role"), { owner: written });
  return typeof owner === "string" && isId(owner)
    ? owner
    : refuse("person", "There is no such person, or you may not see them. Give a reference or an exact name");
}

interface Found {
  readonly lines: readonly AuditLine[];
  readonly next: string | null;
  readonly problems: readonly Problem[];
}

async function auditPage(page: PageRequest, tx: Tx, { lines, next, problems }: Found): Promise<PageAnswer> {
  const asked = new URLSearchParams(
    filters.flatMap((name) => (first(page.query, name) === "" ? [] : [[name, first(page.query, name)]])),
  );
  const at = (query: URLSearchParams, path = auditPath) => (query.size === 0 ? path : `${path}?${query.toString()}`);
  const older = new URLSearchParams(asked);
  if (next !== null) older.set("cursor", next);
  const model: AuditPage = {
    shell: await page.shell(tx, { title: "Who did what", current: "/administration" }),
    breadcrumb: [{ text: "Administration", href: "/administration" }],
    title: "Who did what",
    errors: problems.map(({ field, message }) => ({ text: message, ...(field ? { fieldId: `field-${field}` } : {}) })),
    form: {
      action: auditPath,
      method: "get",
      hidden: [],
      fields: fieldsOf(page, tx, problems),
      submit: { label: "Search" },
      ...(asked.size > 0 ? { cancel: { text: "Clear", href: auditPath } } : {}),
    },
    csvHref: at(asked, `${auditPath}.csv`),
    table: {
      caption: "What was done, the newest first",
      columns: [{ label: "When" }, { label: "Who" }, { label: "What" }, { label: "Record", wide: true }],
      rows: lines.map((line) => ({
        cells: [
          {
            kind: "date",
            text: formatMoment(Temporal.Instant.from(line.recordedAt), pageClock(tx).zone),
            iso: line.recordedAt,
          },
          { kind: "text", text: line.actor ?? "Reeve" },
          { kind: "text", text: wordsFor(tx, line) },
          line.title === null
            ? { kind: "text", text: line.reference }
            : {
                kind: "link",
                text: `${line.reference} ${line.title}`,
                href: `${hrefOf(tx, line.type, line.reference)}?tab=timeline`,
              },
        ],
      })),
      empty: { title: "Nothing was found", text: "Take a filter away, or look at another period." },
    },
    ...(next === null ? {} : { olderHref: at(older) }),
  };
  return { page: "audit", model, status: problems.length > 0 ? 422 : 200 };
}

function fieldsOf(page: PageRequest, tx: Tx, problems: readonly Problem[]): FormField[] {
  const at = (name: (typeof filters)[number]) => {
    const error = problems.find(({ field }) => field === name)?.message;
    return { id: `field-${name}`, name, value: first(page.query, name), ...(error === undefined ? {} : { error }) };
  };
  const any = { value: "", label: "Any" };
  return [
    { ...at("person"), label: "Who", widget: "lookup", suggestHref: "/people/suggest" },
    {
      ...at("type"),
      label: "Type of record",
      widget: "select",
      options: [any, ...[...tx.registry.types.values()].map(({ name, label }) => ({ value: name, label: label.one }))],
    },
    {
      ...at("kind"),
      label: "What was done",
      widget: "select",
      options: [any, ...Object.entries(kinds).map(([value, { label }]) => ({ value, label }))],
    },
    {
      ...at("reference"),
      label: "Reference",
      hint: "Like INC-00042",
      widget: "text",
      width: "short",
      autocomplete: "off",
    },
    { ...at("from"), label: "From", hint: "Like 2026-11-21", widget: "text", width: "short", autocomplete: "off" },
    { ...at("to"), label: "To", hint: "That day included", widget: "text", width: "short", autocomplete: "off" },
  ];
}

/** What was done: as the timeline says it where the person may read it, else by its kind alone. */
function wordsFor(tx: Tx, line: AuditLine): string {
  const type = tx.registry.types.get(line.type);
  const kind =
    Object.values(kinds).find(({ verbs }) => verbs.includes(line.verb))?.label ?? line.verb.replaceAll("_", " ");
  if (!type || line.title === null || line.body === null) return kind;
  const words = lineSentence(tx, type, line.verb, line.body);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The same as a file, at most 100,000 lines; that it was taken is noted as any export. */
async function csv(page: PageRequest): Promise<PageAnswer> {
  const query = await page.as(async (tx) => {
    if (!(await mayAudit(tx))) unseen("There is no such page");
    await noteOwn(tx, "exported", { to: page.request.url.slice(0, 1000) });
    return queryOf(tx, page.query);
  });
  const file = stringify(csvFormat);
  file.write(["When", "Who", "What", "Type", "Record", "Title", "Line"]);
  const source = Readable.from(rowsOf(page, query));
  source.on("error", (error) => {
    page.request.log.error({ err: error }, "an export ended early");
    file.destroy(error);
  });
  file.on("close", () => source.destroy());
  source.pipe(file);
  return {
    body: file,
    type: "text/csv; charset=utf-8",
    headers: { "content-disposition": 'attachment; filename="who-did-what.csv"' },
  };
}

async function* rowsOf(page: PageRequest, query: AuditQuery): AsyncGenerator<readonly string[]> {
  let cursor: string | null = "";
  for (let sent = 0; sent < fileMax && cursor !== null; sent += partMax) {
    const part: { rows: readonly (readonly string[])[]; next: string | null } = await page.as(async (tx) => {
      const { lines, next } = await audit(tx, { ...query, cursor: cursor ?? "", limit: partMax });
      return {
        next,
        rows: lines.map((line) =>
          [
            line.recordedAt,
            line.actor ?? "Reeve",
            wordsFor(tx, line),
            tx.registry.types.get(line.type)?.label.one ?? line.type,
            line.reference,
            line.title ?? "",
            String(line.sequence),
          ].map(harmless),
        ),
      };
    });
    yield* part.rows;
    cursor = part.next;
  }
}
