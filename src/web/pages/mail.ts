import type { FastifyInstance } from "fastify";
import { failuresShown, mustLookAfterMail, readMailState, retryMail, sendTestMail } from "../../kernel/mail/outbox.ts";
import type { MailState } from "../../kernel/mail/outbox.ts";
import { countMax } from "../../kernel/store/list.ts";
import { note, problem } from "../flash.ts";
import { pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { formatCount, formatRecent, plural } from "../view/format.ts";
import type { MailPage } from "../view/models.ts";
import { pageClock } from "./places.ts";

/** Where an administrator sees how mail goes out and what did not go. */
export const mailPath = "/administration/mail";

/** What became of mail: only for whoever may change every role. */
export function registerMail(app: FastifyInstance, parts: WebParts): void {
  const own = { preHandler: app.csrfProtection };
  app.get(mailPath, pageRoute(parts, answer));
  app.post(
    `${mailPath}/retry`,
    own,
    pageRoute(parts, (page) => retry(page, null)),
  );
  app.post(
    `${mailPath}/:mail/retry`,
    own,
    pageRoute(parts, (page) => retry(page, page.params["mail"] ?? "")),
  );
  app.post(`${mailPath}/test`, own, pageRoute(parts, sendTest));
}

function answer(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const state = await readMailState(tx);
    const shell = await page.shell(tx, { title: "Mail", current: "/administration" });
    const { mail } = page.parts;
    const goes = mail && !shell.demo;
    const model: MailPage = {
      shell,
      breadcrumb: [{ text: "Administration", href: "/administration" }],
      sentences: sentencesOf(page.parts.mail ?? null, shell.demo !== undefined),
      ...(goes ? { testAction: `${mailPath}/test` } : {}),
      figures: figuresOf(state),
      ...(state.failures.length > 1 ? { retryAllAction: `${mailPath}/retry` } : {}),
      failed: state.failures.map((failed) => ({
        person: failed.person,
        what: { test: "a test", report: "a report" }[failed.purpose] ?? "what they were to be told",
        why: failed.why,
        moment: formatRecent(Temporal.Instant.from(failed.endedAt), pageClock(tx)),
        retryAction: `${mailPath}/${failed.id}/retry`,
      })),
      ...(state.failed > state.failures.length
        ? { more: `The newest ${failuresShown} of ${formatCount(state.failed, countMax)} are shown.` }
        : {}),
    };
    return { page: "mail", model };
  });
}

function sentencesOf(mail: WebParts["mail"] | null, demo: boolean): string[] {
  if (demo) return ["This is a demonstration, and its people are invented, so no mail goes out of it whatever is set."];
  return mail
    ? [...mail.description]
    : [
        "No mail goes out: nothing is set. People are told in Reeve alone.",
        "Set REEVE_SMTP_HOST and REEVE_MAIL_FROM, or REEVE_NOTIFY_KEY and REEVE_NOTIFY_TEMPLATE, and start Reeve again. The README lists every setting.",
      ];
}

function figuresOf({ waiting, sentInADay, failed, lastFault }: MailState): MailPage["figures"] {
  return [
    { label: "Waits to go", text: formatCount(waiting, countMax) },
    { label: "Went in the last 24 hours", text: formatCount(sentInADay, countMax) },
    { label: "Did not go", text: formatCount(failed, countMax) },
    ...(lastFault === null ? [] : [{ label: "Why mail waits", text: lastFault }]),
  ];
}

async function retry(page: PageRequest, id: string | null): Promise<PageAnswer> {
  const many = await page.as((tx) => retryMail(tx, id));
  return {
    redirect: mailPath,
    flash: many === 0 ? note("There was nothing to send again") : `${plural(many, "mail")} will be sent again`,
  };
}

async function sendTest(page: PageRequest): Promise<PageAnswer> {
  const { mail } = page.parts;
  const made = mail
    ? await page.as((tx) => sendTestMail(tx, mail.domain))
    : await page.as(async (tx) => (mustLookAfterMail(tx), false));
  return {
    redirect: mailPath,
    flash: made
      ? `A test is on its way to ${page.session.email}. Look here again in a minute, and in your mail`
      : problem("No test was made: none can go out, or three of yours wait already"),
  };
}
