-- Generated from the definitions by `npm run schema`; read before it is committed.
create table device_plan (
  organisation_id uuid not null,
  id uuid not null,
  policy uuid,
  starts_on date,
  years integer,
  agreed_by uuid,
  review_on date,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint device_plan_policy_record foreign key (organisation_id, policy) references records,
  constraint device_plan_agreed_by_record foreign key (organisation_id, agreed_by) references records
);

create index device_plan_policy on device_plan (organisation_id, policy);

create index device_plan_agreed_by on device_plan (organisation_id, agreed_by);

alter table device_plan enable row level security;

create policy device_plan_read on device_plan for select to reeve_app using (visible(organisation_id, id));

create policy device_plan_create on device_plan for insert to reeve_app with check (changeable(organisation_id, id));

create policy device_plan_change on device_plan for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on device_plan to reeve_app;

create table device_plan_groups (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  who text,
  people integer,
  way text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint device_plan_groups_who_check check (length(who) <= 120),
  constraint device_plan_groups_way_check check (way = ANY (ARRAY['council'::text, 'sim'::text, 'allowance'::text]))
);

create index device_plan_groups_parent on device_plan_groups (organisation_id, parent_id, position);

alter table device_plan_groups enable row level security;

create policy device_plan_groups_read on device_plan_groups for select to reeve_app using (visible(organisation_id, parent_id));

create policy device_plan_groups_create on device_plan_groups for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy device_plan_groups_change on device_plan_groups for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on device_plan_groups to reeve_app;

create table device_plan_criteria (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  measure text,
  wanted text,
  found text,
  measured_on date,
  outcome text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint device_plan_criteria_measure_check check (length(measure) <= 200),
  constraint device_plan_criteria_wanted_check check (length(wanted) <= 120),
  constraint device_plan_criteria_found_check check (length(found) <= 120),
  constraint device_plan_criteria_outcome_check check (outcome = ANY (ARRAY['met'::text, 'partly'::text, 'missed'::text]))
);

create index device_plan_criteria_parent on device_plan_criteria (organisation_id, parent_id, position);

alter table device_plan_criteria enable row level security;

create policy device_plan_criteria_read on device_plan_criteria for select to reeve_app using (visible(organisation_id, parent_id));

create policy device_plan_criteria_create on device_plan_criteria for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy device_plan_criteria_change on device_plan_criteria for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on device_plan_criteria to reeve_app;

create view visible_device_plan as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.policy, t.starts_on, t.years, t.agreed_by, t.review_on
  from records r join device_plan t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'device_plan'
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

grant select on visible_device_plan to reeve_app;

create table device_rate (
  organisation_id uuid not null,
  id uuid not null,
  policy uuid,
  source text,
  device bigint,
  device_years integer,
  sim_month bigint,
  allowance_month bigint,
  insurance_share double precision,
  support_council bigint,
  support_own bigint,
  licence_own bigint,
  risk_council bigint,
  risk_own bigint,
  valid_from date,
  valid_until date,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint device_rate_policy_record foreign key (organisation_id, policy) references records,
  constraint device_rate_source_check check (length(source) <= 300),
  constraint device_rate_dates check (valid_until is null or valid_until >= valid_from),
  constraint device_rate_no_overlap exclude using gist (organisation_id with =, policy with =, daterange(valid_from, valid_until, '[]') with &&)
);

create index device_rate_policy on device_rate (organisation_id, policy);

alter table device_rate enable row level security;

create policy device_rate_read on device_rate for select to reeve_app using (visible(organisation_id, id));

create policy device_rate_create on device_rate for insert to reeve_app with check (changeable(organisation_id, id));

create policy device_rate_change on device_rate for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on device_rate to reeve_app;

create view visible_device_rate as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.policy, t.source, t.device, t.device_years, t.sim_month, t.allowance_month, t.insurance_share, t.support_council, t.support_own, t.licence_own, t.risk_council, t.risk_own, t.valid_from, t.valid_until
  from records r join device_rate t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'device_rate'
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

