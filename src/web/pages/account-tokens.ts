import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { may } from "../../kernel/access.ts";
import { refuse, Refusal, unseen } from "../../kernel/errors.ts";
import type { Option } from "../../kernel/fields/kind.ts";
import type { Registry } from "../../kernel/registry.ts";
import { submitOnce } from "../../kernel/store/submission.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { problem } from "../flash.ts";
import { all, first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { queriesOf } from "../sign-in/actor-queries.ts";
import { createToken, listTokens, revokeToken } from "../sign-in/api-tokens.ts";
import type { CreateTokenResult, TokenRow } from "../sign-in/api-tokens.ts";
import { formatDay, recentInSentence } from "../view/format.ts";
import type { Clock } from "../view/format.ts";
import type { AccountPage, FormContent } from "../view/models.ts";
import type { AccountProblems } from "./account.ts";

const scopeLabels: Readonly<Record<string, string>> = {
  read: "Read everything that you may read",
  write: "Change everything that you may change",
};
const lifeDays = [7, 30, 90, 365];
const zone = "Europe/London";
const shownMax = 50;

type Shows = (page: PageRequest, problems: AccountProblems) => Promise<PageAnswer>;

/** Making and revoking one's own tokens. `show` answers with the account page and what was wrong with the form. */
export function registerTokens(app: FastifyInstance, parts: WebParts, show: Shows): void {
  const own = { preHandler: app.csrfProtection };
  app.post(
    "/account/tokens",
    own,
    pageRoute(parts, (page) => makeToken(page, show)),
  );
  app.post("/account/tokens/:token/revoke", own, pageRoute(parts, revoke));
}

/** The tokens that still work, newest first. */
export async function tokenItems(tx: Tx, clock: Clock): Promise<AccountPage["tokens"]> {
  const now = tx.now.epochMilliseconds;
  const live = (await listTokens(queriesOf(tx))).filter(
    ({ revokedAt, expiresAt }) => revokedAt === null && expiresAt.getTime() > now,
  );
  return live.slice(0, shownMax).map((token) => ({
    name: token.name,
    scopes: scopesInWords(tx.registry, token.scopes),
    created: dayOf(token.createdAt),
    expires: dayOf(token.expiresAt),
    lastUsed: lastUse(token, clock),
    revokeAction: `/account/tokens/${token.id}/revoke`,
    hidden: [],
  }));
}

/** The kinds of record of which a token of this person could read anything. */
export function tokenKinds({ actor, registry }: Tx): Option[] {
  return [...registry.types.values()]
    .filter(({ name }) => may(actor, name, "read"))
    .map(({ name, label }) => ({ value: name, label: label.many }));
}

/** The form for a new token, as it was sent where something is wrong with it. */
export function tokenForm(
  kinds: readonly Option[],
  sent: { name?: string; scopes?: readonly string[]; kinds?: readonly string[]; days?: string },
  refusal?: Refusal,
): FormContent {
  const at = (field: string, id: string) => {
    const error = refusal?.problems.find((problem) => problem.field === field)?.message;
    return { id, name: field, ...(error === undefined ? {} : { error }) };
  };
  return {
    action: "/account/tokens",
    fields: [
      { ...at("name", "token-name"), label: "What it is for", widget: "text", value: sent.name ?? "", width: "medium" },
      {
        ...at("scopes", "token-scopes"),
        label: "What it may do",
        widget: "checkboxes",
        values: sent.scopes ?? ["read"],
        options: Object.entries(scopeLabels).map(([value, label]) => ({ value, label })),
      },
      {
        ...at("kinds", "token-kinds"),
        label: "Of which records",
        hint: "Leave all unticked for every kind that there is and will be",
        optional: true,
        widget: "checkboxes",
        values: sent.kinds ?? [],
        options: kinds,
      },
      {
        ...at("expiresAt", "token-days"),
        label: "It ends after",
        widget: "select",
        value: sent.days ?? "30",
        options: lifeDays.map((days) => ({ value: String(days), label: `${days} days` })),
      },
    ],
    hidden: [{ name: "_submission", value: randomUUID() }],
    submit: { label: "Make the token" },
  };
}

async function makeToken(page: PageRequest, show: Shows): Promise<PageAnswer> {
  const sent = {
    name: first(page.form, "name"),
    scopes: all(page.form, "scopes"),
    kinds: all(page.form, "kinds"),
    days: first(page.form, "expiresAt"),
  };
  try {
    return await page.as((tx) => makeOnce(page, tx, sent));
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
    const ids: Readonly<Record<string, string>> = {
      name: "token-name",
      scopes: "token-scopes",
      kinds: "token-kinds",
      expiresAt: "token-days",
    };
    const errors = error.problems.map(({ field = "", message }) => ({
      text: message,
      ...(ids[field] ? { fieldId: ids[field] } : {}),
    }));
    const kinds = await page.as(async (tx) => tokenKinds(tx));
    return show(page, { errors, status: 422, newToken: tokenForm(kinds, sent, error) });
  }
}

async function makeOnce(
  page: PageRequest,
  tx: Tx,
  sent: { name: string; scopes: readonly string[]; kinds: readonly string[]; days: string },
): Promise<PageAnswer> {
  const days =
    lifeDays.find((life) => String(life) === sent.days) ?? refuse("expiresAt", "Select when it ends from the list");
  if (!sent.scopes.every((scope) => scope in scopeLabels))
    refuse("scopes", "Select what the token may do from the list");
  const kinds = tokenKinds(tx).map(({ value }) => value);
  if (!sent.kinds.every((kind) => kinds.includes(kind))) refuse("kinds", "Select kinds of record from the list");
  const scopes = sent.scopes.flatMap((scope) =>
    sent.kinds.length === 0 ? [scope] : sent.kinds.map((kind) => `${kind}:${scope}`),
  );
  if (sent.name.includes("\0")) refuse("name", "Enter a name in ordinary characters");
  const expires = tx.now.add({ hours: days * 24 });
  let made: Extract<CreateTokenResult, { ok: true }> | null = null;
  await submitOnce(tx, first(page.form, "_submission") || undefined, sent, async () => {
    const wanted = {
      ...page.session,
      name: sent.name,
      scopes,
      expiresAt: new Date(expires.epochMilliseconds),
    };
    const result = await createToken(queriesOf(tx), wanted, new Date(tx.now.epochMilliseconds));
    if (!result.ok) refuse(result.field, result.message);
    made = result;
    return { status: 201, location: "/account", recordId: null };
  });
  return madePage(page, tx, { made, sent: { ...sent, scopes }, expires });
}

async function madePage(
  page: PageRequest,
  tx: Tx,
  {
    made,
    sent,
    expires,
  }: {
    made: { readonly token: string } | null;
    sent: { name: string; scopes: readonly string[] };
    expires: Temporal.Instant;
  },
): Promise<PageAnswer> {
  // The form came twice: the token was on the first answer, and nobody can read it again.
  if (made === null)
    return {
      redirect: "/account",
      flash: problem("That token has been made already. If you did not copy it, revoke it and make another."),
    };
  return {
    page: "token-created",
    model: {
      shell: await page.shell(tx, { title: "Your new token" }),
      name: sent.name.trim(),
      token: made.token,
      expires: dayOf(new Date(expires.epochMilliseconds)),
      scopes: scopesInWords(tx.registry, sent.scopes),
      example: `curl -H "Authorization: Bearer ${made.token}" "${page.parts.baseUrl}/api/v1/tickets?limit=5"`,
      back: { text: "Back to your account", href: "/account" },
    },
  };
}

async function revoke(page: PageRequest): Promise<PageAnswer> {
  const revoked = await page.as((tx) =>
    revokeToken(queriesOf(tx), page.params["token"] ?? "", new Date(tx.now.epochMilliseconds)),
  );
  if (!revoked) unseen("There is no such token, or it was revoked already");
  return { redirect: "/account", flash: "The token is revoked. It stops working within 10 seconds." };
}

/** `ticket:read` and `policy:read` as “Read: tickets, policies”, in the registry's own words. */
function scopesInWords(registry: Registry, scopes: readonly string[]): string {
  const narrow = Object.entries({ read: "Read", write: "Change" }).flatMap(([scope, word]) => {
    const kinds = scopes.flatMap((one) => {
      const [kind = "", verb] = one.split(":");
      return verb === scope ? [registry.types.get(kind)?.label.many.toLowerCase() ?? kind] : [];
    });
    return kinds.length > 0 ? [`${word}: ${kinds.join(", ")}`] : [];
  });
  return [...scopes.flatMap((scope) => (scope.includes(":") ? [] : [scopeLabels[scope] ?? scope])), ...narrow].join(
    ". ",
  );
}

function lastUse({ lastUsedAt }: TokenRow, clock: Clock): string {
  if (lastUsedAt === null) return "Never used.";
  return `Last used ${recentInSentence(Temporal.Instant.fromEpochMilliseconds(lastUsedAt.getTime()), clock)}.`;
}

function dayOf(moment: Date): string {
  return formatDay(Temporal.Instant.fromEpochMilliseconds(moment.getTime()), zone);
}
