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
import type { TracingSettings } from "./settings.ts";
import type { Span, Tracing } from "./tracing.ts";

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/** Traces sent over HTTP to what speaks OTLP. Only this file knows OpenTelemetry, and it is loaded only where that is set. */
export function otlpTracing(settings: TracingSettings, warn: (message: string) => void): Tracing {
  // What cannot be sent is said, and never a reason for anything else to fail.
  diag.setLogger({ error: warn, warn, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": settings.serviceName }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.share) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({
          url: `${settings.endpoint.replace(/\/$/, "")}/v1/traces`,
          headers: { ...settings.headers },
          timeoutMillis: 5000,
        }),
        maxQueueSize: 4096,
        scheduledDelayMillis: 2000,
        exportTimeoutMillis: 5000,
      }),
    ],
  });
  const tracer = provider.getTracer("reeve");
  return {
    start: (name, kind, attributes, parent) => {
      const context = parent instanceof Step ? trace.setSpan(ROOT_CONTEXT, parent.span) : ROOT_CONTEXT;
      return new Step(tracer.startSpan(name, { kind: kinds[kind], attributes: { ...attributes } }, context));
    },
    stop: () => provider.shutdown(),
  };
}

function ignore(): void {}

class Step implements Span {
  readonly span: OtelSpan;

  constructor(span: OtelSpan) {
    this.span = span;
  }

  tell(attributes: Parameters<Span["tell"]>[0], name?: string): void {
    this.span.setAttributes({ ...attributes });
    if (name !== undefined) this.span.updateName(name);
  }

  failed(error: unknown): void {
    // Its kind alone: the words of an error may hold what somebody wrote.
    const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
    this.span.setAttribute("error.type", code ?? (error instanceof Error ? error.name : "unknown"));
    this.span.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    this.span.end();
  }
}
