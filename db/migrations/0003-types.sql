-- Generated from the definitions by `npm run schema`; read before it is committed.
create table person (
  organisation_id uuid not null,
  id uuid not null,
  email text,
  phone text,
  job_title text,
  active boolean,
  account_id text,
  source_reference text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint person_email_check check (length(email) <= 254),
  constraint person_phone_check check (length(phone) <= 40),
  constraint person_job_title_check check (length(job_title) <= 120),
  constraint person_account_id_check check (length(account_id) <= 100),
  constraint person_source_reference_check check (length(source_reference) <= 200)
);

create index person_email on person (organisation_id, email);

create index person_account_id on person (organisation_id, account_id);

create index person_source_reference on person (organisation_id, source_reference);

alter table person enable row level security;

create policy person_read on person for select to reeve_app using (visible(organisation_id, id));

create policy person_create on person for insert to reeve_app with check (changeable(organisation_id, id));

create policy person_change on person for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on person to reeve_app;

create table person_roles (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  role uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint person_roles_role_record foreign key (organisation_id, role) references records
);

create index person_roles_parent on person_roles (organisation_id, parent_id, position);

create index person_roles_role on person_roles (organisation_id, role);

alter table person_roles enable row level security;

create policy person_roles_read on person_roles for select to reeve_app using (visible(organisation_id, parent_id));

create policy person_roles_create on person_roles for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy person_roles_change on person_roles for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on person_roles to reeve_app;

create view visible_person as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, t.email, t.phone, t.job_title, t.active, t.account_id, t.source_reference
  from records r join person t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'person'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_person to reeve_app;

create table team (
  organisation_id uuid not null,
  id uuid not null,
  purpose text,
  email text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint team_purpose_check check (length(purpose) <= 20000),
  constraint team_email_check check (length(email) <= 254)
);

alter table team enable row level security;

create policy team_read on team for select to reeve_app using (visible(organisation_id, id));

create policy team_create on team for insert to reeve_app with check (changeable(organisation_id, id));

create policy team_change on team for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on team to reeve_app;

create table team_members (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  member uuid,
  lead boolean,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint team_members_member_record foreign key (organisation_id, member) references records
);

create index team_members_parent on team_members (organisation_id, parent_id, position);

create index team_members_member on team_members (organisation_id, member);

alter table team_members enable row level security;

create policy team_members_read on team_members for select to reeve_app using (visible(organisation_id, parent_id));

create policy team_members_create on team_members for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy team_members_change on team_members for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on team_members to reeve_app;

create view visible_team as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, t.purpose, t.email
  from records r join team t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'team'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_team to reeve_app;

create table role (
  organisation_id uuid not null,
  id uuid not null,
  purpose text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint role_purpose_check check (length(purpose) <= 20000)
);

alter table role enable row level security;

create policy role_read on role for select to reeve_app using (visible(organisation_id, id));

create policy role_create on role for insert to reeve_app with check (changeable(organisation_id, id));

create policy role_change on role for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on role to reeve_app;

create table role_permissions (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  type text,
  permission text,
  scope text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint role_permissions_type_check check (length(type) <= 60),
  constraint role_permissions_permission_check check (length(permission) <= 60),
  constraint role_permissions_scope_check check (scope = ANY (ARRAY['own'::text, 'team'::text, 'all'::text]))
);

create index role_permissions_parent on role_permissions (organisation_id, parent_id, position);

alter table role_permissions enable row level security;

create policy role_permissions_read on role_permissions for select to reeve_app using (visible(organisation_id, parent_id));

create policy role_permissions_create on role_permissions for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy role_permissions_change on role_permissions for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on role_permissions to reeve_app;

create view visible_role as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, t.purpose
  from records r join role t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'role'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_role to reeve_app;

create table calendar (
  organisation_id uuid not null,
  id uuid not null,
  hours text,
  holidays text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint calendar_hours_check check (length(hours) <= 300),
  constraint calendar_holidays_check check (holidays = ANY (ARRAY['england-and-wales'::text, 'scotland'::text, 'northern-ireland'::text, 'none'::text]))
);

