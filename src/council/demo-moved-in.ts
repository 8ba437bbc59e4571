import { sql } from "kysely";
import type pg from "pg";
import type { Registry } from "../kernel/registry.ts";
import { asSystem } from "../kernel/transaction.ts";
import { writeBatch } from "../modules/desk/moving-in/bring-in.ts";
import { countBy, lookedAt, parted } from "../modules/desk/moving-in/looked.ts";
import { zammad } from "../modules/desk/moving-in/zammad.ts";
import { actingAs } from "./demo-cast.ts";
import type { Cast } from "./demo-cast.ts";
import { demoAddress, demoPeople, localPart } from "./demo-people.ts";

interface DemoPart {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  readonly organisationId: string;
  readonly now: Temporal.Instant;
}

/** When the desk left its old tool: days ago. */
const leftDaysAgo = 372;

/** The title of what is brought in first. */
export const firstMovedIn = "Card reader of the bike shelter stays red";

const calls = [
  [firstMovedIn, "The reader at the shelter behind the Town Hall stays red.", "Reset at the panel in the corridor."],
  ["Old fax number still in the letter head", "Residents send to a number that is gone.", "The template is mended."],
  ["Projector in room 2 hums", "Since the summer it hums so that nobody is heard.", "The fan was cleaned."],
  ["Label printer prints upside down", "Only for addresses with four lines.", "Set to the other roll."],
  ["Cannot open the archive share", "I need the minutes of 2019 for a resident.", "You are in the group again."],
  ["Keyboard with a broken E", "It is the letter that I need most.", "You had one from the shelf."],
] as const;

/** How many tickets that are. */
export const movedInMany = calls.length;

/** What the desk brought with it from the tool that it left, with who said what there. */
export async function makeMovedIn({ people }: Cast, options: DemoPart): Promise<void> {
  const start = options.now.subtract({ hours: 24 * leftDaysAgo });
  const at = (days: number, hours = 0) => start.subtract({ hours: 24 * days - hours }).toString();
  const leah = demoAddress(localPart(people.leah.name));
  const staff = demoPeople.staff.email;
  const tickets = calls.map(([title], place) => ({
    id: place + 1,
    number: String(20_417 + place * 3),
    title,
    group: "Service desk",
    state: "closed",
    priority: "2 normal",
    owner: leah,
    customer: staff,
    created_at: at(place + 4),
    updated_at: at(place + 3),
    close_at: at(place + 3),
  }));
  const articles = calls.flatMap(([, asked, done], place) => [
    said(place + 1, at(place + 4), { by: staff, sender: "Customer", body: asked }),
    said(place + 1, at(place + 4, 1), { by: leah, sender: "Agent", body: "Thank you, we look at it today." }),
    said(place + 1, at(place + 4, 5), { by: leah, sender: "Agent", body: done }),
  ]);
  const lost = { id: 99, number: "20440", title: "No day" };
  const read = zammad.read(
    new Map<string, readonly Readonly<Record<string, unknown>>[]>([
      ["tickets", [...tickets, lost]],
      ["articles", articles],
    ]),
  );
  const moved = parted(read);
  await asSystem({ ...options, now: start }, (tx) => writeBatch(tx, zammad, moved.tickets));
  const looked = lookedAt(read, new Set());
  const { comments, changes, notUnderstood } = looked;
  const byState = countBy(moved.tickets, ({ state }) => state);
  const counts = { tickets: moved.tickets.length, made: moved.tickets.length, here: 0, comments, changes };
  const result = { source: zammad.name, ...counts, byState, notUnderstood, complete: true, standing: byState };
  await asSystem({ ...options, now: start }, async (tx) => {
    const acting = await actingAs(tx, people.administrator, start);
    await sql`insert into moves_in (organisation_id, source, file_name, started_by, started_at, stage, told)
      values (${options.organisationId}::uuid, ${zammad.name}, 'helpdesk-export.zip', ${people.administrator.id}::uuid, ${start.toString()}::timestamptz,
        'saved', ${JSON.stringify({ looked, result })}::jsonb)`.execute(acting.db);
  });
}

function said(
  ticket: number,
  at: string,
  { by, sender, body }: { readonly by: string; readonly sender: "Customer" | "Agent"; readonly body: string },
): Readonly<Record<string, unknown>> {
  const content = { content_type: "text/plain", body, internal: false };
  return { ticket_id: ticket, created_at: at, sender, from: by, created_by: by, ...content };
}
