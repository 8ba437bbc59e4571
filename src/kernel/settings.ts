import { isIP } from "node:net";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";

/** Everything that can be set from outside, parsed once at the start. Nothing else reads the environment. */
export interface Settings {
  /** 0 means any free port; then the address is `baseUrlFor(host, the port that was given)`. */
  readonly port: number;
  readonly host: string;
  /** Absolute path of the folder that holds the database, files and generated secrets. */
  readonly dataFolder: string;
  /** The owner's address: migrations and the queue. Without it the product runs its own PostgreSQL. */
  readonly databaseUrl: string | undefined;
  /** The address of `reeve_app` for pages and API, when migrate is not to make that role itself. */
  readonly appDatabaseUrl: string | undefined;
  /** True when no database address is given and the product therefore runs its own. */
  readonly databaseIsEmbedded: boolean;
  readonly demo: boolean;
  readonly logLevel: LogLevel;
  /** The address people use, without a slash at the end. */
  readonly baseUrl: string;
  readonly secret: string | undefined;
  /** How many requests the API takes in a minute with one token. */
  readonly apiRequestsPerMinute: number;
}

/** Requests to the API in a minute with one token, unless set. */
export const apiRequestsPerMinuteUsual = 600;

/** How much is logged, from nothing to everything. */
export type LogLevel = z.infer<typeof logLevel>;

/** One or more settings are wrong. The message is one sentence for each, a line apart, without any secret. */
export class SettingsError extends Error {
  override name = "SettingsError";
}

/** Reads the settings from an environment such as `process.env`. Throws a SettingsError that names each wrong one. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = [];
  const read = <Output>(setting: Setting<Output>): Output | undefined => {
    const given = env[setting.name]?.trim();
    if (given === undefined || given === "") return undefined;
    const parsed = setting.schema.safeParse(given);
    if (parsed.success) return parsed.data;
    problems.push(problemWith(setting, given));
    return undefined;
  };

  const port = read(all.port) ?? 3000;
  const host = read(all.host) ?? "127.0.0.1";
  const databaseUrl = read(all.databaseUrl);
  const appDatabaseUrl = read(all.appDatabaseUrl);
  const demo = read(all.demo);
  const databaseIsEmbedded = databaseUrl === undefined && appDatabaseUrl === undefined;
  const settings: Settings = {
    port,
    host,
    dataFolder: resolve(projectFolder, read(all.dataFolder) ?? "data"),
    databaseUrl,
    appDatabaseUrl,
    databaseIsEmbedded,
    demo: demo === undefined ? databaseIsEmbedded && isLoopback(host) : demo === "on",
    logLevel: read(all.logLevel) ?? "info",
    baseUrl: read(all.baseUrl) ?? baseUrlFor(host, port),
    secret: read(all.secret),
    apiRequestsPerMinute: read(all.apiRequestsPerMinute) ?? apiRequestsPerMinuteUsual,
  };
  if (problems.length > 0) throw new SettingsError(problems.join("\n"));
  return settings;
}

/** The Markdown table of all settings, made from the definitions that readSettings uses. */
export function settingsTable(): string {
  const rows = Object.values(all).map(({ name, allowed, otherwise, purpose }) => [
    `\`${name}\``,
    purpose,
    allowed,
    otherwise,
  ]);
  const cells = [["Setting", "What it is", "Allowed", "When not set"], ["---", "---", "---", "---"], ...rows];
  return cells.map((row) => `| ${row.join(" | ")} |`).join("\n") + "\n";
}

/** The address that a browser on this machine would use for a server that listens on this host and port. */
export function baseUrlFor(host: string, port: number): string {
  const name = ["127.0.0.1", "0.0.0.0", "::"].includes(host) ? "localhost" : isIP(host) === 6 ? `[${host}]` : host;
  return `http://${name}${port === 80 ? "" : `:${port}`}`;
}

/** True for a host that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

interface Setting<Output> {
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

const projectFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

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

const all = {
  port: define({
    name: "PORT",
    purpose: "Port of the web server",
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
    otherwise: "`info`",
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
};

function define<Output>(setting: Setting<Output>): Setting<Output> {
  return setting;
}

function problemWith(setting: Setting<unknown>, given: string): string {
  const shown = given.length > 100 ? `${given.slice(0, 100)}...` : given;
  const what = setting.isSecret ? "is not usable (its value is not shown here)" : `is ${JSON.stringify(shown)}`;
  const list = setting.schema instanceof z.ZodEnum && setting.schema.options.length > 2 ? "one of " : "";
  return `${setting.name} ${what}, but it must be ${list}${setting.allowed.replaceAll("`", "")}.`;
}
