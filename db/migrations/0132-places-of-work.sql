-- Generated from the definitions by `npm run schema`; read before it is committed.
drop view visible_person;

alter table audience_parts add column site uuid;

alter table audience_parts add column service uuid;

alter table audience_parts add constraint audience_parts_service_record FOREIGN KEY (organisation_id, service) REFERENCES records(organisation_id, id);

alter table audience_parts add constraint audience_parts_site_record FOREIGN KEY (organisation_id, site) REFERENCES records(organisation_id, id);

CREATE INDEX audience_parts_service ON audience_parts USING btree (organisation_id, service);

CREATE INDEX audience_parts_site ON audience_parts USING btree (organisation_id, site);

alter table person add column site uuid;

alter table person add constraint person_site_record FOREIGN KEY (organisation_id, site) REFERENCES records(organisation_id, id);

CREATE INDEX person_site ON person USING btree (organisation_id, site);

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
    t.site,
    t.active,
    t.account_id,
    t.source_reference
   FROM (records r
     JOIN person t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'person'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

grant select on visible_person to reeve_app;

alter table audience_parts drop constraint audience_parts_kind_check;

alter table audience_parts add constraint audience_parts_kind_check CHECK ((kind = ANY (ARRAY['team'::text, 'role'::text, 'title'::text, 'site'::text, 'service_users'::text, 'service_owners'::text, 'person'::text])));
