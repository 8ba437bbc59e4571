import * as z from "zod";
import type { Setting } from "../settings-list.ts";

/** The way by which mail goes out. */
export type MailSettings = SmtpSettings | NotifySettings;

export interface SmtpSettings {
  readonly way: "smtp";
  /** The address that mail is from. */
  readonly from: string;
  readonly host: string;
  readonly port: number;
  /** `starttls` asks for it and sends nothing without; `tls` from the first byte; `none` for a relay on a trusted network. */
  readonly security: "starttls" | "tls" | "none";
  /** How to sign in; null where the server asks for nothing. */
  readonly signIn:
    | { readonly user: string; readonly password: string }
    | { readonly user: string; readonly oauth: OAuthClient }
    | null;
}

/** An OAuth 2 client that signs in for itself (RFC 6749 section 4.4), as Microsoft 365 wants it. */
export interface OAuthClient {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
}

/** GOV.UK Notify. Its template has the places ((subject)) and ((body)). */
export interface NotifySettings {
  readonly way: "notify";
  readonly apiKey: string;
  readonly templateId: string;
  readonly url: string;
}

const exchangeScope = "https://outlook.office365.com/.default";
const notifyUrl = "https://api.notifications.service.gov.uk";

const text = (max: number) => z.string().max(max);
const address = z.email().max(254);
const webAddress = z.string().refine((given) => {
  const url = URL.parse(given);
  return url !== null && (url.protocol === "https:" || (url.protocol === "http:" && isHere(url.hostname)));
});

function isHere(host: string): boolean {
  return ["localhost", "127.0.0.1", "[::1]", "::1"].includes(host);
}

function define<Output>(setting: Setting<Output>): Setting<Output> {
  return setting;
}

/** The settings of mail, in the order in which the README lists them. */
export const mailSettings = {
  from: define({
    name: "REEVE_MAIL_FROM",
    purpose: "The address that mail by SMTP is from",
    allowed: "an address such as `reeve@example.gov.uk`",
    otherwise: "Needed with `REEVE_SMTP_HOST`",
    schema: address,
  }),
  host: define({
    name: "REEVE_SMTP_HOST",
    purpose: "The mail server to which mail is given",
    allowed: "a host such as `smtp.office365.com`",
    otherwise: "No mail by SMTP",
    schema: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9.:-]*[a-z0-9])?$/i)
      .max(253),
  }),
  port: define({
    name: "REEVE_SMTP_PORT",
    purpose: "Its port",
    allowed: "a whole number from 1 to 65535",
    otherwise: "`465` where `REEVE_SMTP_SECURITY` is `tls`, else `587`",
    schema: z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .refine((port) => port >= 1 && port <= 65_535),
  }),
  security: define({
    name: "REEVE_SMTP_SECURITY",
    purpose: "How the way there is kept secret: `none` only for a relay on the same network, without a password",
    allowed: "`starttls`, `tls` or `none`",
    otherwise: "`starttls`",
    schema: z.enum(["starttls", "tls", "none"]),
  }),
  user: define({
    name: "REEVE_SMTP_USER",
    purpose: "Who signs in to it; with OAuth 2 the mailbox that mail is from",
    allowed: "a name",
    otherwise: "Nobody signs in",
    schema: text(320),
  }),
  password: define({
    name: "REEVE_SMTP_PASSWORD",
    purpose: "The password of that user",
    allowed: "a password",
    otherwise: "None",
    isSecret: true,
    schema: text(1000),
  }),
  tokenUrl: define({
    name: "REEVE_SMTP_OAUTH_URL",
    purpose:
      "Where OAuth 2 tokens are made, instead of a password; for Microsoft 365 `https://login.microsoftonline.com/TENANT/oauth2/v2.0/token`",
    allowed: "an address that starts with `https://`",
    otherwise: "No OAuth 2",
    schema: webAddress,
  }),
  clientId: define({
    name: "REEVE_SMTP_OAUTH_CLIENT",
    purpose: "The client that asks for a token",
    allowed: "the client’s id",
    otherwise: "Needed with `REEVE_SMTP_OAUTH_URL`",
    schema: text(300),
  }),
  clientSecret: define({
    name: "REEVE_SMTP_OAUTH_SECRET",
    purpose: "Its secret",
    allowed: "a secret",
    otherwise: "Needed with `REEVE_SMTP_OAUTH_URL`",
    isSecret: true,
    schema: text(1000),
  }),
  scope: define({
    name: "REEVE_SMTP_OAUTH_SCOPE",
    purpose: "What the token is for",
    allowed: "scopes",
    otherwise: `\`${exchangeScope}\``,
    schema: text(1000),
  }),
  notifyKey: define({
    name: "REEVE_NOTIFY_KEY",
    purpose: "API key of GOV.UK Notify, by which mail goes out instead of SMTP",
    allowed: "a key as Notify shows it: its name and two ids",
    otherwise: "No mail through Notify",
    isSecret: true,
    schema: z.string().regex(/^[\w.-]+(-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}){2}$/i),
  }),
  notifyTemplate: define({
    name: "REEVE_NOTIFY_TEMPLATE",
    purpose: "Id of an e-mail template there that holds `((subject))` and `((body))`",
    allowed: "a template’s id",
    otherwise: "Needed with `REEVE_NOTIFY_KEY`",
    schema: z.uuid(),
  }),
  notifyUrl: define({
    name: "REEVE_NOTIFY_URL",
    purpose: "Where Notify’s API lives",
    allowed: "an address that starts with `https://`",
    otherwise: `\`${notifyUrl}\``,
    schema: webAddress,
  }),
};

