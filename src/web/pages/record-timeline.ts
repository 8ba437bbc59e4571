import { sql } from "kysely";
import type { RecordType } from "../../kernel/record.ts";
import { relationWords } from "../../kernel/store/relations.ts";
import { joinsSeen, timeline } from "../../kernel/store/timeline.ts";
import type { EventBody, TimelineEvent } from "../../kernel/store/timeline.ts";
import { countMax } from "../../kernel/store/list.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import { dayOf, tellingVerbs } from "../../kernel/store/as-of.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { formatMoment, formatRecent } from "../view/format.ts";
import type { RecordSection, TimelineEntry } from "../view/models.ts";
import { eraseLink } from "./erase-links.ts";
import { cut, mentionedIn } from "./field-value.ts";
import type { Names } from "./field-value.ts";
import { pageClock, stateTag } from "./places.ts";
import { asOfForm, asOfHref } from "./record-as-of.ts";
import { seenField } from "./seen-fields.ts";
import { changesIn } from "./timeline-changes.ts";

/** How many lines or comments one page shows. */
export const eventsShown = 100;

/** A page of a record's events, the newest first; `older` is where the next page begins, null at the beginning of time. */
export interface EventPage {
  readonly events: readonly TimelineEvent[];
  readonly older: number | null;
}

/** How many lines the person may read, and how many of them are comments; counted no further than 1,001. */
export async function countEvents(
  tx: Tx,
  record: Stored,
): Promise<{ readonly events: number; readonly comments: number }> {
  const { rows } = await sql<{
    events: number;
    comments: number;
  }>`select count(*) as events, count(*) filter (where verb = 'commented') as comments
    from (select e.verb from events e
      where e.organisation_id = ${tx.actor.organisationId}::uuid and e.record_id = ${record.id}::uuid and ${joinsSeen} limit ${countMax + 1}) bounded`.execute(
    tx.db,
  );
  return rows[0] ?? { events: 0, comments: 0 };
}

/** The newest events before a sequence number, of some verbs when told. */
export async function eventsBefore(
  tx: Tx,
  record: Stored,
  options: { before?: number; verbs?: readonly string[] },
): Promise<EventPage> {
  const events = await timeline(tx, record, { ...options, newestFirst: true, limit: eventsShown + 1 });
  const shown = events.slice(0, eventsShown);
  return { events: shown, older: events.length > eventsShown ? (shown.at(-1)?.sequence ?? null) : null };
}

/** The records that these events name. */
export function eventIds(tx: Tx, type: RecordType, record: Stored, events: readonly TimelineEvent[]): string[] {
  return events.flatMap(({ body }) => [
    ...[body?.other, body?.person, body?.delegate].filter((id) => id !== undefined),
    ...Object.entries(valuesOf(body)).flatMap(([name, { from, to }]) => {
      const field = seenField(tx, type, name, record);
      return field ? [...mentionedIn(field, from), ...mentionedIn(field, to)] : [];
    }),
  ]);
}

/** What happened, the newest first. */
export function timelineSection(
  tx: Tx,
  type: RecordType,
  record: Stored,
  { page, names }: { page: EventPage; names: Names },
): RecordSection {
  const entries = page.events.map((event) => timelineEntry({ tx, type, record }, event, names));
  return {
    kind: "timeline",
    entries,
    asOf: asOfForm(tx, type, record, dayOf(tx.now)),
    ...(page.older === null ? {} : { olderHref: `?tab=timeline&before=${page.older}` }),
  };
}

interface Whose {
  readonly tx: Tx;
  readonly type: RecordType;
  readonly record: Stored;
}

/** A line of the timeline as a page shows it. */
export function timelineEntry(whose: Whose, event: TimelineEvent, names: Names): TimelineEntry {
  const { body, sequence, at, audience, verb } = event;
  const changes = [
    ...changesIn(whose, valuesOf(body), names),
    ...deadlinesIn(whose, body),
    ...(body?.text
      ? [{ field: audience === "internal" ? "Internal comment" : "Comment", from: "", to: cut(body.text) }]
      : []),
    ...(verb === "commented" && body?.files
      ? [
          {
            field: "Files",
            from: "",
            to: cut(
              Object.values(body.files)
                .map(({ name }) => name)
                .join(", "),
            ),
          },
        ]
      : []),
    ...(body?.note ? [{ field: "Note", from: "", to: cut(body.note) }] : []),
  ];
  const [actor, sentence] = [actorOf(event), sentenceOf(whose, event, names)];
  return {
    id: String(sequence),
    actor,
    sentence,
    moment: formatRecent(Temporal.Instant.from(at), pageClock(whose.tx)),
    ...eraseLink(whose, event, `${actor} ${sentence}`),
    iso: at,
    ...(tellingVerbs.has(event.verb)
      ? { thenHref: asOfHref(whose.tx, whose.record, dayOf(Temporal.Instant.from(at))) }
      : {}),
    ...(changes.length > 0 ? { changes } : {}),
    ...(body === null
      ? {
          erased: `What it said was erased by law, certificate ${event.erasedBy ?? "unknown"}. That it happened is kept.`,
        }
      : {}),
  };
}

