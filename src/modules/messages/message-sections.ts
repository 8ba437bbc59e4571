import { sql } from "kysely";
import { may } from "../../kernel/access.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { list } from "../../kernel/store/list.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { reachSections } from "../../web/pages/audience-reach.ts";
import { addressOf, stateTag } from "../../web/pages/places.ts";
import { plural } from "../../web/view/format.ts";
import type { RecordSection } from "../../web/view/models.ts";

const shownMax = 20;

/** On a message: how many it is for, or how many were told and opened it by the link of its mail. Never who. */
export async function messageSections(tx: Tx, message: Stored): Promise<readonly RecordSection[]> {
  const { rows } = await sql<{ told: number; opened: number }>`
    select told, opened from message_figures(${message.id}::uuid)`.execute(tx.db);
  const { told, opened } = rows[0] ?? { told: 0, opened: 0 };
  if (told === 0)
    return reachSections(tx, message.values["audience"], {
      title: "Whom it reaches",
      note: "They are told as they are when it is sent.",
    });
  const sentence = `${plural(told, "person", "people")} told. ${openedWords(message, { told, opened })}`;
  return [{ kind: "steps", title: "Whom it reaches", sentence, items: [] }];
}

function openedWords({ values }: Stored, { told, opened }: { told: number; opened: number }): string {
  if (values["byMail"] !== true) return "";
  return `${opened} (${Math.floor((100 * opened) / told)} %) opened it by the link in the mail. Who did is not kept where anybody sees it, and mail holds no picture that counts.`;
}

/** On a major incident: the messages that pass on what is said of it, and the way to write one. */
export async function incidentMessages(tx: Tx, incident: Stored): Promise<readonly RecordSection[]> {
  if (!may(tx.actor, "broadcast", "read")) return [];
  const type = typeNamed(tx.registry, "broadcast");
  const { items } = await list(tx, type, {
    where: { majorIncident: [incident.id] },
    show: "all",
    sort: "-opened",
    limit: shownMax,
  });
  const mayWrite = incident.state === "open" && incident.sensitivity === "normal" && may(tx.actor, type.name, "create");
  if (items.length === 0 && !mayWrite) return [];
  return [
    {
      kind: "steps",
      title: "Who else is told",
      sentence:
        items.length === 0
          ? "Its updates go to those whose tickets belong to it. A message passes them on to others."
          : "These pass on each update.",
      items: items.map((one) => ({
        text: one.title,
        href: addressOf(tx, one),
        note: one.reference,
        tag: stateTag(type, one.state),
      })),
      ...(mayWrite
        ? {
            links: [
              {
                text: "Pass its updates on to an audience",
                href: `/${type.path}/new?kind=incident&majorIncident=${incident.id}`,
              },
            ],
          }
        : {}),
    },
  ];
}
