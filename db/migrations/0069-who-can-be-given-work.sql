-- Whether a person of the current organisation whom the actor sees holds a permission for records of a type of this team: work is
-- given only to those who can do it. Says yes or no of one person and nothing of their roles.
create function person_may(p_person uuid, p_type text, p_permission text, p_team uuid) returns boolean
language sql stable security definer set search_path = reeve, pg_temp as $$
  select visible(current_organisation(), p_person) and exists (
    select 1 from person_roles h
    join records role on role.organisation_id = h.organisation_id and role.id = h.role and role.type = 'role' and role.closed_at is null
    join role_permissions g on g.organisation_id = h.organisation_id and g.parent_id = h.role and g.removed_at is null
    where h.organisation_id = current_organisation() and h.parent_id = p_person and h.removed_at is null
      and g.type in ('*', p_type) and g.permission = p_permission
      and (g.scope = 'all' or g.scope = 'team' and exists (select 1 from team_members m
        where m.organisation_id = h.organisation_id and m.parent_id = p_team and m.member = h.parent_id and m.removed_at is null)))
$$;
revoke execute on function person_may(uuid, text, text, uuid) from public;
grant execute on function person_may(uuid, text, text, uuid) to reeve_app;
