-- What people type into forms before they send them: found again after the browser was closed, and on another device.

create table drafts (
  organisation_id uuid not null references organisations,
  id uuid not null,
  person_id uuid not null,
  type text not null references record_types,
  record_id uuid,
  content jsonb not null check (jsonb_typeof(content) = 'object' and octet_length(content::text) <= 600000),
  begun_at timestamptz not null default now(),
  saved_at timestamptz not null default now(),
  primary key (organisation_id, id),
  foreign key (organisation_id, record_id) references records
);
comment on table drafts is 'Forms that were begun and not sent: their maker''s alone, forgotten 30 days after they were last saved';
comment on column drafts.record_id is 'The record that the form changes; null for a new one';
comment on column drafts.content is 'The form''s controls as they were typed, right or wrong';
create index drafts_own on drafts (organisation_id, person_id, saved_at);
create index drafts_record on drafts (organisation_id, record_id) where record_id is not null;
create index drafts_saved_at on drafts (saved_at);
alter table drafts enable row level security;
create policy drafts_own on drafts to reeve_app
  using (organisation_id = (select current_organisation()) and person_id = (select current_person()))
  with check (organisation_id = (select current_organisation()) and person_id = (select current_person()));
grant select, insert, update, delete on drafts to reeve_app;

-- What the law has erased is not kept in a form that somebody began: of the record, or by the person.
create function erase_drafts() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  delete from drafts where organisation_id = new.organisation_id and (record_id = new.record_id or person_id = new.record_id);
  return null;
end $$;
create trigger erasures_drafts after insert on erasures for each row execute function erase_drafts();

-- Nor does whoever leaves keep any.
create function drafts_end() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  delete from drafts where organisation_id = new.organisation_id and person_id = new.id;
  return null;
end $$;
create trigger drafts_end after update of active on person for each row
  when (old.active and new.active is not true) execute function drafts_end();
