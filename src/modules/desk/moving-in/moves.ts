import { sql } from "kysely";
import { changesOrganisation } from "../../../web/pages/organisation.ts";
import { Refusal, unseen } from "../../../kernel/errors.ts";
import { addJob } from "../../../kernel/jobs/jobs.ts";
import { isId } from "../../../kernel/store/find.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import type { MovedIn } from "./bring-in.ts";
import type { Looked } from "./looked.ts";
import type { ServiceChoice } from "./naming-columns.ts";
import type { OfService } from "./services.ts";

export const movingInPath = "/desk/moving-in";

/** Where an export of another tool is on its way in: each stage that ends in -ing is the work of a job. */
export type MoveStage = "looking" | "looked" | "saving" | "saved" | "refused";

/** An export of another tool that somebody sent. */
export interface MoveIn {
  readonly id: string;
  /** As the terminal names the tool. */
  readonly source: string;
  readonly fileName: string;
  readonly fileId: string | null;
  readonly startedAt: string;
  readonly stage: MoveStage;
  readonly told: {
    /** What it would come to. */
    readonly looked?: Looked;
    /** Which services its tickets are about; null or absent for none. */
    readonly services?: ServiceChoice | null;
    /** What came of it. */
    readonly result?: MovedIn & {
      readonly standing: Readonly<Record<string, number>>;
      readonly services?: readonly OfService[];
    };
    /** Why it was not read, as a sentence. */
    readonly refused?: string;
  };
  readonly jobId: string | null;
}

const columns = sql`id, source, file_name as "fileName", file_id as "fileId", started_at as "startedAt", stage, told, job_id as "jobId"`;
const listedMax = 50;

/** Refuses (unseen) whoever does not administer the organisation. */
export function mustMoveIn(tx: Tx): void {
  if (!changesOrganisation(tx)) unseen("There is no such page");
}

/** The exports that the actor sent, the newest first. */
export async function listMoves(tx: Tx): Promise<MoveIn[]> {
  const { rows } =
    await sql<MoveIn>`select ${columns} from moves_in where organisation_id = ${tx.actor.organisationId}::uuid
    and started_by = ${tx.actor.personId}::uuid order by id desc limit ${listedMax}`.execute(tx.db);
  return rows;
}

/** One of them, held until the transaction ends when told. Refuses (unseen) anybody else’s. */
export async function findMove(tx: Tx, id: string, locked = false): Promise<MoveIn> {
  const nothing = () => unseen("There is no such file here, or it is not yours");
  if (!isId(id)) return nothing();
  const { rows } =
    await sql<MoveIn>`select ${columns} from moves_in where organisation_id = ${tx.actor.organisationId}::uuid
    and id = ${id}::uuid ${locked ? sql`for no key update` : sql``}`.execute(tx.db);
  return rows[0] ?? nothing();
}

/** Puts a sent export down and starts the job that looks at it. Gives its id. */
export async function startMove(
  tx: Tx,
  source: string,
  file: { readonly id: string; readonly name: string },
): Promise<string> {
  const { rows } = await sql<{
    id: string;
  }>`insert into moves_in (organisation_id, source, file_name, file_id, started_by)
    values (${tx.actor.organisationId}::uuid, ${source}, ${file.name}, ${file.id}::uuid, ${tx.actor.personId}::uuid) returning id`.execute(
    tx.db,
  );
  const { id } = rows[0]!;
  await startMoveStage(tx, { id, fileName: file.name }, "looking");
  return id;
}

const jobOf = {
  looking: { kind: "look-at-move", title: "Look at" },
  saving: { kind: "move-in", title: "Bring in" },
} as const;

/** Starts the job of a stage. */
export async function startMoveStage(
  tx: Tx,
  { id, fileName }: Pick<MoveIn, "id" | "fileName">,
  stage: keyof typeof jobOf,
): Promise<void> {
  const { kind, title } = jobOf[stage];
  const jobId = await addJob(tx, {
    kind,
    title: `${title} ${fileName}`,
    subject: id,
    page: `${movingInPath}/${id}`,
  });
  await setMove(tx, id, { stage, jobId });
}

/** Changes what is kept of an export. Refuses (unseen) one that is not there. */
export async function setMove(
  tx: Tx,
  id: string,
  { stage, told, jobId }: Partial<Pick<MoveIn, "stage" | "told" | "jobId">>,
): Promise<void> {
  const { numAffectedRows } = await sql`update moves_in set stage = coalesce(${stage ?? null}, stage),
      told = told || coalesce(${told ? JSON.stringify(told) : null}::jsonb, '{}'), job_id = coalesce(${jobId ?? null}::uuid, job_id),
      file_id = case when ${stage ?? null} in ('saved', 'refused') then null else file_id end
    where organisation_id = ${tx.actor.organisationId}::uuid and id = ${id}::uuid`.execute(tx.db);
  if (numAffectedRows === 0n) throw new Refusal("unseen", [{ message: "There is no such file here" }]);
}
