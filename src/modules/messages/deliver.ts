import { sql } from "kysely";
import type pg from "pg";
import type { ModuleSchedule } from "../../kernel/jobs/schedules.ts";
import { tryEach } from "../../kernel/jobs/try-each.ts";
import { peopleIn } from "../../kernel/organisation/audience.ts";
import { typeNamed, type Registry } from "../../kernel/registry.ts";
import { change } from "../../kernel/store/change.ts";
import { find } from "../../kernel/store/find.ts";
import { move } from "../../kernel/store/move.ts";
import { asSystem } from "../../kernel/transaction.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { isOver, saysWhatIsNew } from "./passing-on.ts";
import { saidOf } from "./sending.ts";

/** People told in one transaction, and messages looked at in one go. */
const batchMax = 500;
const messagesMax = 200;

interface Parts {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  /** The domain that mail is sent from; null where none goes out. */
  readonly domain: string | null;
}

/** Sends what is due, and passes on what was said of incidents. */
export const sendMessages: ModuleSchedule = {
  task: "send-messages",
  match: "* * * * *",
  when: "Each minute",
  what: "Sends messages whose time has come, and passes on the updates of major incidents to those who are told of them",
  run: ({ ownerPool, registry, channel }) =>
    deliverMessages({ ownerPool, registry, domain: channel?.domain ?? null }, Temporal.Now.instant()),
};

/** Gives how many people were told something. Begun again in the midst of it, it tells nobody twice. */
export async function deliverMessages(parts: Parts, now: Temporal.Instant): Promise<number> {
  const { rows } = await parts.ownerPool.query<{ organisation: string; id: string }>(
    `select r.organisation_id as organisation, r.id from reeve.records r join reeve.broadcast m using (organisation_id, id)
     where r.type = 'broadcast' and (r.state = 'following' or r.state = 'scheduled' and (m.send_at is null or m.send_at <= $1::timestamptz))
     order by r.state, m.send_at nulls first, r.id limit ${messagesMax}`,
    [now.toString()],
  );
  let told = 0;
  const one = async ({ organisation, id }: { organisation: string; id: string }) => {
    told += await deliver({ ...parts, organisationId: organisation, now }, id);
  };
  await tryEach(rows, one, "messages that could not be sent");
  return told;
}

/** What still goes out, or waits for more to be said; all others were sent, or never will be. */
const going = ["scheduled", "following"];

async function deliver(parts: Parts & { organisationId: string; now: Temporal.Instant }, id: string): Promise<number> {
  const as = <Result>(work: (tx: Tx, message: Stored) => Promise<Result>) =>
    asSystem(parts, async (tx) => work(tx, await held(tx, id)));
  const set = async (tx: Tx, message: Stored, values: Readonly<Record<string, unknown>>) =>
    change(tx, typeNamed(tx.registry, "broadcast"), message.id, "any", values, { trusted: true });
  const [toldPart, said, people] = await as(async (tx, message) => {
    if (!going.includes(message.state)) return [0, 0, []] as const;
    await set(tx, message, await saysWhatIsNew(tx, message));
    const fresh = await find(tx, typeNamed(tx.registry, "broadcast"), id);
    const [already, all] = [Number(fresh.values["toldPart"] ?? 0), saidOf(fresh).length];
    return [already, all, all > already ? await audienceOf(tx, fresh) : []] as const;
  });
  let told = 0;
  for (let part = toldPart + 1; part <= said; part++)
    for (let at = 0; at < people.length; at += batchMax)
      told += await as((tx, message) =>
        tell(tx, message, { part, people: people.slice(at, at + batchMax), domain: parts.domain }),
      );
  if (said > toldPart)
    await as(async (tx, message) => {
      if (Number(message.values["toldPart"] ?? 0) < said) await set(tx, message, { toldPart: said });
    });
  await as(async (tx, message) => {
    if (going.includes(message.state) && (await isOver(tx, message)))
      await move(tx, typeNamed(tx.registry, "broadcast"), message.id, "any", "finish", {});
  });
  return told;
}

/** The message, which nobody else who delivers looks at before this transaction ends. */
async function held(tx: Tx, id: string): Promise<Stored> {
  await sql`select from records where organisation_id = ${tx.actor.organisationId}::uuid and id = ${id}::uuid for no key update`.execute(
    tx.db,
  );
  return find(tx, typeNamed(tx.registry, "broadcast"), id);
}

async function audienceOf(tx: Tx, { values }: Stored): Promise<readonly string[]> {
  const audience = await find(tx, typeNamed(tx.registry, "audience"), String(values["audience"]));
  return (await peopleIn(tx, audience)).map(({ id }) => id);
}

async function tell(
  tx: Tx,
  message: Stored,
  { part, people, domain }: { part: number; people: readonly string[]; domain: string | null },
): Promise<number> {
  const { rows } = await sql<{ many: number }>`
    select deliver_message(${message.id}::uuid, ${part}, ${people}::uuid[], ${domain}::text) as many`.execute(tx.db);
  return rows[0]?.many ?? 0;
}
