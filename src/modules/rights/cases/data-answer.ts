import { hasText } from "../answering/case-answer.ts";
import { howItIsAnswered } from "../answering/offered.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { dataExemptions } from "./data-exemptions.ts";
import { isDisclosure } from "./data-request.ts";

/** What allows a refusal is named on the form of an answer to another body alone; elsewhere the agreed text names it. */
export async function offeredGrounds(tx: Tx, request: Stored): Promise<readonly string[]> {
  return (await saysItself(tx, request)) ? Object.keys(dataExemptions) : [];
}

/** The reasons stand with it. */
export async function offeredReasons(tx: Tx, request: Stored): Promise<readonly string[]> {
  return (await saysItself(tx, request)) ? ["typed"] : [];
}

async function saysItself(tx: Tx, request: Stored): Promise<boolean> {
  return isDisclosure(request) && !(await hasText(tx, request));
}

/** Said on the form of an answer: what it takes to refuse something. */
export async function howDataIsAnswered(tx: Tx, request: Stored): Promise<readonly string[]> {
  return (await saysItself(tx, request)) ? [] : howItIsAnswered(tx, request);
}
