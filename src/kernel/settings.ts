import { isIP } from "node:net";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { filesSettings, readFilesSettings } from "./files/settings.ts";
import type { FilesSettings } from "./files/settings.ts";
import { mailSettings, readMailSettings } from "./mail/settings.ts";
import type { MailSettings } from "./mail/settings.ts";
import type { Network } from "./outward/networks.ts";
import { all, apiRequestsPerMinuteUsual, isLoopback } from "./settings-list.ts";
import type { Setting } from "./settings-list.ts";

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
  /** How mail goes out; null when it does not. */
  readonly mail: MailSettings | null;
  /** Where the content of files is kept, and who looks for viruses in it. */
  readonly files: FilesSettings;
  /** What whoever reads `/metrics` must send. */
  readonly metricsToken: string | undefined;
  /** Networks to which webhooks may go beside the public internet. */
  readonly webhookNetworks: readonly Network[];
  /** Where traces are sent; undefined when none are kept. */
  readonly traces: TracingSettings | undefined;
  /** The organisation's own directory for signing in (OpenID Connect); absent when there is none. */
  readonly directory: DirectorySetting | undefined;
  /** Who may sign in with a password. */
  readonly passwords: "everyone" | "administrators";
}

/** How the organisation's directory is reached. */
interface DirectorySetting {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
  readonly groupsClaim: string;
}

/** How much is logged, from nothing to everything. */
export type LogLevel = z.infer<typeof all.logLevel.schema>;

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
    logLevel: read(all.logLevel) ?? "warn",
    baseUrl: read(all.baseUrl) ?? baseUrlFor(host, port),
    secret: read(all.secret),
    apiRequestsPerMinute: read(all.apiRequestsPerMinute) ?? apiRequestsPerMinuteUsual,
    mail: readMailSettings(read, (sentence) => void problems.push(sentence)),
    files: readFilesSettings(read, (sentence) => void problems.push(sentence)),
    metricsToken: read(all.metricsToken),
    webhookNetworks: read(all.webhookNetworks) ?? [],
    traces: tracesFrom({
      endpoint: read(all.tracesEndpoint),
      headers: read(all.tracesHeaders) ?? "",
      serviceName: read(all.tracesName) ?? "reeve",
      share: read(all.tracesShare) ?? 1,
      sends: {
        traces: read(all.tracesExporter) !== "none",
        metrics: read(all.metricsExporter) !== "none",
        logs: read(all.logsExporter) !== "none",
      },
    }),
    directory: directoryFrom(
      {
        issuer: read(all.oidcIssuer),
        clientId: read(all.oidcClientId),
        clientSecret: read(all.oidcClientSecret),
        name: read(all.oidcName) ?? "your organisation’s account",
        groupsClaim: read(all.oidcGroupsClaim) ?? "groups",
      },
      problems,
    ),
    passwords: read(all.passwords) ?? "everyone",
  };
  if (settings.passwords === "administrators" && settings.directory === undefined && problems.length === 0)
    problems.push(
      "REEVE_PASSWORDS is administrators, but then there must be another way in: set REEVE_OIDC_ISSUER, REEVE_OIDC_CLIENT_ID and REEVE_OIDC_CLIENT_SECRET.",
    );
  if (problems.length > 0) throw new SettingsError(problems.join("\n"));
  return settings;
}

/** Where traces, figures and lines of the log are sent, and how. */
export interface TracingSettings {
  readonly sends: { readonly traces: boolean; readonly metrics: boolean; readonly logs: boolean };
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** Of requests and jobs, from 0 to 1. */
  readonly share: number;
}

function tracesFrom(
  given: Omit<TracingSettings, "endpoint" | "headers"> & { endpoint: string | undefined; headers: string },
): TracingSettings | undefined {
  if (given.endpoint === undefined) return undefined;
  const headers = given.headers.split(",").flatMap((pair): [string, string][] => {
    const [name = "", ...value] = pair.trim().split("=");
    return name === "" ? [] : [[name, unescaped(value.join("="))]];
  });
  return { ...given, endpoint: given.endpoint, headers: Object.fromEntries(headers) };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The Markdown table of all settings, made from the definitions that readSettings uses. */
export function settingsTable(): string {
  const rows = [...Object.values(all), ...Object.values(mailSettings), ...Object.values(filesSettings)].map(
    ({ name, allowed, otherwise, purpose }) => [`\`${name}\``, purpose, allowed, otherwise],
  );
  const cells = [["Setting", "What it is", "Allowed", "When not set"], ["---", "---", "---", "---"], ...rows];
  return cells.map((row) => `| ${row.join(" | ")} |`).join("\n") + "\n";
}

/** The address that a browser on this machine would use for a server that listens on this host and port. */
export function baseUrlFor(host: string, port: number): string {
  const name = ["127.0.0.1", "0.0.0.0", "::"].includes(host) ? "localhost" : isIP(host) === 6 ? `[${host}]` : host;
  return `http://${name}${port === 80 ? "" : `:${port}`}`;
}

type Unset<Value> = { readonly [Name in keyof Value]: Value[Name] | undefined };

/** The directory, where all that it needs is set; some of it alone is a problem. */
function directoryFrom(
  { issuer, clientId, clientSecret, name = "", groupsClaim = "" }: Unset<DirectorySetting>,
  problems: string[],
): DirectorySetting | undefined {
  if (issuer !== undefined && clientId !== undefined && clientSecret !== undefined)
    return { issuer, clientId, clientSecret, name, groupsClaim };
  const missing = Object.entries({
    [all.oidcIssuer.name]: issuer,
    [all.oidcClientId.name]: clientId,
    [all.oidcClientSecret.name]: clientSecret,
  }).flatMap(([setting, value]) => (value === undefined ? [setting] : []));
  // A value that was wrong has its own sentence.
  if (missing.length < 3 && !problems.some((problem) => missing.some((setting) => problem.startsWith(`${setting} `))))
    problems.push(
      `${missing.join(" and ")} must be set as well, or none of REEVE_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET.`,
    );
  return undefined;
}

const projectFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

function problemWith(setting: Setting<unknown>, given: string): string {
  const shown = given.length > 100 ? `${given.slice(0, 100)}...` : given;
  const what = setting.isSecret ? "is not usable (its value is not shown here)" : `is ${JSON.stringify(shown)}`;
  const list = setting.schema instanceof z.ZodEnum && setting.schema.options.length > 2 ? "one of " : "";
  return `${setting.name} ${what}, but it must be ${list}${setting.allowed.replaceAll("`", "")}.`;
}
