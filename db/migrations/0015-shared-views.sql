-- A saved view can be shared with a team: its members see it, and only whoever saved it changes or removes it.
alter table saved_views add column team_id uuid;
alter table saved_views add constraint saved_views_team_id_fkey foreign key (organisation_id, team_id) references records (organisation_id, id);
create index saved_views_team on saved_views (organisation_id, team_id, type) where team_id is not null;

drop policy saved_views_own on saved_views;
create policy saved_views_read on saved_views for select to reeve_app
  using (organisation_id = (select current_organisation())
    and (person_id = (select current_person()) or team_id = any ((select current_teams())::uuid[])));
create policy saved_views_create on saved_views for insert to reeve_app
  with check (organisation_id = (select current_organisation()) and person_id = (select current_person())
    and (team_id is null or team_id = any ((select current_teams())::uuid[])));
create policy saved_views_change on saved_views for update to reeve_app
  using (organisation_id = (select current_organisation()) and person_id = (select current_person()))
  with check (organisation_id = (select current_organisation()) and person_id = (select current_person())
    and (team_id is null or team_id = any ((select current_teams())::uuid[])));
create policy saved_views_remove on saved_views for delete to reeve_app
  using (organisation_id = (select current_organisation()) and person_id = (select current_person()));

-- With which view a person's list of a type begins. It goes with the view.
create table view_starts (
  organisation_id uuid not null references organisations,
  person_id uuid not null,
  type text not null references record_types,
  view_id uuid not null,
  primary key (organisation_id, person_id, type),
  foreign key (organisation_id, view_id) references saved_views (organisation_id, id) on delete cascade
);
create index view_starts_view on view_starts (organisation_id, view_id);
alter table view_starts enable row level security;
create policy view_starts_own on view_starts to reeve_app
  using (organisation_id = (select current_organisation()) and person_id = (select current_person()))
  with check (organisation_id = (select current_organisation()) and person_id = (select current_person())
    and exists (select 1 from saved_views v where v.organisation_id = view_starts.organisation_id and v.id = view_starts.view_id and v.type = view_starts.type));
grant select, insert, update, delete on view_starts to reeve_app;