/** What a line says was done, without the record that it is of: for a list across records. */
export function lineSentence(tx: Tx, type: RecordType, verb: string, body: EventBody): string {
  const event = {
    sequence: 0,
    at: "",
    actorId: null,
    actorName: null,
    forName: null,
    verb,
    audience: "everyone" as const,
    body,
    erasedBy: null,
  };
  // Of what is kept among officers only that it changed is said, whoever reads.
  const record = { id: "", ownerId: null, teamId: null, requesterId: null, createdBy: null } as unknown as Stored;
  return sentenceOf({ tx, type, record }, event, new Map());
}

/** Who did it: a person here, someone named by the system it came from, or the product itself. */
export function actorOf({ actorName, forName, body }: TimelineEvent): string {
  const who = actorName ?? body?.by ?? "Reeve";
  return forName === null ? who : `${who} for ${forName}`;
}

/** The same, for what is done about how somebody signs in. */
const signInSentences: Readonly<Record<string, string>> = {
  signed_in: "signed in",
  sign_in_link_made: "made a sign-in link for this person",
  password_set: "set the password that was chosen through a sign-in link",
  sessions_ended: "signed this person out",
  passkey_added: "let this person sign in with a new passkey, as they asked",
  passkey_removed: "removed a passkey, as this person asked",
  second_step_begun: "turned on two-step sign-in, as this person asked",
  second_step_ended: "turned off two-step sign-in, as this person asked",
  second_step_reset: "ended this person’s two-step sign-in from the terminal, and signed them out everywhere",
  second_step_taken_away: "turned off this person’s two-step sign-in",
  recovery_codes_made: "made new recovery codes, as this person asked",
  recovery_code_used: "let this person in with a recovery code, which is used up",
  directory_joined: "let this person sign in with the organisation’s account from now on",
  last_administrator_kept:
    "kept the role of the last administrator, though no group gives it any more. Make somebody else an administrator, then take it away",
};

/** What was done in plain words, to follow the name of who did it. */
function sentenceOf(whose: Whose, { verb, audience, body }: TimelineEvent, names: Names): string {
  const { type } = whose;
  if (verb === "created")
    return `made this ${inSentence(type.label.one)}${body?.state === undefined ? "" : `: ${stateTag(type, body.state).text}`}`;
  if (verb === "changed") return changedSentence(whose, body);
  if (verb === "moved") return movedSentence(type, body);
  if (verb === "file_removed") return `took the file “${body?.removed ?? "…"}” away`;
  if (verb === "commented" && body?.side === "answerer") return "answered whoever asked";
  if (verb === "commented" && body?.text === "") return "sent files";
  if (verb === "commented") return audience === "internal" ? "wrote an internal comment" : "wrote a comment";
  if (verb === "deadlines_moved") return deadlinesSentence(body, names);
  if (verb === "linked" || verb === "unlinked") return joinSentence(verb, body, names);
  if (verb === "erased")
    return `erased something here by law, certificate ${body?.certificate ?? "unknown"}${body?.reason ? `: ${cut(body.reason)}` : ""}`;
  if (verb === "stand_in_begun" || verb === "stand_in_ended") return standInSentence(verb, body, names);
  const sentence = signInSentences[verb];
  if (sentence !== undefined) return sentence;
  if (verb === "sign_in_address_changed")
    return "changed what this person signs in with to the new e-mail address, and ended their sessions";
  if (verb === "organisation_renamed")
    return `renamed the organisation from “${body?.from ?? "…"}” to “${body?.to ?? "…"}”`;
  if (verb === "exported") return `exported ${body?.to ?? "a list"}`;
  if (verb === "kept_from_disposal") return `kept ${body?.to ?? "a record"} from being destroyed`;
  if (verb === "decided_disposal") return `decided ${body?.to ?? "on records"}`;
  if (verb === "webhook_secret_made") return "made another signing secret";
  if (verb === "mailbox_secret_set") return "set what it is signed in to with";
  if (verb === "provisioning_token_made") return `made the provisioning token “${body?.to ?? "…"}”`;
  if (verb === "provisioning_token_revoked") return `revoked the provisioning token “${body?.to ?? "…"}”`;
  if (verb === "organisation_recoloured")
    return `changed the organisation’s colour from ${body?.from ?? "…"} to ${body?.to ?? "…"}`;
  if (verb === "organisation_logo_changed")
    return body?.to === "none" ? "took the organisation’s logo away" : "gave the organisation another logo";
  if (verb === "noted" && body?.note) return "brought in a line that was not understood";
  if (verb === "noted")
    return body?.reason
      ? "brought in a line that was kept and not acted on"
      : "brought in a line that changed nothing here";
  return verb.replaceAll("_", " ");
}

