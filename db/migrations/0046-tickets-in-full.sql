-- Generated from the definitions by `npm run schema`; read before it is committed.
create table visit (
  organisation_id uuid not null,
  id uuid not null,
  ticket uuid,
  site uuid,
  place text,
  starts_at timestamp with time zone,
  length integer,
  outcome text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint visit_ticket_record foreign key (organisation_id, ticket) references records,
  constraint visit_site_record foreign key (organisation_id, site) references records,
  constraint visit_place_check check (length(place) <= 120),
  constraint visit_outcome_check check (length(outcome) <= 20000)
);

create index visit_ticket on visit (organisation_id, ticket);

create index visit_site on visit (organisation_id, site);

create index visit_starts_at on visit (organisation_id, starts_at);

alter table visit enable row level security;

create policy visit_read on visit for select to reeve_app using (visible(organisation_id, id));

create policy visit_create on visit for insert to reeve_app with check (changeable(organisation_id, id));

create policy visit_change on visit for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on visit to reeve_app;

create view visible_visit as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.ticket, t.site, t.place, t.starts_at, t.length, t.outcome
  from records r join visit t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'visit'
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

grant select on visible_visit to reeve_app;

create table advice (
  organisation_id uuid not null,
  id uuid not null,
  details text,
  ticket uuid,
  needed_by date,
  answer text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint advice_details_check check (length(details) <= 20000),
  constraint advice_ticket_record foreign key (organisation_id, ticket) references records,
  constraint advice_answer_check check (length(answer) <= 20000)
);

create index advice_ticket on advice (organisation_id, ticket);

alter table advice enable row level security;

create policy advice_read on advice for select to reeve_app using (visible(organisation_id, id));

create policy advice_create on advice for insert to reeve_app with check (changeable(organisation_id, id));

create policy advice_change on advice for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on advice to reeve_app;

create view visible_advice as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.details, t.ticket, t.needed_by, t.answer
  from records r join advice t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'advice'
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

grant select on visible_advice to reeve_app;

create table handover (
  organisation_id uuid not null,
  id uuid not null,
  starts_at timestamp with time zone,
  ends_at timestamp with time zone,
  watch text,
  open_work text,
  read_at timestamp with time zone,
  read_by uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint handover_watch_check check (length(watch) <= 20000),
  constraint handover_open_work_check check (length(open_work) <= 20000),
  constraint handover_read_by_record foreign key (organisation_id, read_by) references records
);

create index handover_read_by on handover (organisation_id, read_by);

alter table handover enable row level security;

create policy handover_read on handover for select to reeve_app using (visible(organisation_id, id));

create policy handover_create on handover for insert to reeve_app with check (changeable(organisation_id, id));

create policy handover_change on handover for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on handover to reeve_app;

create view visible_handover as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.starts_at, t.ends_at, t.watch, t.open_work, t.read_at, t.read_by
  from records r join handover t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'handover'
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

grant select on visible_handover to reeve_app;

create table priority_group (
  organisation_id uuid not null,
  id uuid not null,
  only_in uuid,
  priority integer,
  goes_to uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint priority_group_only_in_record foreign key (organisation_id, only_in) references records,
  constraint priority_group_goes_to_record foreign key (organisation_id, goes_to) references records
);

create index priority_group_only_in on priority_group (organisation_id, only_in);

create index priority_group_goes_to on priority_group (organisation_id, goes_to);

alter table priority_group enable row level security;

create policy priority_group_read on priority_group for select to reeve_app using (visible(organisation_id, id));

create policy priority_group_create on priority_group for insert to reeve_app with check (changeable(organisation_id, id));

create policy priority_group_change on priority_group for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on priority_group to reeve_app;

create table priority_group_people (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  person uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint priority_group_people_person_record foreign key (organisation_id, person) references records
);

create index priority_group_people_parent on priority_group_people (organisation_id, parent_id, position);

create index priority_group_people_person on priority_group_people (organisation_id, person);

alter table priority_group_people enable row level security;

