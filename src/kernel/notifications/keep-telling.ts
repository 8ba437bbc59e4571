import type pg from "pg";
import type { FilesPlace } from "../files/store.ts";
import { round } from "../jobs/round.ts";
import type { MailChannel } from "../mail/channel.ts";
import type { SayReport } from "../mail/compose.ts";
import { gatherMail } from "../mail/gather.ts";
import { followSent, sendWaiting } from "../mail/send-waiting.ts";
import type { Registry } from "../registry.ts";
import { tellAll } from "./tell.ts";
import { tellDeadlines } from "./tell-deadlines.ts";

/** What the worker needs to tell people. */
interface KeepTellingParts {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  /** null: no mail goes out, and none is made. */
  readonly channel: MailChannel | null;
  readonly baseUrl: string;
  readonly sayReport?: SayReport;
  /** Where logos are kept, for mail. */
  readonly filesFolder?: FilesPlace;
  /** The secret of the installation, for letters to people outside. */
  readonly secret?: string;
  readonly log: { warn(message: string): void; error(error: unknown, message: string): void };
}

/** How long it rests between two looks: what happens is told within so long. Milliseconds. */
const restMs = 2000;
/** After a fault of the mail server it is left alone for so long. */
const restAfterFaultMs = 30_000;
const deadlinesEveryMs = 60_000;

/**
 * Tells people what happens, by notification and by mail, until it is stopped. Mail has a round of its own, so that a
 * mail server that does not answer keeps nothing else waiting. `stop` lets what is being done end.
 */
export function keepTelling(parts: KeepTellingParts): { stop(): Promise<void> } {
  const { ownerPool, registry, channel, log } = parts;
  const telling = { ownerPool, registry, mail: channel !== null, ...(channel ? { domain: channel.domain } : {}) };
  let deadlinesAt = 0;
  const tell = async () => {
    await tellAll(telling, { failed: (error) => log.error(error, "Telling people of what happened failed") });
    if (Date.now() >= deadlinesAt) {
      deadlinesAt = Date.now() + deadlinesEveryMs;
      await tellDeadlines(telling);
    }
    if (channel) await gatherMail(ownerPool, channel);
    return restMs;
  };
  const send = (way: MailChannel) => async () => {
    const { stopped } = await sendWaiting(
      { ...parts, channel: way, failed: (error) => log.error(error, "A mail could not be put together") },
      { max: 50 },
    );
    if (stopped !== null) log.warn(`Mail waits: ${stopped}`);
    await followSent({ ownerPool, channel: way });
    return stopped === null ? restMs : restAfterFaultMs;
  };
  const rounds = [
    round(tell, "Telling people failed", log),
    ...(channel ? [round(send(channel), "Sending mail failed", log)] : []),
  ];
  return {
    stop: async () => {
      await Promise.all(rounds.map((one) => one.stop()));
      channel?.close();
    },
  };
}
