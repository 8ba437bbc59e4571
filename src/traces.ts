import type { Settings } from "./kernel/settings.ts";
import { keepTraces } from "./kernel/tracing.ts";
import { productLog } from "./product.ts";
import type { Product } from "./product.ts";

/** The most time that the last traces may take when the process ends. Milliseconds. */
const stopMsMax = 1000;

/** Starts the product with traces where the settings ask for them; OpenTelemetry is not even loaded where they do not. */
export async function withTraces(settings: Settings, start: () => Promise<Product>): Promise<Product> {
  if (settings.traces === undefined) return start();
  const { otlpTracing } = await import("./kernel/tracing-otlp.ts");
  const log = productLog(settings);
  const tracing = otlpTracing(settings.traces, (message) => log.warn(`Traces: ${message}`));
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
