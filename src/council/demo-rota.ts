import type pg from "pg";
import { makeAbsence } from "../kernel/organisation/absences.ts";
import type { Registry } from "../kernel/registry.ts";
import { typeNamed } from "../kernel/registry.ts";
import { find } from "../kernel/store/find.ts";
import { insertRecord } from "../kernel/store/create.ts";
import { asSystem } from "../kernel/transaction.ts";
import type { Tx } from "../kernel/transaction.ts";
import { actingAs } from "./demo-cast.ts";
import type { Cast } from "./demo-cast.ts";
import type { QueueKey, Worker } from "./demo-desk.ts";

interface Planned {
  readonly queue: QueueKey;
  readonly worker: Worker;
  readonly name: string;
  readonly kind: "desk" | "site";
  readonly from: string;
  readonly until: string;
  readonly place?: string;
}

/** What is planned for each working day. Nobody is at the desk in its last hour on a Friday, so that the rota has a gap to show. */
const eachDay: readonly Planned[] = [
  { queue: "desk", worker: "zainab", name: "Early desk", kind: "desk", from: "08:00", until: "16:00" },
  { queue: "desk", worker: "leah", name: "Late desk", kind: "desk", from: "10:00", until: "18:00" },
  {
    queue: "field",
    worker: "callum",
    name: "Town hall",
    kind: "site",
    from: "08:00",
    until: "16:00",
    place: "Town hall",
  },
  {
    queue: "field",
    worker: "piotr",
    name: "Depot",
    kind: "site",
    from: "10:00",
    until: "18:00",
    place: "Highfield depot",
  },
];

/** Plans the shifts of this week and the next, who is on call in each, and that somebody is away. */
export async function makeRota(
  cast: Cast,
  options: { ownerPool: pg.Pool; registry: Registry; organisationId: string; now: Temporal.Instant },
): Promise<void> {
  await asSystem(options, async (tx) => {
    const today = options.now.toZonedDateTimeISO("Europe/London").toPlainDate();
    const monday = today.subtract({ days: today.dayOfWeek - 1 });
    for (const week of [0, 7]) {
      const start = monday.add({ days: week });
      for (const planned of eachDay)
        for (let day = 0; day < 5; day++)
          if (!(planned.worker === "leah" && day === 4))
            await shift(tx, cast, { ...planned, day: start.add({ days: day }) });
      await shift(tx, cast, {
        queue: "desk",
        worker: week === 0 ? "lead-support" : "zainab",
        name: "On call",
        kind: "call",
        day: start,
        from: "18:00",
        until: "08:00",
        days: 7,
      });
    }
    await away(await actingAs(tx, cast.people.piotr, options.now), cast.people.callum.id, today);
  });
}

async function shift(
  tx: Tx,
  cast: Cast,
  given: Omit<Planned, "kind"> & {
    readonly kind: Planned["kind"] | "call";
    readonly day: Temporal.PlainDate;
    readonly days?: number;
  },
): Promise<void> {
  const { teamId } = await find(tx, typeNamed(tx.registry, "queue"), cast.queues[given.queue]);
  const at = (day: Temporal.PlainDate, time: string) =>
    day.toZonedDateTime({ timeZone: "Europe/London", plainTime: time }).toInstant().toString();
  await insertRecord(
    tx,
    typeNamed(tx.registry, "shift"),
    {
      name: given.name,
      person: cast.people[given.worker].id,
      team: teamId,
      kind: given.kind,
      startsAt: at(given.day, given.from),
      endsAt: at(given.day.add({ days: given.days ?? 0 }), given.until),
      ...(given.place ? { place: given.place } : {}),
    },
    { trusted: true },
  );
}

async function away(tx: Tx, delegate: string, today: Temporal.PlainDate): Promise<void> {
  const day = (ahead: number) => today.add({ days: ahead }).toString();
  await makeAbsence(tx, { delegate, from: day(0), until: day(3), kinds: ["work"] });
}
