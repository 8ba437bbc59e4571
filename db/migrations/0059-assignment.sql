-- Generated from the definitions by `npm run schema`; read before it is committed.
create table skill (
  organisation_id uuid not null,
  id uuid not null,
  purpose text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint skill_purpose_check check (length(purpose) <= 20000)
);

alter table skill enable row level security;

create policy skill_read on skill for select to reeve_app using (visible(organisation_id, id));

create policy skill_create on skill for insert to reeve_app with check (changeable(organisation_id, id));

create policy skill_change on skill for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on skill to reeve_app;

create table skill_people (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  person uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint skill_people_person_record foreign key (organisation_id, person) references records
);

create index skill_people_parent on skill_people (organisation_id, parent_id, position);

create index skill_people_person on skill_people (organisation_id, person);

alter table skill_people enable row level security;

create policy skill_people_read on skill_people for select to reeve_app using (visible(organisation_id, parent_id));

create policy skill_people_create on skill_people for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy skill_people_change on skill_people for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on skill_people to reeve_app;

create view visible_skill as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.purpose
  from records r join skill t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'skill'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_skill to reeve_app;

create table shift (
  organisation_id uuid not null,
  id uuid not null,
  person uuid,
  kind text,
  starts_at timestamp with time zone,
  ends_at timestamp with time zone,
  place text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint shift_person_record foreign key (organisation_id, person) references records,
  constraint shift_kind_check check (kind = ANY (ARRAY['desk'::text, 'site'::text, 'call'::text])),
  constraint shift_place_check check (length(place) <= 120)
);

create index shift_person on shift (organisation_id, person);

create index shift_starts_at on shift (organisation_id, starts_at);

alter table shift enable row level security;

create policy shift_read on shift for select to reeve_app using (visible(organisation_id, id));

create policy shift_create on shift for insert to reeve_app with check (changeable(organisation_id, id));

create policy shift_change on shift for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on shift to reeve_app;

create view visible_shift as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.person, t.kind, t.starts_at, t.ends_at, t.place
  from records r join shift t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'shift'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_shift to reeve_app;

create table category_skills (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  skill uuid
);

drop view visible_queue;

drop view visible_ticket;

alter table category_skills add constraint category_skills_organisation_id_parent_id_fkey FOREIGN KEY (organisation_id, parent_id) REFERENCES records(organisation_id, id);

alter table category_skills add constraint category_skills_pkey PRIMARY KEY (organisation_id, id);

alter table category_skills add constraint category_skills_skill_record FOREIGN KEY (organisation_id, skill) REFERENCES records(organisation_id, id);

CREATE INDEX category_skills_parent ON category_skills USING btree (organisation_id, parent_id, "position");

CREATE INDEX category_skills_skill ON category_skills USING btree (organisation_id, skill);

create policy category_skills_change on category_skills for update to reeve_app using (changeable(organisation_id, parent_id));

create policy category_skills_create on category_skills for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy category_skills_read on category_skills for select to reeve_app using (visible(organisation_id, parent_id));

alter table category_skills enable row level security;

grant insert, select, update on category_skills to reeve_app;

alter table queue add column assignment text;

alter table queue add constraint queue_assignment_check CHECK ((assignment = ANY (ARRAY['hand'::text, 'turn'::text, 'load'::text, 'skill'::text])));

alter table ticket add column assignment_note text;

alter table ticket add constraint ticket_assignment_note_check CHECK ((length(assignment_note) <= 300));

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
    t.assignment,
    t.is_default
   FROM (records r
     JOIN queue t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'queue'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person))))));

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
    t.assignment_note,
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

grant select on visible_queue to reeve_app;

grant select on visible_ticket to reeve_app;
