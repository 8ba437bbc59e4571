import { round } from "../jobs/round.ts";
import { handOut } from "./hand-out.ts";
import { sendWaiting } from "./send-waiting.ts";
import type { SendingParts } from "./send-waiting.ts";

/** How long it rests when there is nothing to send. Milliseconds. */
const restMs = 2000;

/** Tells other systems what happens, until it is stopped; what is being sent then is broken off, and sent again later. */
export function keepSending(
  parts: Omit<SendingParts, "failed"> & { readonly log: { error(error: unknown, message: string): void } },
): { stop(): Promise<void> } {
  const failure = "Sending to webhooks failed";
  const failed = (error: unknown) => parts.log.error(error, failure);
  return round(
    async (stop) => {
      await handOut(parts.ownerPool);
      return (await sendWaiting({ ...parts, failed }, stop)) > 0 ? 0 : restMs;
    },
    failure,
    parts.log,
  );
}
