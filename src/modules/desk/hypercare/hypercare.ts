import { may } from "../../../kernel/access.ts";
import { refuse, Refusal } from "../../../kernel/errors.ts";
import type { Line } from "../../../kernel/fields/lines.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { affectedIds } from "../affected.ts";
import { linesOf } from "../major-incident.ts";
import { londonDay } from "../service-level.ts";

type Values = Readonly<Record<string, unknown>>;

/** The longest window, extensions included: a hypercare that lasts is a service that is not ready. Days. */
const daysMax = 180;

/** A window ends no earlier than it begins, and within half a year; and no priority has two levels. */
export function checkDays(_tx: Tx, values: Values): void {
  const [from, until] = [String(values["startsOn"] ?? ""), String(values["endsOn"] ?? "")];
  if (from !== "" && until !== "") {
    if (until < from) refuse("endsOn", "Until: give the day on which it begins, or a later one");
    if (Temporal.PlainDate.from(from).add({ days: daysMax }).toString() < until)
      refuse("endsOn", `Until: a hypercare lasts ${daysMax} days at the most`);
  }
  const priorities = linesIn(values, "levels").map((line) => line["priority"]);
  if (new Set(priorities).size < priorities.length) refuse("levels", "Tighter levels: give each priority once");
}

/** It begins once it says what is watched, by which levels, and by which criteria it ends. */
export function guardBegin(tx: Tx, { values }: Stored): void {
  if (affectedIds(values).length === 0)
    refuse("services", "Select the services or systems that are watched. Edit the hypercare first");
  if (linesIn(values, "levels").length === 0)
    refuse("levels", "Enter the tighter levels that hold in it. Edit the hypercare first");
  if (linesIn(values, "criteria").length === 0)
    refuse("criteria", "Enter the exit criteria by which it ends. Edit the hypercare first");
  if (String(values["endsOn"]) < londonDay(tx.now))
    refuse("endsOn", "Its last day has passed. Edit the hypercare to say until when it goes on");
}

/** The first note is due the same day. */
export function begins(tx: Tx): Values {
  return { noteDueOn: londonDay(tx.now), handedOverOn: null };
}

/** One more note. Its words go to the list, so that the next form is empty; the next is due on the next working day. */
export function notes(tx: Tx, hypercare: Stored, values: Values): Values {
  const line = { day: londonDay(tx.now), mood: values["mood"], writtenBy: tx.actor.personId, text: values["note"] };
  return { notes: [...linesOf(hypercare, "notes"), line], note: null, noteDueOn: nextWeekday(londonDay(tx.now)) };
}

function nextWeekday(day: string): string {
  const next = Temporal.PlainDate.from(day).add({ days: 1 });
  return next.add({ days: next.dayOfWeek > 5 ? 8 - next.dayOfWeek : 0 }).toString();
}

/** It is put off to a later day. */
export function guardExtension(tx: Tx, { values }: Stored, given: Values): void {
  const to = String(given["extendTo"]);
  if (to <= String(values["endsOn"])) refuse("extendTo", "Until: give a day after the one on which it was to end");
  if (to < londonDay(tx.now)) refuse("extendTo", "Until: give a day to come");
  if (Temporal.PlainDate.from(String(values["startsOn"])).add({ days: daysMax }).toString() < to)
    refuse("extendTo", `Until: a hypercare lasts ${daysMax} days at the most`);
}

/** The new end, with who put it off, when and why. */
export function putsOff(tx: Tx, hypercare: Stored, given: Values): Values {
  const { endsOn } = hypercare.values;
  const line = {
    decidedOn: londonDay(tx.now),
    wasUntil: endsOn,
    until: given["extendTo"],
    why: given["extendWhy"],
    decidedBy: tx.actor.personId,
  };
  return {
    endsOn: given["extendTo"],
    extensions: [...linesOf(hypercare, "extensions"), line],
    extendTo: null,
    extendWhy: null,
  };
}

/** It ends only when every criterion is met, or waived by somebody with a reason. */
export function guardHandOver(_tx: Tx, hypercare: Stored): void {
  const criteria = linesOf(hypercare, "criteria");
  const left = criteria.filter(({ result }) => result !== "met" && result !== "waived");
  if (criteria.length === 0)
    throw new Refusal("impossible", [{ message: "It has no exit criteria, so nobody can say that it is done" }]);
  if (left.length > 0)
    throw new Refusal("impossible", [
      {
        message: `${left.length === 1 ? "This exit criterion is" : "These exit criteria are"} neither met nor waived: ${left.map((line) => `${line.number}. ${String(line["criterion"])}`).join("; ")}`,
      },
    ]);
}

/** The day on which the usual desk took it back; no further note is due. */
export function handsOver(tx: Tx): Values {
  return { handedOverOn: londonDay(tx.now), noteDueOn: null };
}

/**
 * Who said of a criterion that it is met or waived, and when, whatever was given of it. What is met says by what evidence; what
 * is waived says why, and takes the permission to waive.
 */
export function withStamps(tx: Tx, given: Values, before: Stored | null): Values {
  if (!("criteria" in given)) return {};
  const had = new Map((before ? linesOf(before, "criteria") : []).map((line) => [line.id, line]));
  return {
    criteria: linesIn(given, "criteria").map((line, at): Line => {
      const old = line.id === undefined ? undefined : had.get(line.id);
      const result = line["result"] ?? "open";
      if (result !== "open" && !line["evidence"])
        refuse(
          "criteria",
          result === "met"
            ? `Criterion ${at + 1}: say by what evidence it is met`
            : `Criterion ${at + 1}: say why it is waived`,
        );
      const same =
        old?.["result"] === result && old["evidence"] === line["evidence"] && old["criterion"] === line["criterion"];
      if (result === "waived" && !same) mayWaive(tx, before, at + 1);
      if (same) return { ...line, result, decidedBy: old["decidedBy"], decidedOn: old["decidedOn"] };
      const stamp =
        result === "open"
          ? { decidedBy: null, decidedOn: null }
          : { decidedBy: tx.actor.personId, decidedOn: londonDay(tx.now) };
      return { ...line, result, ...stamp };
    }),
  };
}

function mayWaive(tx: Tx, before: Stored | null, number: number): void {
  // The product itself may: it brings in what was so elsewhere.
  if (tx.actor.personId === null || may(tx.actor, "hypercare", "waive", before ?? undefined)) return;
  refuse(
    "criteria",
    `Criterion ${number}: you may not waive it. It needs the permission “waive” for hypercare windows`,
  );
}

function linesIn(values: Values, name: string): readonly Line[] {
  // These are fields of lines.
  return (values[name] ?? []) as readonly Line[];
}
