-- Generated from the definitions by `npm run schema`; read before it is committed.
create table data_protection_request (
  organisation_id uuid not null,
  id uuid not null,
  kind text,
  question text,
  data_subject text,
  authority text,
  basis text,
  wanted_by date,
  received_on date,
  received_by text,
  acknowledged_on date,
  applicant text,
  reply_to text,
  identity_asked_on date,
  identified_on date,
  identity_by text,
  identity_seen_by uuid,
  asked_on date,
  clarified_on date,
  fees_notice_on date,
  fee bigint,
  fees_paid_on date,
  extended_on date,
  extended_for text,
  extended_because text,
  decision text,
  exemptions text[],
  refused_because text,
  answer text,
  late_because text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint data_protection_request_kind_check check (kind = ANY (ARRAY['access'::text, 'third_party'::text, 'rectification'::text, 'erasure'::text, 'restriction'::text, 'portability'::text, 'objection'::text, 'disclosure'::text])),
  constraint data_protection_request_question_check check (length(question) <= 20000),
  constraint data_protection_request_data_subject_check check (length(data_subject) <= 200),
  constraint data_protection_request_authority_check check (authority = ANY (ARRAY['consent'::text, 'solicitor'::text, 'attorney'::text, 'parent'::text, 'other'::text])),
  constraint data_protection_request_basis_check check (basis = ANY (ARRAY['crime'::text, 'proceedings'::text, 'order'::text, 'power'::text])),
  constraint data_protection_request_received_by_check check (received_by = ANY (ARRAY['form'::text, 'email'::text, 'letter'::text, 'spoken'::text, 'social'::text])),
  constraint data_protection_request_applicant_check check (length(applicant) <= 200),
  constraint data_protection_request_reply_to_check check (length(reply_to) <= 300),
  constraint data_protection_request_identity_by_check check (identity_by = ANY (ARRAY['known'::text, 'account'::text, 'passport'::text, 'licence'::text, 'two_letters'::text, 'questions'::text, 'authority'::text])),
  constraint data_protection_request_identity_seen_by_record foreign key (organisation_id, identity_seen_by) references records,
  constraint data_protection_request_extended_for_check check (extended_for = ANY (ARRAY['complex'::text, 'number'::text])),
  constraint data_protection_request_extended_because_check check (length(extended_because) <= 500),
  constraint data_protection_request_decision_check check (decision = ANY (ARRAY['granted'::text, 'part'::text, 'refused'::text, 'nothing'::text])),
  constraint data_protection_request_exemptions_check check (exemptions <@ ARRAY['unfounded'::text, 'excessive'::text, 'identity'::text, 'no_authority'::text, 'art17_3'::text, 'art18'::text, 'art20'::text, 'art21'::text, 'accurate'::text, 'crime'::text, 'proceedings'::text, 'others'::text, 'privilege'::text, 'management'::text, 'negotiations'::text, 'references'::text, 'health'::text, 'social'::text, 'education'::text, 'abuse'::text, 'other_law'::text]),
  constraint data_protection_request_refused_because_check check (length(refused_because) <= 4000),
  constraint data_protection_request_answer_check check (length(answer) <= 20000),
  constraint data_protection_request_late_because_check check (length(late_because) <= 500)
);

create index data_protection_request_identity_seen_by on data_protection_request (organisation_id, identity_seen_by) where identity_seen_by is not null;

alter table data_protection_request enable row level security;

create policy data_protection_request_read on data_protection_request for select to reeve_app using (visible(organisation_id, id));

create policy data_protection_request_create on data_protection_request for insert to reeve_app with check (changeable(organisation_id, id));

create policy data_protection_request_change on data_protection_request for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on data_protection_request to reeve_app;

create view visible_data_protection_request as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.kind, t.question, t.data_subject, t.authority, t.basis, t.wanted_by, t.received_on, t.received_by, t.acknowledged_on, t.applicant, t.reply_to, t.identity_asked_on, t.identified_on, t.identity_by, t.identity_seen_by, t.asked_on, t.clarified_on, t.fees_notice_on, t.fee, t.fees_paid_on, t.extended_on, t.extended_for, t.extended_because, t.decision, t.exemptions, t.refused_because, t.answer, t.late_because
  from records r join data_protection_request t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'data_protection_request'
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

