import type { Settings } from "./kernel/settings.ts";
import { hearLog } from "./kernel/log-lines.ts";
import { keepTraces } from "./kernel/tracing.ts";
import { productLog } from "./product.ts";
import type { Product } from "./product.ts";

/** The most time that the last traces may take when the process ends. Milliseconds. */
const stopMsMax = 1000;

/** Starts the product with traces, figures and lines of its log sent where the settings ask for them; OpenTelemetry is not even loaded where they do not. */
export async function withTraces(settings: Settings, start: () => Promise<Product>): Promise<Product> {
  if (settings.traces === undefined) return start();
  const { otlpTelemetry } = await import("./kernel/tracing-otlp.ts");
  // A log of its own, which is not sent: that something could not be sent would otherwise be sent for ever.
  const log = productLog({ ...settings, traces: undefined });
  const tracing = otlpTelemetry(settings.traces, (message) => log.warn(`OpenTelemetry: ${message}`));
  hearLog(tracing.line);
  // Before the first pool is made.
  keepTraces(tracing);
  const product = await start();
  return {
    ...product,
    stop: async () => {
      await product.stop();
      const late = new Promise<void>((resolve) => setTimeout(resolve, stopMsMax).unref());
      await Promise.race([tracing.stop(), late]);
    },
  };
}
