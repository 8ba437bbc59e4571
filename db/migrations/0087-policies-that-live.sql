-- Generated from the definitions by `npm run schema`; read before it is committed.
create table audience (
  organisation_id uuid not null,
  id uuid not null,
  purpose text,
  everyone boolean,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint audience_purpose_check check (length(purpose) <= 1000)
);

alter table audience enable row level security;

create policy audience_read on audience for select to reeve_app using (visible(organisation_id, id));

create policy audience_create on audience for insert to reeve_app with check (changeable(organisation_id, id));

create policy audience_change on audience for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on audience to reeve_app;

create table audience_parts (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  way text,
  kind text,
  team uuid,
  role uuid,
  words text,
  person uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint audience_parts_way_check check (way = ANY (ARRAY['in'::text, 'out'::text])),
  constraint audience_parts_kind_check check (kind = ANY (ARRAY['team'::text, 'role'::text, 'title'::text, 'person'::text])),
  constraint audience_parts_team_record foreign key (organisation_id, team) references records,
  constraint audience_parts_role_record foreign key (organisation_id, role) references records,
  constraint audience_parts_words_check check (length(words) <= 80),
  constraint audience_parts_person_record foreign key (organisation_id, person) references records
);

create index audience_parts_parent on audience_parts (organisation_id, parent_id, position);

create index audience_parts_team on audience_parts (organisation_id, team);

create index audience_parts_role on audience_parts (organisation_id, role);

create index audience_parts_person on audience_parts (organisation_id, person);

alter table audience_parts enable row level security;

create policy audience_parts_read on audience_parts for select to reeve_app using (visible(organisation_id, parent_id));

create policy audience_parts_create on audience_parts for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy audience_parts_change on audience_parts for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on audience_parts to reeve_app;

create view visible_audience as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.purpose, t.everyone
  from records r join audience t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'audience'
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

grant select on visible_audience to reeve_app;

create table policy_comment (
  organisation_id uuid not null,
  id uuid not null,
  policy uuid,
  clause integer,
  words text,
  outcome text,
  answer text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint policy_comment_policy_record foreign key (organisation_id, policy) references records,
  constraint policy_comment_words_check check (length(words) <= 5000),
  constraint policy_comment_outcome_check check (outcome = ANY (ARRAY['accepted'::text, 'partly'::text, 'noted'::text, 'declined'::text])),
  constraint policy_comment_answer_check check (length(answer) <= 5000)
);

create index policy_comment_policy on policy_comment (organisation_id, policy);

alter table policy_comment enable row level security;

create policy policy_comment_read on policy_comment for select to reeve_app using (visible(organisation_id, id));

create policy policy_comment_create on policy_comment for insert to reeve_app with check (changeable(organisation_id, id));

create policy policy_comment_change on policy_comment for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on policy_comment to reeve_app;

create view visible_policy_comment as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.policy, t.clause, t.words, t.outcome, t.answer
  from records r join policy_comment t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'policy_comment'
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

grant select on visible_policy_comment to reeve_app;

create table attestation (
  organisation_id uuid not null,
  id uuid not null,
  policy uuid,
  edition integer,
  words_hash text,
  due_on date,
  answers text,
  confirmed_at timestamp with time zone,
  chased_on date,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint attestation_policy_record foreign key (organisation_id, policy) references records,
  constraint attestation_words_hash_check check (length(words_hash) <= 64),
  constraint attestation_answers_check check (length(answers) <= 20)
);

create index attestation_policy on attestation (organisation_id, policy);

alter table attestation enable row level security;

create policy attestation_read on attestation for select to reeve_app using (visible(organisation_id, id));

create policy attestation_create on attestation for insert to reeve_app with check (changeable(organisation_id, id));

create policy attestation_change on attestation for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on attestation to reeve_app;

create view visible_attestation as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.policy, t.edition, t.words_hash, t.due_on, t.answers, t.confirmed_at, t.chased_on
  from records r join attestation t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'attestation'
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

grant select on visible_attestation to reeve_app;

create table policy_exception (
  organisation_id uuid not null,
  id uuid not null,
  policy uuid,
  clause integer,
  reason text,
  conditions text,
  expires_on date,
  decision text,
  decided_by uuid,
  reviewed_on date,
  warned_for date,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint policy_exception_policy_record foreign key (organisation_id, policy) references records,
  constraint policy_exception_reason_check check (length(reason) <= 5000),
  constraint policy_exception_conditions_check check (length(conditions) <= 5000),
  constraint policy_exception_decision_check check (length(decision) <= 5000),
  constraint policy_exception_decided_by_record foreign key (organisation_id, decided_by) references records
);