create policy priority_group_people_read on priority_group_people for select to reeve_app using (visible(organisation_id, parent_id));

create policy priority_group_people_create on priority_group_people for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy priority_group_people_change on priority_group_people for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on priority_group_people to reeve_app;

create view visible_priority_group as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.only_in, t.priority, t.goes_to
  from records r join priority_group t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'priority_group'
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

grant select on visible_priority_group to reeve_app;

create table service (
  organisation_id uuid not null,
  id uuid not null,
  purpose text,
  criticality text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint service_purpose_check check (length(purpose) <= 20000),
  constraint service_criticality_check check (criticality = ANY (ARRAY['critical'::text, 'important'::text, 'ordinary'::text]))
);

alter table service enable row level security;

create policy service_read on service for select to reeve_app using (visible(organisation_id, id));

create policy service_create on service for insert to reeve_app with check (changeable(organisation_id, id));

create policy service_change on service for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on service to reeve_app;

create view visible_service as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.purpose, t.criticality
  from records r join service t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'service'
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

grant select on visible_service to reeve_app;

create table system (
  organisation_id uuid not null,
  id uuid not null,
  purpose text,
  criticality text,
  supplier uuid,
  service uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint system_purpose_check check (length(purpose) <= 20000),
  constraint system_criticality_check check (criticality = ANY (ARRAY['critical'::text, 'important'::text, 'ordinary'::text])),
  constraint system_supplier_record foreign key (organisation_id, supplier) references records,
  constraint system_service_record foreign key (organisation_id, service) references records
);

create index system_supplier on system (organisation_id, supplier);

create index system_service on system (organisation_id, service);

alter table system enable row level security;

create policy system_read on system for select to reeve_app using (visible(organisation_id, id));

create policy system_create on system for insert to reeve_app with check (changeable(organisation_id, id));

create policy system_change on system for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on system to reeve_app;

create view visible_system as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.purpose, t.criticality, t.supplier, t.service
  from records r join system t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'system'
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

grant select on visible_system to reeve_app;

create table device (
  organisation_id uuid not null,
  id uuid not null,
  kind text,
  model text,
  serial_number text,
  holder uuid,
  site uuid,
  supplier uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint device_kind_check check (length(kind) <= 60),
  constraint device_model_check check (length(model) <= 120),
  constraint device_serial_number_check check (length(serial_number) <= 80),
  constraint device_holder_record foreign key (organisation_id, holder) references records,
  constraint device_site_record foreign key (organisation_id, site) references records,
  constraint device_supplier_record foreign key (organisation_id, supplier) references records
);

create index device_serial_number on device (organisation_id, serial_number);

create index device_holder on device (organisation_id, holder);

create index device_site on device (organisation_id, site);

create index device_supplier on device (organisation_id, supplier);

alter table device enable row level security;

create policy device_read on device for select to reeve_app using (visible(organisation_id, id));

create policy device_create on device for insert to reeve_app with check (changeable(organisation_id, id));

create policy device_change on device for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on device to reeve_app;

create view visible_device as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.kind, t.model, t.serial_number, t.holder, t.site, t.supplier
  from records r join device t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'device'
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

grant select on visible_device to reeve_app;

create table site (
  organisation_id uuid not null,
  id uuid not null,
  address text,
  access text,
  phone text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint site_address_check check (length(address) <= 500),
  constraint site_access_check check (length(access) <= 1000),
  constraint site_phone_check check (length(phone) <= 40)
);

alter table site enable row level security;

create policy site_read on site for select to reeve_app using (visible(organisation_id, id));

create policy site_create on site for insert to reeve_app with check (changeable(organisation_id, id));

create policy site_change on site for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on site to reeve_app;

create view visible_site as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.address, t.access, t.phone
  from records r join site t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'site'
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

grant select on visible_site to reeve_app;

