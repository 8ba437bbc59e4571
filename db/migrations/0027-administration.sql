-- Generated from the definitions by `npm run schema`; read before it is committed.
create table added_field (
  organisation_id uuid not null,
  id uuid not null,
  record_type text,
  kind text,
  name text,
  hint text,
  required boolean,
  target text,
  extends text,
  personal boolean,
  internal boolean,
  position integer,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint added_field_record_type_check check (length(record_type) <= 60),
  constraint added_field_kind_check check (kind = ANY (ARRAY['text'::text, 'long-text'::text, 'choice'::text, 'many-choice'::text, 'whole-number'::text, 'decimal'::text, 'money'::text, 'date'::text, 'yes-no'::text, 'link'::text, 'person'::text, 'email'::text, 'web-address'::text, 'more-choices'::text])),
  constraint added_field_name_check check (length(name) <= 40),
  constraint added_field_hint_check check (length(hint) <= 300),
  constraint added_field_target_check check (length(target) <= 60),
  constraint added_field_extends_check check (length(extends) <= 40)
);

alter table added_field enable row level security;

create policy added_field_read on added_field for select to reeve_app using (visible(organisation_id, id));

create policy added_field_create on added_field for insert to reeve_app with check (changeable(organisation_id, id));

create policy added_field_change on added_field for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on added_field to reeve_app;

create table added_field_choices (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  label text,
  key text,
  retired boolean,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint added_field_choices_label_check check (length(label) <= 80),
  constraint added_field_choices_key_check check (length(key) <= 40)
);

create index added_field_choices_parent on added_field_choices (organisation_id, parent_id, position);

alter table added_field_choices enable row level security;

create policy added_field_choices_read on added_field_choices for select to reeve_app using (visible(organisation_id, parent_id));

create policy added_field_choices_create on added_field_choices for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy added_field_choices_change on added_field_choices for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on added_field_choices to reeve_app;

create view visible_added_field as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.record_type, t.kind, t.name, t.hint, t.required, t.target, t.extends, t.personal, t.internal, t.position
  from records r join added_field t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'added_field'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_added_field to reeve_app;

create table text_template (
  organisation_id uuid not null,
  id uuid not null,
  record_type text,
  text text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint text_template_record_type_check check (length(record_type) <= 60),
  constraint text_template_text_check check (length(text) <= 5000)
);

alter table text_template enable row level security;

create policy text_template_read on text_template for select to reeve_app using (visible(organisation_id, id));

create policy text_template_create on text_template for insert to reeve_app with check (changeable(organisation_id, id));

create policy text_template_change on text_template for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on text_template to reeve_app;

create view visible_text_template as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.record_type, t.text
  from records r join text_template t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'text_template'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_text_template to reeve_app;

create table retention_schedule (
  organisation_id uuid not null,
  id uuid not null,
  record_type text,
  list text,
  counts_from text,
  years integer,
  months integer,
  action text,
  authority text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint retention_schedule_record_type_check check (length(record_type) <= 60),
  constraint retention_schedule_list_check check (length(list) <= 1000),
  constraint retention_schedule_counts_from_check check (length(counts_from) <= 60),
  constraint retention_schedule_action_check check (action = ANY (ARRAY['destroy'::text, 'review'::text])),
  constraint retention_schedule_authority_check check (length(authority) <= 20000)
);

alter table retention_schedule enable row level security;

create policy retention_schedule_read on retention_schedule for select to reeve_app using (visible(organisation_id, id));

create policy retention_schedule_create on retention_schedule for insert to reeve_app with check (changeable(organisation_id, id));

create policy retention_schedule_change on retention_schedule for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on retention_schedule to reeve_app;

create view visible_retention_schedule as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.record_type, t.list, t.counts_from, t.years, t.months, t.action, t.authority
  from records r join retention_schedule t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'retention_schedule'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_retention_schedule to reeve_app;

create table legal_hold (
  organisation_id uuid not null,
  id uuid not null,
  reason text,
  asked_by uuid,
  list text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint legal_hold_reason_check check (length(reason) <= 20000),
  constraint legal_hold_asked_by_record foreign key (organisation_id, asked_by) references records,
  constraint legal_hold_list_check check (length(list) <= 1000)
);

create index legal_hold_asked_by on legal_hold (organisation_id, asked_by);

alter table legal_hold enable row level security;

create policy legal_hold_read on legal_hold for select to reeve_app using (visible(organisation_id, id));

