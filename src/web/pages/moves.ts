import { may } from "../../kernel/access.ts";
import type { Move as Definition } from "../../kernel/lifecycle.ts";
import type { RecordType } from "../../kernel/record.ts";
import { movesFor } from "../../kernel/store/move.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import type { Move } from "../view/models.ts";
import { disposalAction } from "./disposals.ts";
import { eraseAction } from "./erase-links.ts";
import { addressOf } from "./places.ts";
import { sessionsAction } from "./people-sessions.ts";
import { signInLinkAction } from "./sign-in-link.ts";
import { submissionField, versionField } from "./submitting.ts";
import { webhookAction } from "./webhooks.ts";

/** What the person can do now, as buttons: what asks nothing is done at once, the rest leads to a form. */
export function moveButtons(tx: Tx, type: RecordType, record: Stored): Move[] {
  return movesFor(tx, type, record).map(([name, definition]) => {
    const href = `${addressOf(tx, record)}/moves/${name}`;
    const tone = definition.warning ? { tone: "warning" as const } : {};
    return asksSomething(definition)
      ? { label: definition.label, href, method: "get", ...tone }
      : {
          label: definition.label,
          href,
          method: "post",
          ...tone,
          hidden: [versionField(record.version), submissionField()],
        };
  });
}

/** What can be done beside the moves. */
export function actionsOn(tx: Tx, type: RecordType, record: Stored): Move[] {
  const mayEdit = may(tx.actor, type.name, type.access.change.permission, record) && type.locked(record) === null;
  const edit: Move[] = mayEdit ? [{ label: "Edit", href: `${addressOf(tx, record)}/edit`, method: "get" }] : [];
  return [
    ...edit,
    ...signInLinkAction(tx, type, record),
    ...sessionsAction(tx, type, record),
    ...disposalAction(tx, type, record),
    ...webhookAction(tx, type, record),
    ...eraseAction(tx, type, record),
  ];
}

/** Whether a move leads to a form: it asks for something, or is hard to undo and so is asked for once more. */
export function asksSomething(definition: Definition<string, string>): boolean {
  return (definition.asks ?? []).length > 0 || definition.comment !== undefined || definition.warning === true;
}
