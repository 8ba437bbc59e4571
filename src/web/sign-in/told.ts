import { appendEvent } from "../../kernel/store/timeline.ts";
import type { AsProduct } from "./links.ts";
import type { SignInParts } from "./parts.ts";
import { personForAccount } from "./people.ts";

interface TellingParts extends SignInParts {
  readonly asProduct: AsProduct;
}

/**
 * Does something about how somebody signs in, with a line on their timeline that tells of it: both or neither, so that
 * nothing is done where the product cannot act. `work` answers null or false where it did nothing.
 */
export async function withLine<Result>(
  { pool, asProduct }: TellingParts,
  accountId: string,
  verb: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const person = await personForAccount(pool, accountId);
  if (person === null) return work();
  const done: { result?: Result } = {};
  try {
    await asProduct(person.organisationId, async (tx) => {
      await appendEvent(tx, person.personId, { verb, body: {} });
      done.result = await work();
      if (done.result === null || done.result === false) throw new NothingDone();
    });
  } catch (error) {
    if (!(error instanceof NothingDone)) throw error;
  }
  // The work was done, or an error went on.
  return done.result as Result;
}

/** There is nothing to tell of. */
class NothingDone extends Error {}
