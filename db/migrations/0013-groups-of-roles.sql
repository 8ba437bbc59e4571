-- Generated from the definitions by `npm run schema`; read before it is committed.
create table role_groups (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  group_id text,
  name text
);

drop view visible_role;

alter table role add column asks_second_step boolean;

alter table role_groups add constraint role_groups_group_id_check CHECK ((length(group_id) <= 200));

alter table role_groups add constraint role_groups_name_check CHECK ((length(name) <= 200));

alter table role_groups add constraint role_groups_organisation_id_parent_id_fkey FOREIGN KEY (organisation_id, parent_id) REFERENCES records(organisation_id, id);

alter table role_groups add constraint role_groups_pkey PRIMARY KEY (organisation_id, id);

CREATE INDEX role_groups_parent ON role_groups USING btree (organisation_id, parent_id, "position");

create policy role_groups_change on role_groups for update to reeve_app using (changeable(organisation_id, parent_id));

create policy role_groups_create on role_groups for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy role_groups_read on role_groups for select to reeve_app using (visible(organisation_id, parent_id));

alter table role_groups enable row level security;

grant insert, select, update on role_groups to reeve_app;

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
    t.purpose,
    t.asks_second_step
   FROM (records r
     JOIN role t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'role'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person))))));

grant select on visible_role to reeve_app;