type Read = <Output>(setting: Setting<Output>) => Output | undefined;

/** How mail goes out; null when nothing is set. Sentences about what does not fit together go to `problem`. */
export function readMailSettings(read: Read, problem: (sentence: string) => void): MailSettings | null {
  const { from, host, notifyKey, notifyTemplate } = mailSettings;
  const [key, server] = [read(notifyKey), read(host)];
  if (key !== undefined && server !== undefined)
    problem(`${notifyKey.name} and ${host.name} are both set, but mail goes out by one of them. Set only one.`);
  if (key !== undefined) {
    const templateId = read(notifyTemplate);
    if (templateId === undefined) problem(`${notifyTemplate.name} must be set where ${notifyKey.name} is.`);
    return { way: "notify", apiKey: key, templateId: templateId ?? "", url: read(mailSettings.notifyUrl) ?? notifyUrl };
  }
  if (server === undefined) return null;
  const sender = read(from);
  if (sender === undefined) problem(`${from.name} must be set where ${host.name} is.`);
  const security = read(mailSettings.security) ?? "starttls";
  return {
    way: "smtp",
    from: sender ?? "",
    host: server,
    port: read(mailSettings.port) ?? (security === "tls" ? 465 : 587),
    security,
    signIn: readSignIn(read, problem, security === "none" && !isHere(server)),
  };
}

function readSignIn(read: Read, problem: (sentence: string) => void, open: boolean): SmtpSettings["signIn"] {
  const { user, password, tokenUrl, clientId, clientSecret } = mailSettings;
  const [name, secret, url] = [read(user), read(password), read(tokenUrl)];
  if (name === undefined) {
    if (secret !== undefined || url !== undefined)
      problem(`${user.name} must be set where ${secret === undefined ? tokenUrl.name : password.name} is.`);
    return null;
  }
  if (open)
    problem(`${mailSettings.security.name} is none, so ${user.name} and its secret would be sent for all to read.`);
  if (secret !== undefined && url !== undefined)
    problem(`${password.name} and ${tokenUrl.name} are both set, but one signs in with one of them. Set only one.`);
  if (secret !== undefined) return { user: name, password: secret };
  if (url === undefined) {
    problem(`${password.name} or ${tokenUrl.name} must be set where ${user.name} is.`);
    return null;
  }
  const [id, key] = [read(clientId), read(clientSecret)];
  if (id === undefined || key === undefined)
    problem(`${clientId.name} and ${clientSecret.name} must be set where ${tokenUrl.name} is.`);
  const scope = read(mailSettings.scope) ?? exchangeScope;
  return { user: name, oauth: { tokenUrl: url, clientId: id ?? "", clientSecret: key ?? "", scope } };
}
