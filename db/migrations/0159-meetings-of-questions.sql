-- Generated from the definitions by `npm run schema`; read before it is committed.
drop view visible_members_question;

alter table members_question add column taken_because text;

alter table members_question add column told_meeting_on date;

alter table members_question add constraint members_question_taken_because_check CHECK ((length(taken_because) <= 500));

create view visible_members_question as
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
    t.kind,
    t.question,
    t.meeting,
    t.meeting_on,
    t.taken_because,
    t.told_meeting_on,
    t.received_on,
    t.received_by,
    t.acknowledged_on,
    t.applicant,
    t.reply_to,
    t.on_behalf_of,
    t.answered_by,
    t.answer,
    t.late_because,
    t.late_asked_on,
    t.supplementary,
    t.supplementary_answer,
    t.split_asked_on,
    t.published_on
   FROM (records r
     JOIN members_question t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'members_question'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

grant select on visible_members_question to reeve_app;