create policy legal_hold_create on legal_hold for insert to reeve_app with check (changeable(organisation_id, id));

create policy legal_hold_change on legal_hold for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on legal_hold to reeve_app;

create table legal_hold_records (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  reference text,
  record_id text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint legal_hold_records_reference_check check (length(reference) <= 40),
  constraint legal_hold_records_record_id_check check (length(record_id) <= 36)
);

create index legal_hold_records_parent on legal_hold_records (organisation_id, parent_id, position);

alter table legal_hold_records enable row level security;

create policy legal_hold_records_read on legal_hold_records for select to reeve_app using (visible(organisation_id, parent_id));

create policy legal_hold_records_create on legal_hold_records for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy legal_hold_records_change on legal_hold_records for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on legal_hold_records to reeve_app;

create view visible_legal_hold as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.reason, t.asked_by, t.list
  from records r join legal_hold t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'legal_hold'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_legal_hold to reeve_app;

create table disposal (
  organisation_id uuid not null,
  id uuid not null,
  schedule uuid,
  record_type text,
  authority text,
  listed integer,
  approved_by uuid,
  approved_at timestamp with time zone,
  destroyed integer,
  kept integer,
  done_at timestamp with time zone,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint disposal_schedule_record foreign key (organisation_id, schedule) references records,
  constraint disposal_record_type_check check (length(record_type) <= 60),
  constraint disposal_authority_check check (length(authority) <= 20000),
  constraint disposal_approved_by_record foreign key (organisation_id, approved_by) references records
);

create index disposal_schedule on disposal (organisation_id, schedule);

create index disposal_approved_by on disposal (organisation_id, approved_by);

alter table disposal enable row level security;

create policy disposal_read on disposal for select to reeve_app using (visible(organisation_id, id));

create policy disposal_create on disposal for insert to reeve_app with check (changeable(organisation_id, id));

create policy disposal_change on disposal for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on disposal to reeve_app;

create view visible_disposal as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.schedule, t.record_type, t.authority, t.listed, t.approved_by, t.approved_at, t.destroyed, t.kept, t.done_at
  from records r join disposal t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'disposal'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_disposal to reeve_app;

drop view visible_calendar;

drop view visible_category;

drop view visible_person;

drop view visible_policy;

drop view visible_queue;

drop view visible_role;

drop view visible_service_level_policy;

drop view visible_team;

drop view visible_ticket;

drop view visible_webhook;

alter table role add column audits boolean;

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
    t.holidays
   FROM (records r
     JOIN calendar t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'calendar'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person))))));

create view visible_category as
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
    t.parent,
    t.source_reference
   FROM (records r
     JOIN category t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'category'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person))))));

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
    t.phone,
    t.job_title,
    t.active,
    t.account_id,
    t.source_reference
   FROM (records r
     JOIN person t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'person'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person))))));

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
    t.edition,
    t.approved_by,
    t.approved_on,
    t.published_on,
    t.review_on
   FROM (records r
     JOIN policy t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'policy'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person))))));

create view visible_queue as
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
    t.calendar,
    t.is_default
   FROM (records r
     JOIN queue t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'queue'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person))))));

create view visible_role as
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
    t.asks_second_step,
    t.audits
   FROM (records r
     JOIN role t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'role'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person))))));

create view visible_service_level_policy as
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
    t.queue,
    t.counts_while_resolved,
    t.reopen_grace,
    t.valid_from,
    t.valid_until
   FROM (records r
     JOIN service_level_policy t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'service_level_policy'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person))))));

create view visible_team as
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
    t.email
   FROM (records r
     JOIN team t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'team'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person))))));

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
    t.source,
    t.source_reference,
    t.source_columns
   FROM (records r
     JOIN ticket t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'ticket'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person))))));

create view visible_webhook as
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
    t.types,
    t.kinds,
    t.sends,
    t.acts_for
   FROM (records r
     JOIN webhook t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'webhook'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person))))));

grant select on visible_calendar to reeve_app;

grant select on visible_category to reeve_app;

grant select on visible_person to reeve_app;

grant select on visible_policy to reeve_app;

grant select on visible_queue to reeve_app;

grant select on visible_role to reeve_app;

grant select on visible_service_level_policy to reeve_app;

grant select on visible_team to reeve_app;

grant select on visible_ticket to reeve_app;

grant select on visible_webhook to reeve_app;
