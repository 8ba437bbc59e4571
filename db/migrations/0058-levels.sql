-- Generated from the definitions by `npm run schema`; read before it is committed.
create table service_level_policy_warnings (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  percent integer
);

drop view visible_service_level_policy;

drop view visible_team;

alter table service_level_policy add column pause_days_max integer;

alter table service_level_policy_warnings add constraint service_level_policy_warnings_organisation_id_parent_id_fkey FOREIGN KEY (organisation_id, parent_id) REFERENCES records(organisation_id, id);

alter table service_level_policy_warnings add constraint service_level_policy_warnings_pkey PRIMARY KEY (organisation_id, id);

CREATE INDEX service_level_policy_warnings_parent ON service_level_policy_warnings USING btree (organisation_id, parent_id, "position");

create policy service_level_policy_warnings_change on service_level_policy_warnings for update to reeve_app using (changeable(organisation_id, parent_id));

create policy service_level_policy_warnings_create on service_level_policy_warnings for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy service_level_policy_warnings_read on service_level_policy_warnings for select to reeve_app using (visible(organisation_id, parent_id));

alter table service_level_policy_warnings enable row level security;

grant insert, select, update on service_level_policy_warnings to reeve_app;

alter table team add column manager uuid;

alter table team add constraint team_manager_record FOREIGN KEY (organisation_id, manager) REFERENCES records(organisation_id, id);

CREATE INDEX team_manager ON team USING btree (organisation_id, manager);

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
    t.pause_days_max,
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
    t.email,
    t.manager
   FROM (records r
     JOIN team t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'team'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person))))));

grant select on visible_service_level_policy to reeve_app;

grant select on visible_team to reeve_app;
