import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, test } from "node:test";
import { createNotifyChannel } from "../src/kernel/mail/notify.ts";
import { readSettings } from "../src/kernel/settings.ts";
import { createSmtpChannel } from "../src/kernel/mail/smtp.ts";
import { certificate } from "./mail-certificate.fixture.ts";
import { startMailServer } from "./mail-server.ts";

const mail = {
  messageId: "<0198c0de-0000-7000-8000-00000000e4a5@aldermoor.gov.uk>",
  to: "priya.nair@aldermoor.gov.uk",
  organisation: "Aldermoor Borough Council",
  subject: "INC-00012: you are mentioned",
  text: "This concerns you",
  html: "<p>This concerns you</p>",
};

/** What a test has opened: a server that stays open keeps the whole file from ending. */
const opened: { close(): unknown }[] = [];
afterEach(() => Promise.all(opened.splice(0).map((one) => one.close())));
const open = <Thing extends { close(): unknown }>(thing: Thing): Thing => (opened.push(thing), thing);

/** A real HTTP server on a free port, and what was asked of it. */
async function startHttp(answer: (request: IncomingMessage, body: string, response: ServerResponse) => void) {
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => answer(request, Buffer.concat(parts).toString("utf8"), response));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server's address is never a string.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return open({
    url,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
}

const smtp = (...given: Parameters<typeof createSmtpChannel>) => open(createSmtpChannel(...given));
const startServer = async (options: Parameters<typeof startMailServer>[0]) => open(await startMailServer(options));

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

describe("SMTP", () => {
  test("with a password goes over STARTTLS alone, and only to a server that can prove who it is", async () => {
    const seen: string[] = [];
    const server = await startServer({
      onAuth: (auth, session, callback) => {
        seen.push(`${auth.method} ${auth.username} ${auth.password} ${session.secure}`);
        callback(null, { user: auth.username ?? "" });
      },
    });
    const settings = {
      ...server.settings,
      host: "localhost",
      security: "starttls",
      signIn: { user: "reeve", password: "plum" },
    } as const;
    const trusted = smtp(settings, { ca: certificate.cert });
    assert.equal((await trusted.send(mail)).kind, "sent");
    assert.deepEqual(seen, ["PLAIN reeve plum true"]);
    const unknown = smtp(settings);
    const refused = await unknown.send(mail);
    assert.ok(
      refused.kind === "later" && refused.everything && /certificate/.test(refused.why),
      JSON.stringify(refused),
    );
    const bare = await startServer({ hideSTARTTLS: true, disabledCommands: ["STARTTLS"] });
    const stripped = smtp({ ...settings, port: bare.port }, { ca: certificate.cert });
    assert.equal((await stripped.send(mail)).kind, "later");
    assert.deepEqual([seen.length, bare.taken.length], [1, 0]);
  });

  test("with OAuth 2 asks for a token as a client, uses it while it holds, and asks anew when it is refused", async () => {
    const asked: URLSearchParams[] = [];
    const tokens = await startHttp((_request, body, response) => {
      asked.push(new URLSearchParams(body));
      json(response, 200, { access_token: `token-${asked.length}`, expires_in: 3600, token_type: "Bearer" });
    });
    const used: string[] = [];
    const server = await startServer({
      authMethods: ["XOAUTH2"],
      onAuth: (auth, _session, callback) => {
        used.push(`${auth.username} ${auth.accessToken}`);
        if (auth.accessToken === "token-1" && used.length > 1) callback(new Error("Expired"));
        else callback(null, { user: auth.username ?? "" });
      },
    });
    const channel = smtp(
      {
        ...server.settings,
        host: "localhost",
        security: "starttls",
        signIn: {
          user: "reeve@aldermoor.gov.uk",
          oauth: { tokenUrl: `${tokens.url}/token`, clientId: "client", clientSecret: "secret", scope: "a b/.default" },
        },
      },
      { ca: certificate.cert },
    );
    assert.equal((await channel.send(mail)).kind, "sent");
    assert.equal((await channel.send(mail)).kind, "sent");
    assert.deepEqual(Object.fromEntries(asked[0] ?? []), {
      grant_type: "client_credentials",
      client_id: "client",
      client_secret: "secret",
      scope: "a b/.default",
    });
    assert.deepEqual([asked.length, used], [1, ["reeve@aldermoor.gov.uk token-1"]]);
    channel.close();
    // The next connection signs in with the token that is kept, which the server takes no more.
    const expired = await channel.send(mail);
    assert.ok(expired.kind === "later" && expired.everything, JSON.stringify(expired));
    assert.equal((await channel.send(mail)).kind, "sent");
    assert.equal(used.at(-1), "reeve@aldermoor.gov.uk token-2");
  });

  test("says why there was no token, and sends nothing", async () => {
    const tokens = await startHttp((_request, _body, response) =>
      json(response, 401, {
        error: "invalid_client",
        error_description: "AADSTS7000215: Invalid client secret.\r\nTrace ID: 1",
      }),
    );
    const channel = smtp({
      way: "smtp",
      from: "reeve@aldermoor.gov.uk",
      host: "localhost",
      port: 1,
      security: "starttls",
      signIn: { user: "a", oauth: { tokenUrl: tokens.url, clientId: "c", clientSecret: "hush", scope: "s" } },
    });
    const outcome = await channel.send(mail);
    assert.ok(outcome.kind === "later" && outcome.everything);
    assert.match(outcome.why, /gave no token \(401\) invalid_client AADSTS7000215: Invalid client secret\.$/);
    assert.doesNotMatch(outcome.why, /hush/);
  });
});

