import type { Warns } from "../../kernel/clock.ts";
import { onCallNow } from "./assigning/candidates.ts";

/** Who hears that the time of a ticket runs out; of a breach also whoever is on call. */
export const warns: Warns = {
  inTurn: ["owner", "lead", "manager"],
  ofBreach: (tx, { teamId }) => onCallNow(tx, teamId),
};
