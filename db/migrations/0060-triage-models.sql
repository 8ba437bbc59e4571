-- What the desk's triage help learned from the desk's own tickets: one model for each of what it suggests. Nothing of a restricted
-- ticket is in it; the words of others are, so it is for those who read the notes of every ticket.
create table triage_models (
  organisation_id uuid not null references organisations (id) on delete cascade,
  target text not null check (target in ('queue', 'category')),
  learned_at timestamptz not null,
  examples integer not null check (examples >= 0),
  model jsonb not null,
  quality jsonb not null,
  primary key (organisation_id, target)
);
comment on column triage_models.examples is 'How many tickets it was learned from';
comment on column triage_models.model is 'Labels, starts and weights (src/modules/desk/triage/classifier.ts)';
comment on column triage_models.quality is 'How often it was right on the newest fifth, learned from the rest (src/modules/desk/triage/quality.ts)';
alter table triage_models enable row level security;
create policy triage_models_read on triage_models for select to reeve_app using (
  organisation_id = (select current_organisation())
  and 'ticket' = any ((select current_list('internal_all'))::text[]));
create policy triage_models_add on triage_models for insert to reeve_app with check (organisation_id = (select current_organisation()) and (select current_person()) is null
    and 'ticket' = any ((select current_list('change_all'))::text[]));
create policy triage_models_learn on triage_models for update to reeve_app using (organisation_id = (select current_organisation()) and (select current_person()) is null
    and 'ticket' = any ((select current_list('change_all'))::text[]))
  with check (organisation_id = (select current_organisation()) and (select current_person()) is null
    and 'ticket' = any ((select current_list('change_all'))::text[]));
grant select, insert, update on triage_models to reeve_app;
