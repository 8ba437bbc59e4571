import { DiagLogLevel, ROOT_CONTEXT, SpanKind, SpanStatusCode, diag, trace } from "@opentelemetry/api";
import type { Span as OtelSpan } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { otlpLogs } from "./logs-otlp.ts";
import { otlpMetrics } from "./metrics-otlp.ts";
import type { Measuring } from "./metrics-otlp.ts";
import { requestContext } from "./request-context.ts";
import type { TracingSettings } from "./settings.ts";
import type { Attributes, Span, SpanKind as Kind, Tracing } from "./tracing.ts";

/** Traces, figures and lines of the log, sent as far as the settings say. */
export interface Telemetry extends Tracing {
  /** A line of the log, as it was written; null where lines are not sent. */
  readonly line: ((text: string) => void) | null;
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/** What is sent over HTTP to what speaks OTLP. Only the files named so know OpenTelemetry, and they are loaded only where that is set. */
export function otlpTelemetry(settings: TracingSettings, warn: (message: string) => void): Telemetry {
  // What cannot be sent is said, and never a reason for anything else to fail.
  diag.setLogger({ error: warn, warn, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
  const resource = resourceFromAttributes({ "service.name": settings.serviceName });
  const to = (signal: string) => ({
    url: `${settings.endpoint.replace(/\/$/, "")}/v1/${signal}`,
    headers: { ...settings.headers },
  });
  const metrics = settings.sends.metrics ? otlpMetrics(to("metrics"), resource) : null;
  const logs = settings.sends.logs ? otlpLogs(to("logs"), resource) : null;
  const traces = settings.sends.traces ? new OTLPTraceExporter({ ...to("traces"), timeoutMillis: 5000 }) : null;
  const provider = new TracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.share) }),
    spanProcessors:
      traces === null
        ? []
        : [
            new BatchSpanProcessor({
              exporter: traces,
              maxQueueSize: 4096,
              scheduledDelayMillis: 2000,
              exportTimeoutMillis: 5000,
            }),
          ],
  });
  const tracer = provider.getTracer("reeve");
  return {
    start: (name, kind, attributes, parent) => {
      const span = tracer.startSpan(name, { kind: kinds[kind], attributes: { ...attributes } }, contextOf(parent));
      return new Step(span, { name, kind, attributes, metrics });
    },
    watchPool: (pool) => metrics?.watchPool(pool),
    line: logs && ((text) => logs.line(text, contextOf(requestContext.getStore()?.span))),
    stop: async () => {
      await Promise.all([provider.shutdown(), metrics?.stop(), logs?.stop()]);
    },
  };
}

function contextOf(span: Span | undefined) {
  return span instanceof Step ? trace.setSpan(ROOT_CONTEXT, span.span) : ROOT_CONTEXT;
}

function ignore(): void {}

class Step implements Span {
  readonly span: OtelSpan;
  readonly #begun = performance.now();
  readonly #kind: Kind;
  readonly #metrics: Measuring | null;
  #name: string;
  #attributes: Attributes;

  constructor(span: OtelSpan, of: { name: string; kind: Kind; attributes: Attributes; metrics: Measuring | null }) {
    this.span = span;
    this.#name = of.name;
    this.#kind = of.kind;
    this.#attributes = of.attributes;
    this.#metrics = of.metrics;
  }

  tell(attributes: Attributes, name?: string): void {
    this.span.setAttributes({ ...attributes });
    this.#attributes = { ...this.#attributes, ...attributes };
    if (name === undefined) return;
    this.span.updateName(name);
    this.#name = name;
  }

  failed(error: unknown): void {
    // Its kind alone: the words of an error may hold what somebody wrote.
    const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
    this.tell({ "error.type": code ?? (error instanceof Error ? error.name : "unknown") });
    this.span.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    this.span.end();
    this.#metrics?.took(this.#kind, (performance.now() - this.#begun) / 1000, this.#name, this.#attributes);
  }
}
