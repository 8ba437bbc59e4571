import { round } from "../jobs/round.ts";
import { handOut } from "./hand-out.ts";
import { sendWaiting } from "./send-waiting.ts";
import type { SendingParts } from "./send-waiting.ts";

/** How long it rests when there is nothing to send, unless told. Milliseconds. */
const restMsUsual = 2000;

/** Tells other systems what happens, until it is stopped; what is being sent then is broken off, and sent again later. */
export function keepSending(
  parts: Omit<SendingParts, "failed"> & { readonly log: { error(error: unknown, message: string): void } },
  restMs = restMsUsual,
): { stop(): Promise<void> } {
  const failure = "Sending to webhooks failed";
  const failed = (error: unknown) => parts.log.error(error, failure);
  const busy = new Set<string>();
  const running = new Set<Promise<void>>();
  const sending = round(
    async (stop) => {
      await handOut(parts.ownerPool);
      const { many, batches } = await sendWaiting({ ...parts, failed }, stop, busy);
      for (const batch of batches) {
        running.add(batch);
        void batch.finally(() => running.delete(batch));
      }
      if (many > 0) await firstOf(running, restMs);
      return many > 0 ? 0 : restMs;
    },
    failure,
    parts.log,
  );
  return {
    stop: async () => {
      await sending.stop();
      await Promise.all(running);
    },
  };
}

/** Waits until one of them has ended, or for as long as a rest. */
async function firstOf(running: ReadonlySet<Promise<void>>, restMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, restMs)));
  await Promise.race([...running, late]);
  clearTimeout(timer);
}
