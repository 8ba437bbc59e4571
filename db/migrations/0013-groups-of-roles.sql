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
