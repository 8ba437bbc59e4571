import type { FastifyInstance } from "fastify";
import { may, mustBeAllowed } from "../../kernel/access.ts";
import {
  deliveriesShown,
  listDeliveries,
  makeSecret,
  secretMadeAt,
  sendAgain,
  sendTest,
} from "../../kernel/outward/webhooks.ts";
import type { Attempt, Delivery } from "../../kernel/outward/webhooks.ts";
import type { RecordType } from "../../kernel/record.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find, isId } from "../../kernel/store/find.ts";
import { appendEvent } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { note, problem } from "../flash.ts";
import { first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { formatRecent, plural } from "../view/format.ts";
import type { Link, Move, WebhookLogPage } from "../view/models.ts";
import { addressOf, crumbsTo, navigationOf, pageClock } from "./places.ts";

/** What was sent to a webhook, its tests and its signing secret. */
export function registerWebhooks(app: FastifyInstance, parts: WebParts): void {
  const base = `/${typeNamed(parts.registry, "webhook").path}/:reference`;
  const own = { preHandler: app.csrfProtection };
  app.get(`${base}/log`, pageRoute(parts, logPage));
  app.post(`${base}/test`, own, pageRoute(parts, test));
  app.get(`${base}/secret`, pageRoute(parts, askForSecret));
  app.post(`${base}/secret`, own, pageRoute(parts, secret));
  app.post(`${base}/again`, own, pageRoute(parts, again));
  app.post(`${base}/log/:delivery/again`, own, pageRoute(parts, again));
}

/** The way to that page from a webhook's own. */
export function webhookAction(tx: Tx, type: RecordType, record: Stored): Move[] {
  return type.name === "webhook" ? [{ label: "Signing secret and log", href: logOf(tx, record), method: "get" }] : [];
}

const logOf = (tx: Tx, webhook: Stored) => `${addressOf(tx, webhook)}/log`;

function webhookAt(page: PageRequest, tx: Tx): Promise<Stored> {
  return find(tx, typeNamed(tx.registry, "webhook"), page.params["reference"] ?? "");
}

async function webhookToChange(page: PageRequest, tx: Tx): Promise<Stored> {
  const webhook = await webhookAt(page, tx);
  mustBeAllowed(tx.actor, typeNamed(tx.registry, "webhook"), "change", "look after this webhook", webhook);
  return webhook;
}

function logPage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const webhook = await webhookAt(page, tx);
    const before = first(page.query, "before");
    const [found, madeAt] = await Promise.all([
      listDeliveries(tx, webhook, isId(before) ? before : undefined),
      secretMadeAt(tx, webhook),
    ]);
    const changes = may(tx.actor, "webhook", "change", webhook);
    const at = addressOf(tx, webhook);
    const shown = found.slice(0, deliveriesShown);
    const model: WebhookLogPage = {
      ...(await surroundings(page, tx, webhook, "What was sent")),
      title: "What was sent",
      caption: `${webhook.reference} ${webhook.title}`,
      sentences: sentencesOf(tx, webhook, madeAt),
      actions: changes
        ? [
            { label: "Send a test", action: `${at}/test` },
            ...(shown.some(({ state }) => state === "failed")
              ? [{ label: "Send all that failed again", action: `${at}/again` }]
              : []),
          ]
        : [],
      ...(changes
        ? {
            secret: { text: madeAt === null ? "Make the signing secret" : "Make another secret", href: `${at}/secret` },
          }
        : {}),
      deliveries: shown.map((delivery) => deliveryOf(tx, at, delivery, changes)),
      ...(found.length > deliveriesShown ? { olderHref: `?before=${shown.at(-1)?.id}` } : {}),
    };
    return { page: "webhook-log", model };
  });
}

async function surroundings(page: PageRequest, tx: Tx, webhook: Stored, title: string) {
  const type = typeNamed(tx.registry, "webhook");
  return {
    shell: await page.shell(tx, { title: `${title}: ${webhook.title}`, current: navigationOf(tx.registry, type) }),
    breadcrumb: [...crumbsTo(tx, type), { text: webhook.reference, href: addressOf(tx, webhook) }],
  };
}

function sentencesOf(tx: Tx, { state }: Stored, madeAt: string | null): string[] {
  const recent = (moment: string) => formatRecent(Temporal.Instant.from(moment), pageClock(tx));
  return [
    madeAt === null
      ? "It has no signing secret yet, so nothing is sent. Make one and give it to the other system."
      : `Everything is signed as Standard Webhooks has it. The secret was made: ${recent(madeAt).toLowerCase()}.`,
    ...(state === "on" ? [] : ["It is off: tests go out, and nothing else."]),
  ];
}

