import type pg from "pg";
import { Refusal } from "../kernel/errors.ts";
import { find } from "../kernel/store/find.ts";
import { appendEvent } from "../kernel/store/timeline.ts";
import { typeNamed } from "../kernel/registry.ts";
import { asSystem } from "../kernel/transaction.ts";
import { registry } from "../records.ts";
import { endSecondStepOf, endSessionsOf } from "../web/sign-in/people-sessions.ts";
import { reading } from "./with-runtime.ts";

/** `reset-second-step EMAIL`: says on stdout what it did. */
export async function printSecondStepReset(email: string): Promise<void> {
  process.stdout.write(`${await reading(({ ownerPool }) => resetSecondStep(ownerPool, email))}\n`);
}

/**
 * Ends the second step of whoever signs in with this address, and their sessions, for when an administrator has lost theirs
 * and no other can take it away; their timeline says so. Gives what it did, as sentences. Refuses (invalid) where nobody signs
 * in with the address, (impossible) where they have no second step.
 */
export async function resetSecondStep(ownerPool: pg.Pool, email: string): Promise<string> {
  const { rows } = await ownerPool.query<{ account: string; organisation: string; person: string; steps: boolean }>(
    `select u.id as account, p.organisation_id as organisation, p.id as person,
       exists (select 1 from reeve.sign_in_second_step s where s.user_id = u.id) as steps
     from reeve.sign_in_user u join reeve.person p on p.account_id = u.id where lower(u.email) = lower($1)`,
    [email.trim()],
  );
  const [found] = rows;
  if (!found) throw refused("invalid", `Nobody signs in with ${email.trim()}`);
  if (!found.steps) throw refused("impossible", `${email.trim()} has no two-step sign-in, so there is nothing to end`);
  const name = await asSystem({ ownerPool, registry, organisationId: found.organisation }, async (tx) => {
    const person = await find(tx, typeNamed(tx.registry, "person"), found.person);
    await endSecondStepOf(tx, found.account);
    await endSessionsOf(tx, found.account, null);
    await appendEvent(tx, person.id, { verb: "second_step_reset", body: {} });
    return person.title;
  });
  return `The two-step sign-in of ${name} is ended, and they are signed out everywhere. They sign in with their password alone, and are asked to begin it anew where a role of theirs needs it.`;
}

function refused(kind: "invalid" | "impossible", message: string): Refusal {
  return new Refusal(kind, [{ message }]);
}
