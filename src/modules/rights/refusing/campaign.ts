import { sql } from "kysely";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { lastDayTogether } from "./cost.ts";

/** A request that might be added to another for the cost limit. */
export interface Alike {
  readonly reference: string;
  readonly title: string;
  /** The day on which it came, `yyyy-mm-dd`. */
  readonly day: string;
}

/** Requests of the 60 working days that are compared, the nearest first by when they came. */
const comparedMax = 2000;
/** So many words in common of all that either has, and people are likely to act together. */
const likenessMin = 0.7;
/** Shorter requests are alike by chance. */
const wordsMin = 8;

/**
 * Requests in nearly the same words that came within 60 working days of this one, before or after: what a campaign looks like.
 * That those who ask act together is for the officer to see. SI 2004/3244 reg 5(2).
 */
export async function nearlySame(tx: Tx, request: Stored, shownMax: number): Promise<readonly Alike[]> {
  const day = String(request.values["receivedOn"]);
  const words = wordsOf(String(request.values["question"] ?? ""));
  if (words.size < wordsMin) return [];
  const since = Temporal.PlainDate.from(day).subtract({ days: 100 }).toString();
  const { rows } = await sql<Alike & { question: string }>`
    select reference, title, received_on::text as day, question from visible_information_request
    where organisation_id = ${tx.actor.organisationId}::uuid and id <> ${request.id}::uuid
      and received_on between ${since}::date and ${await lastDayTogether(tx, day)}::date
    order by abs(received_on - ${day}::date), received_on desc, id limit ${comparedMax}`.execute(tx.db);
  const found: Alike[] = [];
  for (const { question, ...row } of rows)
    if (found.length < shownMax && likeness(words, wordsOf(question)) >= likenessMin)
      if (day <= (await lastDayTogether(tx, row.day))) found.push(row);
  return found;
}

/** How much of what either says both say, from 0 to 1. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  if (other.size < wordsMin) return 0;
  const both = [...one].filter((word) => other.has(word)).length;
  return both / (one.size + other.size - both);
}

/** The words of a request, without those so short that every sentence has them. */
function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []);
}