grant select on visible_device_rate to reeve_app;

create table relationship (
  organisation_id uuid not null,
  id uuid not null,
  kind text,
  temperature text,
  why text,
  contact_on date,
  contact_how text,
  contact_with text,
  contact_said text,
  review_on date,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint relationship_kind_check check (kind = ANY (ARRAY['service_area'::text, 'members'::text, 'other'::text])),
  constraint relationship_temperature_check check (temperature = ANY (ARRAY['warm'::text, 'fair'::text, 'strained'::text, 'broken'::text])),
  constraint relationship_why_check check (length(why) <= 500),
  constraint relationship_contact_how_check check (contact_how = ANY (ARRAY['meeting'::text, 'call'::text, 'mail'::text, 'visit'::text])),
  constraint relationship_contact_with_check check (length(contact_with) <= 200),
  constraint relationship_contact_said_check check (length(contact_said) <= 3000)
);

alter table relationship enable row level security;

create policy relationship_read on relationship for select to reeve_app using (visible(organisation_id, id));

create policy relationship_create on relationship for insert to reeve_app with check (changeable(organisation_id, id));

create policy relationship_change on relationship for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on relationship to reeve_app;

create table relationship_asks (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  ask text,
  since date,
  by date,
  who uuid,
  outcome text,
  answer text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint relationship_asks_numbered unique (organisation_id, parent_id, number),
  constraint relationship_asks_ask_check check (length(ask) <= 300),
  constraint relationship_asks_who_record foreign key (organisation_id, who) references records,
  constraint relationship_asks_outcome_check check (outcome = ANY (ARRAY['open'::text, 'done'::text, 'refused'::text])),
  constraint relationship_asks_answer_check check (length(answer) <= 300)
);

create index relationship_asks_parent on relationship_asks (organisation_id, parent_id, position);

create index relationship_asks_who on relationship_asks (organisation_id, who);

alter table relationship_asks enable row level security;

create policy relationship_asks_read on relationship_asks for select to reeve_app using (visible(organisation_id, parent_id));

create policy relationship_asks_create on relationship_asks for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy relationship_asks_change on relationship_asks for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on relationship_asks to reeve_app;

create table relationship_contacts (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  day date,
  how text,
  who text,
  said text,
  noted uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint relationship_contacts_numbered unique (organisation_id, parent_id, number),
  constraint relationship_contacts_how_check check (how = ANY (ARRAY['meeting'::text, 'call'::text, 'mail'::text, 'visit'::text])),
  constraint relationship_contacts_who_check check (length(who) <= 200),
  constraint relationship_contacts_said_check check (length(said) <= 3000),
  constraint relationship_contacts_noted_record foreign key (organisation_id, noted) references records
);

create index relationship_contacts_parent on relationship_contacts (organisation_id, parent_id, position);

create index relationship_contacts_noted on relationship_contacts (organisation_id, noted);

alter table relationship_contacts enable row level security;

create policy relationship_contacts_read on relationship_contacts for select to reeve_app using (visible(organisation_id, parent_id));

create policy relationship_contacts_create on relationship_contacts for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy relationship_contacts_change on relationship_contacts for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on relationship_contacts to reeve_app;

create view visible_relationship as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.kind, t.temperature, t.why, t.contact_on, t.contact_how, t.contact_with, t.contact_said, t.review_on
  from records r join relationship t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'relationship'
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

grant select on visible_relationship to reeve_app;

