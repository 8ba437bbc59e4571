-- Generated from the definitions by `npm run schema`; read before it is committed.
create table quality_review (
  organisation_id uuid not null,
  id uuid not null,
  ticket uuid,
  officer uuid,
  sampled_for date,
  total integer,
  remarks text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint quality_review_ticket_record foreign key (organisation_id, ticket) references records,
  constraint quality_review_officer_record foreign key (organisation_id, officer) references records,
  constraint quality_review_remarks_check check (length(remarks) <= 2000)
);

create index quality_review_ticket on quality_review (organisation_id, ticket);

create index quality_review_officer on quality_review (organisation_id, officer);

create index quality_review_sampled_for on quality_review (organisation_id, sampled_for);

alter table quality_review enable row level security;

create policy quality_review_read on quality_review for select to reeve_app using (visible(organisation_id, id));

create policy quality_review_create on quality_review for insert to reeve_app with check (changeable(organisation_id, id));

create policy quality_review_change on quality_review for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on quality_review to reeve_app;

create table quality_review_scores (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  criterion uuid,
  score integer,
  remark text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint quality_review_scores_criterion_record foreign key (organisation_id, criterion) references records,
  constraint quality_review_scores_remark_check check (length(remark) <= 500)
);

create index quality_review_scores_parent on quality_review_scores (organisation_id, parent_id, position);

create index quality_review_scores_criterion on quality_review_scores (organisation_id, criterion);

alter table quality_review_scores enable row level security;

create policy quality_review_scores_read on quality_review_scores for select to reeve_app using (visible(organisation_id, parent_id));

create policy quality_review_scores_create on quality_review_scores for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy quality_review_scores_change on quality_review_scores for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on quality_review_scores to reeve_app;

create view visible_quality_review as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.ticket, t.officer, t.sampled_for, t.total, t.remarks
  from records r join quality_review t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'quality_review'
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

grant select on visible_quality_review to reeve_app;

create table quality_criterion (
  organisation_id uuid not null,
  id uuid not null,
  guidance text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint quality_criterion_guidance_check check (length(guidance) <= 20000)
);

alter table quality_criterion enable row level security;

create policy quality_criterion_read on quality_criterion for select to reeve_app using (visible(organisation_id, id));

create policy quality_criterion_create on quality_criterion for insert to reeve_app with check (changeable(organisation_id, id));

create policy quality_criterion_change on quality_criterion for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on quality_criterion to reeve_app;

create view visible_quality_criterion as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.guidance
  from records r join quality_criterion t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'quality_criterion'
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

grant select on visible_quality_criterion to reeve_app;

drop view visible_queue;

drop view visible_ticket;

alter table queue add column quality_sample integer;

alter table ticket add column queue_changes integer;

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
    t.quality_sample,
    t.assignment,
    t.is_default
   FROM (records r
     JOIN queue t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'queue'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

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
    t.service,
    t.system,
    t.device,
    t.channel,
    t.attention,
    t.problem,
    t.change,
    t.major_incident,
    t.assignment_note,
    t.waiting_for,
    t.waiting_reason,
    t.review_on,
    t.supplier,
    t.supplier_reference,
    t.supplier_due_on,
    t.supplier_chased_for,
    t.promised_on,
    t.parent,
    t.duplicate_of,
    t.split_from,
    t.resolution,
    t.first_contact,
    t.queue_changes,
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
  WHERE ((r.type = 'ticket'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

grant select on visible_queue to reeve_app;

grant select on visible_ticket to reeve_app;
