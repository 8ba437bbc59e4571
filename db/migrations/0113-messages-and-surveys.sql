-- Generated from the definitions by `npm run schema`; read before it is committed.
create table broadcast (
  organisation_id uuid not null,
  id uuid not null,
  kind text,
  major_incident uuid,
  body text,
  audience uuid,
  by_mail boolean,
  as_banner boolean,
  on_status boolean,
  public_words text,
  send_at timestamp with time zone,
  show_until timestamp with time zone,
  approved_by uuid,
  sent_at timestamp with time zone,
  hear_again_at timestamp with time zone,
  told_part integer,
  closing text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint broadcast_kind_check check (kind = ANY (ARRAY['notice'::text, 'incident'::text])),
  constraint broadcast_major_incident_record foreign key (organisation_id, major_incident) references records,
  constraint broadcast_body_check check (length(body) <= 5000),
  constraint broadcast_audience_record foreign key (organisation_id, audience) references records,
  constraint broadcast_public_words_check check (length(public_words) <= 2000),
  constraint broadcast_approved_by_record foreign key (organisation_id, approved_by) references records,
  constraint broadcast_closing_check check (length(closing) <= 2000)
);

create index broadcast_major_incident on broadcast (organisation_id, major_incident) where major_incident is not null;

create index broadcast_audience on broadcast (organisation_id, audience);

create index broadcast_approved_by on broadcast (organisation_id, approved_by);

alter table broadcast enable row level security;

create policy broadcast_read on broadcast for select to reeve_app using (visible(organisation_id, id));

create policy broadcast_create on broadcast for insert to reeve_app with check (changeable(organisation_id, id));

create policy broadcast_change on broadcast for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on broadcast to reeve_app;

create table broadcast_said (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  at timestamp with time zone,
  text text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint broadcast_said_numbered unique (organisation_id, parent_id, number),
  constraint broadcast_said_text_check check (length(text) <= 8000)
);

create index broadcast_said_parent on broadcast_said (organisation_id, parent_id, position);

alter table broadcast_said enable row level security;

create policy broadcast_said_read on broadcast_said for select to reeve_app using (visible(organisation_id, parent_id));

create policy broadcast_said_create on broadcast_said for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy broadcast_said_change on broadcast_said for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on broadcast_said to reeve_app;

create view visible_broadcast as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.kind, t.major_incident, t.body, t.audience, t.by_mail, t.as_banner, t.on_status, t.public_words, t.send_at, t.show_until, t.approved_by, t.sent_at, t.hear_again_at, t.told_part, t.closing
  from records r join broadcast t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'broadcast'
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

grant select on visible_broadcast to reeve_app;

create table survey (
  organisation_id uuid not null,
  id uuid not null,
  purpose text,
  audience uuid,
  closes_on date,
  breakdown text,
  breakdown_question integer,
  opened_on date,
  reminded_on date,
  closed_on date,
  published_on date,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint survey_purpose_check check (length(purpose) <= 3000),
  constraint survey_audience_record foreign key (organisation_id, audience) references records,
  constraint survey_breakdown_check check (breakdown = ANY (ARRAY['none'::text, 'team'::text, 'question'::text]))
);

create index survey_audience on survey (organisation_id, audience);

alter table survey enable row level security;

create policy survey_read on survey for select to reeve_app using (visible(organisation_id, id));

create policy survey_create on survey for insert to reeve_app with check (changeable(organisation_id, id));

create policy survey_change on survey for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on survey to reeve_app;

create table survey_questions (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  text text,
  kind text,
  options text,
  required boolean,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint survey_questions_numbered unique (organisation_id, parent_id, number),
  constraint survey_questions_text_check check (length(text) <= 300),
  constraint survey_questions_kind_check check (kind = ANY (ARRAY['one'::text, 'many'::text, 'scale'::text, 'words'::text])),
  constraint survey_questions_options_check check (length(options) <= 3000)
);

create index survey_questions_parent on survey_questions (organisation_id, parent_id, position);

alter table survey_questions enable row level security;

create policy survey_questions_read on survey_questions for select to reeve_app using (visible(organisation_id, parent_id));

create policy survey_questions_create on survey_questions for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy survey_questions_change on survey_questions for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on survey_questions to reeve_app;

create table survey_did (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  said text,
  done text,
  kind text,
  change uuid,
  policy uuid,
  article uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint survey_did_said_check check (length(said) <= 300),
  constraint survey_did_done_check check (length(done) <= 500),
  constraint survey_did_kind_check check (kind = ANY (ARRAY['change'::text, 'policy'::text, 'article'::text, 'other'::text])),
  constraint survey_did_change_record foreign key (organisation_id, change) references records,
  constraint survey_did_policy_record foreign key (organisation_id, policy) references records,
  constraint survey_did_article_record foreign key (organisation_id, article) references records
);

create index survey_did_parent on survey_did (organisation_id, parent_id, position);

create index survey_did_change on survey_did (organisation_id, change);

create index survey_did_policy on survey_did (organisation_id, policy);

create index survey_did_article on survey_did (organisation_id, article);

alter table survey_did enable row level security;

create policy survey_did_read on survey_did for select to reeve_app using (visible(organisation_id, parent_id));

create policy survey_did_create on survey_did for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy survey_did_change on survey_did for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on survey_did to reeve_app;

create view visible_survey as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.purpose, t.audience, t.closes_on, t.breakdown, t.breakdown_question, t.opened_on, t.reminded_on, t.closed_on, t.published_on
  from records r join survey t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'survey'
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

grant select on visible_survey to reeve_app;
