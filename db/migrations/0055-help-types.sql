-- Generated from the definitions by `npm run schema`; read before it is committed.
create table request_task (
  organisation_id uuid not null,
  id uuid not null,
  ticket uuid,
  place integer,
  due_on date,
  outcome text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint request_task_ticket_record foreign key (organisation_id, ticket) references records,
  constraint request_task_outcome_check check (length(outcome) <= 300)
);

create index request_task_ticket on request_task (organisation_id, ticket);

alter table request_task enable row level security;

create policy request_task_read on request_task for select to reeve_app using (visible(organisation_id, id));

create policy request_task_create on request_task for insert to reeve_app with check (changeable(organisation_id, id));

create policy request_task_change on request_task for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on request_task to reeve_app;

create view visible_request_task as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.ticket, t.place, t.due_on, t.outcome
  from records r join request_task t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'request_task'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_request_task to reeve_app;

create table approval (
  organisation_id uuid not null,
  id uuid not null,
  ticket uuid,
  details text,
  asked_as text,
  place integer,
  due_on date,
  reason text,
  decided_by uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint approval_ticket_record foreign key (organisation_id, ticket) references records,
  constraint approval_details_check check (length(details) <= 20000),
  constraint approval_asked_as_check check (length(asked_as) <= 120),
  constraint approval_reason_check check (length(reason) <= 2000),
  constraint approval_decided_by_record foreign key (organisation_id, decided_by) references records
);

create index approval_ticket on approval (organisation_id, ticket);

create index approval_decided_by on approval (organisation_id, decided_by);

alter table approval enable row level security;

create policy approval_read on approval for select to reeve_app using (visible(organisation_id, id));

create policy approval_create on approval for insert to reeve_app with check (changeable(organisation_id, id));

create policy approval_change on approval for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on approval to reeve_app;

create view visible_approval as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.ticket, t.details, t.asked_as, t.place, t.due_on, t.reason, t.decided_by
  from records r join approval t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'approval'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_approval to reeve_app;

create table catalogue_item (
  organisation_id uuid not null,
  id uuid not null,
  summary text,
  details text,
  synonyms text,
  category uuid,
  queue uuid,
  days integer,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint catalogue_item_summary_check check (length(summary) <= 300),
  constraint catalogue_item_details_check check (length(details) <= 20000),
  constraint catalogue_item_synonyms_check check (length(synonyms) <= 500),
  constraint catalogue_item_category_record foreign key (organisation_id, category) references records,
  constraint catalogue_item_queue_record foreign key (organisation_id, queue) references records
);

create index catalogue_item_category on catalogue_item (organisation_id, category);

create index catalogue_item_queue on catalogue_item (organisation_id, queue);

alter table catalogue_item enable row level security;

create policy catalogue_item_read on catalogue_item for select to reeve_app using (visible(organisation_id, id));

create policy catalogue_item_create on catalogue_item for insert to reeve_app with check (changeable(organisation_id, id));

create policy catalogue_item_change on catalogue_item for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on catalogue_item to reeve_app;

create table catalogue_item_questions (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  label text,
  kind text,
  hint text,
  required boolean,
  choices text,
  only_if integer,
  only_if_answer text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint catalogue_item_questions_numbered unique (organisation_id, parent_id, number),
  constraint catalogue_item_questions_label_check check (length(label) <= 300),
  constraint catalogue_item_questions_kind_check check (kind = ANY (ARRAY['text'::text, 'long'::text, 'choice'::text, 'yes_no'::text, 'number'::text, 'date'::text])),
  constraint catalogue_item_questions_hint_check check (length(hint) <= 300),
  constraint catalogue_item_questions_choices_check check (length(choices) <= 1000),
  constraint catalogue_item_questions_only_if_answer_check check (length(only_if_answer) <= 300)
);

create index catalogue_item_questions_parent on catalogue_item_questions (organisation_id, parent_id, position);

