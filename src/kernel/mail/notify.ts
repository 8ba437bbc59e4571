import { NotifyClient } from "notifications-node-client";
import type { MailChannel, Outcome } from "./channel.ts";
import type { NotifySettings } from "./settings.ts";

const timeoutMs = 30_000;

/**
 * Mail through GOV.UK Notify. The Message-ID is the reference there, and is asked for before anything is sent: what was
 * taken before a crash is not sent again.
 */
export function createNotifyChannel({ url, apiKey, templateId }: NotifySettings): MailChannel {
  const client = new NotifyClient(url, apiKey);
  return {
    description: [`Mail goes out through GOV.UK Notify at ${new URL(url).host}, with the template ${templateId}.`],
    domain: new URL(url).hostname,
    close: () => {},
    send: async ({ messageId, to, subject, text }) => {
      try {
        const before = await inTime(client.getNotifications("email", undefined, messageId));
        const [taken] = before.data.notifications;
        if (taken) return { kind: "sent", answer: "GOV.UK Notify has taken it before", providerId: taken.id };
        const sent = await inTime(
          client.sendEmail(templateId, to, { reference: messageId, personalisation: { subject, body: text } }),
        );
        return { kind: "sent", answer: "GOV.UK Notify has taken it", providerId: sent.data.id };
      } catch (error) {
        return outcomeOf(error);
      }
    },
    follow: async (providerId) => {
      try {
        const { status } = (await inTime(client.getNotificationById(providerId))).data;
        if (/-failure$/.test(status))
          return { ended: true, failed: failures[status] ?? `GOV.UK Notify says: ${status}` };
        return { ended: status === "delivered", failed: null };
      } catch {
        return { ended: false, failed: null };
      }
    },
  };
}

/** Notify's own words for what a mail ends with, in ours. */
const failures: Readonly<Record<string, string>> = {
  "permanent-failure": "The address does not exist, or its server refused the mail for good",
  "temporary-failure": "The address’s server did not take the mail for three days: the mailbox may be full",
  "technical-failure": "GOV.UK Notify could not send the mail",
};

/** The client gives up by itself only when the connection does. */
function inTime<Result>(answer: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("GOV.UK Notify did not answer in time")), timeoutMs);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

function outcomeOf(error: unknown): Outcome {
  const response = partOf(error, "response");
  const status = partOf(response, "status");
  const errors = partOf(partOf(response, "data"), "errors");
  const said = Array.isArray(errors)
    ? errors.map((one: unknown) => `${String(partOf(one, "error"))}: ${String(partOf(one, "message"))}`).join(". ")
    : "";
  const why = (said || (error instanceof Error ? error.message : "no answer")).slice(0, 900);
  // 403: the key is wrong. 429: too much for today or for this minute. Neither has to do with this mail.
  if (status === 400 || status === 404) return { kind: "refused", why: `GOV.UK Notify refused it: ${why}` };
  return { kind: "later", why: `GOV.UK Notify: ${why}`, everything: true };
}

function partOf(thing: unknown, name: string): unknown {
  return typeof thing === "object" && thing !== null && name in thing ? Reflect.get(thing, name) : undefined;
}
