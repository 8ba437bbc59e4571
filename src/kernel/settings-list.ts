import { isIP } from "node:net";
import * as z from "zod";
import { networksIn } from "./outward/networks.ts";

/** What is known of one setting. */
export interface Setting<Output> {
  readonly name: string;
  readonly purpose: string;
  /** Completes the sentence "it must be ...". */
  readonly allowed: string;
  /** What happens when it is not set. */
  readonly otherwise: string;
  /** True when the value may hold a password and is therefore never shown. */
  readonly isSecret?: true;
  readonly schema: z.ZodType<Output, string>;
}

/** Requests to the API in a minute with one token, unless set. */
export const apiRequestsPerMinuteUsual = 600;

const logLevel = z.enum(["silent", "fatal", "error", "warn", "info", "debug", "trace"]);

const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;

// "256.1.1.1" looks like a host name; a name whose last part is a number is never one (RFC 1123, section 2.1).
const isHost = (text: string): boolean => isIP(text) !== 0 || (hostName.test(text) && !/(^|\.)\d+$/.test(text));

const databaseAddress = z.string().refine((text) => {
  const address = URL.parse(text);
  return (
    address !== null &&
    ["postgres:", "postgresql:"].includes(address.protocol) &&
    address.pathname.length > 1 &&
    (address.hostname !== "" || address.searchParams.has("host"))
  );
});

const webAddress = z
  .string()
  .refine((text) => {
    const address = URL.parse(text);
    const isWeb = address !== null && ["http:", "https:"].includes(address.protocol) && address.username === "";
    return isWeb && address.pathname === "/" && address.search === "" && address.hash === "";
  })
  .transform((text) => new URL(text).origin);

/** The issuer of every tenant at once vouches for anybody who has an account anywhere. */
const everyTenant = /^https:\/\/login\.microsoftonline\.[a-z]+\/(common|organizations|consumers)\//i;

const issuerAddress = z.string().refine((text) => {
  const address = URL.parse(text);
  if (address === null || address.username !== "" || address.search !== "" || address.hash !== "") return false;
  const secure = address.protocol === "https:" || (address.protocol === "http:" && isLoopback(address.hostname));
  return secure && !everyTenant.test(text);
});

/** Every setting, in the order of the table. */
const exporter = {
  allowed: "`otlp`, or `none`",
  otherwise: "`otlp`, where `OTEL_EXPORTER_OTLP_ENDPOINT` is set",
  schema: z.enum(["otlp", "none"]),
};