grant select on visible_data_protection_request to reeve_app;

create table members_question (
  organisation_id uuid not null,
  id uuid not null,
  kind text,
  question text,
  meeting text,
  meeting_on date,
  received_on date,
  received_by text,
  acknowledged_on date,
  applicant text,
  reply_to text,
  on_behalf_of text,
  answered_by uuid,
  answer text,
  late_because text,
  supplementary text,
  supplementary_answer text,
  published_on date,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint members_question_kind_check check (kind = ANY (ARRAY['enquiry'::text, 'council'::text, 'committee'::text, 'mp'::text])),
  constraint members_question_question_check check (length(question) <= 20000),
  constraint members_question_meeting_check check (length(meeting) <= 120),
  constraint members_question_received_by_check check (received_by = ANY (ARRAY['form'::text, 'email'::text, 'letter'::text, 'spoken'::text, 'social'::text])),
  constraint members_question_applicant_check check (length(applicant) <= 200),
  constraint members_question_reply_to_check check (length(reply_to) <= 300),
  constraint members_question_on_behalf_of_check check (length(on_behalf_of) <= 200),
  constraint members_question_answered_by_record foreign key (organisation_id, answered_by) references records,
  constraint members_question_answer_check check (length(answer) <= 20000),
  constraint members_question_late_because_check check (length(late_because) <= 500),
  constraint members_question_supplementary_check check (length(supplementary) <= 4000),
  constraint members_question_supplementary_answer_check check (length(supplementary_answer) <= 8000)
);

create index members_question_answered_by on members_question (organisation_id, answered_by) where answered_by is not null;

alter table members_question enable row level security;

create policy members_question_read on members_question for select to reeve_app using (visible(organisation_id, id));

create policy members_question_create on members_question for insert to reeve_app with check (changeable(organisation_id, id));

create policy members_question_change on members_question for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on members_question to reeve_app;

create view visible_members_question as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.kind, t.question, t.meeting, t.meeting_on, t.received_on, t.received_by, t.acknowledged_on, t.applicant, t.reply_to, t.on_behalf_of, t.answered_by, t.answer, t.late_because, t.supplementary, t.supplementary_answer, t.published_on
  from records r join members_question t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'members_question'
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

grant select on visible_members_question to reeve_app;

create table information_complaint (
  organisation_id uuid not null,
  id uuid not null,
  kind text,
  question text,
  about_request uuid,
  about_data_request uuid,
  appeal_of uuid,
  received_on date,
  received_by text,
  acknowledged_on date,
  applicant text,
  reply_to text,
  their_reference text,
  answer_by date,
  hearing_on date,
  answer text,
  notice text,
  steps_by date,
  outcome text,
  lessons text,
  late_because text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint information_complaint_kind_check check (kind = ANY (ARRAY['data'::text, 'regulator'::text, 'tribunal'::text])),
  constraint information_complaint_question_check check (length(question) <= 20000),
  constraint information_complaint_about_request_record foreign key (organisation_id, about_request) references records,
  constraint information_complaint_about_data_request_record foreign key (organisation_id, about_data_request) references records,
  constraint information_complaint_appeal_of_record foreign key (organisation_id, appeal_of) references records,
  constraint information_complaint_received_by_check check (received_by = ANY (ARRAY['form'::text, 'email'::text, 'letter'::text, 'spoken'::text, 'social'::text])),
  constraint information_complaint_applicant_check check (length(applicant) <= 200),
  constraint information_complaint_reply_to_check check (length(reply_to) <= 300),
  constraint information_complaint_their_reference_check check (length(their_reference) <= 60),
  constraint information_complaint_answer_check check (length(answer) <= 20000),
  constraint information_complaint_notice_check check (length(notice) <= 200),
  constraint information_complaint_outcome_check check (outcome = ANY (ARRAY['upheld'::text, 'part'::text, 'not_upheld'::text, 'settled'::text])),
  constraint information_complaint_lessons_check check (length(lessons) <= 4000),
  constraint information_complaint_late_because_check check (length(late_because) <= 500)
);

create index information_complaint_about_request on information_complaint (organisation_id, about_request) where about_request is not null;

