import type { Module } from "../../kernel/registry.ts";
import { chasePauses } from "./chase-pauses.ts";
import { Category } from "./category.record.ts";
import { Queue } from "./queue.record.ts";
import { ServiceLevelPolicy } from "./service-level-policy.record.ts";
import { ticketFlow } from "./ticket-flow.measure.ts";
import { ticketPromises } from "./ticket-promises.measure.ts";
import { Ticket } from "./ticket.record.ts";

/** The support desk: tickets, the queues they wait in and what is promised. */
export const desk: Module = {
  name: "desk",
  label: "Support desk",
  group: "work",
  records: [Ticket, Queue, Category, ServiceLevelPolicy],
  schedules: [
    {
      task: "chase-pauses",
      match: "* * * * *",
      when: "Each minute",
      what: "Asks after tickets that wait when their day comes: whoever has them, and then whoever is waited for",
      run: (parts) => chasePauses(parts),
    },
  ],
  measures: [...ticketFlow, ...ticketPromises],
};
