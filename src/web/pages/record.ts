import type { FastifyInstance } from "fastify";
import type { RecordType } from "../../kernel/record.ts";
import { clocksOf } from "../../kernel/store/clocks.ts";
import { isWatching } from "../../kernel/notifications/watch.ts";
import { attachmentsOf } from "../../kernel/store/attachments.ts";
import type { Attachment } from "../../kernel/store/attachments.ts";
import type { Draft } from "../../kernel/store/drafts.ts";
import { find } from "../../kernel/store/find.ts";
import { countMax } from "../../kernel/store/list.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { namesOf } from "../names.ts";
import { first, pageRoute, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { formatCount, formatMoment } from "../view/format.ts";
import type { RecordPage, RecordSection } from "../view/models.ts";
import { filesSection } from "./attachments.ts";
import { templatesOn } from "./beginnings.ts";
import { conversationSection } from "./comments.ts";
import { begunSaying } from "./draft-notes.ts";
import type { Names } from "./field-value.ts";
import { ledgerPage } from "./ledger.ts";
import { actionsOn, moveButtons } from "./moves.ts";
import { watchAction } from "./notifications.ts";
import { connectionsPage } from "./connections.ts";
import { addressOf, crumbsTo, navigationOf, pageClock, stateTag } from "./places.ts";
import { connectedSection, connectionsOf } from "./record-connected.ts";
import type { Connections } from "./record-connected.ts";
import { asOfPage } from "./record-as-of.ts";
import { detailIds, detailSections, flagsOf } from "./record-details.ts";
import { peopleIn, railOf } from "./record-rail.ts";
import { typesLeadingTo } from "./relations-to.ts";
import { countEvents, eventIds, eventsBefore, timelineSection } from "./record-timeline.ts";
import type { EventPage } from "./record-timeline.ts";

/** The page of a record and the ledgers of its clocks, for every type. */
export function registerRecords(app: FastifyInstance, parts: WebParts): void {
  app.get("/:path/:reference", pageRoute(parts, recordPage));
  app.get("/:path/:reference/clocks/:clock", pageRoute(parts, ledgerPage));
  app.get("/:path/:reference/connections", pageRoute(parts, connectionsPage));
}

const tabNames = ["details", "conversation", "files", "timeline", "connected"] as const;
type Tab = (typeof tabNames)[number];

async function recordPage(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  return page.as(async (tx) => {
    const record = await find(tx, type, page.params["reference"] ?? "");
    const day = first(page.query, "on");
    if (day !== "") return asOfPage(page, tx, type, { record, day });
    const asked = first(page.query, "tab");
    const face = asked === "" ? await faceOf(page, tx, record) : null;
    if (face) return face;
    const tab = tabNames.find((name) => name === asked) ?? "details";
    const [events, clocks, counts, connections, watching, attachments, shell, templates, draft, more] =
      await Promise.all([
        eventsOf(tx, record, tab, first(page.query, "before")),
        clocksOf(tx, type, record),
        countEvents(tx, record),
        connectionsOf(tx, type, record, { whole: tab === "connected" }),
        isWatching(tx, record),
        attachmentsOf(tx, record),
        page.shell(tx, {
          title: `${record.reference} ${record.title}`,
          current: navigationOf(tx.registry, type),
          follows: addressOf(tx, record),
          followsAlso: typesLeadingTo(tx, type),
        }),
        templatesOn(tx, type, record),
        begunSaying(tx, type, record, "comment"),
        tab === "details" ? sectionsOfModules(page.parts, tx, record) : [],
      ]);
    const names = await namesOf(tx, [
      ...detailIds(tx, type, record),
      ...peopleIn(record),
      ...eventIds(tx, type, record, events.events),
    ]);
    const model: RecordPage = {
      shell,
      breadcrumb: crumbsTo(tx, type),
      title: record.title,
      reference: record.reference,
      state: stateTag(type, record.state),
      tags: flagsOf(tx, type, record),
      sub: subOf(tx, record, names),
      moves: moveButtons(tx, type, record),
      actions: [watchAction(tx, record, watching), ...actionsOn(tx, type, record)],
      tabs: tabsOf(tab, {
        conversation: formatCount(counts.comments, countMax),
        files: formatCount(attachments.length),
        timeline: formatCount(counts.events, countMax),
        connected: connections.count,
      }),
      sections: sectionsOf(tx, type, record, {
        tab,
        events,
        names,
        connections,
        attachments,
        templates,
        chosen: first(page.query, "template"),
        draft,
        more,
      }),
      rail: railOf(tx, type, record, { clocks, names }),
    };
    return { page: "record", model };
  });
}

/** The events that a tab shows: everything on the timeline, else what was said. */
function eventsOf(tx: Tx, record: Stored, tab: Tab, before: string): Promise<EventPage> {
  if (tab === "connected" || tab === "files") return Promise.resolve({ events: [], older: null });
  const from = /^\d{1,9}$/.test(before) ? { before: Number(before) } : {};
  return eventsBefore(tx, record, tab === "timeline" ? from : { ...from, verbs: ["commented"] });
}

interface Read {
  readonly tab: Tab;
  readonly events: EventPage;
  readonly names: Names;
  readonly connections: Connections;
  readonly attachments: readonly Attachment[];
  readonly templates: readonly Stored[];
  readonly chosen: string;
  readonly draft: Draft | null;
  /** What modules add to it. */
  readonly more: readonly RecordSection[];
}

/** The page that a module has for this person and record; null where it has none. */
async function faceOf(page: PageRequest, tx: Tx, record: Stored): Promise<PageAnswer | null> {
  for (const { faces } of page.parts.modulePages) {
    const face = await faces?.[record.type]?.(page, tx, record);
    if (face) return face;
  }
  return null;
}

/** What the modules add to the pages of this type. */
async function sectionsOfModules({ modulePages }: WebParts, tx: Tx, record: Stored): Promise<RecordSection[]> {
  const asked = modulePages.flatMap(({ sections }) => sections?.[record.type]?.(tx, record) ?? []);
  return (await Promise.all(asked)).flat();
}

function sectionsOf(
  tx: Tx,
  type: RecordType,
  record: Stored,
  { tab, events, names, connections, attachments, templates, chosen, draft, more }: Read,
): RecordSection[] {
  if (tab === "timeline") return [timelineSection(tx, type, record, { page: events, names })];
  if (tab === "connected") return [connectedSection(tx, type, record, connections)];
  if (tab === "files") return [filesSection(tx, type, record, attachments)];
  const conversation = conversationSection(tx, type, record, {
    page: events,
    attachments,
    templates,
    chosen,
    names,
    draft,
  });
  return tab === "conversation" ? [conversation] : [...detailSections(tx, type, record, names), ...more, conversation];
}

function tabsOf(current: Tab, counts: Readonly<Record<string, string>>): RecordPage["tabs"] {
  return tabNames.map((name) => ({
    label: `${name[0]?.toUpperCase()}${name.slice(1)}`,
    href: `?tab=${name}`,
    ...(counts[name] === undefined || counts[name] === "0" ? {} : { count: counts[name] }),
    ...(name === current ? { current: true } : {}),
  }));
}

/** Who asked, or who made it, and when. */
function subOf(tx: Tx, record: Stored, names: Names): string {
  const opened = `opened ${formatMoment(Temporal.Instant.from(record.openedAt), pageClock(tx).zone)}`;
  const requester = record.requesterId === null ? undefined : names.get(record.requesterId)?.title;
  return requester === undefined ? `O${opened.slice(1)}` : `Asked by ${requester}, ${opened}`;
}