create index information_complaint_about_data_request on information_complaint (organisation_id, about_data_request) where about_data_request is not null;

create index information_complaint_appeal_of on information_complaint (organisation_id, appeal_of) where appeal_of is not null;

alter table information_complaint enable row level security;

create policy information_complaint_read on information_complaint for select to reeve_app using (visible(organisation_id, id));

create policy information_complaint_create on information_complaint for insert to reeve_app with check (changeable(organisation_id, id));

create policy information_complaint_change on information_complaint for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on information_complaint to reeve_app;

create view visible_information_complaint as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.kind, t.question, t.about_request, t.about_data_request, t.appeal_of, t.received_on, t.received_by, t.acknowledged_on, t.applicant, t.reply_to, t.their_reference, t.answer_by, t.hearing_on, t.answer, t.notice, t.steps_by, t.outcome, t.lessons, t.late_because
  from records r join information_complaint t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'information_complaint'
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

grant select on visible_information_complaint to reeve_app;

create table data_breach (
  organisation_id uuid not null,
  id uuid not null,
  what text,
  kind text,
  happened_at timestamp with time zone,
  discovered_at timestamp with time zone,
  aware_at timestamp with time zone,
  people integer,
  whose text[],
  data text[],
  at_once text,
  risk text,
  risk_because text,
  notified_at timestamp with time zone,
  their_reference text,
  late_because text,
  not_notified_because text,
  people_told_on date,
  people_not_told_because text,
  cause text,
  lessons text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint data_breach_what_check check (length(what) <= 20000),
  constraint data_breach_kind_check check (kind = ANY (ARRAY['wrong_person'::text, 'lost'::text, 'attack'::text, 'access'::text, 'destroyed'::text, 'unavailable'::text, 'other'::text])),
  constraint data_breach_whose_check check (whose <@ ARRAY['residents'::text, 'children'::text, 'vulnerable'::text, 'staff'::text, 'members'::text, 'suppliers'::text]),
  constraint data_breach_data_check check (data <@ ARRAY['contact'::text, 'identity'::text, 'money'::text, 'health'::text, 'family'::text, 'crime'::text, 'special'::text, 'passwords'::text, 'other'::text]),
  constraint data_breach_at_once_check check (length(at_once) <= 4000),
  constraint data_breach_risk_check check (risk = ANY (ARRAY['unlikely'::text, 'risk'::text, 'high'::text])),
  constraint data_breach_risk_because_check check (length(risk_because) <= 4000),
  constraint data_breach_their_reference_check check (length(their_reference) <= 60),
  constraint data_breach_late_because_check check (length(late_because) <= 500),
  constraint data_breach_not_notified_because_check check (length(not_notified_because) <= 4000),
  constraint data_breach_people_not_told_because_check check (length(people_not_told_because) <= 4000),
  constraint data_breach_cause_check check (length(cause) <= 4000),
  constraint data_breach_lessons_check check (length(lessons) <= 4000)
);

alter table data_breach enable row level security;

create policy data_breach_read on data_breach for select to reeve_app using (visible(organisation_id, id));

create policy data_breach_create on data_breach for insert to reeve_app with check (changeable(organisation_id, id));

create policy data_breach_change on data_breach for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on data_breach to reeve_app;

create view visible_data_breach as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.what, t.kind, t.happened_at, t.discovered_at, t.aware_at, t.people, t.whose, t.data, t.at_once, t.risk, t.risk_because, t.notified_at, t.their_reference, t.late_because, t.not_notified_because, t.people_told_on, t.people_not_told_because, t.cause, t.lessons
  from records r join data_breach t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'data_breach'
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

grant select on visible_data_breach to reeve_app;

create table data_search (
  organisation_id uuid not null,
  id uuid not null,
  request uuid,
  system uuid,
  about text,
  due_on date,
  asked_on date,
  chased_for date,
  result text,
  answer text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint data_search_request_record foreign key (organisation_id, request) references records,
  constraint data_search_system_record foreign key (organisation_id, system) references records,
  constraint data_search_about_check check (length(about) <= 4000),
  constraint data_search_result_check check (result = ANY (ARRAY['found'::text, 'nothing'::text, 'elsewhere'::text])),
  constraint data_search_answer_check check (length(answer) <= 8000)
);