alter table catalogue_item_questions enable row level security;

create policy catalogue_item_questions_read on catalogue_item_questions for select to reeve_app using (visible(organisation_id, parent_id));

create policy catalogue_item_questions_create on catalogue_item_questions for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy catalogue_item_questions_change on catalogue_item_questions for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on catalogue_item_questions to reeve_app;

create table catalogue_item_approvals (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  by text,
  person uuid,
  why text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint catalogue_item_approvals_by_check check (by = ANY (ARRAY['manager'::text, 'service_owner'::text, 'person'::text])),
  constraint catalogue_item_approvals_person_record foreign key (organisation_id, person) references records,
  constraint catalogue_item_approvals_why_check check (length(why) <= 120)
);

create index catalogue_item_approvals_parent on catalogue_item_approvals (organisation_id, parent_id, position);

create index catalogue_item_approvals_person on catalogue_item_approvals (organisation_id, person);

alter table catalogue_item_approvals enable row level security;

create policy catalogue_item_approvals_read on catalogue_item_approvals for select to reeve_app using (visible(organisation_id, parent_id));

create policy catalogue_item_approvals_create on catalogue_item_approvals for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy catalogue_item_approvals_change on catalogue_item_approvals for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on catalogue_item_approvals to reeve_app;

create table catalogue_item_steps (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  what text,
  team uuid,
  days integer,
  together boolean,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint catalogue_item_steps_what_check check (length(what) <= 200),
  constraint catalogue_item_steps_team_record foreign key (organisation_id, team) references records
);

create index catalogue_item_steps_parent on catalogue_item_steps (organisation_id, parent_id, position);

create index catalogue_item_steps_team on catalogue_item_steps (organisation_id, team);

alter table catalogue_item_steps enable row level security;

create policy catalogue_item_steps_read on catalogue_item_steps for select to reeve_app using (visible(organisation_id, parent_id));

create policy catalogue_item_steps_create on catalogue_item_steps for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy catalogue_item_steps_change on catalogue_item_steps for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on catalogue_item_steps to reeve_app;

create view visible_catalogue_item as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.summary, t.details, t.synonyms, t.category, t.queue, t.days
  from records r join catalogue_item t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'catalogue_item'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_catalogue_item to reeve_app;

create table article (
  organisation_id uuid not null,
  id uuid not null,
  body text,
  synonyms text,
  category uuid,
  audience text,
  edition integer,
  published_by uuid,
  published_on date,
  review_on date,
  made_from uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint article_body_check check (length(body) <= 30000),
  constraint article_synonyms_check check (length(synonyms) <= 500),
  constraint article_category_record foreign key (organisation_id, category) references records,
  constraint article_audience_check check (audience = ANY (ARRAY['staff'::text, 'desk'::text])),
  constraint article_published_by_record foreign key (organisation_id, published_by) references records,
  constraint article_made_from_record foreign key (organisation_id, made_from) references records
);

create index article_category on article (organisation_id, category);

create index article_published_by on article (organisation_id, published_by);

create index article_made_from on article (organisation_id, made_from);

alter table article enable row level security;

create policy article_read on article for select to reeve_app using (visible(organisation_id, id));

create policy article_create on article for insert to reeve_app with check (changeable(organisation_id, id));

create policy article_change on article for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on article to reeve_app;

create view visible_article as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.body, t.synonyms, t.category, t.audience, t.edition, t.published_by, t.published_on, t.review_on, t.made_from
  from records r join article t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'article'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_article to reeve_app;

create table article_feedback (
  organisation_id uuid not null,
  id uuid not null,
  outcome text,
  words text,
  ticket uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint article_feedback_outcome_check check (outcome = ANY (ARRAY['solved'::text, 'not_solved'::text, 'ticket'::text, 'sent'::text])),
  constraint article_feedback_words_check check (length(words) <= 1000),
  constraint article_feedback_ticket_record foreign key (organisation_id, ticket) references records
);

