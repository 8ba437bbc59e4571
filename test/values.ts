import { askingOf, isAsked, withoutUnasked } from "../src/kernel/asked.ts";
import type { AskedWhenByField } from "../src/kernel/asked.ts";
import type { Field } from "../src/kernel/fields/kind.ts";
import type { LineFields } from "../src/kernel/fields/lines.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import type { RecordType } from "../src/kernel/record.ts";
import { insertRecord } from "../src/kernel/store/create.ts";
import type { Tx } from "../src/kernel/transaction.ts";

import { dayIn } from "./day-in.ts";

type Values = Record<string, unknown>;

/** Values with a grammar of their own, which no kind of field can know: by type and field. */
const grammars: Readonly<Record<string, Values>> = {
  added_field: { recordType: "added_field", target: null, extends: null, choices: [], required: false },
  retention_schedule: { recordType: "ticket", countsFrom: "closed", years: 1, list: null },
  legal_hold: { records: [], list: null },
  text_template: { recordType: null },
  calendar: {
    hours: "Mon-Fri 09:00-17:00",
    laterHours: [{ day: "2040-02-01", hours: "Mon-Thu 09:00-17:00" }],
  },
  // The first policy has no other to rest on.
  policy: { cites: [] },
  policy_exception: { expiresOn: dayIn(90) },
  ticket: { reviewOn: dayIn(3), reachedOn: dayIn(-3) },
  // Days that have been, in the order in which they happen.
  information_request: {
    receivedOn: "2026-03-16",
    askedOn: "2026-03-20",
    clarifiedOn: "2026-03-25",
    feesNoticeOn: "2026-03-26",
    feesPaidOn: "2026-04-02",
    extendedOn: "2026-04-10",
    // Of re-use alone.
    extendedGround: null,
    extendedTo: null,
    // An answer without an agreed text withholds nothing, so it names no section.
    exemptions: [],
  },
  // Everything is given, so nothing is withheld; and no words of a text are known beforehand.
  agreed_text: { withheld: [], remarkPassage: null },
  answering_plan: { alwaysSigned: false },
  broadcast: { kind: "notice", showUntil: "2040-07-01T08:30:00.000Z" },
  survey: { closesOn: "2040-01-01", breakdown: "none", questions: [{ text: "It helps me.", kind: "scale" }] },
  relationship: { contactOn: "2026-03-16" },
  data_protection_request: {
    receivedOn: "2026-03-16",
    acknowledgedOn: "2026-03-17",
    identityAskedOn: "2026-03-18",
    identifiedOn: "2026-03-20",
    askedOn: "2026-03-23",
    clarifiedOn: "2026-03-25",
    feesNoticeOn: "2026-03-26",
    feesPaidOn: "2026-04-02",
    extendedOn: "2026-04-10",
  },
  members_question: { kind: "council", receivedOn: "2026-03-16", acknowledgedOn: "2026-03-17" },
  information_complaint: { kind: "regulator", receivedOn: "2026-03-16", acknowledgedOn: "2026-03-17" },
  data_breach: { peopleToldOn: "2026-07-02", risk: "unlikely", riskBecause: "Encrypted" },
  data_search: { dueOn: dayIn(5), result: "nothing" },
  redaction: { marks: [{ page: 1, section: "s40_2", kind: "name", box: "720 710 400 130" }] },
  shift: { startsAt: "2026-07-01T08:30:00.000Z", endsAt: "2026-07-01T16:30:00.000Z" },
  change_request: { windowFrom: "2040-07-01T08:30:00.000Z", windowTo: "2040-07-01T10:30:00.000Z" },
  hypercare: { startsOn: dayIn(-3), endsOn: dayIn(30), extendTo: dayIn(40) },
  catalogue_item: { questions: [{ label: "Which?", kind: "choice", choices: "One; Two" }] },
  // Nobody reviews their own work, so it is nobody’s until a test says whose.
  quality_review: { officer: null },
  mailbox: { host: "imap.example.gov.uk", security: "tls", signIn: "password" },
  webhook: { types: "ticket, person" },
  role: { permissions: [{ type: "person", permission: "read", scope: "all" }] },
};