create index data_search_request on data_search (organisation_id, request);

create index data_search_system on data_search (organisation_id, system) where system is not null;

alter table data_search enable row level security;

create policy data_search_read on data_search for select to reeve_app using (visible(organisation_id, id));

create policy data_search_create on data_search for insert to reeve_app with check (changeable(organisation_id, id));

create policy data_search_change on data_search for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on data_search to reeve_app;

create table data_search_flags (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  document text,
  page integer,
  why text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint data_search_flags_document_check check (length(document) <= 200),
  constraint data_search_flags_why_check check (why = ANY (ARRAY['others'::text, 'privilege'::text, 'health'::text, 'crime'::text, 'harm'::text, 'other'::text]))
);

create index data_search_flags_parent on data_search_flags (organisation_id, parent_id, position);

alter table data_search_flags enable row level security;

create policy data_search_flags_read on data_search_flags for select to reeve_app using (visible(organisation_id, parent_id));

create policy data_search_flags_create on data_search_flags for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy data_search_flags_change on data_search_flags for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on data_search_flags to reeve_app;

create view visible_data_search as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.request, t.system, t.about, t.due_on, t.asked_on, t.chased_for, t.result, t.answer
  from records r join data_search t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'data_search'
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

grant select on visible_data_search to reeve_app;

drop view visible_calendar;

drop view visible_mailbox;

drop view visible_redaction;

alter table calendar add column council boolean;

alter table calendar add column acknowledge_days integer;

alter table calendar add column answer_days integer;

alter table calendar add column question_days integer;

alter table mailbox add column makes text;

alter table mailbox add constraint mailbox_makes_check CHECK ((length(makes) <= 60));

alter table redaction add column data_request uuid;

alter table redaction add constraint redaction_data_request_record FOREIGN KEY (organisation_id, data_request) REFERENCES records(organisation_id, id);

CREATE INDEX redaction_data_request ON redaction USING btree (organisation_id, data_request) WHERE (data_request IS NOT NULL);

create view visible_calendar as
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
    t.hours,
    t.holidays,
    t.council,
    t.acknowledge_days,
    t.answer_days,
    t.question_days
   FROM (records r
     JOIN calendar t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'calendar'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

create view visible_mailbox as
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
    t.address,
    t.queue,
    t.makes,
    t.host,
    t.port,
    t.security,
    t.signs_in_as,
    t.sign_in,
    t.token_url,
    t.client_id,
    t.scope,
    t.folder,
    t.taken_folder,
    t.strangers,
    t.vouched_by,
    t.reopen_days,
    t.per_hour
   FROM (records r
     JOIN mailbox t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'mailbox'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

create view visible_redaction as
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
    t.data_request,
    t.original,
    t.copy,
    t.pages,
    t.proof,
    t.failure
   FROM (records r
     JOIN redaction t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'redaction'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

grant select on visible_calendar to reeve_app;

grant select on visible_mailbox to reeve_app;

grant select on visible_redaction to reeve_app;

alter table information_request drop constraint information_request_exemptions_check;

alter table information_request add constraint information_request_exemptions_check CHECK ((exemptions <@ ARRAY['s12'::text, 's14'::text, 's21'::text, 's22'::text, 's23'::text, 's24'::text, 's26'::text, 's27'::text, 's28'::text, 's29'::text, 's30'::text, 's31'::text, 's32'::text, 's33'::text, 's34'::text, 's35'::text, 's36'::text, 's37'::text, 's38'::text, 's39'::text, 's40'::text, 's41'::text, 's42'::text, 's43'::text, 's44'::text, 'r12_4a'::text, 'r12_4b'::text, 'r12_4c'::text, 'r12_4d'::text, 'r12_4e'::text, 'r12_5a'::text, 'r12_5b'::text, 'r12_5c'::text, 'r12_5d'::text, 'r12_5e'::text, 'r12_5f'::text, 'r12_5g'::text, 'r13'::text, 'reuse_5'::text]));

alter table information_request drop constraint information_request_regime_check;

alter table information_request add constraint information_request_regime_check CHECK ((regime = ANY (ARRAY['foi'::text, 'eir'::text, 'foi_review'::text, 'eir_review'::text, 'reuse'::text])));