create index article_feedback_ticket on article_feedback (organisation_id, ticket);

alter table article_feedback enable row level security;

create policy article_feedback_read on article_feedback for select to reeve_app using (visible(organisation_id, id));

create policy article_feedback_create on article_feedback for insert to reeve_app with check (changeable(organisation_id, id));

create policy article_feedback_change on article_feedback for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on article_feedback to reeve_app;

create view visible_article_feedback as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.outcome, t.words, t.ticket
  from records r join article_feedback t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'article_feedback'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_article_feedback to reeve_app;

create table ticket_answers (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  question text,
  answer text
);

drop view visible_person;

drop view visible_ticket;

alter table person add column manager uuid;

alter table person add constraint person_manager_record FOREIGN KEY (organisation_id, manager) REFERENCES records(organisation_id, id);

CREATE INDEX person_manager ON person USING btree (organisation_id, manager);

alter table ticket add column article uuid;

alter table ticket add column catalogue_item uuid;

alter table ticket add column rating integer;

alter table ticket add column rating_comment text;

alter table ticket add column rated_person uuid;

alter table ticket add column rated_team uuid;

alter table ticket add constraint ticket_article_record FOREIGN KEY (organisation_id, article) REFERENCES records(organisation_id, id);

alter table ticket add constraint ticket_catalogue_item_record FOREIGN KEY (organisation_id, catalogue_item) REFERENCES records(organisation_id, id);

alter table ticket add constraint ticket_rated_person_record FOREIGN KEY (organisation_id, rated_person) REFERENCES records(organisation_id, id);

alter table ticket add constraint ticket_rated_team_record FOREIGN KEY (organisation_id, rated_team) REFERENCES records(organisation_id, id);

alter table ticket add constraint ticket_rating_comment_check CHECK ((length(rating_comment) <= 500));

CREATE INDEX ticket_article ON ticket USING btree (organisation_id, article);

CREATE INDEX ticket_catalogue_item ON ticket USING btree (organisation_id, catalogue_item);

CREATE INDEX ticket_rated_person ON ticket USING btree (organisation_id, rated_person);

CREATE INDEX ticket_rated_team ON ticket USING btree (organisation_id, rated_team);

alter table ticket_answers add constraint ticket_answers_answer_check CHECK ((length(answer) <= 4000));

alter table ticket_answers add constraint ticket_answers_organisation_id_parent_id_fkey FOREIGN KEY (organisation_id, parent_id) REFERENCES records(organisation_id, id);

alter table ticket_answers add constraint ticket_answers_pkey PRIMARY KEY (organisation_id, id);

alter table ticket_answers add constraint ticket_answers_question_check CHECK ((length(question) <= 300));

CREATE INDEX ticket_answers_parent ON ticket_answers USING btree (organisation_id, parent_id, "position");

create policy ticket_answers_change on ticket_answers for update to reeve_app using (changeable(organisation_id, parent_id));

create policy ticket_answers_create on ticket_answers for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy ticket_answers_read on ticket_answers for select to reeve_app using (visible(organisation_id, parent_id));

alter table ticket_answers enable row level security;

grant insert, select, update on ticket_answers to reeve_app;

create view visible_person as
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
    t.email,
    t.address_bounces,
    t.phone,
    t.job_title,
    t.manager,
    t.active,
    t.account_id,
    t.source_reference
   FROM (records r
     JOIN person t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'person'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person))))));

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
    t.waiting_for,
    t.waiting_reason,
    t.review_on,
    t.resolution,
    t.article,
    t.catalogue_item,
    t.rating,
    t.rating_comment,
    t.rated_person,
    t.rated_team,
    t.source,
    t.source_reference,
    t.source_columns
   FROM (records r
     JOIN ticket t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'ticket'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person))))));

grant select on visible_person to reeve_app;

grant select on visible_ticket to reeve_app;
