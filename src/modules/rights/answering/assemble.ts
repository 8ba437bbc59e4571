import { sql } from "kysely";
import { columnName } from "../../../kernel/record.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { findAll } from "../../../kernel/store/find.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { caseNamed } from "./case-kinds.ts";
import { linesOf } from "./text-rules.ts";

type Values = Readonly<Record<string, unknown>>;

/** Questions of one case that are looked at. */
const questionsMax = 200;

/** The questions of a case in their order, as far as the actor sees them. */
export async function questionsOf(tx: Tx, { field, id }: { field: string; id: string }): Promise<readonly Stored[]> {
  const { rows } = await sql<{ id: string }>`select id from visible_case_question
    where organisation_id = ${tx.actor.organisationId}::uuid and ${sql.ref(columnName(field))} = ${id}::uuid
    order by number, id limit ${questionsMax}`.execute(tx.db);
  const found = await findAll(
    tx,
    typeNamed(tx.registry, "case_question"),
    rows.map((row) => row.id),
  );
  return rows.flatMap((row) => found.get(row.id) ?? []);
}

/** Adds a section for each answered question of the case that has none yet; what is written already stays. */
export async function assembled(tx: Tx, text: Pick<Stored, "values">): Promise<Values> {
  const named = caseNamed(text);
  if (named === null) return {};
  const sections = linesOf(text, "sections");
  const have = new Set(sections.map((line) => line["question"]));
  const questions = await questionsOf(tx, { field: named.kind.field, id: named.id });
  const more = questions
    .filter((one) => one.state === "answered" && !have.has(one.id) && one.values["answer"])
    .map((one) => ({ heading: one.title, text: String(one.values["answer"]), question: one.id }));
  return more.length === 0 ? {} : { sections: [...sections, ...more] };
}