create table supplier (
  organisation_id uuid not null,
  id uuid not null,
  support_phone text,
  support_email text,
  support_page text,
  customer_number text,
  notes text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint supplier_support_phone_check check (length(support_phone) <= 40),
  constraint supplier_support_email_check check (length(support_email) <= 254),
  constraint supplier_support_page_check check (length(support_page) <= 2000 AND support_page ~ '^https?://'::text),
  constraint supplier_customer_number_check check (length(customer_number) <= 60),
  constraint supplier_notes_check check (length(notes) <= 20000)
);

alter table supplier enable row level security;

create policy supplier_read on supplier for select to reeve_app using (visible(organisation_id, id));

create policy supplier_create on supplier for insert to reeve_app with check (changeable(organisation_id, id));

create policy supplier_change on supplier for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on supplier to reeve_app;

create view visible_supplier as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.support_phone, t.support_email, t.support_page, t.customer_number, t.notes
  from records r join supplier t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'supplier'
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

grant select on visible_supplier to reeve_app;

create table category_checklist (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  step text
);

drop view visible_added_field;

drop view visible_calendar;

drop view visible_category;

drop view visible_disposal;

drop view visible_legal_hold;

drop view visible_person;

drop view visible_policy;

drop view visible_queue;

drop view visible_retention_schedule;

drop view visible_role;

drop view visible_service_level_policy;

drop view visible_team;

drop view visible_text_template;

drop view visible_ticket;

drop view visible_webhook;

alter table category_checklist add constraint category_checklist_organisation_id_parent_id_fkey FOREIGN KEY (organisation_id, parent_id) REFERENCES records(organisation_id, id);

alter table category_checklist add constraint category_checklist_pkey PRIMARY KEY (organisation_id, id);

alter table category_checklist add constraint category_checklist_step_check CHECK ((length(step) <= 160));

CREATE INDEX category_checklist_parent ON category_checklist USING btree (organisation_id, parent_id, "position");

create policy category_checklist_change on category_checklist for update to reeve_app using (changeable(organisation_id, parent_id));

create policy category_checklist_create on category_checklist for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy category_checklist_read on category_checklist for select to reeve_app using (visible(organisation_id, parent_id));

alter table category_checklist enable row level security;

grant insert, select, update on category_checklist to reeve_app;

alter table ticket add column service uuid;

alter table ticket add column system uuid;

alter table ticket add column device uuid;

alter table ticket add column channel text;

alter table ticket add column attention text;

alter table ticket add column supplier uuid;

alter table ticket add column supplier_reference text;

alter table ticket add column supplier_due_on date;

alter table ticket add column supplier_chased_for date;

alter table ticket add column promised_on date;

alter table ticket add column parent uuid;

alter table ticket add column duplicate_of uuid;

alter table ticket add column split_from uuid;

alter table ticket add column first_contact boolean;

alter table ticket add constraint ticket_attention_check CHECK ((length(attention) <= 60));

alter table ticket add constraint ticket_channel_check CHECK ((channel = ANY (ARRAY['phone'::text, 'walk_up'::text, 'portal'::text, 'mail'::text, 'chat'::text])));

alter table ticket add constraint ticket_device_record FOREIGN KEY (organisation_id, device) REFERENCES records(organisation_id, id);

alter table ticket add constraint ticket_duplicate_of_record FOREIGN KEY (organisation_id, duplicate_of) REFERENCES records(organisation_id, id);

alter table ticket add constraint ticket_parent_record FOREIGN KEY (organisation_id, parent) REFERENCES records(organisation_id, id);

alter table ticket add constraint ticket_service_record FOREIGN KEY (organisation_id, service) REFERENCES records(organisation_id, id);

alter table ticket add constraint ticket_split_from_record FOREIGN KEY (organisation_id, split_from) REFERENCES records(organisation_id, id);

alter table ticket add constraint ticket_supplier_record FOREIGN KEY (organisation_id, supplier) REFERENCES records(organisation_id, id);

alter table ticket add constraint ticket_supplier_reference_check CHECK ((length(supplier_reference) <= 100));

alter table ticket add constraint ticket_system_record FOREIGN KEY (organisation_id, system) REFERENCES records(organisation_id, id);

