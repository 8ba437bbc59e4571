-- Generated from the definitions by `npm run schema`; read before it is committed.
create table major_incident (
  organisation_id uuid not null,
  id uuid not null,
  description text,
  affected text,
  started_at timestamp with time zone,
  communications uuid,
  scribe uuid,
  problem uuid,
  is_public boolean,
  public_title text,
  stage text,
  update text,
  next_update_in text,
  next_update_at timestamp with time zone,
  decision text,
  root_cause text,
  review text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint major_incident_description_check check (length(description) <= 20000),
  constraint major_incident_affected_check check (length(affected) <= 500),
  constraint major_incident_communications_record foreign key (organisation_id, communications) references records,
  constraint major_incident_scribe_record foreign key (organisation_id, scribe) references records,
  constraint major_incident_problem_record foreign key (organisation_id, problem) references records,
  constraint major_incident_public_title_check check (length(public_title) <= 120),
  constraint major_incident_stage_check check (stage = ANY (ARRAY['investigating'::text, 'identified'::text, 'watching'::text, 'resolved'::text])),
  constraint major_incident_update_check check (length(update) <= 2000),
  constraint major_incident_next_update_in_check check (next_update_in = ANY (ARRAY['15'::text, '30'::text, '60'::text, '120'::text, '240'::text])),
  constraint major_incident_decision_check check (length(decision) <= 500),
  constraint major_incident_root_cause_check check (length(root_cause) <= 5000),
  constraint major_incident_review_check check (length(review) <= 20000)
);

create index major_incident_communications on major_incident (organisation_id, communications);

create index major_incident_scribe on major_incident (organisation_id, scribe);

create index major_incident_problem on major_incident (organisation_id, problem);

alter table major_incident enable row level security;

create policy major_incident_read on major_incident for select to reeve_app using (visible(organisation_id, id));

create policy major_incident_create on major_incident for insert to reeve_app with check (changeable(organisation_id, id));

create policy major_incident_change on major_incident for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on major_incident to reeve_app;

create table major_incident_updates (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  at timestamp with time zone,
  stage text,
  text text,
  audience text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint major_incident_updates_numbered unique (organisation_id, parent_id, number),
  constraint major_incident_updates_stage_check check (stage = ANY (ARRAY['investigating'::text, 'identified'::text, 'watching'::text, 'resolved'::text])),
  constraint major_incident_updates_text_check check (length(text) <= 2000),
  constraint major_incident_updates_audience_check check (audience = ANY (ARRAY['public'::text, 'colleagues'::text]))
);

create index major_incident_updates_parent on major_incident_updates (organisation_id, parent_id, position);

alter table major_incident_updates enable row level security;

create policy major_incident_updates_read on major_incident_updates for select to reeve_app using (visible(organisation_id, parent_id));

create policy major_incident_updates_create on major_incident_updates for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy major_incident_updates_change on major_incident_updates for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on major_incident_updates to reeve_app;

create table major_incident_decisions (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  at timestamp with time zone,
  what text,
  by uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint major_incident_decisions_numbered unique (organisation_id, parent_id, number),
  constraint major_incident_decisions_what_check check (length(what) <= 500),
  constraint major_incident_decisions_by_record foreign key (organisation_id, by) references records
);

create index major_incident_decisions_parent on major_incident_decisions (organisation_id, parent_id, position);

create index major_incident_decisions_by on major_incident_decisions (organisation_id, by);

alter table major_incident_decisions enable row level security;

create policy major_incident_decisions_read on major_incident_decisions for select to reeve_app using (visible(organisation_id, parent_id));

create policy major_incident_decisions_create on major_incident_decisions for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy major_incident_decisions_change on major_incident_decisions for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on major_incident_decisions to reeve_app;

create view visible_major_incident as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.description, t.affected, t.started_at, t.communications, t.scribe, t.problem, t.is_public, t.public_title, t.stage, t.update, t.next_update_in, t.next_update_at, t.decision, t.root_cause, t.review
  from records r join major_incident t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'major_incident'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_major_incident to reeve_app;

drop view visible_ticket;

alter table ticket add column major_incident uuid;

alter table ticket add constraint ticket_major_incident_record FOREIGN KEY (organisation_id, major_incident) REFERENCES records(organisation_id, id);

CREATE INDEX ticket_major_incident ON ticket USING btree (organisation_id, major_incident);

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
    t.problem,
    t.change,
    t.major_incident,
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

grant select on visible_ticket to reeve_app;
