-- Generated from the definitions by `npm run schema`; read before it is committed.
drop view visible_data_protection_request;

drop view visible_information_request;

drop view visible_members_question;

alter table data_protection_request add column sent_letter uuid;

alter table data_protection_request add constraint data_protection_request_sent_letter_file FOREIGN KEY (organisation_id, sent_letter) REFERENCES files(organisation_id, id);

CREATE INDEX data_protection_request_sent_letter ON data_protection_request USING btree (organisation_id, sent_letter) WHERE (sent_letter IS NOT NULL);

alter table information_request add column sent_letter uuid;

alter table information_request add constraint information_request_sent_letter_file FOREIGN KEY (organisation_id, sent_letter) REFERENCES files(organisation_id, id);

CREATE INDEX information_request_sent_letter ON information_request USING btree (organisation_id, sent_letter) WHERE (sent_letter IS NOT NULL);

alter table members_question add column sent_letter uuid;

alter table members_question add constraint members_question_sent_letter_file FOREIGN KEY (organisation_id, sent_letter) REFERENCES files(organisation_id, id);

CREATE INDEX members_question_sent_letter ON members_question USING btree (organisation_id, sent_letter) WHERE (sent_letter IS NOT NULL);

create view visible_data_protection_request as
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
    t.data_subject,
    t.authority,
    t.basis,
    t.wanted_by,
    t.received_on,
    t.received_by,
    t.acknowledged_on,
    t.applicant,
    t.reply_to,
    t.identity_asked_on,
    t.identified_on,
    t.identity_by,
    t.identity_seen_by,
    t.asked_on,
    t.clarified_on,
    t.fees_notice_on,
    t.fee,
    t.fees_paid_on,
    t.extended_on,
    t.extended_for,
    t.extended_because,
    t.decision,
    t.exemptions,
    t.refused_because,
    t.answer,
    t.sent_letter,
    t.late_because,
    t.late_asked_on,
    t.split_asked_on
   FROM (records r
     JOIN data_protection_request t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'data_protection_request'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

create view visible_information_request as
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
    t.question,
    t.regime,
    t.review_of,
    t.received_on,
    t.received_by,
    t.area,
    t.acknowledged_on,
    t.applicant,
    t.reply_to,
    t.form_wanted,
    t.asked_on,
    t.clarified_on,
    t.fees_notice_on,
    t.fee,
    t.fees_paid_on,
    t.extended_on,
    t.extended_for,
    t.extended_because,
    t.extended_ground,
    t.extended_to,
    t.decision,
    t.exemptions,
    t.answer,
    t.sent_letter,
    t.late_because,
    t.split_asked_on,
    t.late_asked_on
   FROM (records r
     JOIN information_request t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'information_request'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

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
    t.sent_letter,
    t.late_because,
    t.late_asked_on,
    t.supplementary,
    t.supplementary_answer,
    t.split_asked_on,
    t.published_on
   FROM (records r
     JOIN members_question t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'members_question'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

grant select on visible_data_protection_request to reeve_app;

grant select on visible_information_request to reeve_app;

grant select on visible_members_question to reeve_app;
