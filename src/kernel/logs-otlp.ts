import { SeverityNumber } from "@opentelemetry/api";
import type { Context } from "@opentelemetry/api";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import type { Resource } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";

/** Where the lines of the log go as well. */
export interface Logging {
  /** A line as it was written, and the step that it was written in. */
  line(text: string, context: Context): void;
  stop(): Promise<void>;
}

/** Sends the lines of the log by OTLP, as they stand on stderr: with the same words left out. */
export function otlpLogs(to: { url: string; headers: Record<string, string> }, resource: Resource): Logging {
  const provider = new LoggerProvider({
    resource,
    processors: [
      new BatchLogRecordProcessor({
        exporter: new OTLPLogExporter({ ...to, timeoutMillis: 5000 }),
        maxQueueSize: 4096,
        scheduledDelayMillis: 2000,
        exportTimeoutMillis: 5000,
      }),
    ],
  });
  const logger = provider.getLogger("reeve");
  return {
    line: (text, context) => {
      const { level, time, msg, ...more } = lineOf(text);
      logger.emit({
        timestamp: typeof time === "number" ? time : Date.now(),
        severityNumber: severities[Number(level)] ?? SeverityNumber.UNSPECIFIED,
        severityText: names[Number(level)] ?? "",
        body: typeof msg === "string" ? msg : "",
        attributes: attributesOf(more),
        context,
      });
    },
    stop: () => provider.shutdown(),
  };
}

/** By the levels that pino writes. */
const names: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};
const severities: Readonly<Record<number, SeverityNumber>> = {
  10: SeverityNumber.TRACE,
  20: SeverityNumber.DEBUG,
  30: SeverityNumber.INFO,
  40: SeverityNumber.WARN,
  50: SeverityNumber.ERROR,
  60: SeverityNumber.FATAL,
};

function lineOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === "object" && line !== null ? { ...line } : { msg: text };
  } catch {
    return { msg: text };
  }
}

function attributesOf({ err, requestId, pid: _pid, hostname: _hostname, ...more }: Readonly<Record<string, unknown>>) {
  const error = typeof err === "object" && err !== null ? (err as Readonly<Record<string, unknown>>) : {};
  const all = {
    ...more,
    "reeve.request_id": requestId,
    "exception.type": error["type"],
    "exception.message": error["message"],
    "exception.stacktrace": error["stack"],
    "error.type": error["code"],
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, plain(value)]])),
  );
}

function plain(value: unknown): string | number | boolean {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return JSON.stringify(value) ?? "";
}
