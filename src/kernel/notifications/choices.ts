import { sql } from "kysely";
import { Refusal } from "../errors.ts";
import type { Problem } from "../errors.ts";
import type { Tx } from "../transaction.ts";
import { digestAtUsual } from "./delivery.ts";
import type { Wishes } from "./delivery.ts";
import type { MailChoice, NotificationKind } from "./kinds.ts";

/** How the person of the transaction wishes to hear. */
export async function readWishes(tx: Tx): Promise<Wishes> {
  const mine = sql`organisation_id = ${tx.actor.organisationId}::uuid and person_id = ${tx.actor.personId}::uuid`;
  const [choices, times] = await Promise.all([
    sql<{
      key: string;
      choice: string;
    }>`select kind || ' ' || channel as key, choice from notification_choices where ${mine}`.execute(tx.db),
    sql<{ digestAt: string; quietFrom: string | null; quietUntil: string | null }>`
      select to_char(digest_at, 'HH24:MI') as "digestAt", to_char(quiet_from, 'HH24:MI') as "quietFrom", to_char(quiet_until, 'HH24:MI') as "quietUntil"
      from notification_times where ${mine}`.execute(tx.db),
  ]);
  const { digestAt = digestAtUsual, quietFrom = null, quietUntil = null } = times.rows[0] ?? {};
  return {
    choices: Object.fromEntries(choices.rows.map(({ key, choice }) => [key, choice])),
    digestAt,
    quiet: quietFrom !== null && quietUntil !== null ? { from: quietFrom, until: quietUntil } : null,
  };
}

/** What a person says of how they wish to hear. Times are as they typed them. */
export interface GivenWishes {
  readonly kinds: readonly { readonly kind: NotificationKind; readonly product: boolean; readonly mail: MailChoice }[];
  readonly digestAt: string;
  readonly quietFrom: string;
  readonly quietUntil: string;
}

/** Keeps it. Refuses (invalid) times that are none. */
export async function saveWishes(tx: Tx, given: GivenWishes): Promise<void> {
  const { digestAt, quiet } = checked(given);
  const rows = given.kinds.flatMap(({ kind, product, mail }) => [
    { kind, channel: "product", choice: product ? "now" : "off" },
    { kind, channel: "mail", choice: mail },
  ]);
  await Promise.all([
    sql`insert into notification_choices (organisation_id, person_id, kind, channel, choice)
      select ${tx.actor.organisationId}::uuid, ${tx.actor.personId}::uuid, kind, channel, choice
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c (kind text, channel text, choice text)
      on conflict (organisation_id, person_id, kind, channel) do update set choice = excluded.choice`.execute(tx.db),
    sql`insert into notification_times (organisation_id, person_id, digest_at, quiet_from, quiet_until)
      values (${tx.actor.organisationId}::uuid, ${tx.actor.personId}::uuid, ${digestAt}::time, ${quiet?.from ?? null}::time, ${quiet?.until ?? null}::time)
      on conflict (organisation_id, person_id) do update
      set digest_at = excluded.digest_at, quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until`.execute(
      tx.db,
    ),
  ]);
}

function checked(given: GivenWishes): Pick<Wishes, "digestAt" | "quiet"> {
  const problems: Problem[] = [];
  const read = (field: string, label: string, text: string): string => {
    const time = timeOf(text);
    if (time === null) problems.push({ field, message: `${label}: enter a time such as 07:30` });
    return time ?? "";
  };
  const digestAt = read("digestAt", "Time of the daily mail", given.digestAt);
  const some = given.quietFrom.trim() !== "" || given.quietUntil.trim() !== "";
  const quiet = some
    ? {
        from: read("quietFrom", "Quiet from", given.quietFrom),
        until: read("quietUntil", "Quiet until", given.quietUntil),
      }
    : null;
  if (problems.length === 0 && quiet && quiet.from === quiet.until)
    problems.push({
      field: "quietUntil",
      message: "Quiet until must be another time than quiet from. Leave both empty for no quiet hours",
    });
  if (problems.length > 0) throw new Refusal("invalid", problems);
  return { digestAt, quiet };
}

/** `HH:MM` of what people type: 7, 7:30, 07.30, 0730, 7am, 7.30 pm. */
export function timeOf(text: string): string | null {
  const [, hours, minutes = "0", half] = /^(\d{1,2})(?:[:.]?(\d{2}))?\s*([ap])?\.?(?:m\.?)?$/i.exec(text.trim()) ?? [];
  if (hours === undefined) return null;
  const twelve = half === undefined ? 0 : Number(hours) % 12;
  const hour = half === undefined ? Number(hours) : half.toLowerCase() === "p" ? twelve + 12 : twelve;
  if (half !== undefined && (Number(hours) < 1 || Number(hours) > 12)) return null;
  return hour < 24 && Number(minutes) < 60 ? `${String(hour).padStart(2, "0")}:${minutes.padStart(2, "0")}` : null;
}
