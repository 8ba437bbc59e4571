-- Generated from the definitions by `npm run schema`; read before it is committed.
create table calendar_later_hours (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  day date,
  hours text
);

alter table calendar_later_hours add constraint calendar_later_hours_hours_check CHECK ((length(hours) <= 300));

alter table calendar_later_hours add constraint calendar_later_hours_organisation_id_parent_id_fkey FOREIGN KEY (organisation_id, parent_id) REFERENCES records(organisation_id, id);

alter table calendar_later_hours add constraint calendar_later_hours_pkey PRIMARY KEY (organisation_id, id);

CREATE INDEX calendar_later_hours_parent ON calendar_later_hours USING btree (organisation_id, parent_id, "position");

create policy calendar_later_hours_change on calendar_later_hours for update to reeve_app using (changeable(organisation_id, parent_id));

create policy calendar_later_hours_create on calendar_later_hours for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy calendar_later_hours_read on calendar_later_hours for select to reeve_app using (visible(organisation_id, parent_id));

alter table calendar_later_hours enable row level security;

grant insert, select, update on calendar_later_hours to reeve_app;
