import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { changedClauses } from "./changed-clauses.ts";
import { compareHref } from "./version-pages.ts";
import { publishedVersions } from "./versions.ts";

/** What differs in a policy that somebody rests on. */
export interface ChangedSince {
  readonly title: string;
  /** Those of the clauses asked for that differ, in order; empty where somebody rests on the whole policy. */
  readonly clauses: readonly number[];
  /** Where the two versions are compared. */
  readonly href: string;
}

/**
 * What of these clauses (of the whole policy where one is null) was published otherwise after a day, `yyyy-mm-dd`; null where it
 * reads the same. The policy must be one that the actor may see. A change on the day itself counts as known.
 */
export async function changedSince(
  tx: Tx,
  policyId: string,
  clauses: readonly (number | null)[],
  day: string,
): Promise<ChangedSince | null> {
  const policy = await find(tx, typeNamed(tx.registry, "policy"), policyId);
  const versions = await publishedVersions(tx, policy);
  const [known, now] = [versions.findLast(({ publishedOn }) => publishedOn <= day), versions.at(-1)];
  if (known === undefined || now === undefined || known === now) return null;
  const changed = changedClauses(known.clauses, now.clauses).map(({ number }) => number);
  const whole = clauses.includes(null);
  const named = whole ? [] : changed.filter((number) => clauses.includes(number)).sort((one, other) => one - other);
  if (changed.length === 0 || (!whole && named.length === 0)) return null;
  return { title: policy.title, clauses: named, href: compareHref(tx, policy, known.edition, now.edition) };
}