let made = 0;

/** A value of each field that people can give for a record of this type, made from the kinds of its fields alone. */
export async function valuesFor(
  tx: Tx,
  type: RecordType,
  names: readonly string[] = Object.keys(type.fields),
  required = false,
): Promise<Values> {
  const values: Values = {};
  for (const name of names) {
    const field = type.fields[name];
    if (
      !field ||
      field.options.readOnly ||
      field.kind.name === "file" ||
      (required && !field.options.required && type.oneOf[0] !== name)
    )
      continue;
    // Of several of which just one is given, the first.
    if (type.oneOf.indexOf(name) > 0) continue;
    const own = grammars[type.name] ?? {};
    const value = name in own ? own[name] : await valueOf(tx, type, name, field);
    if (value !== undefined) values[name] = value;
  }
  for (const name of Object.keys(type.askedWhen)) if (!isAsked(type, name, values)) delete values[name];
  // A thing that holds from a day holds until further notice.
  if (type.dated) delete values["validUntil"];
  return values;
}

async function valueOf(tx: Tx, type: RecordType, name: string, field: Field): Promise<unknown> {
  made += 1;
  const options = field.options as unknown as {
    options?: Record<string, string>;
    min?: number;
    max?: number;
    fields?: LineFields;
    askedWhen?: AskedWhenByField;
    to?: string;
  };
  const target = field.kind.input(field.options, null);
  if (target.widget === "record") {
    // A thing that dated records are told apart by is made anew, so that no two of a test fall on one another.
    const id = type.dated?.by.includes(name) ? await fresh(tx, target.type) : await anyOf(tx, target.type, type.name);
    return target.many ? [id].filter((one) => one !== undefined) : id;
  }
  switch (field.kind.name) {
    case "text":
      return `Words ${made}`.slice(0, options.max ?? 200);
    case "long text":
      return `Some **words** ${made}\n\nand more`;
    case "registered name":
    case "choice":
      return Object.keys(options.options ?? {})[0];
    case "many-choice":
      return Object.keys(options.options ?? {}).slice(0, 2);
    case "date":
      // Still to come, as some moves ask.
      return `20${40 + (made % 60)}-02-${String(1 + (made % 28)).padStart(2, "0")}`;
    case "moment":
      return "2026-07-01T08:30:00.000Z";
    case "duration":
      return 90;
    case "yes/no":
      return made % 2 === 0;
    case "e-mail":
      return `name${made}@example.gov.uk`;
    case "phone":
      return "020 7946 0123";
    case "web address":
      return `https://example.gov.uk/${made}`;
    case "whole number":
    case "decimal":
    case "percent":
    case "money":
      return options.min ?? 1;
    case "lines":
      return [withoutUnasked(askingOf({ fields: {}, ...options }), await lineOf(tx, type, options.fields ?? {}))];
    default:
      return undefined;
  }
}

async function lineOf(tx: Tx, type: RecordType, fields: LineFields): Promise<Values> {
  const line: Values = {};
  for (const [name, field] of Object.entries(fields)) line[name] = await valueOf(tx, type, name, field);
  return line;
}

async function anyOf(tx: Tx, typeName: string, asking: string): Promise<string | undefined> {
  const row = await tx.db
    .selectFrom("records")
    .select("id")
    .where("organisation_id", "=", tx.actor.organisationId)
    .where("type", "=", typeName)
    .where("closed_at", "is", null)
    // Of roles not the administrator's, which gives its holders a protection of their own.
    .$if(typeName === "role", (query) => query.orderBy("title", "desc"))
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? (typeName === asking ? undefined : fresh(tx, typeName));
}

async function fresh(tx: Tx, typeName: string): Promise<string> {
  const type = typeNamed(tx.registry, typeName);
  return (await insertRecord(tx, type, await valuesFor(tx, type, undefined, true), { trusted: true })).id;
}
