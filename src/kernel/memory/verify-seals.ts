import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { Problem } from "./findings.ts";
import type { Verifying } from "./verify.ts";

const sealsAtATime = 500;

interface Seal {
  readonly number: number;
  readonly heads: number;
  readonly hash: Buffer;
  /** SHA-256 of the heads that are there; null when none is. */
  readonly digest: Buffer | null;
  readonly counted: number;
}

/** The chain of seals: each over the one before and its own heads. The heads themselves are compared with the timelines. */
export async function verifySeals({ db, organisation, findings, progress }: Verifying): Promise<void> {
  let previous: Buffer = Buffer.alloc(0);
  let number = 0;
  for (;;) {
    const seals = await sealsAfter({ db, organisation }, number);
    for (const seal of seals) {
      findings.add(problemsOf(organisation.name, seal, number, previous));
      previous = seal.hash;
      number = seal.number;
    }
    findings.count("seals", seals.length);
    if (seals.length < sealsAtATime) break;
    progress(`${organisation.name}: ${number.toLocaleString("en-GB")} seals`);
  }
  if (number > 0) findings.sealed(organisation.name, number, previous.toString("hex"));
  const { rows } = await sql<{ waiting: number; beyond: number }>`
    select (select count(*) from unsealed where organisation_id = ${organisation.id}::uuid) as waiting,
           (select count(*) from seal_heads where organisation_id = ${organisation.id}::uuid and number > ${number}) as beyond`.execute(
    db,
  );
  const { waiting = 0, beyond = 0 } = rows[0] ?? {};
  findings.count("unsealed", waiting);
  if (beyond > 0)
    findings.add([
      sealProblem(
        organisation.name,
        `Seal ${number + 1} is missing: ${beyond} lines say that they were sealed after the last seal there is`,
      ),
    ]);
  await verifyCovered({ db, organisation, findings });
}

/** Every timeline's last line is under a seal or waits for the next one; else seals were taken away from the end. */
async function verifyCovered({ db, organisation, findings }: Pick<Verifying, "db" | "organisation" | "findings">) {
  const { rows } = await sql<{ type: string; reference: string; sequence: number; many: number }>`
    select r.type, r.reference, r.event_count as sequence, count(*) over () as many from records r
    where r.organisation_id = ${organisation.id}::uuid and r.event_count > 0
      and not exists (select 1 from seal_heads h where h.organisation_id = r.organisation_id and h.record_id = r.id
                      and h.sequence = r.event_count and h.hash = r.event_hash)
      and not exists (select 1 from unsealed u where u.organisation_id = r.organisation_id and u.record_id = r.id)
    order by r.id limit 20`.execute(db);
  findings.add(
    rows.map(({ type, reference, sequence }) => ({
      ...sealProblem(
        organisation.name,
        "The end of its timeline is under no seal, and waits for none: a seal was taken away",
      ),
      type,
      reference,
      sequence,
    })),
    rows[0]?.many ?? 0,
  );
}

async function sealsAfter(
  { db, organisation }: Pick<Verifying, "db" | "organisation">,
  number: number,
): Promise<Seal[]> {
  const { rows } = await sql<Seal>`
    with stretch as materialized (select number, heads, hash from seals where organisation_id = ${organisation.id}::uuid and number > ${number} order by number limit ${sealsAtATime})
    select s.number, s.heads, s.hash, h.digest, coalesce(h.counted, 0) as counted from stretch s
    left join (
      select number, count(*) as counted, sha256(string_agg(uuid_send(record_id) || int4send(sequence) || hash, ''::bytea order by record_id)) as digest
      from seal_heads where organisation_id = ${organisation.id}::uuid and number > ${number} and number <= (select max(number) from stretch) group by number) h using (number)
    order by s.number`.execute(db);
  return rows;
}

function problemsOf(organisation: string, seal: Seal, before: number, previous: Buffer): Problem[] {
  if (seal.number !== before + 1) return [sealProblem(organisation, `Seal ${before + 1} is missing`)];
  if (seal.counted !== seal.heads)
    return [
      sealProblem(
        organisation,
        `Seal ${seal.number} covered ${seal.heads} timelines and ${seal.counted} of its heads are there`,
      ),
    ];
  const shouldBe = sha256(Buffer.concat([previous, seal.digest ?? Buffer.alloc(0)]));
  if (shouldBe.equals(seal.hash)) return [];
  return [
    {
      ...sealProblem(
        organisation,
        `Seal ${seal.number} is not what was written: its heads, its hash or the seal before it was changed`,
      ),
      expected: shouldBe.toString("hex"),
      found: seal.hash.toString("hex"),
    },
  ];
}

function sealProblem(organisation: string, message: string): Problem {
  return { organisation, type: null, reference: null, sequence: null, message, expected: null, found: null };
}

function sha256(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}
