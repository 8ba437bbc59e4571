import { glpi } from "./glpi.ts";
import type { Source } from "./moved.ts";
import { osTicket } from "./osticket.ts";
import { requestTracker } from "./request-tracker.ts";
import { serviceNow } from "./servicenow.ts";
import { zammad } from "./zammad.ts";

/** The tools that a team can leave. */
export const sources: readonly Source[] = [zammad, glpi, requestTracker, osTicket, serviceNow];
