import type { FastifyInstance, FastifyReply } from "fastify";
import { sql } from "kysely";
import { unseen } from "../../kernel/errors.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { note } from "../flash.ts";
import { first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { deviceName } from "../sign-in/device.ts";
import type { SessionRow } from "../sign-in/sessions.ts";
import { refusalOf } from "../sign-in-form.ts";
import { recentInSentence, plural } from "../view/format.ts";
import type { Clock } from "../view/format.ts";
import type { AccountPage, FormContent, FormError } from "../view/models.ts";
import { registerSecondStep, secondStepSection } from "./account-second-step.ts";
import { passkeySection, registerPasskeys } from "./passkeys.ts";
import { registerTokens, tokenForm, tokenItems, tokenKinds } from "./account-tokens.ts";

/** A page of one's own: where one is signed in, API tokens, and the password. */
export function registerAccount(app: FastifyInstance, parts: WebParts): void {
  const own = { preHandler: app.csrfProtection };
  app.get(
    "/account",
    pageRoute(parts, (page) => accountPage(page)),
  );
  app.post("/account/sessions/:session/end", own, (request, reply) =>
    pageRoute(parts, (page) => endSession(page, reply))(request, reply),
  );
  app.post("/account/sessions/others", own, pageRoute(parts, endOthers));
  app.post("/account/sessions/all", own, (request, reply) =>
    pageRoute(parts, (page) => endAll(page, reply))(request, reply),
  );
  app.post("/account/password", own, (request, reply) =>
    pageRoute(parts, (page) => changePassword(page, reply))(request, reply),
  );
  // Where a page that answered a form is loaded again by its address.
  for (const address of ["/account/password", "/account/tokens"])
    app.get(address, async (_request, reply) => reply.redirect("/account", 303));
  registerTokens(app, parts, accountPage);
  registerSecondStep(app, parts);
  registerPasskeys(app, parts);
}

/** What was wrong with one of the forms of the page, to be shown with it. */
export interface AccountProblems {
  readonly errors: readonly FormError[];
  readonly status: number;
  readonly newToken?: FormContent;
  readonly changePassword?: FormContent;
}

async function accountPage(page: PageRequest, problems?: AccountProblems): Promise<PageAnswer> {
  const sessions = (await page.parts.signIn.listSessions(page.request.headers)) ?? [];
  const secondStep = await secondStepSection(page);
  // Where a password would do.
  const passkeys = await passkeySection(page, secondStep !== undefined);
  const model = await page.as(async (tx): Promise<AccountPage> => {
    const clock = { now: tx.now, zone: "Europe/London" };
    return {
      shell: await page.shell(tx, { title: "Your account" }),
      name: page.session.name,
      email: page.session.email,
      roles: await roleNames(tx),
      errors: problems?.errors ?? [],
      sessions: sessions.map((session) => sessionItem(session, clock)),
      ...(sessions.some(({ current }) => !current) ? { endOthersAction: "/account/sessions/others" } : {}),
      tokens: await tokenItems(tx, clock),
      newToken: problems?.newToken ?? tokenForm(tokenKinds(tx), {}),
      secondStep,
      passkeys,
      // Who came in without a password has none to change.
      ...(page.session.demo || secondStep === undefined
        ? {}
        : { changePassword: problems?.changePassword ?? passwordForm([]) }),
    };
  });
  return { page: "account", model, status: problems?.status ?? 200 };
}

async function roleNames(tx: Tx): Promise<readonly string[]> {
  const { rows } = await sql<{ names: string[] }>`select own_role_names() as names`.execute(tx.db);
  return rows[0]?.names ?? [];
}

function sessionItem(session: SessionRow, clock: Clock): AccountPage["sessions"][number] {
  const recent = (moment: Date) => recentInSentence(Temporal.Instant.fromEpochMilliseconds(moment.getTime()), clock);
  return {
    device: deviceName(session.userAgent),
    started: recent(session.startedAt),
    lastSeen: session.current ? "now" : recent(session.lastSeenAt),
    current: session.current,
    endAction: `/account/sessions/${encodeURIComponent(session.id)}/end`,
    hidden: [],
  };
}

async function endSession(page: PageRequest, reply: FastifyReply): Promise<PageAnswer> {
  const { signIn } = page.parts;
  const wanted = page.params["session"] ?? "";
  if (wanted === page.session.sessionId) {
    for (const cookie of await signIn.signOut(page.request.headers)) reply.header("set-cookie", cookie);
    return { redirect: "/sign-in" };
  }
  if (!(await signIn.endSession(page.request.headers, wanted))) unseen("That session has ended already");
  return { redirect: "/account", flash: "That session has ended." };
}

async function endOthers(page: PageRequest): Promise<PageAnswer> {
  const ended = (await page.parts.signIn.endOtherSessions(page.request.headers)) ?? 0;
  return {
    redirect: "/account",
    flash:
      ended === 0
        ? note("You were signed in nowhere else.")
        : `${plural(ended, "other session has", "other sessions have")} ended.`,
  };
}

async function endAll(page: PageRequest, reply: FastifyReply): Promise<PageAnswer> {
  for (const cookie of await page.parts.signIn.signOutEverywhere(page.request.headers))
    reply.header("set-cookie", cookie);
  return { redirect: "/sign-in", flash: "You are signed out everywhere." };
}

async function changePassword(page: PageRequest, reply: FastifyReply): Promise<PageAnswer> {
  const [current, wanted] = [first(page.form, "current"), first(page.form, "wanted")];
  if (current === "")
    return refusePassword(page, [{ text: "Enter your password as it is now", fieldId: "current" }], 422);
  const organisation = await page.as((tx) =>
    tx.db
      .selectFrom("organisations")
      .select("name")
      .where("id", "=", tx.actor.organisationId)
      .executeTakeFirstOrThrow(),
  );
  const result = await page.parts.signIn.changePassword({
    current: current.slice(0, 1000),
    wanted,
    context: { organisation: organisation.name },
    headers: page.request.headers,
    address: page.request.ip,
  });
  if (result.ok) {
    for (const cookie of result.cookies) reply.header("set-cookie", cookie);
    return { redirect: "/account", flash: "Your password is changed, and you are signed out everywhere else." };
  }
  if (result.reason === "signed-out") return { redirect: "/sign-in?next=/account" };
  if (result.reason === "weak") return refusePassword(page, [{ text: result.message, fieldId: "wanted" }], 422);
  if (result.reason === "wrong")
    return refusePassword(page, [{ text: "That is not your password as it is now", fieldId: "current" }], 422);
  if (!("retryAfterSeconds" in result)) return { redirect: "/sign-in?next=/account" };
  const { errors, status, retryAfterSeconds } = refusalOf(result);
  reply.header("retry-after", String(Math.max(1, retryAfterSeconds ?? 1)));
  return refusePassword(
    page,
    errors.map(({ text }) => ({ text, fieldId: "current" })),
    status,
  );
}

function refusePassword(page: PageRequest, errors: readonly FormError[], status: number): Promise<PageAnswer> {
  return accountPage(page, { errors, status, changePassword: passwordForm(errors) });
}

function passwordForm(errors: readonly FormError[]): FormContent {
  const at = (id: string) => {
    const error = errors.find(({ fieldId }) => fieldId === id)?.text;
    return { id, name: id, ...(error === undefined ? {} : { error }) };
  };
  return {
    action: "/account/password",
    fields: [
      { ...at("current"), label: "Password now", widget: "password", autocomplete: "current-password" },
      {
        ...at("wanted"),
        label: "New password",
        hint: "12 characters or more. Three words that do not belong together make a good one",
        widget: "password",
        autocomplete: "new-password",
      },
    ],
    hidden: [],
    submit: { label: "Change password" },
  };
}
