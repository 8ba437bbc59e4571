-- Generated from the definitions by `npm run schema`; read before it is committed.
create table information_request (
  organisation_id uuid not null,
  id uuid not null,
  question text,
  regime text,
  review_of uuid,
  received_on date,
  received_by text,
  acknowledged_on date,
  applicant text,
  reply_to text,
  form_wanted text,
  asked_on date,
  clarified_on date,
  fees_notice_on date,
  fee bigint,
  fees_paid_on date,
  extended_on date,
  extended_because text,
  decision text,
  exemptions text[],
  answer text,
  late_because text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint information_request_question_check check (length(question) <= 20000),
  constraint information_request_regime_check check (regime = ANY (ARRAY['foi'::text, 'eir'::text, 'foi_review'::text, 'eir_review'::text])),
  constraint information_request_review_of_record foreign key (organisation_id, review_of) references records,
  constraint information_request_received_by_check check (received_by = ANY (ARRAY['form'::text, 'email'::text, 'letter'::text, 'spoken'::text, 'social'::text])),
  constraint information_request_applicant_check check (length(applicant) <= 200),
  constraint information_request_reply_to_check check (length(reply_to) <= 300),
  constraint information_request_form_wanted_check check (length(form_wanted) <= 200),
  constraint information_request_extended_because_check check (length(extended_because) <= 500),
  constraint information_request_decision_check check (decision = ANY (ARRAY['granted'::text, 'part'::text, 'refused'::text, 'not_held'::text, 'neither'::text, 'upheld'::text, 'changed'::text])),
  constraint information_request_exemptions_check check (exemptions <@ ARRAY['s12'::text, 's14'::text, 's21'::text, 's22'::text, 's23'::text, 's24'::text, 's26'::text, 's27'::text, 's28'::text, 's29'::text, 's30'::text, 's31'::text, 's32'::text, 's33'::text, 's34'::text, 's35'::text, 's36'::text, 's37'::text, 's38'::text, 's39'::text, 's40'::text, 's41'::text, 's42'::text, 's43'::text, 's44'::text, 'r12_4a'::text, 'r12_4b'::text, 'r12_4c'::text, 'r12_4d'::text, 'r12_4e'::text, 'r12_5a'::text, 'r12_5b'::text, 'r12_5c'::text, 'r12_5d'::text, 'r12_5e'::text, 'r12_5f'::text, 'r12_5g'::text, 'r13'::text]),
  constraint information_request_answer_check check (length(answer) <= 20000),
  constraint information_request_late_because_check check (length(late_because) <= 500)
);

create index information_request_review_of on information_request (organisation_id, review_of) where review_of is not null;

alter table information_request enable row level security;

create policy information_request_read on information_request for select to reeve_app using (visible(organisation_id, id));

create policy information_request_create on information_request for insert to reeve_app with check (changeable(organisation_id, id));

create policy information_request_change on information_request for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on information_request to reeve_app;

create view visible_information_request as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.question, t.regime, t.review_of, t.received_on, t.received_by, t.acknowledged_on, t.applicant, t.reply_to, t.form_wanted, t.asked_on, t.clarified_on, t.fees_notice_on, t.fee, t.fees_paid_on, t.extended_on, t.extended_because, t.decision, t.exemptions, t.answer, t.late_because
  from records r join information_request t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'information_request'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person())
         or r.id = any ((select current_named())::uuid[]))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person())
                  or r.id = any ((select current_named())::uuid[]))));

grant select on visible_information_request to reeve_app;
