import { startWeb, startWorkerAlone } from "./apart.ts";
import { startProduct, stayUntilStopped } from "./product.ts";
import type { StartOptions } from "./product.ts";
import { withTraces } from "./traces.ts";

/** Runs all of it in this process, or the web or the worker alone, until it is asked to stop. Throws when it cannot start. */
export async function runPart(part: string | undefined, { settings, say, ...more }: StartOptions): Promise<void> {
  const product = await withTraces(settings, () => {
    if (part === "web") return startWeb(settings, say);
    return part === "worker" ? startWorkerAlone(settings, say) : startProduct({ settings, say, ...more });
  });
  stayUntilStopped(product, say);
}
