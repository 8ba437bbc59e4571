import type { FastifyInstance } from "fastify";
import { Refusal } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import { readWishes, saveWishes } from "../../kernel/notifications/choices.ts";
import type { GivenWishes } from "../../kernel/notifications/choices.ts";
import { inProduct, mailChoice } from "../../kernel/notifications/delivery.ts";
import type { Wishes } from "../../kernel/notifications/delivery.ts";
import { kindNames, notificationKinds } from "../../kernel/notifications/kinds.ts";
import type { MailChoice } from "../../kernel/notifications/kinds.ts";
import { first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import type { NotificationChoicesPage } from "../view/models.ts";

const path = "/account/notifications";

/** Where a person says of what they wish to hear, and how. */
export function registerNotificationChoices(app: FastifyInstance, parts: WebParts): void {
  app.get(
    path,
    pageRoute(parts, async (page) => choicesPage(page, givenOf(await page.as(readWishes)), [])),
  );
  app.post(path, { preHandler: app.csrfProtection }, pageRoute(parts, save));
}

async function save(page: PageRequest): Promise<PageAnswer> {
  const given: GivenWishes = {
    kinds: kindNames.map((kind) => ({
      kind,
      product: first(page.form, `product-${kind}`) === "yes",
      mail: mailIn(first(page.form, `mail-${kind}`)) ?? notificationKinds[kind].mail,
    })),
    digestAt: first(page.form, "digestAt"),
    quietFrom: first(page.form, "quietFrom"),
    quietUntil: first(page.form, "quietUntil"),
  };
  try {
    await page.as((tx) => saveWishes(tx, given));
    return { redirect: path, flash: "Saved. It holds for what happens from now on" };
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
    return choicesPage(page, given, error.problems);
  }
}

function mailIn(text: string): MailChoice | null {
  return text === "now" || text === "digest" || text === "off" ? text : null;
}

function givenOf(wishes: Wishes): GivenWishes {
  return {
    kinds: kindNames.map((kind) => ({ kind, product: inProduct(wishes, kind), mail: mailChoice(wishes, kind) })),
    digestAt: wishes.digestAt,
    quietFrom: wishes.quiet?.from ?? "",
    quietUntil: wishes.quiet?.until ?? "",
  };
}

const mailLabels = { now: "At once", digest: "In the daily mail", off: "No mail" } as const;

function choicesPage(page: PageRequest, given: GivenWishes, problems: readonly Problem[]): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const shell = await page.shell(tx, { title: "What you are told and how" });
    const error = (field: string) => {
      const message = problems.find((problem) => problem.field === field)?.message;
      return message === undefined ? {} : { error: message };
    };
    const model: NotificationChoicesPage = {
      shell,
      breadcrumb: [{ text: "Your account", href: "/account" }],
      errors: problems.map(({ field, message }) => ({
        text: message,
        ...(field === undefined ? {} : { fieldId: field }),
      })),
      ...(page.parts.mail && !shell.demo
        ? {}
        : { notice: "No mail goes out of this Reeve, so what you choose under By mail has no effect yet." }),
      action: path,
      kinds: given.kinds.map(({ kind, product, mail }) => ({
        name: kind,
        label: notificationKinds[kind].label,
        hint: notificationKinds[kind].hint,
        product,
        mail: (["now", "digest", "off"] as const).map((value) => ({
          value,
          label: mailLabels[value],
          selected: value === mail,
        })),
      })),
      times: [
        {
          id: "digestAt",
          label: "Time of the daily mail",
          hint: "Such as 07:30",
          value: given.digestAt,
          ...error("digestAt"),
        },
        {
          id: "quietFrom",
          label: "Quiet from",
          hint: "No mail from this time on: what would come is sent when quiet hours end. Leave both empty for none",
          value: given.quietFrom,
          ...error("quietFrom"),
        },
        {
          id: "quietUntil",
          label: "Quiet until",
          hint: "Such as 07:00",
          value: given.quietUntil,
          ...error("quietUntil"),
        },
      ],
    };
    return { page: "notification-choices", model, status: problems.length > 0 ? 422 : 200 };
  });
}