alter table calendar enable row level security;

create policy calendar_read on calendar for select to reeve_app using (visible(organisation_id, id));

create policy calendar_create on calendar for insert to reeve_app with check (changeable(organisation_id, id));

create policy calendar_change on calendar for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on calendar to reeve_app;

create table calendar_closures (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  day date,
  why text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint calendar_closures_why_check check (length(why) <= 100)
);

create index calendar_closures_parent on calendar_closures (organisation_id, parent_id, position);

alter table calendar_closures enable row level security;

create policy calendar_closures_read on calendar_closures for select to reeve_app using (visible(organisation_id, parent_id));

create policy calendar_closures_create on calendar_closures for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy calendar_closures_change on calendar_closures for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on calendar_closures to reeve_app;

create view visible_calendar as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, t.hours, t.holidays
  from records r join calendar t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'calendar'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_calendar to reeve_app;

create table ticket (
  organisation_id uuid not null,
  id uuid not null,
  details text,
  kind text,
  impact integer,
  urgency integer,
  priority integer,
  category uuid,
  waiting_for text,
  waiting_reason text,
  review_on date,
  resolution text,
  source text,
  source_reference text,
  source_columns text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint ticket_details_check check (length(details) <= 20000),
  constraint ticket_kind_check check (kind = ANY (ARRAY['incident'::text, 'request'::text])),
  constraint ticket_category_record foreign key (organisation_id, category) references records,
  constraint ticket_waiting_for_check check (waiting_for = ANY (ARRAY['user'::text, 'supplier'::text, 'evidence'::text, 'problem'::text])),
  constraint ticket_waiting_reason_check check (length(waiting_reason) <= 300),
  constraint ticket_resolution_check check (length(resolution) <= 20000),
  constraint ticket_source_check check (length(source) <= 60),
  constraint ticket_source_reference_check check (length(source_reference) <= 100),
  constraint ticket_source_columns_check check (length(source_columns) <= 100000)
);

create index ticket_priority on ticket (organisation_id, priority);

create index ticket_category on ticket (organisation_id, category);

create index ticket_source_reference on ticket (organisation_id, source_reference);

alter table ticket enable row level security;

create policy ticket_read on ticket for select to reeve_app using (visible(organisation_id, id));

create policy ticket_create on ticket for insert to reeve_app with check (changeable(organisation_id, id));

create policy ticket_change on ticket for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on ticket to reeve_app;

create view visible_ticket as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, t.details, t.kind, t.impact, t.urgency, t.priority, t.category, t.waiting_for, t.waiting_reason, t.review_on, t.resolution, t.source, t.source_reference, t.source_columns
  from records r join ticket t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'ticket'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_ticket to reeve_app;

create table queue (
  organisation_id uuid not null,
  id uuid not null,
  purpose text,
  calendar uuid,
  is_default boolean,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint queue_purpose_check check (length(purpose) <= 20000),
  constraint queue_calendar_record foreign key (organisation_id, calendar) references records
);

create index queue_calendar on queue (organisation_id, calendar);

alter table queue enable row level security;

create policy queue_read on queue for select to reeve_app using (visible(organisation_id, id));

create policy queue_create on queue for insert to reeve_app with check (changeable(organisation_id, id));

create policy queue_change on queue for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on queue to reeve_app;

create view visible_queue as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, t.purpose, t.calendar, t.is_default
  from records r join queue t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'queue'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_queue to reeve_app;

create table category (
  organisation_id uuid not null,
  id uuid not null,
  parent uuid,
  source_reference text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint category_parent_record foreign key (organisation_id, parent) references records,
  constraint category_source_reference_check check (length(source_reference) <= 200)
);

create index category_parent on category (organisation_id, parent);

create index category_source_reference on category (organisation_id, source_reference);

alter table category enable row level security;

create policy category_read on category for select to reeve_app using (visible(organisation_id, id));

create policy category_create on category for insert to reeve_app with check (changeable(organisation_id, id));

