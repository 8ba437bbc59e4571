-- What every request asks first, in fewer steps: who is acting, and whether the small registers have changed.

-- One count for each register: planned for any type, since an estimate for the commonest one would read the whole table.
create or replace function reference_data_mark(p_types text[]) returns text
language sql stable security definer set search_path = reeve, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
  select string_agg(concat_ws(' ', t.name, kept.records, kept.versions, kept.latest), ', ' order by t.name)
  from record_types t, lateral (
    select count(*) as records, sum(r.version) as versions, max(r.updated_at) as latest from records r
    where r.organisation_id = current_organisation() and r.type = t.name
  ) as kept
  where t.name = any (p_types) and t.reference_data
$$;

-- The person's name and teams, and what they may do. The policies ask the same as lists of
-- types. A permission that lets a person do anything to a record beside reading and commenting lets them change its row;
-- what they may change is for the move to say.
create or replace function act_as(p_organisation uuid, p_person uuid) returns jsonb
language plpgsql security definer set search_path = reeve, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  person_name text;
  teams uuid[];
  held jsonb;
begin
  select r.title into person_name from records r join person p using (organisation_id, id)
    where r.organisation_id = p_organisation and r.id = p_person and p.active;
  if person_name is null then return null; end if;
  select coalesce(array_agg(m.parent_id), '{}') into teams from team_members m
    where m.organisation_id = p_organisation and m.member = p_person and m.removed_at is null;
  perform set_config('reeve.organisation', p_organisation::text, true), set_config('reeve.person', p_person::text, true),
          set_config('reeve.teams', teams::text, true), set_config('reeve.held', '', true);
  with granted as (
    select distinct t.name as type, g.permission, g.scope,
        g.permission not in ('read', 'create', 'comment', 'internal', 'restricted', 'export', 'erase') as changes
    from person_roles h
    -- A role that was withdrawn gives nothing.
    join records role on role.organisation_id = h.organisation_id and role.id = h.role and role.type = 'role' and role.closed_at is null
    join role_permissions g on g.organisation_id = h.organisation_id and g.parent_id = h.role and g.removed_at is null
    join record_types t on g.type = '*' or t.name = g.type
    where h.organisation_id = p_organisation and h.parent_id = p_person and h.removed_at is null
  ), lists as (
    select jsonb_agg(jsonb_build_object('type', type, 'permission', permission, 'scope', scope)) as grants,
        array_agg(type) filter (where permission = 'read' and scope = 'all') as read_all,
        array_agg(type) filter (where permission = 'read' and scope = 'team') as read_team,
        array_agg(type) filter (where permission = 'read' and scope = 'own') as read_own,
        array_agg(distinct type) filter (where changes and scope = 'all') as change_all,
        array_agg(distinct type) filter (where changes and scope = 'team') as change_team,
        array_agg(distinct type) filter (where changes and scope = 'own') as change_own,
        array_agg(distinct type) filter (where permission = 'create') as "create",
        array_agg(type) filter (where permission = 'internal' and scope = 'all') as internal_all,
        array_agg(type) filter (where permission = 'internal' and scope = 'team') as internal_team,
        array_agg(type) filter (where permission = 'internal' and scope = 'own') as internal_own,
        array_agg(type) filter (where permission = 'restricted' and scope = 'all') as restricted_all,
        array_agg(type) filter (where permission = 'restricted' and scope = 'team') as restricted_team,
        array_agg(type) filter (where permission = 'erase' and scope = 'all') as "erase"
    from granted
  ), told as materialized (
    select grants,
        set_config('reeve.read_all', coalesce(read_all, '{}')::text, true),
        set_config('reeve.read_team', coalesce(read_team, '{}')::text, true),
        set_config('reeve.read_own', coalesce(read_own, '{}')::text, true),
        set_config('reeve.change_all', coalesce(change_all, '{}')::text, true),
        set_config('reeve.change_team', coalesce(change_team, '{}')::text, true),
        set_config('reeve.change_own', coalesce(change_own, '{}')::text, true),
        set_config('reeve.create', coalesce("create", '{}')::text, true),
        set_config('reeve.internal_all', coalesce(internal_all, '{}')::text, true),
        set_config('reeve.internal_team', coalesce(internal_team, '{}')::text, true),
        set_config('reeve.internal_own', coalesce(internal_own, '{}')::text, true),
        set_config('reeve.restricted_all', coalesce(restricted_all, '{}')::text, true),
        set_config('reeve.restricted_team', coalesce(restricted_team, '{}')::text, true),
        set_config('reeve.erase', coalesce("erase", '{}')::text, true)
    from lists
  ) select grants into held from told;
  return jsonb_build_object('name', person_name, 'teams', to_jsonb(teams), 'grants', coalesce(held, '[]'));
end $$;
drop function set_grants(jsonb);
