-- Generated from the definitions by `npm run schema`; read before it is committed.
create table publication (
  organisation_id uuid not null,
  id uuid not null,
  kind text,
  request uuid,
  topic text,
  question text,
  answer text,
  decision text,
  answered_on date,
  scheme_class text,
  about text,
  address text,
  review_on date,
  published_on date,
  findings text,
  passed_hash text,
  overruled_hash text,
  overruled_because text,
  withdrawn_because text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint publication_kind_check check (kind = ANY (ARRAY['answer'::text, 'scheme'::text])),
  constraint publication_request_record foreign key (organisation_id, request) references records,
  constraint publication_topic_check check (length(topic) <= 60),
  constraint publication_question_check check (length(question) <= 10000),
  constraint publication_answer_check check (length(answer) <= 20000),
  constraint publication_decision_check check (decision = ANY (ARRAY['granted'::text, 'part'::text, 'refused'::text, 'not_held'::text, 'neither'::text])),
  constraint publication_scheme_class_check check (scheme_class = ANY (ARRAY['who'::text, 'spend'::text, 'priorities'::text, 'decisions'::text, 'policies'::text, 'lists'::text, 'services'::text])),
  constraint publication_about_check check (length(about) <= 2000),
  constraint publication_address_check check (length(address) <= 2000 AND address ~ '^https?://'::text),
  constraint publication_findings_check check (length(findings) <= 20000),
  constraint publication_passed_hash_check check (length(passed_hash) <= 64),
  constraint publication_overruled_hash_check check (length(overruled_hash) <= 64),
  constraint publication_overruled_because_check check (length(overruled_because) <= 500),
  constraint publication_withdrawn_because_check check (length(withdrawn_because) <= 300)
);

create index publication_request on publication (organisation_id, request) where request is not null;

alter table publication enable row level security;

create policy publication_read on publication for select to reeve_app using (visible(organisation_id, id));

create policy publication_create on publication for insert to reeve_app with check (changeable(organisation_id, id));

create policy publication_change on publication for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on publication to reeve_app;

create table publication_files (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  file uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint publication_files_file_file foreign key (organisation_id, file) references files
);

create index publication_files_parent on publication_files (organisation_id, parent_id, position);

create index publication_files_file on publication_files (organisation_id, file) where file is not null;

alter table publication_files enable row level security;

create policy publication_files_read on publication_files for select to reeve_app using (visible(organisation_id, parent_id));

create policy publication_files_create on publication_files for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy publication_files_change on publication_files for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on publication_files to reeve_app;

create view visible_publication as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.kind, t.request, t.topic, t.question, t.answer, t.decision, t.answered_on, t.scheme_class, t.about, t.address, t.review_on, t.published_on, t.findings, t.passed_hash, t.overruled_hash, t.overruled_because, t.withdrawn_because
  from records r join publication t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'publication'
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

grant select on visible_publication to reeve_app;