create policy category_change on category for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on category to reeve_app;

create view visible_category as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, t.parent, t.source_reference
  from records r join category t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'category'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_category to reeve_app;

create table service_level_policy (
  organisation_id uuid not null,
  id uuid not null,
  queue uuid,
  counts_while_resolved boolean,
  reopen_grace integer,
  valid_from date,
  valid_until date,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint service_level_policy_queue_record foreign key (organisation_id, queue) references records,
  constraint service_level_policy_dates check (valid_until is null or valid_until >= valid_from),
  constraint service_level_policy_no_overlap exclude using gist (organisation_id with =, queue with =, daterange(valid_from, valid_until, '[]') with &&)
);

create index service_level_policy_queue on service_level_policy (organisation_id, queue);

alter table service_level_policy enable row level security;

create policy service_level_policy_read on service_level_policy for select to reeve_app using (visible(organisation_id, id));

create policy service_level_policy_create on service_level_policy for insert to reeve_app with check (changeable(organisation_id, id));

create policy service_level_policy_change on service_level_policy for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on service_level_policy to reeve_app;

create table service_level_policy_matrix (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  impact integer,
  urgency integer,
  priority integer,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records
);

create index service_level_policy_matrix_parent on service_level_policy_matrix (organisation_id, parent_id, position);

alter table service_level_policy_matrix enable row level security;

create policy service_level_policy_matrix_read on service_level_policy_matrix for select to reeve_app using (visible(organisation_id, parent_id));

create policy service_level_policy_matrix_create on service_level_policy_matrix for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy service_level_policy_matrix_change on service_level_policy_matrix for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on service_level_policy_matrix to reeve_app;

create table service_level_policy_targets (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  priority integer,
  respond integer,
  resolve integer,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records
);

create index service_level_policy_targets_parent on service_level_policy_targets (organisation_id, parent_id, position);

alter table service_level_policy_targets enable row level security;

create policy service_level_policy_targets_read on service_level_policy_targets for select to reeve_app using (visible(organisation_id, parent_id));

create policy service_level_policy_targets_create on service_level_policy_targets for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy service_level_policy_targets_change on service_level_policy_targets for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on service_level_policy_targets to reeve_app;

create view visible_service_level_policy as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, t.queue, t.counts_while_resolved, t.reopen_grace, t.valid_from, t.valid_until
  from records r join service_level_policy t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'service_level_policy'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_service_level_policy to reeve_app;

create table policy (
  organisation_id uuid not null,
  id uuid not null,
  purpose text,
  audience text,
  edition integer,
  approved_by uuid,
  approved_on date,
  published_on date,
  review_on date,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint policy_purpose_check check (length(purpose) <= 20000),
  constraint policy_audience_check check (length(audience) <= 200),
  constraint policy_approved_by_record foreign key (organisation_id, approved_by) references records
);

create index policy_approved_by on policy (organisation_id, approved_by);

alter table policy enable row level security;

create policy policy_read on policy for select to reeve_app using (visible(organisation_id, id));

create policy policy_create on policy for insert to reeve_app with check (changeable(organisation_id, id));

create policy policy_change on policy for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on policy to reeve_app;

create table policy_clauses (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  heading text,
  text text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint policy_clauses_numbered unique (organisation_id, parent_id, number),
  constraint policy_clauses_heading_check check (length(heading) <= 200),
  constraint policy_clauses_text_check check (length(text) <= 10000)
);

create index policy_clauses_parent on policy_clauses (organisation_id, parent_id, position);

alter table policy_clauses enable row level security;

create policy policy_clauses_read on policy_clauses for select to reeve_app using (visible(organisation_id, parent_id));

create policy policy_clauses_create on policy_clauses for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy policy_clauses_change on policy_clauses for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on policy_clauses to reeve_app;

create view visible_policy as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, t.purpose, t.audience, t.edition, t.approved_by, t.approved_on, t.published_on, t.review_on
  from records r join policy t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'policy'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_policy to reeve_app;
