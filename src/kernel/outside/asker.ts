/** By whose name the words of somebody outside stand on a record: who they are stands in its own fields. */
export const askerName = "The person who asked";
/** The same where they came by mail. */
export const askerByMail = `${askerName}, by mail`;

/** Whether words were written down for whoever asked from outside. */
export function isAsker(by: string | null | undefined): boolean {
  return by === askerName || by === askerByMail;
}
