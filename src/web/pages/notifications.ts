import type { FastifyInstance } from "fastify";
import { unseen } from "../../kernel/errors.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { absentIn, findNotification, listNotifications, markRead } from "../../kernel/notifications/inbox.ts";
import type { Notification } from "../../kernel/notifications/inbox.ts";
import { notificationKinds } from "../../kernel/notifications/kinds.ts";
import { placeOf, sentenceOf } from "../../kernel/notifications/sentence.ts";
import { unwatch, watch } from "../../kernel/notifications/watch.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import { standIns } from "../../kernel/organisation/absences.ts";
import type { Absence } from "../../kernel/organisation/absences.ts";
import { StandInOver } from "../../kernel/act-as.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { notificationsPath } from "../bell.ts";
import { note } from "../flash.ts";
import { first, pageRoute, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { formatRecent, plural } from "../view/format.ts";
import type { Move, NotificationsPage } from "../view/models.ts";
import { addressOf, pageClock } from "./places.ts";

/** What a person is told, and watching: for every type by its definition. */
export function registerNotifications(app: FastifyInstance, parts: WebParts): void {
  const own = { preHandler: app.csrfProtection };
  app.get(notificationsPath, pageRoute(parts, answer));
  app.get(`${notificationsPath}/:notification`, pageRoute(parts, open));
  app.post(`${notificationsPath}/read`, own, pageRoute(parts, readAll));
  app.post(`${notificationsPath}/:notification/read`, own, pageRoute(parts, readOne));
  app.post(
    "/:path/:reference/watch",
    own,
    pageRoute(parts, (page) => setWatching(page, true)),
  );
  app.post(
    "/:path/:reference/unwatch",
    own,
    pageRoute(parts, (page) => setWatching(page, false)),
  );
}

async function answer(page: PageRequest): Promise<PageAnswer> {
  const before = first(page.query, "before");
  const { model, away } = await page.as(async (tx) => {
    const [{ items, more }, absences, shell] = await Promise.all([
      listNotifications(tx, before === "" ? {} : { before }),
      before !== "" || tx.actor.standsInFor ? [] : standIns(tx),
      page.shell(tx, { title: "Notifications", current: notificationsPath, follows: "told" }),
    ]);
    const unread = items.filter(({ readAt }) => readAt === null);
    const read = items.filter(({ readAt }) => readAt !== null);
    const own: NotificationsPage = {
      shell,
      settings: { text: "Choose what you are told and how", href: "/account/notifications" },
      ...(unread.length > 0 ? { readAllAction: `${notificationsPath}/read` } : {}),
      groups: [
        { label: "Not read yet", items: unread.map((item) => itemOf(tx, item)) },
        { label: "Read", items: read.map((item) => itemOf(tx, item)) },
      ].filter((group) => group.items.length > 0),
      ...(more ? { olderHref: `${notificationsPath}?before=${items.at(-1)?.id ?? ""}` } : {}),
      ...(before === "" ? {} : { newestHref: notificationsPath }),
    };
    return { model: own, away: absences };
  });
  const others: NotificationsPage["groups"][number][] = [];
  for (const absence of away) others.push(...(await standInGroup(page, absence)));
  return { page: "notifications", model: { ...model, groups: [...others, ...model.groups] } };
}

/** What somebody is told for a person for whom they stand in, bound to what the database hands on. */
async function standInGroup(
  page: PageRequest,
  { personId, personName, untilDay }: Absence,
): Promise<NotificationsPage["groups"][number][]> {
  try {
    return await page.asStandIn(personId, async (tx) => {
      const { items } = await listNotifications(tx, { limit: 20, onlyForAbsent: true });
      const label = `For ${personName ?? "somebody"}, who is away until ${formatDay(untilDay)}`;
      return items.length === 0 ? [] : [{ label, items: items.map((item) => itemOf(tx, item)) }];
    });
  } catch (error) {
    // Whoever came back in this moment has no such work any more.
    if (error instanceof StandInOver) return [];
    throw error;
  }
}

function itemOf(tx: Tx, item: Notification): NotificationsPage["groups"][number]["items"][number] {
  const type = typeNamed(tx.registry, item.type);
  const { tag, tone } = notificationKinds[item.kind];
  return {
    tag: { text: tag, tone },
    record: { text: `${item.reference} ${item.title}`, href: `${notificationsPath}/${item.id}` },
    sentence: sentenceOf(type, item),
    moment: formatRecent(Temporal.Instant.from(item.madeAt), pageClock(tx)),
    iso: item.madeAt,
    ...(item.readAt === null ? { readAction: `${notificationsPath}/${item.id}/read` } : {}),
  };
}

/** GET: what a notification and its mail lead to: read from then on, and on to the line that it is about. */
function open(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const id = page.params["notification"] ?? "";
    const absent = await absentIn(tx, id);
    if (absent !== null && absent !== tx.actor.standsInFor?.personId) {
      const standing = (await standIns(tx)).find(({ personId }) => personId === absent);
      if (!standing) unseen("You stand in for that person no longer, so what they were told is theirs again");
      await markRead(tx, id);
      const flash = note(`To open it, stand in for ${standing.personName ?? "them"} first`);
      return { redirect: `/#for-${absent}`, flash };
    }
    const notification = await findNotification(tx, id);
    await markRead(tx, notification.id);
    return { redirect: placeOf(typeNamed(tx.registry, notification.type), notification) };
  });
}

async function readOne(page: PageRequest): Promise<PageAnswer> {
  await page.as((tx) => markRead(tx, page.params["notification"] ?? ""));
  return { redirect: notificationsPath };
}

async function readAll(page: PageRequest): Promise<PageAnswer> {
  const many = await page.as((tx) => markRead(tx, null));
  return {
    redirect: notificationsPath,
    flash: many === 0 ? note("There was nothing unread") : `${plural(many, "notification")} marked as read`,
  };
}

/** The button by which a person watches a record, or stops. */
export function watchAction(tx: Tx, record: Stored, watching: boolean): Move {
  return {
    label: watching ? "Stop watching" : "Watch",
    href: `${addressOf(tx, record)}/${watching ? "unwatch" : "watch"}`,
    method: "post",
    hidden: [],
  };
}

function setWatching(page: PageRequest, wanted: boolean): Promise<PageAnswer> {
  const type = typeAt(page);
  return page.as(async (tx) => {
    const record = await find(tx, type, page.params["reference"] ?? "");
    await (wanted ? watch(tx, record) : unwatch(tx, record));
    return {
      redirect: addressOf(tx, record),
      flash: wanted
        ? `You are told from now on when something happens to ${record.reference}`
        : `You watch ${record.reference} no longer. You are still told of what concerns you yourself`,
    };
  });
}