create table processing_activity (
  organisation_id uuid not null,
  id uuid not null,
  purpose text,
  role text,
  basis text,
  basis_in_law text,
  is_special boolean,
  special_condition text,
  subjects text,
  categories text,
  recipients text,
  is_abroad boolean,
  safeguards text,
  kept_for text,
  security text,
  processor uuid,
  review_on date,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint processing_activity_purpose_check check (length(purpose) <= 3000),
  constraint processing_activity_role_check check (role = ANY (ARRAY['controller'::text, 'joint'::text, 'processor'::text])),
  constraint processing_activity_basis_check check (basis = ANY (ARRAY['consent'::text, 'contract'::text, 'obligation'::text, 'vital'::text, 'public_task'::text, 'legitimate'::text])),
  constraint processing_activity_basis_in_law_check check (length(basis_in_law) <= 300),
  constraint processing_activity_special_condition_check check (length(special_condition) <= 300),
  constraint processing_activity_subjects_check check (length(subjects) <= 500),
  constraint processing_activity_categories_check check (length(categories) <= 1000),
  constraint processing_activity_recipients_check check (length(recipients) <= 1000),
  constraint processing_activity_safeguards_check check (length(safeguards) <= 500),
  constraint processing_activity_kept_for_check check (length(kept_for) <= 300),
  constraint processing_activity_security_check check (length(security) <= 3000),
  constraint processing_activity_processor_record foreign key (organisation_id, processor) references records
);

create index processing_activity_processor on processing_activity (organisation_id, processor) where processor is not null;

alter table processing_activity enable row level security;

create policy processing_activity_read on processing_activity for select to reeve_app using (visible(organisation_id, id));

create policy processing_activity_create on processing_activity for insert to reeve_app with check (changeable(organisation_id, id));

create policy processing_activity_change on processing_activity for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on processing_activity to reeve_app;

create table processing_activity_cites (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  policy uuid,
  clause integer,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint processing_activity_cites_policy_record foreign key (organisation_id, policy) references records
);

create index processing_activity_cites_parent on processing_activity_cites (organisation_id, parent_id, position);

create index processing_activity_cites_policy on processing_activity_cites (organisation_id, policy);

alter table processing_activity_cites enable row level security;

create policy processing_activity_cites_read on processing_activity_cites for select to reeve_app using (visible(organisation_id, parent_id));

create policy processing_activity_cites_create on processing_activity_cites for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy processing_activity_cites_change on processing_activity_cites for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on processing_activity_cites to reeve_app;

create view visible_processing_activity as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.purpose, t.role, t.basis, t.basis_in_law, t.is_special, t.special_condition, t.subjects, t.categories, t.recipients, t.is_abroad, t.safeguards, t.kept_for, t.security, t.processor, t.review_on
  from records r join processing_activity t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'processing_activity'
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

grant select on visible_processing_activity to reeve_app;

create table impact_assessment (
  organisation_id uuid not null,
  id uuid not null,
  kind text,
  what text,
  policy uuid,
  system uuid,
  processing uuid,
  necessity text,
  groups text[],
  asked text,
  highest_left text,
  advice text,
  advised_by uuid,
  advised_on date,
  follows text,
  reason text,
  regulator_asked boolean,
  agreed_by uuid,
  agreed_on date,
  review_on date,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint impact_assessment_kind_check check (kind = ANY (ARRAY['data'::text, 'equality'::text])),
  constraint impact_assessment_what_check check (length(what) <= 10000),
  constraint impact_assessment_policy_record foreign key (organisation_id, policy) references records,
  constraint impact_assessment_system_record foreign key (organisation_id, system) references records,
  constraint impact_assessment_processing_record foreign key (organisation_id, processing) references records,
  constraint impact_assessment_necessity_check check (length(necessity) <= 5000),
  constraint impact_assessment_groups_check check (groups <@ ARRAY['age'::text, 'disability'::text, 'gender_reassignment'::text, 'marriage'::text, 'pregnancy'::text, 'race'::text, 'religion'::text, 'sex'::text, 'orientation'::text, 'carers'::text]),
  constraint impact_assessment_asked_check check (length(asked) <= 5000),
  constraint impact_assessment_highest_left_check check (highest_left = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text])),
  constraint impact_assessment_advice_check check (length(advice) <= 5000),
  constraint impact_assessment_advised_by_record foreign key (organisation_id, advised_by) references records,
  constraint impact_assessment_follows_check check (follows = ANY (ARRAY['followed'::text, 'overruled'::text])),
  constraint impact_assessment_reason_check check (length(reason) <= 3000),
  constraint impact_assessment_agreed_by_record foreign key (organisation_id, agreed_by) references records
);

