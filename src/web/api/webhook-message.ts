import type { Message, SendingParts } from "../../kernel/outward/send-waiting.ts";
import { changeAt } from "../../kernel/outward/feed.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import { changeJson } from "./changes.ts";
import { recordJson } from "./record-json.ts";

/** A record larger than this is read at its address. Characters. */
const recordMax = 256_000;

/** Makes what webhooks say: a change as the feed gives it, and the record as the API gives it where it is wanted. */
export function webhookMessages(baseUrl: string): SendingParts["message"] {
  return async (tx, { recordId, sequence, whole }): Promise<Message> => {
    const change = await changeAt(tx, recordId, sequence);
    const json = changeJson(tx.registry, change);
    const data = { ...json, href: typeof json["href"] === "string" ? `${baseUrl}${json["href"]}` : null };
    const record = whole ? await recordOf() : undefined;
    return { type: `${change.type}.${change.verb}`, timestamp: change.recordedAt, data: { ...data, ...record } };

    async function recordOf(): Promise<{ readonly record?: unknown }> {
      const type = typeNamed(tx.registry, change.type);
      const given = recordJson(tx.actor, type, await find(tx, type, recordId));
      return JSON.stringify(given).length <= recordMax ? { record: given } : {};
    }
  };
}
