-- Generated from the definitions by `npm run schema`; read before it is committed.
create table queue_seniors (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  person uuid
);

alter table queue_seniors add constraint queue_seniors_organisation_id_parent_id_fkey FOREIGN KEY (organisation_id, parent_id) REFERENCES records(organisation_id, id);

alter table queue_seniors add constraint queue_seniors_person_record FOREIGN KEY (organisation_id, person) REFERENCES records(organisation_id, id);

alter table queue_seniors add constraint queue_seniors_pkey PRIMARY KEY (organisation_id, id);

CREATE INDEX queue_seniors_parent ON queue_seniors USING btree (organisation_id, parent_id, "position");

CREATE INDEX queue_seniors_person ON queue_seniors USING btree (organisation_id, person);

create policy queue_seniors_change on queue_seniors for update to reeve_app using (changeable(organisation_id, parent_id));

create policy queue_seniors_create on queue_seniors for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy queue_seniors_read on queue_seniors for select to reeve_app using (visible(organisation_id, parent_id));

alter table queue_seniors enable row level security;

grant insert, select, update on queue_seniors to reeve_app;