const whats: Readonly<Record<string, string>> = {
  created: "Made",
  changed: "Changed",
  moved: "Moved on",
  commented: "Comment on",
  erased: "Erased by law",
};

const tags = {
  waiting: { text: "Waits", tone: "warn" },
  sent: { text: "Arrived", tone: "good" },
  failed: { text: "Failed", tone: "bad" },
  dropped: { text: "Not sent", tone: "neutral" },
} as const;

function deliveryOf(
  tx: Tx,
  at: string,
  { id, state, isTest, verb, reference, type, madeAt, nextAttemptAt, attempts }: Delivery,
  changes: boolean,
): WebhookLogPage["deliveries"][number] {
  const recent = (moment: string) => formatRecent(Temporal.Instant.from(moment), pageClock(tx));
  const record: Link | null =
    reference !== null && type !== null ? { text: reference, href: addressOf(tx, { type, reference }) } : null;
  const notes = {
    waiting: attempts.length > 0 ? `It is tried again ${recent(nextAttemptAt).toLowerCase()}` : null,
    dropped: "The person whose sight it has may not see this",
  };
  const note = state === "waiting" || state === "dropped" ? notes[state] : null;
  return {
    what: isTest ? "Test" : verb === null ? "Something that you may not see" : (whats[verb] ?? verb),
    ...(record ? { record } : {}),
    state: tags[state],
    moment: recent(madeAt),
    ...(note === null ? {} : { note }),
    attempts: attempts.map((one) => attemptText(one, recent)),
    ...(changes && state !== "waiting" ? { againAction: `${at}/log/${id}/again` } : {}),
  };
}

function attemptText({ at, tookMs, status, problem }: Attempt, recent: (moment: string) => string): string {
  return `${recent(at)}: ${problem ?? `It answered ${status}`}, after ${tookMs.toLocaleString("en-GB")} ms`;
}

async function test(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const webhook = await webhookToChange(page, tx);
    const made = await sendTest(tx, webhook);
    return {
      redirect: logOf(tx, webhook),
      flash: made
        ? "A test is on its way. Look here again in a few seconds"
        : problem("No test was made: three wait already"),
    };
  });
}

async function again(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const webhook = await webhookToChange(page, tx);
    const many = await sendAgain(tx, webhook, page.params["delivery"] ?? null);
    return {
      redirect: logOf(tx, webhook),
      flash: many === 0 ? note("There was nothing to send again") : `${plural(many, "message")} will be sent again`,
    };
  });
}

function askForSecret(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const webhook = await webhookToChange(page, tx);
    const madeAt = await secretMadeAt(tx, webhook);
    return {
      page: "sign-in-link",
      model: {
        ...(await surroundings(page, tx, webhook, "Signing secret")),
        caption: `${webhook.reference} ${webhook.title}`,
        title: madeAt === null ? "Make the signing secret" : "Make another signing secret",
        paragraphs: [
          "The other system proves with it that a message is from here and was not changed on its way.",
          ...(madeAt === null
            ? []
            : [
                "The secret that it has now signs as well for a day, so that nothing is refused while the other system changes over.",
              ]),
          "It is shown once.",
        ],
        form: {
          action: `${addressOf(tx, webhook)}/secret`,
          fields: [],
          hidden: [],
          submit: { label: "Make the secret" },
          cancel: { text: "Cancel", href: logOf(tx, webhook) },
        },
      },
    };
  });
}

async function secret(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const webhook = await webhookToChange(page, tx);
    const made = await makeSecret(tx, webhook, page.parts.secret);
    await appendEvent(tx, webhook.id, { verb: "webhook_secret_made", body: {} });
    return {
      page: "sign-in-link",
      model: {
        ...(await surroundings(page, tx, webhook, "Signing secret")),
        caption: `${webhook.reference} ${webhook.title}`,
        title: "The signing secret",
        paragraphs: ["Copy it now. It is shown this once and cannot be read again."],
        link: {
          label: "Secret",
          value: made,
          after: ["Give it to the other system and to nobody else: whoever has it can pretend to be Reeve there."],
        },
        back: { text: "Back to what was sent", href: logOf(tx, webhook) },
      },
    };
  });
}
