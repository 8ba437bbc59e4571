-- Generated from the definitions by `npm run schema`; read before it is committed.
drop view visible_agreed_text;

drop view visible_case_question;

drop view visible_data_protection_request;

drop view visible_information_request;

drop view visible_members_question;

alter table agreed_text add column enquiry uuid;

alter table agreed_text add column data_request uuid;

alter table agreed_text add constraint agreed_text_data_request_record FOREIGN KEY (organisation_id, data_request) REFERENCES records(organisation_id, id);

alter table agreed_text add constraint agreed_text_enquiry_record FOREIGN KEY (organisation_id, enquiry) REFERENCES records(organisation_id, id);

CREATE INDEX agreed_text_data_request ON agreed_text USING btree (organisation_id, data_request) WHERE (data_request IS NOT NULL);

CREATE INDEX agreed_text_enquiry ON agreed_text USING btree (organisation_id, enquiry) WHERE (enquiry IS NOT NULL);

alter table case_question add column enquiry uuid;

alter table case_question add column data_request uuid;

alter table case_question add constraint case_question_data_request_record FOREIGN KEY (organisation_id, data_request) REFERENCES records(organisation_id, id);

alter table case_question add constraint case_question_enquiry_record FOREIGN KEY (organisation_id, enquiry) REFERENCES records(organisation_id, id);

CREATE INDEX case_question_data_request ON case_question USING btree (organisation_id, data_request) WHERE (data_request IS NOT NULL);

CREATE INDEX case_question_enquiry ON case_question USING btree (organisation_id, enquiry) WHERE (enquiry IS NOT NULL);

alter table data_protection_request add column split_asked_on date;

alter table information_request add column split_asked_on date;

alter table members_question add column split_asked_on date;

create view visible_agreed_text as
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
    t.request,
    t.enquiry,
    t.data_request,
    t.outcome,
    t.cost_limit,
    t.acting_together,
    t.words_hash,
    t.drafter,
    t.draft_by,
    t.drafted_on,
    t.draft_in_time,
    t.agree_by,
    t.agreed_on,
    t.agreed_in_time,
    t.standing,
    t.also_signs,
    t.remark_section,
    t.remark_passage,
    t.remark,
    t.remark_number,
    t.remark_reply,
    t.letter_pdf,
    t.letter_word,
    t.letter_hash
   FROM (records r
     JOIN agreed_text t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'agreed_text'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

create view visible_case_question as
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
    t.request,
    t.enquiry,
    t.data_request,
    t.number,
    t.details,
    t.commission_by,
    t.asked_on,
    t.answer_by,
    t.held,
    t.answer,
    t.spent,
    t.concerns,
    t.answered_on,
    t.answered_by,
    t.in_time,
    t.chased_on,
    t.escalated_on
   FROM (records r
     JOIN case_question t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'case_question'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

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
    t.late_because,
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
    t.decision,
    t.exemptions,
    t.answer,
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
    t.received_on,
    t.received_by,
    t.acknowledged_on,
    t.applicant,
    t.reply_to,
    t.on_behalf_of,
    t.answered_by,
    t.answer,
    t.late_because,
    t.supplementary,
    t.supplementary_answer,
    t.split_asked_on,
    t.published_on
   FROM (records r
     JOIN members_question t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'members_question'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

grant select on visible_agreed_text to reeve_app;

grant select on visible_case_question to reeve_app;

grant select on visible_data_protection_request to reeve_app;

grant select on visible_information_request to reeve_app;

grant select on visible_members_question to reeve_app;

alter table agreed_text_withheld drop constraint agreed_text_withheld_section_check;

alter table agreed_text_withheld add constraint agreed_text_withheld_section_check CHECK ((section = ANY (ARRAY['s12'::text, 's14'::text, 's14_2'::text, 's21'::text, 's22'::text, 's22a'::text, 's23'::text, 's24'::text, 's26'::text, 's27'::text, 's28'::text, 's29'::text, 's30'::text, 's31'::text, 's32'::text, 's33'::text, 's34'::text, 's35'::text, 's36'::text, 's37'::text, 's38'::text, 's39'::text, 's40'::text, 's41'::text, 's42'::text, 's43'::text, 's44'::text, 'r12_4a'::text, 'r12_4b'::text, 'r12_4c'::text, 'r12_4d'::text, 'r12_4e'::text, 'r12_5a'::text, 'r12_5b'::text, 'r12_5c'::text, 'r12_5d'::text, 'r12_5e'::text, 'r12_5f'::text, 'r12_5g'::text, 'r13'::text, 'reuse_5'::text, 'unfounded'::text, 'excessive'::text, 'identity'::text, 'no_authority'::text, 'art17_3'::text, 'art18'::text, 'art20'::text, 'art21'::text, 'accurate'::text, 'crime'::text, 'proceedings'::text, 'others'::text, 'privilege'::text, 'management'::text, 'negotiations'::text, 'references'::text, 'health'::text, 'social'::text, 'education'::text, 'abuse'::text, 'other_law'::text])));

alter table data_protection_request drop constraint data_protection_request_answer_check;

alter table data_protection_request add constraint data_protection_request_answer_check CHECK ((length(answer) <= 100000));

alter table members_question drop constraint members_question_answer_check;

alter table members_question add constraint members_question_answer_check CHECK ((length(answer) <= 100000));
