import { formatMoment } from "../../kernel/fields/moment.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { findIfSeen } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { momentOf, saidOf, withSaid } from "./sending.ts";

type Values = Readonly<Record<string, unknown>>;

/** So long after an incident was stood down without a word to anybody, people are to hear how it ended. */
const closingMinutes = 30;

/** A notice says its words once; news of an incident says each update that it has not said yet, and when people hear again. */
export async function saysWhatIsNew(tx: Tx, message: Stored): Promise<Values> {
  if (message.values["kind"] !== "incident")
    return saidOf(message).length > 0
      ? {}
      : { said: withSaid(tx, message, [String(message.values["body"])]), sentAt: momentOf(tx.now) };
  if (typeof message.values["closing"] === "string") return {};
  const incident = await sharedIncident(tx, message);
  if (incident === null)
    return { hearAgainAt: message.values["hearAgainAt"] ?? momentOf(tx.now.add({ minutes: closingMinutes })) };
  const fresh = updatesOf(incident).slice(saidOf(message).length);
  return {
    ...(fresh.length > 0
      ? {
          said: withSaid(
            tx,
            message,
            fresh.map((update) => wordsOf(tx, { message, incident, update })),
          ),
        }
      : {}),
    ...(fresh.length > 0 && !message.values["sentAt"] ? { sentAt: momentOf(tx.now) } : {}),
    hearAgainAt: nextDueOf(incident),
  };
}

/** Whether nothing more will be said: a notice was, and an incident ended with the update that resolved it or with words of its own. */
export async function isOver(tx: Tx, message: Stored): Promise<boolean> {
  if (Number(message.values["toldPart"] ?? 0) < saidOf(message).length) return false;
  if (message.values["kind"] !== "incident") return saidOf(message).length > 0;
  if (typeof message.values["closing"] === "string") return true;
  const incident = await sharedIncident(tx, message);
  return incident !== null && endedWithWords(incident) && updatesOf(incident).length <= saidOf(message).length;
}

/** The incident, while it is one that everybody may hear of. */
async function sharedIncident(tx: Tx, { values }: Stored): Promise<Stored | null> {
  const incident = await findIfSeen(tx, typeNamed(tx.registry, "major_incident"), String(values["majorIncident"]));
  return incident?.sensitivity === "normal" ? incident : null;
}

function updatesOf({ values }: Stored): readonly Line[] {
  // The field is one of lines.
  return (values["updates"] ?? []) as readonly Line[];
}

function endedWithWords(incident: Stored): boolean {
  return incident.state !== "open" && updatesOf(incident).at(-1)?.["stage"] === "resolved";
}

/** The incident’s own promise while it lasts; afterwards, where nobody was told how it ended, soon. */
function nextDueOf(incident: Stored): string | null {
  const next = incident.values["nextUpdateAt"];
  if (incident.state === "open") return typeof next === "string" ? next : null;
  if (endedWithWords(incident)) return null;
  return momentOf(Temporal.Instant.from(incident.closedAt ?? incident.updatedAt).add({ minutes: closingMinutes }));
}

function wordsOf(tx: Tx, { message, incident, update }: { message: Stored; incident: Stored; update: Line }): string {
  const stage = typeNamed(tx.registry, "major_incident").fields["stage"];
  const shown = stage?.kind.show(stage.options, update["stage"] ?? "");
  const isLast = updatesOf(incident).at(-1) === update;
  const next = isLast ? nextDueOf(incident) : null;
  return [
    String(message.values["body"]),
    `**${shown && "text" in shown && shown.text !== "" ? shown.text : "Update"}.** ${String(update["text"])}`,
    ...(next === null ? [] : [`You will hear again by ${formatMoment(next)}.`]),
  ].join("\n\n");
}