create index impact_assessment_policy on impact_assessment (organisation_id, policy) where policy is not null;

create index impact_assessment_system on impact_assessment (organisation_id, system) where system is not null;

create index impact_assessment_processing on impact_assessment (organisation_id, processing) where processing is not null;

create index impact_assessment_advised_by on impact_assessment (organisation_id, advised_by);

create index impact_assessment_agreed_by on impact_assessment (organisation_id, agreed_by);

alter table impact_assessment enable row level security;

create policy impact_assessment_read on impact_assessment for select to reeve_app using (visible(organisation_id, id));

create policy impact_assessment_create on impact_assessment for insert to reeve_app with check (changeable(organisation_id, id));

create policy impact_assessment_change on impact_assessment for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on impact_assessment to reeve_app;

create table impact_assessment_risks (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  risk text,
  likelihood text,
  severity text,
  measure text,
  remains text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint impact_assessment_risks_numbered unique (organisation_id, parent_id, number),
  constraint impact_assessment_risks_risk_check check (length(risk) <= 300),
  constraint impact_assessment_risks_likelihood_check check (likelihood = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text])),
  constraint impact_assessment_risks_severity_check check (severity = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text])),
  constraint impact_assessment_risks_measure_check check (length(measure) <= 300),
  constraint impact_assessment_risks_remains_check check (remains = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text]))
);

create index impact_assessment_risks_parent on impact_assessment_risks (organisation_id, parent_id, position);

alter table impact_assessment_risks enable row level security;

create policy impact_assessment_risks_read on impact_assessment_risks for select to reeve_app using (visible(organisation_id, parent_id));

create policy impact_assessment_risks_create on impact_assessment_risks for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy impact_assessment_risks_change on impact_assessment_risks for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on impact_assessment_risks to reeve_app;

create table impact_assessment_cites (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  policy uuid,
  clause integer,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint impact_assessment_cites_policy_record foreign key (organisation_id, policy) references records
);

create index impact_assessment_cites_parent on impact_assessment_cites (organisation_id, parent_id, position);

create index impact_assessment_cites_policy on impact_assessment_cites (organisation_id, policy);

alter table impact_assessment_cites enable row level security;

create policy impact_assessment_cites_read on impact_assessment_cites for select to reeve_app using (visible(organisation_id, parent_id));

create policy impact_assessment_cites_create on impact_assessment_cites for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy impact_assessment_cites_change on impact_assessment_cites for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on impact_assessment_cites to reeve_app;

create view visible_impact_assessment as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.kind, t.what, t.policy, t.system, t.processing, t.necessity, t.groups, t.asked, t.highest_left, t.advice, t.advised_by, t.advised_on, t.follows, t.reason, t.regulator_asked, t.agreed_by, t.agreed_on, t.review_on
  from records r join impact_assessment t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'impact_assessment'
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

grant select on visible_impact_assessment to reeve_app;

drop view visible_article;

alter table article add column tool uuid;

alter table article add column readers text;

alter table article add constraint article_readers_check CHECK ((readers = ANY (ARRAY['beginners'::text, 'everybody'::text, 'managers'::text, 'members'::text, 'specialists'::text])));

alter table article add constraint article_tool_record FOREIGN KEY (organisation_id, tool) REFERENCES records(organisation_id, id);

CREATE INDEX article_tool ON article USING btree (organisation_id, tool) WHERE (tool IS NOT NULL);

create view visible_article as
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
    t.body,
    t.synonyms,
    t.category,
    t.tool,
    t.readers,
    t.audience,
    t.edition,
    t.published_by,
    t.published_on,
    t.review_on,
    t.made_from
   FROM (records r
     JOIN article t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'article'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

grant select on visible_article to reeve_app;