describe("GOV.UK Notify", () => {
  const serviceId = "26785a09-ab16-4eb0-8407-a37497a57506";
  const secret = "3d844edf-8d35-48ac-975b-e847b4f122b0";
  const templateId = "f33517ff-2a88-4f6e-b855-c550268ce08a";

  /** A server that speaks as Notify's API is documented. */
  async function startNotify(refusal: () => { status: number; error: string; message: string } | null) {
    const taken: { id: string; reference: string; body: Record<string, unknown>; status: string }[] = [];
    const http = await startHttp((request, body, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://notify");
      if (!isSigned(request.headers.authorization ?? ""))
        return json(response, 403, { status_code: 403, errors: [{ error: "AuthError", message: "Invalid token" }] });
      if (request.method === "GET" && pathname === "/v2/notifications")
        return json(response, 200, {
          notifications: taken.filter(({ reference }) => reference === searchParams.get("reference")),
          links: {},
        });
      if (request.method === "GET") return json(response, 200, taken.find(({ id }) => pathname.endsWith(id)) ?? {});
      const refused = refusal();
      if (refused)
        return json(response, refused.status, {
          status_code: refused.status,
          errors: [{ error: refused.error, message: refused.message }],
        });
      const given = JSON.parse(body) as Record<string, unknown>;
      const made = {
        id: `740e5834-3a29-46b4-9a6f-16142fde533${taken.length}`,
        reference: String(given["reference"]),
        body: given,
        status: "created",
      };
      taken.push(made);
      json(response, 201, { id: made.id, reference: made.reference, uri: "", template: {}, content: {} });
    });
    return { ...http, taken };
  }

  function isSigned(authorization: string): boolean {
    const [head = "", body = "", signature = ""] = authorization.replace(/^Bearer /, "").split(".");
    const claims = JSON.parse(Buffer.from(body, "base64url").toString("utf8") || "{}") as {
      iss?: string;
      iat?: number;
    };
    const made = createHmac("sha256", secret).update(`${head}.${body}`).digest("base64url");
    return signature === made && claims.iss === serviceId && Math.abs((claims.iat ?? 0) - Date.now() / 1000) < 30;
  }

  test("takes a mail once, however often it is sent, and tells what became of it", async () => {
    const notify = await startNotify(() => null);
    const channel = createNotifyChannel({
      way: "notify",
      apiKey: `reeve-${serviceId}-${secret}`,
      templateId,
      url: notify.url,
    });
    const first = await channel.send(mail);
    assert.ok(first.kind === "sent" && first.providerId);
    assert.deepEqual(notify.taken[0]?.body, {
      template_id: templateId,
      email_address: mail.to,
      personalisation: { subject: mail.subject, body: mail.text },
      reference: mail.messageId,
    });
    assert.deepEqual(await channel.send(mail), {
      kind: "sent",
      answer: "GOV.UK Notify has taken it before",
      providerId: first.providerId,
    });
    assert.equal(notify.taken.length, 1);
    assert.deepEqual(await channel.follow?.(first.providerId), { ended: false, failed: null });
    notify.taken[0]!.status = "permanent-failure";
    assert.match((await channel.follow?.(first.providerId))?.failed ?? "", /The address does not exist/);
  });

  test("what it refuses is not sent again; what is wrong with the key, the limit or the service waits", async () => {
    let refusal = { status: 400, error: "BadRequestError", message: "Can't send to this recipient" };
    const notify = await startNotify(() => refusal);
    const settings = { way: "notify", apiKey: `reeve-${serviceId}-${secret}`, templateId, url: notify.url } as const;
    const channel = createNotifyChannel(settings);
    const refused = await channel.send(mail);
    assert.ok(refused.kind === "refused" && /BadRequestError: Can't send to this recipient/.test(refused.why));
    for (const status of [429, 500]) {
      refusal = { status, error: "RateLimitError", message: "Exceeded" };
      const outcome = await channel.send(mail);
      assert.ok(outcome.kind === "later" && outcome.everything, JSON.stringify(outcome));
    }
    const wrong = createNotifyChannel({ ...settings, apiKey: `reeve-${serviceId}-${serviceId}` });
    const outcome = await wrong.send(mail);
    assert.ok(outcome.kind === "later" && /Invalid token/.test(outcome.why), JSON.stringify(outcome));
  });
});

describe("settings", () => {
  const given = { REEVE_SMTP_HOST: "smtp.office365.com", REEVE_MAIL_FROM: "reeve@aldermoor.gov.uk" };
  const problem = (env: Record<string, string>) => {
    try {
      readSettings(env);
      return "";
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
  };

  test("none means no mail; Microsoft 365 and a relay are said in a few", () => {
    assert.equal(readSettings({}).mail, null);
    assert.deepEqual(readSettings({ ...given, REEVE_SMTP_SECURITY: "none" }).mail, {
      way: "smtp",
      from: "reeve@aldermoor.gov.uk",
      host: "smtp.office365.com",
      port: 587,
      security: "none",
      signIn: null,
    });
    const { mail: microsoft } = readSettings({
      ...given,
      REEVE_SMTP_USER: "reeve@aldermoor.gov.uk",
      REEVE_SMTP_OAUTH_URL: "https://login.microsoftonline.com/t/oauth2/v2.0/token",
      REEVE_SMTP_OAUTH_CLIENT: "c",
      REEVE_SMTP_OAUTH_SECRET: "s",
    });
    assert.ok(microsoft?.way === "smtp" && microsoft.signIn && "oauth" in microsoft.signIn);
    assert.equal(microsoft.signIn.oauth.scope, "https://outlook.office365.com/.default");
  });

  test("what does not fit together is said, without any secret", () => {
    assert.match(
      problem({ REEVE_SMTP_HOST: "smtp.example.org" }),
      /REEVE_MAIL_FROM must be set where REEVE_SMTP_HOST is/,
    );
    assert.match(problem({ ...given, REEVE_SMTP_PASSWORD: "plum" }), /REEVE_SMTP_USER must be set/);
    assert.match(
      problem({ ...given, REEVE_SMTP_USER: "reeve" }),
      /REEVE_SMTP_PASSWORD or REEVE_SMTP_OAUTH_URL must be set/,
    );
    assert.match(
      problem({ ...given, REEVE_SMTP_USER: "a", REEVE_SMTP_PASSWORD: "plum", REEVE_SMTP_SECURITY: "none" }),
      /would be sent for all to read/,
    );
    assert.match(
      problem({ ...given, REEVE_SMTP_USER: "a", REEVE_SMTP_OAUTH_URL: "http://login.example.org" }),
      /REEVE_SMTP_OAUTH_URL is "http/,
    );
    const key = `reeve-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0`;
    assert.match(problem({ ...given, REEVE_NOTIFY_KEY: key }), /are both set/);
    assert.match(
      problem({ REEVE_NOTIFY_KEY: "plum" }),
      /REEVE_NOTIFY_KEY is not usable \(its value is not shown here\)/,
    );
    assert.doesNotMatch(problem({ ...given, REEVE_SMTP_PASSWORD: "plum", REEVE_NOTIFY_KEY: key }), /plum|3d844edf/);
  });
});
