-- Generated from the definitions by `npm run schema`; read before it is committed.
drop view visible_ticket;

alter table ticket add column passed_as text;

alter table ticket add column passed_subject text;

alter table ticket add column reached_on date;

alter table ticket add constraint ticket_passed_as_check CHECK ((passed_as = ANY (ARRAY['information_request'::text, 'data_protection_request'::text, 'members_question'::text, 'information_complaint'::text])));

alter table ticket add constraint ticket_passed_subject_check CHECK ((length(passed_subject) <= 120));

create view visible_ticket as
 SELECT r.organisation_id,
    r.id,
    r.reference,
    r.title,
    r.state,
    r.owner_id,
    r.team_id,
    r.requester_id,
    r.within_id,
    r.created_by,
    r.sensitivity,
    r.opened_at,
    r.updated_at,
    r.next_due_at,
    r.closed_at,
    r.version,
    r.added,
    t.details,
    t.attachment,
    t.kind,
    t.started_on,
    t.needed_by,
    t.impact,
    t.urgency,
    t.priority,
    t.category,
    t.service,
    t.system,
    t.device,
    t.channel,
    t.attention,
    t.problem,
    t.change,
    t.major_incident,
    t.hypercare,
    t.assignment_note,
    t.waiting_for,
    t.waiting_reason,
    t.review_on,
    t.supplier,
    t.supplier_reference,
    t.supplier_due_on,
    t.supplier_chased_for,
    t.promised_on,
    t.parent,
    t.duplicate_of,
    t.split_from,
    t.resolution,
    t.first_contact,
    t.queue_changes,
    t.article,
    t.catalogue_item,
    t.usual_days,
    t.passed_as,
    t.passed_subject,
    t.reached_on,
    t.rating,
    t.rating_comment,
    t.rated_person,
    t.rated_team,
    t.source,
    t.source_reference,
    t.source_columns
   FROM (records r
     JOIN ticket t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'ticket'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

grant select on visible_ticket to reeve_app;