function standInSentence(verb: string, body: EventBody | null, names: Names): string {
  const named = (id: string | undefined) => names.get(id ?? "")?.title ?? "somebody";
  const days = body?.fromDay && body.untilDay ? ` from ${formatDay(body.fromDay)} to ${formatDay(body.untilDay)}` : "";
  const agreed = `${named(body?.delegate)} stands in for ${named(body?.person)}${days}`;
  return verb === "stand_in_begun" ? `said that ${agreed}` : `ended that ${agreed}`;
}

function deadlinesSentence(body: EventBody | null, names: Names): string {
  if (body?.reason !== undefined) return `read what is due anew, ${body.reason}`;
  if (body && body.other === undefined) return "moved what is due, since the bank holidays changed";
  const other = body?.other === undefined ? undefined : names.get(body.other);
  return `moved what is due, by the rules as they are since ${other ? `${other.reference} ${other.title}` : "a rule that is not yours to see"} changed`;
}

/** Deadlines before and after, by the clocks' own words. */
function deadlinesIn({ tx, type }: Whose, body: EventBody | null): NonNullable<TimelineEntry["changes"]> {
  const words = (at: string | null) => (at === null ? "" : formatMoment(Temporal.Instant.from(at), pageClock(tx).zone));
  return Object.entries(body?.deadlines ?? {}).map(([name, { from, to }]) => ({
    field: Object.hasOwn(type.clocks, name) ? (type.clocks[name]?.label ?? name) : name,
    from: words(from),
    to: words(to),
  }));
}

function joinSentence(verb: "linked" | "unlinked", body: EventBody | null, names: Names): string {
  const did = verb === "linked" ? "joined this to another record" : "took away what joined this to another record";
  if (body?.other === undefined) return did;
  const other = names.get(body.other);
  const how = inSentence(relationWords(body.relation ?? "", body.back === true));
  return `${did}: it ${how} ${other ? `${other.reference} ${other.title}` : "one that is not yours to see"}`;
}

function changedSentence({ tx, type, record }: Whose, body: EventBody | null): string {
  const labels = Object.keys(body?.changes ?? {}).flatMap(
    (name) => seenField(tx, type, name, record)?.options.label ?? (Object.hasOwn(type.fields, name) ? [] : [name]),
  );
  const state = body?.state === undefined ? "" : `, and the state to ${stateTag(type, body.state).text}`;
  if (labels.length === 0)
    return body?.changes ? `changed something that is kept among officers${state}` : `changed this${state}`;
  return labels.length > 3
    ? `changed ${labels.length} fields${state}`
    : `changed ${labels.map((label) => inSentence(label)).join(", ")}${state}`;
}

function movedSentence(type: RecordType, body: EventBody | null): string {
  if (body === null) return "made a move";
  const label =
    body.move === undefined
      ? undefined
      : Object.hasOwn(type.moves, body.move)
        ? type.moves[body.move]?.label
        : body.move;
  const said = label === undefined ? "moved it" : `made the move “${label}”`;
  if (body.state === undefined || body.state === body.from) return said;
  return body.from === undefined
    ? `${said}: now ${stateTag(type, body.state).text}`
    : `${said}: ${stateTag(type, body.from).text} → ${stateTag(type, body.state).text}`;
}

/** Every value that an event speaks of, before and after. */
function valuesOf(body: EventBody | null): NonNullable<EventBody["changes"]> {
  const made = Object.entries(body?.values ?? {}).map(([name, to]) => [name, { from: null, to }] as const);
  return { ...Object.fromEntries(made), ...body?.changes };
}
