-- Generated from the definitions by `npm run schema`; read before it is committed.
drop view visible_change_freeze;

drop view visible_service;

alter table change_freeze add column extent text;

alter table change_freeze add constraint change_freeze_extent_check CHECK ((extent = ANY (ARRAY['everything'::text, 'some'::text])));

alter table service add column is_public boolean;

alter table service add column public_name text;

alter table service add constraint service_public_name_check CHECK ((length(public_name) <= 120));

create view visible_change_freeze as
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
    t.why,
    t.extent,
    t.covers,
    t.valid_from,
    t.valid_until
   FROM (records r
     JOIN change_freeze t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'change_freeze'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

create view visible_service as
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
    t.criticality,
    t.is_public,
    t.public_name
   FROM (records r
     JOIN service t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'service'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

grant select on visible_change_freeze to reeve_app;

grant select on visible_service to reeve_app;

alter table problem drop constraint problem_affected_check;

alter table problem add constraint problem_affected_check CHECK ((length(affected) <= 500));