create index policy_exception_policy on policy_exception (organisation_id, policy);

create index policy_exception_decided_by on policy_exception (organisation_id, decided_by);

alter table policy_exception enable row level security;

create policy policy_exception_read on policy_exception for select to reeve_app using (visible(organisation_id, id));

create policy policy_exception_create on policy_exception for insert to reeve_app with check (changeable(organisation_id, id));

create policy policy_exception_change on policy_exception for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on policy_exception to reeve_app;

create view visible_policy_exception as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.policy, t.clause, t.reason, t.conditions, t.expires_on, t.decision, t.decided_by, t.reviewed_on, t.warned_for
  from records r join policy_exception t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'policy_exception'
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

grant select on visible_policy_exception to reeve_app;

create table article_cites (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  policy uuid,
  clause integer
);

create table policy_basis (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  kind text,
  name text,
  part text,
  clause integer
);

create table policy_cites (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  policy uuid,
  clause integer
);

create table policy_published (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  clause integer,
  heading text,
  text text
);

create table policy_quiz (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  question text,
  answer_a text,
  answer_b text,
  answer_c text,
  right_answer text
);

drop view visible_policy;

alter table article_cites add constraint article_cites_organisation_id_parent_id_fkey FOREIGN KEY (organisation_id, parent_id) REFERENCES records(organisation_id, id);

alter table article_cites add constraint article_cites_pkey PRIMARY KEY (organisation_id, id);

alter table article_cites add constraint article_cites_policy_record FOREIGN KEY (organisation_id, policy) REFERENCES records(organisation_id, id);

CREATE INDEX article_cites_parent ON article_cites USING btree (organisation_id, parent_id, "position");

CREATE INDEX article_cites_policy ON article_cites USING btree (organisation_id, policy);

create policy article_cites_change on article_cites for update to reeve_app using (changeable(organisation_id, parent_id));

create policy article_cites_create on article_cites for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy article_cites_read on article_cites for select to reeve_app using (visible(organisation_id, parent_id));

alter table article_cites enable row level security;

grant insert, select, update on article_cites to reeve_app;

alter table policy add column classification text;

alter table policy add column consulted uuid;

alter table policy add column consult_until date;

alter table policy add column change text;

alter table policy add column change_reason text;

alter table policy add column attested_by uuid;

alter table policy add column attest_by date;

alter table policy add column words_hash text;

alter table policy add column superseded_by uuid;

alter table policy add constraint policy_attested_by_record FOREIGN KEY (organisation_id, attested_by) REFERENCES records(organisation_id, id);

alter table policy add constraint policy_change_check CHECK ((change = ANY (ARRAY['material'::text, 'editorial'::text])));

alter table policy add constraint policy_change_reason_check CHECK ((length(change_reason) <= 2000));

alter table policy add constraint policy_classification_check CHECK ((classification = ANY (ARRAY['public'::text, 'official'::text, 'sensitive'::text])));

alter table policy add constraint policy_consulted_record FOREIGN KEY (organisation_id, consulted) REFERENCES records(organisation_id, id);

alter table policy add constraint policy_superseded_by_record FOREIGN KEY (organisation_id, superseded_by) REFERENCES records(organisation_id, id);

alter table policy add constraint policy_words_hash_check CHECK ((length(words_hash) <= 64));

CREATE INDEX policy_attested_by ON policy USING btree (organisation_id, attested_by);

CREATE INDEX policy_consulted ON policy USING btree (organisation_id, consulted);

CREATE INDEX policy_superseded_by ON policy USING btree (organisation_id, superseded_by) WHERE (superseded_by IS NOT NULL);

alter table policy_basis add constraint policy_basis_kind_check CHECK ((kind = ANY (ARRAY['law'::text, 'standard'::text, 'code'::text, 'other'::text])));

alter table policy_basis add constraint policy_basis_name_check CHECK ((length(name) <= 200));

alter table policy_basis add constraint policy_basis_organisation_id_parent_id_fkey FOREIGN KEY (organisation_id, parent_id) REFERENCES records(organisation_id, id);

