import type pg from "pg";
import type { FoundedOrganisation } from "../src/council/found.ts";

/** Puts a row of an organisation into the tables that a ticket by itself leaves empty. */
export async function fillEveryTable(
  ownerPool: pg.Pool,
  other: FoundedOrganisation,
  personId: string,
  recordId: string,
): Promise<void> {
  const { organisationId } = other;
  const run = (text: string, values: readonly unknown[]) => ownerPool.query(text, [...values]);
  await run(
    "insert into saved_views (organisation_id, person_id, type, name, query) values ($1, $2, 'ticket', 'Theirs', 'sort=due')",
    [organisationId, personId],
  );
  await run(
    "insert into view_starts (organisation_id, person_id, type, view_id) select organisation_id, person_id, type, id from saved_views where organisation_id = $1 and person_id = $2",
    [organisationId, personId],
  );
  await run(
    "insert into drafts (organisation_id, id, person_id, type, record_id, content) values ($1, uuidv7(), $2, 'ticket', $3, '{}')",
    [organisationId, personId, recordId],
  );
  await run(
    "insert into submissions (organisation_id, person_id, key, request_hash, record_id) values ($1, $2, 'their-key', '\\x00', $3)",
    [organisationId, personId, recordId],
  );
  await run(
    "insert into files (organisation_id, record_id, name, media_type, size_bytes, sha256, uploaded_by) values ($1, $3, 'a.txt', 'text/plain', 1, '\\x00', $2)",
    [organisationId, personId, recordId],
  );
  await run("insert into links (organisation_id, from_id, relation, to_id) values ($1, $3, 'about', $2)", [
    organisationId,
    personId,
    recordId,
  ]);
  await run(
    "insert into api_token (organisation_id, person_id, name, token_sha256, scopes, expires_at) values ($1, $2, 'Theirs', sha256('x'), '{read}', now() + interval '1 day')",
    [organisationId, personId],
  );
  await run("insert into untold (organisation_id, record_id, sequence) values ($1, $2, 1)", [organisationId, recordId]);
  await run("insert into watchers (organisation_id, person_id, record_id) values ($1, $2, $3)", [
    organisationId,
    personId,
    recordId,
  ]);
  await run(
    "insert into notifications (organisation_id, person_id, kind, record_id, about) values ($1, $2, 'late', $3, 'late resolve 2026-11-22T12:00:00Z')",
    [organisationId, personId, recordId],
  );
  await run("insert into notification_choices values ($1, $2, 'late', 'mail', 'off')", [organisationId, personId]);
  await run(
    `insert into published_statistics (organisation_id, period, label, from_day, to_day, content, sha256, published_at, published_by)
     values ($1, '2025', '2025', '2025-01-01', '2025-12-31', '{}', encode(sha256('{}'), 'hex'), now(), $2)`,
    [organisationId, personId],
  );
  await run("insert into notification_times (organisation_id, person_id) values ($1, $2)", [organisationId, personId]);
  await run(
    "insert into mail_outbox (organisation_id, person_id, purpose, message_id) values ($1, $2, 'test', '<theirs@example.org>')",
    [organisationId, personId],
  );
  await run(
    "insert into mail_threads (organisation_id, message_id, record_id, person_id) values ($1, '<theirs@example.org>', $3, $2)",
    [organisationId, personId, recordId],
  );
  await run(
    "insert into outside_requesters (organisation_id, record_id, key_sha256, key_sealed) values ($1, $2, sha256('their key'), '\\x00')",
    [organisationId, recordId],
  );
  await run(
    "insert into held_submissions (organisation_id, type, said, doubts, key_sha256, key_sealed) values ($1, 'information_request', '{}', '{Links}', sha256('their key'), '\\x00')",
    [organisationId],
  );
  await run("insert into public_contacts (organisation_id, phone) values ($1, '01632 960 100')", [organisationId]);
  await run("insert into suggested_publications (organisation_id, publication_id, day) values ($1, $2, '2026-11-22')", [
    organisationId,
    recordId,
  ]);
  await run("insert into mail_taken (organisation_id, mailbox_id, uid_validity, uid) values ($1, $2, 1, 1)", [
    organisationId,
    recordId,
  ]);
  await run("insert into mailbox_secrets (organisation_id, mailbox_id, sealed) values ($1, $2, $3)", [
    organisationId,
    recordId,
    Buffer.alloc(32),
  ]);
  await run("insert into mailbox_states (organisation_id, mailbox_id, looked_at) values ($1, $2, now())", [
    organisationId,
    recordId,
  ]);
  await run(
    `with made as (insert into reports (organisation_id, person_id, name, query) values ($1, $2, 'Theirs', '') returning id)
     insert into report_recipients (organisation_id, report_id, person_id, added_by) select $1, id, $2, $2 from made`,
    [organisationId, personId],
  );
  await run("insert into message_deliveries (organisation_id, message_id, part, person_id) values ($1, $3, 1, $2)", [
    organisationId,
    personId,
    recordId,
  ]);
  await run("insert into survey_people (organisation_id, survey_id, person_id) values ($1, $3, $2)", [
    organisationId,
    personId,
    recordId,
  ]);
  await run(
    "insert into survey_links (organisation_id, survey_id, key_sha256, personal) values ($1, $2, sha256($3::text::bytea), true)",
    [organisationId, recordId, recordId],
  );
  for (const [table, column] of [
    ["survey_answers", "answers"],
    ["survey_results", "results"],
  ])
    await run(`insert into ${table} (organisation_id, survey_id, ${column}) values ($1, $2, '{}')`, [
      organisationId,
      recordId,
    ]);
  await run("insert into group_roles (organisation_id, person_id, role_id, source) values ($1, $2, $3, 'sign-in')", [
    organisationId,
    personId,
    other.roles.staff,
  ]);
  await run(
    "insert into scim_token (organisation_id, name, token_sha256, created_by, created_at) values ($1, 'Theirs', sha256('x'), $2, now())",
    [organisationId, personId],
  );
  await run("insert into scim_people (organisation_id, person_id, user_name) values ($1, $2, 'theirs')", [
    organisationId,
    personId,
  ]);
  await run(
    "with made as (insert into scim_group (organisation_id, display_name) values ($1, 'Theirs') returning id) insert into scim_group_member (organisation_id, group_id, person_id) select $1, id, $2 from made",
    [organisationId, personId],
  );
  await run("insert into scim_unfollowed (organisation_id, person_id) values ($1, $2)", [organisationId, personId]);
  await run(
    "insert into moves_in (organisation_id, source, file_name, started_by) values ($1, 'zammad', 'a.json', $2)",
    [organisationId, personId],
  );
  await run("insert into clocks_to_read_anew values ($1, 'ticket', 'respond', 'since it is counted otherwise')", [
    organisationId,
  ]);
  await run("insert into level_comparisons values ($1, 'servicenow-log', now(), '{}')", [organisationId]);
  await run("insert into triage_models values ($1, 'queue', now(), 0, '{}', '{}')", [organisationId]);
  await run("insert into role_groups (organisation_id, parent_id, position, group_id) values ($1, $2, 0, 'Theirs')", [
    organisationId,
    other.roles.staff,
  ]);
  await run("insert into search_words (organisation_id, word, records) values ($1, 'xylophone', 1)", [organisationId]);
  await run("insert into team_members (organisation_id, parent_id, position, member) values ($1, $3, 0, $2)", [
    organisationId,
    personId,
    other.team,
  ]);
  await run(
    "insert into calendar_closures (organisation_id, parent_id, position, day, why) values ($1, $2, 0, '2026-12-24', 'Feast')",
    [organisationId, other.calendar],
  );
  await run(
    "insert into category (organisation_id, id) select organisation_id, id from records where organisation_id = $1 and id = $2",
    [organisationId, recordId],
  );
  await run(
    "insert into added_field (organisation_id, id) select organisation_id, id from records where organisation_id = $1 and id = $2",
    [organisationId, recordId],
  );
  await run(
    "insert into added_field_choices (organisation_id, parent_id, position, label) values ($1, $2, 0, 'Theirs')",
    [organisationId, recordId],
  );
  for (const table of ["retention_schedule", "legal_hold", "disposal", "text_template", "inbound_message", "mailbox"])
    await run(
      `insert into ${table} (organisation_id, id) select organisation_id, id from records where organisation_id = $1 and id = $2`,
      [organisationId, recordId],
    );
  await run(
    "insert into legal_hold_records (organisation_id, parent_id, position, reference) values ($1, $2, 0, 'INC-1')",
    [organisationId, recordId],
  );
  await run(
    "insert into disposal_items (organisation_id, disposal_id, record_id, reference, due_on) values ($1, $2, $2, 'INC-1', now())",
    [organisationId, recordId],
  );
  await run("insert into jobs (organisation_id, kind, title, started_by) values ($1, 'theirs', 'Their job', $2)", [
    organisationId,
    personId,
  ]);
  await run(
    `with one as (insert into bulk_changes (organisation_id, type, deed, given, started_by) values ($1, 'ticket', 'move:take', '{}', $2) returning *)
     insert into bulk_rows (organisation_id, bulk_id, number, reference, version) select organisation_id, id, 1, 'INC-1', 1 from one`,
    [organisationId, personId],
  );
  await run(
    `with one as (insert into imports (organisation_id, type, file_name, started_by) values ($1, 'ticket', 'theirs.csv', $2) returning *)
     insert into import_rows (organisation_id, import_id, number, cells) select organisation_id, id, 2, '{theirs}' from one`,
    [organisationId, personId],
  );
  await run(
    "insert into policy (organisation_id, id) select organisation_id, id from records where organisation_id = $1 and id = $2",
    [organisationId, recordId],
  );
  for (const table of [
    "problem",
    "change_request",
    "change_template",
    "change_freeze",
    "major_incident",
    "hypercare",
    "article",
    "article_feedback",
    "quality_review",
    "quality_criterion",
    "catalogue_item",
    "approval",
    "request_task",
    "information_request",
    "case_question",
    "agreed_text",
    "answering_plan",
    "data_protection_request",
    "members_question",
    "information_complaint",
    "data_breach",
    "data_search",
    "audience",
    "policy_comment",
    "attestation",
    "policy_exception",
    "redaction",
    "broadcast",
    "survey",
    "relationship",
    "processing_activity",
    "impact_assessment",
    "device_plan",
    "device_rate",
    "publication",
  ])
    await run(
      `insert into ${table} (organisation_id, id) select organisation_id, id from records where organisation_id = $1 and id = $2`,
      [organisationId, recordId],
    );
  for (const lines of [
    "change_request_authorisations",
    "major_incident_updates",
    "major_incident_decisions",
    "audience_parts",
    "article_cites",
    "policy_basis",
    "policy_cites",
    "policy_published",
    "policy_quiz",
    "redaction_marks",
    "agreed_text_sections",
    "agreed_text_withheld",
    "agreed_text_costs",
    "agreed_text_remarks",
    "agreed_text_letter_parts",
    "agreed_text_signatures",
    "answering_plan_signers",
    "broadcast_said",
    "survey_questions",
    "survey_did",
    "relationship_asks",
    "relationship_contacts",
    "processing_activity_cites",
    "impact_assessment_cites",
    "impact_assessment_risks",
    "device_plan_groups",
    "device_plan_criteria",
    "publication_files",
    "data_search_flags",
  ])
    await run(`insert into ${lines} (organisation_id, parent_id, position) values ($1, $2, 0)`, [
      organisationId,
      recordId,
    ]);
  for (const lines of ["cover", "levels", "criteria", "notes", "extensions"])
    await run(`insert into hypercare_${lines} (organisation_id, parent_id, position) values ($1, $2, 0)`, [
      organisationId,
      recordId,
    ]);
  for (const table of ["questions", "approvals", "steps"])
    await run(
      `insert into catalogue_item_${table} (organisation_id, parent_id, position${table === "questions" ? ", number" : ""}) values ($1, $2, 0${table === "questions" ? ", 1" : ""})`,
      [organisationId, recordId],
    );
  await run(
    "insert into ticket_answers (organisation_id, parent_id, position, question) values ($1, $2, 0, 'theirs')",
    [organisationId, recordId],
  );
  await run("insert into article_views (organisation_id, article_id, day) values ($1, $2, '2026-01-01')", [
    organisationId,
    recordId,
  ]);
  await run(
    "insert into calendar_later_hours (organisation_id, parent_id, position, day) values ($1, $2, 0, '2026-12-24')",
    [organisationId, other.calendar],
  );
  await run(
    "insert into clock_warnings (organisation_id, record_id, clock, percent, reached_at) values ($1, $2, 'resolve', 50, now())",
    [organisationId, recordId],
  );
  await run("insert into pause_chases (organisation_id, record_id, review_on, step) values ($1, $2, '2026-01-01', 1)", [
    organisationId,
    recordId,
  ]);
  await run(
    "insert into quality_review_scores (organisation_id, parent_id, position, criterion) values ($1, $2, 0, $2)",
    [organisationId, recordId],
  );
  await run("insert into shift (organisation_id, id) values ($1, $2)", [organisationId, recordId]);
  await run("insert into skill (organisation_id, id) values ($1, $2)", [organisationId, recordId]);
  for (const [table, column] of Object.entries({
    category_skills: "skill",
    skill_people: "person",
    queue_seniors: "person",
  }))
    await run(`insert into ${table} (organisation_id, parent_id, position, ${column}) values ($1, $2, 0, $2)`, [
      organisationId,
      recordId,
    ]);
  await run(
    "insert into service_level_policy_warnings (organisation_id, parent_id, position, percent) values ($1, $2, 0, 20)",
    [organisationId, recordId],
  );
  await run("insert into assignment_turns (organisation_id, queue_id, person_id, turn) values ($1, $2, $3, 1)", [
    organisationId,
    recordId,
    personId,
  ]);
  await run(
    "insert into absences (organisation_id, person_id, delegate_id, from_day, until_day, kinds) values ($1, $2, $3, '2026-01-01', '2026-01-02', '{work}')",
    [organisationId, personId, recordId],
  );
  await run(
    "insert into webhook (organisation_id, id, address, acts_for) values ($1, $3, 'https://theirs.example', $2)",
    [organisationId, personId, recordId],
  );
  await run("insert into ticks (organisation_id, record_id, step_id, ticked_by) values ($1, $3, uuidv7(), $2)", [
    organisationId,
    personId,
    recordId,
  ]);
  await run(
    "insert into time_spent (organisation_id, record_id, person_id, minutes, spent_on) values ($1, $3, $2, 5, '2026-01-01')",
    [organisationId, personId, recordId],
  );
  for (const table of [
    "service",
    "system",
    "device",
    "supplier",
    "site",
    "visit",
    "advice",
    "handover",
    "priority_group",
  ])
    await run(
      `insert into ${table} (organisation_id, id) select organisation_id, id from records where organisation_id = $1 and id = $2`,
      [organisationId, recordId],
    );
  await run("insert into priority_group_people (organisation_id, parent_id, position, person) values ($1, $3, 0, $2)", [
    organisationId,
    personId,
    recordId,
  ]);
  await run(
    "insert into category_checklist (organisation_id, parent_id, position, step) values ($1, $2, 0, 'Theirs')",
    [organisationId, recordId],
  );
  await run("insert into webhook_events (organisation_id, record_id, sequence) values ($1, $2, 1)", [
    organisationId,
    recordId,
  ]);
  await run("insert into webhook_secrets (organisation_id, webhook_id, sealed) values ($1, $2, 'x')", [
    organisationId,
    recordId,
  ]);
  await run(
    `with one as (insert into webhook_deliveries (organisation_id, webhook_id) values ($1, $2) returning *)
     insert into webhook_attempts (organisation_id, delivery_id, attempt, webhook_id, took_ms) select organisation_id, id, 1, webhook_id, 5 from one`,
    [organisationId, recordId],
  );
  await run("insert into policy_clauses (organisation_id, parent_id, position, number) values ($1, $2, 0, 1)", [
    organisationId,
    recordId,
  ]);
}
