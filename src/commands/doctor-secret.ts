import { sealedFor } from "../kernel/outward/webhooks.ts";
import { open } from "../kernel/sealed.ts";
import type { Runtime } from "../runtime.ts";
import { openKey } from "../web/sign-in/second-step/codes.ts";
import type { Finding } from "./doctor.ts";

/** Of each kind as many are tried as an organisation may well have; they all have the one secret. */
const triedMax = 10_000;

/**
 * Whether what the database keeps sealed opens with the secret of this installation. It does not where a backup was
 * restored without the secret of the machine that made it: nobody's code from an app would be taken then.
 */
export async function sealedThings({ ownerPool, secret }: Pick<Runtime, "ownerPool" | "secret">): Promise<Finding> {
  const { rows: keys } = await ownerPool.query<{ owner: string; sealed: Buffer }>(
    "select user_id as owner, secret_sealed as sealed from sign_in_second_step order by started_at desc limit $1",
    [triedMax],
  );
  const { rows: hooks } = await ownerPool.query<{ owner: string; sealed: Buffer }>(
    "select webhook_id as owner, sealed from webhook_secrets order by made_at desc limit $1",
    [triedMax],
  );
  const closed =
    keys.filter(({ owner, sealed }) => openKey(secret, owner, sealed) === null).length +
    hooks.filter(({ owner, sealed }) => open({ secret, purpose: sealedFor, owner }, sealed) === null).length;
  const all = `${keys.length} second steps of sign-in and ${hooks.length} secrets of webhooks`;
  if (closed === 0) return { what: "Secret", fine: true, says: `it opens what is sealed: ${all}` };
  const says =
    `${closed} of ${all} were sealed with another secret: stop Reeve and bring back the file “secret” of the data folder, or ` +
    "REEVE_SECRET, of the machine before. Without it, reset-second-step for each person, and make the webhooks’ secrets anew";
  return { what: "Secret", fine: false, says };
}