export const all = {
  port: define({
    name: "PORT",
    purpose:
      "Port of the web server; with 0, give `REEVE_BASE_URL` if links in mail and the API document are to be used",
    allowed: "a whole number from 0 to 65535, where 0 takes any free port",
    otherwise: "`3000`",
    schema: z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .refine((port) => port <= 65_535),
  }),
  host: define({
    name: "HOST",
    purpose: "Address the web server listens on; `0.0.0.0` for every network",
    allowed: "an IP address or a host name",
    otherwise: "`127.0.0.1`: this machine only",
    schema: z.string().refine(isHost),
  }),
  dataFolder: define({
    name: "REEVE_DATA",
    purpose: "Folder for the database, files and generated secrets; a relative path counts from the project's folder",
    allowed: "the path of a folder",
    otherwise: "`data` in the project's folder",
    schema: z.string().refine((path) => !path.includes("\0")),
  }),
  databaseUrl: define({
    name: "DATABASE_URL",
    purpose:
      "Address of your own PostgreSQL 18 or newer, as the owner of the database; `npm run web` must not have it, `npm run worker` needs it",
    allowed: "an address such as `postgres://owner:password@host:5432/reeve`",
    otherwise: "Reeve runs its own PostgreSQL in the data folder",
    isSecret: true,
    schema: databaseAddress,
  }),
  appDatabaseUrl: define({
    name: "REEVE_APP_DATABASE_URL",
    purpose:
      "Address of the same database for pages and API, as a role that owns nothing; `npm run web` and `npm run worker` both need it",
    allowed: "an address such as `postgres://reeve_app:password@host:5432/reeve`",
    otherwise: "The migration makes the role `reeve_app`",
    isSecret: true,
    schema: databaseAddress,
  }),
  demo: define({
    name: "REEVE_DEMO",
    purpose: "Whether an empty database is filled with a demo council that anyone may sign in to",
    allowed: "`on` or `off`",
    otherwise: "On when Reeve runs its own PostgreSQL and `HOST` is this machine only; otherwise off",
    schema: z.enum(["on", "off"]),
  }),
  logLevel: define({
    name: "REEVE_LOG_LEVEL",
    purpose: "How much is logged",
    allowed: logLevel.options.map((level) => `\`${level}\``).join(", "),
    otherwise: "`warn`",
    schema: logLevel,
  }),
  baseUrl: define({
    name: "REEVE_BASE_URL",
    purpose: "The address people use, for links in mail and for sign-in",
    allowed: "an address such as `https://reeve.example.gov.uk`, without a path",
    otherwise: "`http://`, the host and the port",
    schema: webAddress,
  }),
  secret: define({
    name: "REEVE_SECRET",
    purpose: "Secret that signs sessions; share it between the machines of one installation",
    allowed: "at least 32 characters",
    otherwise: "Made once and kept in the data folder",
    isSecret: true,
    schema: z.string().min(32).max(1000),
  }),
  apiRequestsPerMinute: define({
    name: "REEVE_API_REQUESTS_PER_MINUTE",
    purpose: "How many requests the API takes in a minute with one token",
    allowed: "a whole number from 1 to 1000000",
    otherwise: `\`${apiRequestsPerMinuteUsual}\``,
    schema: z
      .string()
      .regex(/^\d{1,7}$/)
      .transform(Number)
      .refine((requests) => requests >= 1 && requests <= 1_000_000),
  }),
  metricsToken: define({
    name: "REEVE_METRICS_TOKEN",
    purpose: "What a monitor sends as `Authorization: Bearer …` to read `/metrics` (Prometheus text)",
    allowed: "16 to 200 visible characters without spaces",
    otherwise: "There is no `/metrics`",
    isSecret: true,
    schema: z.string().regex(/^[\x21-\x7e]{16,200}$/),
  }),
  webhookNetworks: define({
    name: "REEVE_WEBHOOK_NETWORKS",
    purpose:
      "Networks of your own to which webhooks may go; plain `http` is taken for this machine alone, where it is among them",
    allowed: "networks with commas between them, such as `10.20.0.0/16, 127.0.0.0/8`",
    otherwise: "The public internet alone",
    schema: z
      .string()
      .max(2000)
      .transform((text, context) => {
        const networks = networksIn(text);
        if (networks !== null) return networks;
        context.addIssue({ code: "custom", message: "no network" });
        return z.NEVER;
      }),
  }),
  tracesEndpoint: define({
    name: "OTEL_EXPORTER_OTLP_ENDPOINT",
    purpose:
      "Where traces of requests, jobs and statements, figures and the lines of the log are sent, by OTLP over HTTP (OpenTelemetry)",
    allowed:
      "an address such as `http://localhost:4318`, to which `/v1/traces`, `/v1/metrics` and `/v1/logs` are added",
    otherwise: "Nothing is sent",
    schema: z
      .string()
      .max(2000)
      .refine((text) => /^https?:/.test(URL.parse(text)?.protocol ?? "")),
  }),
  tracesHeaders: define({
    name: "OTEL_EXPORTER_OTLP_HEADERS",
    purpose: "What is sent with them, such as a key",
    allowed: "`name=value` with commas between, values percent-encoded",
    otherwise: "Nothing",
    isSecret: true,
    schema: z
      .string()
      .regex(/^[\w-]+=[\x21-\x2b\x2d-\x7e]+(, *[\w-]+=[\x21-\x2b\x2d-\x7e]+)*$/)
      .max(4000),
  }),
  tracesName: define({
    name: "OTEL_SERVICE_NAME",
    purpose: "What Reeve is called there",
    allowed: "at most 100 characters",
    otherwise: "`reeve`",
    schema: z.string().max(100),
  }),
  tracesShare: define({
    name: "OTEL_TRACES_SAMPLER_ARG",
    purpose: "Which share of requests and jobs is traced",
    allowed: "a number from 0 to 1",
    otherwise: "`1`: all",
    schema: z
      .string()
      .regex(/^(0(\.\d{1,6})?|1(\.0*)?)$/)
      .transform(Number),
  }),
  tracesExporter: define({ ...exporter, name: "OTEL_TRACES_EXPORTER", purpose: "Whether traces are sent there" }),
  metricsExporter: define({
    ...exporter,
    name: "OTEL_METRICS_EXPORTER",
    purpose: "Whether figures are sent there, each minute",
  }),
  logsExporter: define({
    ...exporter,
    name: "OTEL_LOGS_EXPORTER",
    purpose: "Whether the lines of the log are sent there too",
  }),
  oidcIssuer: define({
    name: "REEVE_OIDC_ISSUER",
    purpose: "Your directory, for signing in with OpenID Connect: its issuer, as its discovery document says it",
    allowed:
      "an `https` address such as `https://login.microsoftonline.com/your-tenant-id/v2.0`, of one tenant and not of all",
    otherwise: "People sign in with a password",
    schema: issuerAddress,
  }),
  oidcClientId: define({
    name: "REEVE_OIDC_CLIENT_ID",
    purpose: "The application’s (client) ID that the directory gave Reeve",
    allowed: "at most 200 characters",
    otherwise: "Needed with an issuer",
    schema: z.string().max(200),
  }),
  oidcClientSecret: define({
    name: "REEVE_OIDC_CLIENT_SECRET",
    purpose: "The client secret that the directory gave Reeve",
    allowed: "at most 1000 characters",
    otherwise: "Needed with an issuer",
    isSecret: true,
    schema: z.string().max(1000),
  }),
  oidcName: define({
    name: "REEVE_OIDC_NAME",
    purpose: "What the button on the sign-in page says after “Sign in with”",
    allowed: "at most 60 characters",
    otherwise: "`your organisation’s account`",
    schema: z.string().max(60),
  }),
  oidcGroupsClaim: define({
    name: "REEVE_OIDC_GROUPS_CLAIM",
    purpose: "The claim of the ID token that holds a person’s groups, by which roles are given",
    allowed: "the name of a claim, such as `groups` or `roles`",
    otherwise: "`groups`",
    schema: z.string().regex(/^[\w.:/-]{1,100}$/),
  }),
  passwords: define({
    name: "REEVE_PASSWORDS",
    purpose:
      "Who may sign in with a password: `administrators` once your directory works, so that they can when it does not",
    allowed: "`everyone` or `administrators`",
    otherwise: "`everyone`",
    schema: z.enum(["everyone", "administrators"]),
  }),
};

function define<Output>(setting: Setting<Output>): Setting<Output> {
  return setting;
}

/** True for a host that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