alter table policy_basis add constraint policy_basis_part_check CHECK ((length(part) <= 120));

alter table policy_basis add constraint policy_basis_pkey PRIMARY KEY (organisation_id, id);

CREATE INDEX policy_basis_parent ON policy_basis USING btree (organisation_id, parent_id, "position");

create policy policy_basis_change on policy_basis for update to reeve_app using (changeable(organisation_id, parent_id));

create policy policy_basis_create on policy_basis for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy policy_basis_read on policy_basis for select to reeve_app using (visible(organisation_id, parent_id));

alter table policy_basis enable row level security;

grant insert, select, update on policy_basis to reeve_app;

alter table policy_cites add constraint policy_cites_organisation_id_parent_id_fkey FOREIGN KEY (organisation_id, parent_id) REFERENCES records(organisation_id, id);

alter table policy_cites add constraint policy_cites_pkey PRIMARY KEY (organisation_id, id);

alter table policy_cites add constraint policy_cites_policy_record FOREIGN KEY (organisation_id, policy) REFERENCES records(organisation_id, id);

CREATE INDEX policy_cites_parent ON policy_cites USING btree (organisation_id, parent_id, "position");

CREATE INDEX policy_cites_policy ON policy_cites USING btree (organisation_id, policy);

create policy policy_cites_change on policy_cites for update to reeve_app using (changeable(organisation_id, parent_id));

create policy policy_cites_create on policy_cites for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy policy_cites_read on policy_cites for select to reeve_app using (visible(organisation_id, parent_id));

alter table policy_cites enable row level security;

grant insert, select, update on policy_cites to reeve_app;

alter table policy_published add constraint policy_published_heading_check CHECK ((length(heading) <= 200));

alter table policy_published add constraint policy_published_organisation_id_parent_id_fkey FOREIGN KEY (organisation_id, parent_id) REFERENCES records(organisation_id, id);

alter table policy_published add constraint policy_published_pkey PRIMARY KEY (organisation_id, id);

alter table policy_published add constraint policy_published_text_check CHECK ((length(text) <= 10000));

CREATE INDEX policy_published_parent ON policy_published USING btree (organisation_id, parent_id, "position");

create policy policy_published_change on policy_published for update to reeve_app using (changeable(organisation_id, parent_id));

create policy policy_published_create on policy_published for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy policy_published_read on policy_published for select to reeve_app using (visible(organisation_id, parent_id));

alter table policy_published enable row level security;

grant insert, select, update on policy_published to reeve_app;

alter table policy_quiz add constraint policy_quiz_answer_a_check CHECK ((length(answer_a) <= 200));

alter table policy_quiz add constraint policy_quiz_answer_b_check CHECK ((length(answer_b) <= 200));

alter table policy_quiz add constraint policy_quiz_answer_c_check CHECK ((length(answer_c) <= 200));

alter table policy_quiz add constraint policy_quiz_organisation_id_parent_id_fkey FOREIGN KEY (organisation_id, parent_id) REFERENCES records(organisation_id, id);

alter table policy_quiz add constraint policy_quiz_pkey PRIMARY KEY (organisation_id, id);

alter table policy_quiz add constraint policy_quiz_question_check CHECK ((length(question) <= 200));

alter table policy_quiz add constraint policy_quiz_right_answer_check CHECK ((right_answer = ANY (ARRAY['a'::text, 'b'::text, 'c'::text])));

CREATE INDEX policy_quiz_parent ON policy_quiz USING btree (organisation_id, parent_id, "position");

create policy policy_quiz_change on policy_quiz for update to reeve_app using (changeable(organisation_id, parent_id));

create policy policy_quiz_create on policy_quiz for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy policy_quiz_read on policy_quiz for select to reeve_app using (visible(organisation_id, parent_id));

alter table policy_quiz enable row level security;

grant insert, select, update on policy_quiz to reeve_app;

create view visible_policy as
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
    t.purpose,
    t.audience,
    t.required_by_law,
    t.law,
    t.classification,
    t.consulted,
    t.consult_until,
    t.change,
    t.change_reason,
    t.attested_by,
    t.attest_by,
    t.words_hash,
    t.superseded_by,
    t.edition,
    t.approved_by,
    t.approved_on,
    t.published_on,
    t.review_on
   FROM (records r
     JOIN policy t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'policy'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

grant select on visible_policy to reeve_app;
