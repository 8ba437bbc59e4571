import type { FastifyInstance } from "fastify";
import { Refusal, unseen } from "../../kernel/errors.ts";
import { appendEvent } from "../../kernel/store/timeline.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { scimPath } from "../scim/scim.ts";
import { makeProvisioningToken, provisioningTokens, revokeProvisioningToken } from "../sign-in/provisioning.ts";
import { recentInSentence } from "../view/format.ts";
import type { FormError } from "../view/models.ts";
import { changesOrganisation } from "./organisation.ts";
import { pageClock } from "./places.ts";

/** Where an administrator lets the organisation's directory provision. */
export const provisioningPath = "/administration/provisioning";

/** The tokens with which the directory sends people and groups. */
export function registerProvisioning(app: FastifyInstance, parts: WebParts): void {
  const own = { preHandler: app.csrfProtection };
  app.get(
    provisioningPath,
    pageRoute(parts, (page) => page.as((tx) => tokensPage(page, tx, []))),
  );
  app.post(provisioningPath, own, pageRoute(parts, make));
  app.post(`${provisioningPath}/:token/revoke`, own, pageRoute(parts, revoke));
}

const title = "Provisioning";

async function tokensPage(page: PageRequest, tx: Tx, errors: readonly FormError[], name = ""): Promise<PageAnswer> {
  if (!changesOrganisation(tx)) unseen("There is no such page");
  const [tokens, shell] = await Promise.all([
    provisioningTokens(tx),
    page.shell(tx, { title, current: "/administration" }),
  ]);
  const recent = (moment: string) => recentInSentence(Temporal.Instant.from(moment), pageClock(tx));
  const error = errors[0]?.text;
  return {
    page: "provisioning",
    status: errors.length > 0 ? 422 : 200,
    model: {
      shell,
      breadcrumb: [{ text: "Administration", href: "/administration" }],
      title,
      errors,
      address: `${page.parts.baseUrl}${scimPath}`,
      tokens: tokens.map((token) => ({
        name: token.name,
        text: `Made ${recent(token.createdAt)}. ${token.lastUsedAt === null ? "Not used yet." : `Last used ${recent(token.lastUsedAt)}.`}`,
        revokeAction: `${provisioningPath}/${token.id}/revoke`,
      })),
      form: {
        action: provisioningPath,
        fields: [
          {
            id: "name",
            name: "name",
            label: "Name",
            hint: "What it is for, such as Entra ID",
            widget: "text",
            value: name,
            width: "medium",
            ...(error === undefined ? {} : { error }),
          },
        ],
        hidden: [],
        submit: { label: "Make a token" },
      },
    },
  };
}

async function make(page: PageRequest): Promise<PageAnswer> {
  const name = first(page.form, "name");
  try {
    const { token, shell } = await page.as(async (tx) => {
      if (!changesOrganisation(tx)) unseen("There is no such page");
      const made = await makeProvisioningToken(tx, name);
      await tell(tx, "provisioning_token_made", name.trim());
      return { token: made, shell: await page.shell(tx, { title, current: "/administration" }) };
    });
    return {
      page: "sign-in-link",
      model: {
        shell,
        breadcrumb: [
          { text: "Administration", href: "/administration" },
          { text: title, href: provisioningPath },
        ],
        caption: name.trim(),
        title: "Your directory’s token",
        paragraphs: ["Copy it now. It is shown this once and cannot be read again."],
        link: {
          label: "Token",
          value: token,
          after: [
            "Whoever has it can make, change and end everybody’s access to Reeve. Give it to your directory and to nobody else.",
            `The address for it is ${page.parts.baseUrl}${scimPath}`,
          ],
        },
        back: { text: "Back to provisioning", href: provisioningPath },
      },
    };
  } catch (error) {
    if (!(error instanceof Refusal && error.kind === "invalid")) throw error;
    const errors = error.problems.map(({ message }) => ({ text: message, fieldId: "name" }));
    return page.as((tx) => tokensPage(page, tx, errors, name.slice(0, 200)));
  }
}

async function revoke(page: PageRequest): Promise<PageAnswer> {
  await page.as(async (tx) => {
    if (!changesOrganisation(tx)) unseen("There is no such page");
    const name = await revokeProvisioningToken(tx, page.params["token"] ?? "");
    if (name === null) unseen("There is no such token, or it was revoked already");
    await tell(tx, "provisioning_token_revoked", name);
  });
  return { redirect: provisioningPath, flash: "The token is revoked, and no longer works." };
}

/** The line stands on the timeline of the administrator who did it. */
async function tell(tx: Tx, verb: string, name: string): Promise<void> {
  if (tx.actor.personId !== null) await appendEvent(tx, tx.actor.personId, { verb, body: { to: name } });
}
