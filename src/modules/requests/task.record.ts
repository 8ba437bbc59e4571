import { can, defineRecord, field } from "../../kernel/record.ts";
import { goOnWithTicket } from "./going-on.ts";

/** One team's part of a request. */
export const Task = defineRecord({
  name: "request_task",
  label: { one: "Task", many: "Tasks" },
  reference: "TSK-{00000}",
  path: "tasks",
  fields: {
    title: field.text({ label: "What", is: "title", required: true, max: 200 }),
    ticket: field.link({ label: "Request", to: "ticket", required: true, fixed: true, indexed: true }),
    requester: field.person({ label: "Asked by", is: "requester", readOnly: true }),
    place: field.wholeNumber({ label: "Step", readOnly: true, min: 1, max: 99 }),
    dueOn: field.date({ label: "Do by" }),
    outcome: field.text({
      label: "What was done",
      hint: "The person who asked reads it",
      max: 300,
      askedByMoveOnly: true,
    }),
  },
  states: {
    open: { label: "To do", tone: "info" },
    doing: { label: "Being done", tone: "info" },
    done: { label: "Done", tone: "good", final: true },
    dropped: { label: "Not needed", final: true },
  },
  starts: "open",
  moves: {
    take: {
      label: "Take it",
      from: ["open", "doing"],
      to: "doing",
      who: can("handle"),
      sets: (tx) => ({ owner: tx.actor.personId }),
      pointless: (tx, { ownerId }) => ownerId !== null && ownerId === tx.actor.personId,
    },
    finish: {
      label: "It is done",
      from: ["open", "doing"],
      to: "done",
      asks: ["outcome"],
      who: can("handle"),
      sets: (tx, { ownerId }) => (ownerId === null ? { owner: tx.actor.personId } : {}),
      effects: goOnWithTicket,
    },
    assign: { label: "Assign", from: ["open", "doing"], to: "doing", asks: ["owner", "team"], who: can("handle") },
    drop: {
      label: "It is not needed",
      from: ["open", "doing"],
      to: "dropped",
      who: can("handle"),
      comment: { label: "Why", audience: "everyone", required: true },
      effects: goOnWithTicket,
      warning: true,
    },
  },
  clocks: { due: { rule: "day", label: "Do by", day: "dueOn", runsIn: ["open", "doing"] } },
  views: {
    list: {
      columns: ["reference", "title", "ticket", "team", "owner", "state", "due"],
      sort: "due",
      filters: ["team", "owner", "ticket"],
      openOnly: true,
    },
    form: ["title", "ticket", "team", "owner", "dueOn"],
    page: ["ticket", "requester", "place", "dueOn", "outcome"],
  },
  empty: "Tasks are the steps of requests, each for one team. They come from the service catalogue.",
});
