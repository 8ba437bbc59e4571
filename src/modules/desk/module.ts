import type { Module } from "../../kernel/registry.ts";
import { assignArrivals } from "./assigning/arrivals.ts";
import { keepAssigning } from "./assigning/keep-assigning.ts";
import { chasePauses } from "./chase-pauses.ts";
import { Advice } from "./advice.record.ts";
import { Category } from "./category.record.ts";
import { chasePartners } from "./chase-partners.ts";
import { Handover } from "./handover.record.ts";
import { followTicket } from "./joined-jobs.ts";
import { PriorityGroup } from "./priority-group.record.ts";
import { changeMeasures } from "./change.measure.ts";
import { Change } from "./change.record.ts";
import { ChangeFreeze } from "./change-freeze.record.ts";
import { ChangeTemplate } from "./change-template.record.ts";
import { tellTicketsKind } from "./major-incident.ts";
import { MajorIncident } from "./major-incident.record.ts";
import { Problem } from "./problem.record.ts";
import { beginHypercare } from "./hypercare/begin.ts";
import { keepCover } from "./hypercare/keep-cover.ts";
import { Hypercare } from "./hypercare/hypercare.record.ts";
import { InboundMessage } from "./mail/inbound-message.record.ts";
import { keepFetching } from "./mail/keep-fetching.ts";
import { sayTicketLetter } from "./mail/letters.ts";
import { Mailbox } from "./mail/mailbox.record.ts";
import { QualityCriterion } from "./quality/criterion.record.ts";
import { qualityMeasures } from "./quality/quality.measure.ts";
import { QualityReview } from "./quality/review.record.ts";
import { drawQualitySample } from "./quality/sample.ts";
import { forgetMoves, movingInJobs } from "./moving-in/jobs.ts";
import { Queue } from "./queue.record.ts";
import { ServiceLevelPolicy } from "./service-level-policy.record.ts";
import { tellTicketsJob } from "./tell-tickets.ts";
import { ticketFlow } from "./ticket-flow.measure.ts";
import { ticketLearning } from "./ticket-learning.measure.ts";
import { ticketSatisfaction } from "./ticket-satisfaction.measure.ts";
import { ticketResponse } from "./ticket-response.measure.ts";
import { takeUp, takeUpJob } from "./take-up.ts";
import { ticketPromises } from "./ticket-promises.measure.ts";
import { Shift } from "./shift.record.ts";
import { Skill } from "./skill.record.ts";
import { Ticket } from "./ticket.record.ts";
import { Visit } from "./visit.record.ts";
import { learnTriage } from "./triage/learn.ts";

export { passToRightsJob } from "./passing-on.ts";
export { replyToOf } from "./mail/letters.ts";
export { isFromCatalogue, requestJob, stepsByCaller, takeNextStep } from "./request-steps.ts";

/** The support desk: tickets, the queues they wait in and what is promised. */
export const desk: Module = {
  name: "desk",
  label: "Support desk",
  group: "work",
  records: [
    Ticket,
    Visit,
    Advice,
    Handover,
    MajorIncident,
    Hypercare,
    Problem,
    Change,
    ChangeTemplate,
    ChangeFreeze,
    Queue,
    Category,
    ServiceLevelPolicy,
    Skill,
    Shift,
    PriorityGroup,
    InboundMessage,
    Mailbox,
    QualityReview,
    QualityCriterion,
  ],
  daily: ["visit", "advice", "handover", "quality_review"],
  rounds: [
    { failure: "Fetching mail failed", run: keepFetching },
    { failure: "Giving out tickets failed", run: keepAssigning },
  ],
  letters: { ticket: sayTicketLetter },
  measures: [
    ...ticketFlow,
    ...ticketResponse,
    ...ticketPromises,
    ...ticketSatisfaction,
    ...ticketLearning,
    ...changeMeasures,
    ...qualityMeasures,
  ],
  jobs: { "follow-ticket": followTicket, [takeUpJob]: takeUp, [tellTicketsKind]: tellTicketsJob, ...movingInJobs },
  schedules: [
    chasePartners,
    beginHypercare,
    keepCover,
    forgetMoves,
    drawQualitySample,
    {
      task: "chase-pauses",
      match: "* * * * *",
      when: "Each minute",
      what: "Asks after tickets that wait when their day comes: whoever has them, and then whoever is waited for",
      run: (parts) => chasePauses(parts),
    },
    {
      task: "assign-arrivals",
      match: "* * * * *",
      when: "Each minute",
      what: "Gives new tickets that could not be given out when they came to whom the rules of their queues say",
      run: (parts) => assignArrivals(parts),
    },
    {
      task: "learn-triage",
      match: "47 2 * * *",
      when: "Each night",
      what: "Learns from resolved tickets which queue and category new ones are likely to belong to",
      run: learnTriage,
    },
  ],
};