CREATE INDEX ticket_device ON ticket USING btree (organisation_id, device) WHERE (device IS NOT NULL);

CREATE INDEX ticket_duplicate_of ON ticket USING btree (organisation_id, duplicate_of) WHERE (duplicate_of IS NOT NULL);

CREATE INDEX ticket_parent ON ticket USING btree (organisation_id, parent) WHERE (parent IS NOT NULL);

CREATE INDEX ticket_service ON ticket USING btree (organisation_id, service) WHERE (service IS NOT NULL);

CREATE INDEX ticket_split_from ON ticket USING btree (organisation_id, split_from) WHERE (split_from IS NOT NULL);

CREATE INDEX ticket_supplier ON ticket USING btree (organisation_id, supplier) WHERE (supplier IS NOT NULL);

CREATE INDEX ticket_system ON ticket USING btree (organisation_id, system) WHERE (system IS NOT NULL);

create view visible_added_field as
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
    t.record_type,
    t.kind,
    t.name,
    t.hint,
    t.required,
    t.target,
    t.extends,
    t.personal,
    t.internal,
    t."position"
   FROM (records r
     JOIN added_field t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'added_field'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

create view visible_calendar as
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
    t.hours,
    t.holidays
   FROM (records r
     JOIN calendar t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'calendar'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

create view visible_category as
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
    t.parent,
    t.source_reference
   FROM (records r
     JOIN category t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'category'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

create view visible_disposal as
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
    t.schedule,
    t.record_type,
    t.authority,
    t.listed,
    t.approved_by,
    t.approved_at,
    t.destroyed,
    t.kept,
    t.done_at
   FROM (records r
     JOIN disposal t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'disposal'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

create view visible_legal_hold as
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
    t.reason,
    t.asked_by,
    t.list
   FROM (records r
     JOIN legal_hold t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'legal_hold'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

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
    t.phone,
    t.job_title,
    t.active,
    t.account_id,
    t.source_reference
   FROM (records r
     JOIN person t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'person'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

create view visible_policy as
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
    t.audience,
    t.required_by_law,
    t.law,
    t.edition,
    t.approved_by,
    t.approved_on,
    t.published_on,
    t.review_on
   FROM (records r
     JOIN policy t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'policy'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

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
    t.is_default
   FROM (records r
     JOIN queue t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'queue'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

create view visible_retention_schedule as
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
    t.record_type,
    t.list,
    t.counts_from,
    t.years,
    t.months,
    t.action,
    t.authority
   FROM (records r
     JOIN retention_schedule t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'retention_schedule'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

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
    r.added,
    t.purpose,
    t.asks_second_step,
    t.audits
   FROM (records r
     JOIN role t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'role'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

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
    t.valid_from,
    t.valid_until
   FROM (records r
     JOIN service_level_policy t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'service_level_policy'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

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
    t.email
   FROM (records r
     JOIN team t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'team'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

create view visible_text_template as
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
    t.record_type,
    t.text
   FROM (records r
     JOIN text_template t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'text_template'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

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
    t.source,
    t.source_reference,
    t.source_columns
   FROM (records r
     JOIN ticket t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'ticket'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

create view visible_webhook as
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
    t.address,
    t.types,
    t.kinds,
    t.sends,
    t.acts_for
   FROM (records r
     JOIN webhook t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'webhook'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

grant select on visible_added_field to reeve_app;

grant select on visible_calendar to reeve_app;

grant select on visible_category to reeve_app;

grant select on visible_disposal to reeve_app;

grant select on visible_legal_hold to reeve_app;

grant select on visible_person to reeve_app;

grant select on visible_policy to reeve_app;

grant select on visible_queue to reeve_app;

grant select on visible_retention_schedule to reeve_app;

grant select on visible_role to reeve_app;

grant select on visible_service_level_policy to reeve_app;

grant select on visible_team to reeve_app;

grant select on visible_text_template to reeve_app;

grant select on visible_ticket to reeve_app;

grant select on visible_webhook to reeve_app;
