import type pg from "pg";

/** For so many days an import can be undone and its rejected rows be had; then what was in the file is forgotten. */
export const keptDays = 30;

/** Forgets the rows and files of imports after 30 days, and the jobs that ended 90 days ago. Can be done twice without harm. */
export async function forgetImports(ownerPool: pg.Pool): Promise<void> {
  const old = `started_at < now() - interval '${keptDays} days' and stage <> 'forgotten'`;
  await ownerPool.query(
    `delete from import_rows w using imports i where i.organisation_id = w.organisation_id and i.id = w.import_id and ${old}`,
  );
  await ownerPool.query(
    `update imports set stage = 'forgotten', file_id = null, job_id = null, headings = '{}', told = '{}', plan = '{}' where ${old}`,
  );
  await ownerPool.query(
    `delete from jobs j where ended_at < now() - interval '90 days'
       and not exists (select 1 from imports i where i.organisation_id = j.organisation_id and i.job_id = j.id)`,
  );
}
