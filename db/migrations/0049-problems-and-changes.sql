-- Generated from the definitions by `npm run schema`; read before it is committed.
create table problem (
  organisation_id uuid not null,
  id uuid not null,
  description text,
  affected text,
  category uuid,
  impact integer,
  workaround text,
  root_cause text,
  solution text,
  review_on date,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint problem_description_check check (length(description) <= 20000),
  constraint problem_affected_check check (length(affected) <= 200),
  constraint problem_category_record foreign key (organisation_id, category) references records,
  constraint problem_workaround_check check (length(workaround) <= 20000),
  constraint problem_root_cause_check check (length(root_cause) <= 20000),
  constraint problem_solution_check check (length(solution) <= 20000)
);

create index problem_category on problem (organisation_id, category);

alter table problem enable row level security;

create policy problem_read on problem for select to reeve_app using (visible(organisation_id, id));

create policy problem_create on problem for insert to reeve_app with check (changeable(organisation_id, id));

create policy problem_change on problem for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on problem to reeve_app;

create view visible_problem as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.description, t.affected, t.category, t.impact, t.workaround, t.root_cause, t.solution, t.review_on
  from records r join problem t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'problem'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_problem to reeve_app;

create table change_request (
  organisation_id uuid not null,
  id uuid not null,
  reason text,
  kind text,
  template uuid,
  urgent_reason text,
  affected text,
  spread integer,
  undo integer,
  practice integer,
  risk text,
  steps text,
  test_plan text,
  back_out_plan text,
  problem uuid,
  window_from timestamp with time zone,
  window_to timestamp with time zone,
  beside_reason text,
  submitted_by uuid,
  authorisation text,
  outcome text,
  finished_on date,
  review_on date,
  review text,
  is_public boolean,
  public_text text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint change_request_reason_check check (length(reason) <= 20000),
  constraint change_request_kind_check check (kind = ANY (ARRAY['standard'::text, 'normal'::text, 'emergency'::text])),
  constraint change_request_template_record foreign key (organisation_id, template) references records,
  constraint change_request_urgent_reason_check check (length(urgent_reason) <= 500),
  constraint change_request_affected_check check (length(affected) <= 500),
  constraint change_request_risk_check check (risk = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text])),
  constraint change_request_steps_check check (length(steps) <= 20000),
  constraint change_request_test_plan_check check (length(test_plan) <= 20000),
  constraint change_request_back_out_plan_check check (length(back_out_plan) <= 20000),
  constraint change_request_problem_record foreign key (organisation_id, problem) references records,
  constraint change_request_beside_reason_check check (length(beside_reason) <= 500),
  constraint change_request_submitted_by_record foreign key (organisation_id, submitted_by) references records,
  constraint change_request_authorisation_check check (authorisation = ANY (ARRAY['part'::text, 'whole'::text])),
  constraint change_request_outcome_check check (outcome = ANY (ARRAY['successful'::text, 'problems'::text, 'backed_out'::text, 'failed'::text])),
  constraint change_request_review_check check (length(review) <= 20000),
  constraint change_request_public_text_check check (length(public_text) <= 300)
);

create index change_request_template on change_request (organisation_id, template);

create index change_request_problem on change_request (organisation_id, problem);

create index change_request_submitted_by on change_request (organisation_id, submitted_by);

alter table change_request enable row level security;

create policy change_request_read on change_request for select to reeve_app using (visible(organisation_id, id));

create policy change_request_create on change_request for insert to reeve_app with check (changeable(organisation_id, id));

create policy change_request_change on change_request for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on change_request to reeve_app;

create table change_request_authorisations (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  person uuid,
  at timestamp with time zone,
  as_senior boolean,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint change_request_authorisations_person_record foreign key (organisation_id, person) references records
);

create index change_request_authorisations_parent on change_request_authorisations (organisation_id, parent_id, position);

create index change_request_authorisations_person on change_request_authorisations (organisation_id, person);

alter table change_request_authorisations enable row level security;

create policy change_request_authorisations_read on change_request_authorisations for select to reeve_app using (visible(organisation_id, parent_id));

create policy change_request_authorisations_create on change_request_authorisations for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy change_request_authorisations_change on change_request_authorisations for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on change_request_authorisations to reeve_app;

create view visible_change_request as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.reason, t.kind, t.template, t.urgent_reason, t.affected, t.spread, t.undo, t.practice, t.risk, t.steps, t.test_plan, t.back_out_plan, t.problem, t.window_from, t.window_to, t.beside_reason, t.submitted_by, t.authorisation, t.outcome, t.finished_on, t.review_on, t.review, t.is_public, t.public_text
  from records r join change_request t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'change_request'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_change_request to reeve_app;

create table change_template (
  organisation_id uuid not null,
  id uuid not null,
  use_when text,
  steps text,
  test_plan text,
  back_out_plan text,
  authorised_by uuid,
  authorised_on date,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint change_template_use_when_check check (length(use_when) <= 20000),
  constraint change_template_steps_check check (length(steps) <= 20000),
  constraint change_template_test_plan_check check (length(test_plan) <= 20000),
  constraint change_template_back_out_plan_check check (length(back_out_plan) <= 20000),
  constraint change_template_authorised_by_record foreign key (organisation_id, authorised_by) references records
);

create index change_template_authorised_by on change_template (organisation_id, authorised_by);

alter table change_template enable row level security;

create policy change_template_read on change_template for select to reeve_app using (visible(organisation_id, id));

create policy change_template_create on change_template for insert to reeve_app with check (changeable(organisation_id, id));

create policy change_template_change on change_template for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on change_template to reeve_app;

create view visible_change_template as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.use_when, t.steps, t.test_plan, t.back_out_plan, t.authorised_by, t.authorised_on
  from records r join change_template t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'change_template'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_change_template to reeve_app;

create table change_freeze (
  organisation_id uuid not null,
  id uuid not null,
  why text,
  covers text,
  valid_from date,
  valid_until date,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint change_freeze_why_check check (length(why) <= 20000),
  constraint change_freeze_covers_check check (length(covers) <= 200),
  constraint change_freeze_dates check (valid_until is null or valid_until >= valid_from),
  constraint change_freeze_no_overlap exclude using gist (organisation_id with =, covers with =, daterange(valid_from, valid_until, '[]') with &&)
);

alter table change_freeze enable row level security;

create policy change_freeze_read on change_freeze for select to reeve_app using (visible(organisation_id, id));

create policy change_freeze_create on change_freeze for insert to reeve_app with check (changeable(organisation_id, id));

create policy change_freeze_change on change_freeze for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on change_freeze to reeve_app;

create view visible_change_freeze as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.why, t.covers, t.valid_from, t.valid_until
  from records r join change_freeze t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'change_freeze'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_change_freeze to reeve_app;

drop view visible_ticket;

alter table ticket add column problem uuid;

alter table ticket add column change uuid;

alter table ticket add constraint ticket_change_record FOREIGN KEY (organisation_id, change) REFERENCES records(organisation_id, id);

alter table ticket add constraint ticket_problem_record FOREIGN KEY (organisation_id, problem) REFERENCES records(organisation_id, id);

CREATE INDEX ticket_change ON ticket USING btree (organisation_id, change);

CREATE INDEX ticket_problem ON ticket USING btree (organisation_id, problem);

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
