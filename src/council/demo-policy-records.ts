import { typeNamed } from "../kernel/registry.ts";
import { comment } from "../kernel/store/comment.ts";
import { create } from "../kernel/store/create.ts";
import { move } from "../kernel/store/move.ts";
import type { Stored, Tx } from "../kernel/transaction.ts";
import { actingAs } from "./demo-cast.ts";
import type { Cast } from "./demo-cast.ts";
import { demoPolicies } from "./demo-policies.ts";
import type { DemoPolicy } from "./demo-policies.ts";

/** Makes the policies, written, approved, published, reviewed and withdrawn by the people whose task that is. */
export async function makePolicies(tx: Tx, cast: Cast, now: Temporal.Instant): Promise<void> {
  // Oldest first, so that their references follow one another.
  const inOrder = demoPolicies.toSorted((one, other) => one.writtenDays - other.writtenDays);
  let acting = tx;
  for (const policy of inOrder) acting = await makePolicy(acting, cast, policy, now);
}

async function makePolicy(tx: Tx, { people }: Cast, policy: DemoPolicy, now: Temporal.Instant): Promise<Tx> {
  const type = typeNamed(tx.registry, "policy");
  const today = now.toZonedDateTimeISO("Europe/London").toPlainDate();
  const dayOf = (offset: number | undefined) => (offset === undefined ? null : today.add({ days: offset }).toString());
  // Mid-morning of the day, and never later than now.
  const morning = (offset: number) => {
    const moment = today
      .add({ days: Math.min(offset, -1) })
      .toZonedDateTime({ timeZone: "Europe/London", plainTime: "10:20" });
    return moment.toInstant();
  };
  const owner = people[policy.owner];
  const manager = people["policy-manager"];
  let acting = await actingAs(tx, manager, morning(policy.writtenDays));
  let record: Stored = await create(acting, type, {
    title: policy.title,
    purpose: policy.purpose,
    audience: policy.audience,
    owner: owner.id,
    clauses: policy.clauses.map(([heading, text]) => ({ heading, text })),
    reviewOn: policy.reaches === "draft" ? dayOf(policy.reviewDays) : null,
  });
  const go = async (by: typeof owner, day: number, name: string, values: Readonly<Record<string, unknown>> = {}) => {
    acting = await actingAs(acting, by, morning(day));
    record = await move(acting, type, record.id, record.version, name, values);
  };
  const { writtenDays, reaches } = policy;
  if (reaches !== "draft") await go(people[policy.approver], writtenDays + 21, "approve");
  if (reaches === "published" || reaches === "under_review" || reaches === "withdrawn")
    await go(manager, writtenDays + 24, "publish", {
      change: "material",
      changeReason: "The first version.",
      reviewOn: dayOf(policy.reviewDays),
    });
  if (reaches === "under_review") await go(manager, -8, "review");
  if (reaches === "withdrawn") await go(people[policy.approver], -190, "withdraw", { comment: policy.remark });
  else if (policy.remark) {
    acting = await actingAs(acting, manager, morning(Math.max(writtenDays + 1, -6)));
    await comment(acting, type, record.id, { text: policy.remark, audience: "everyone" });
  }
  return acting;
}
