-- What a set of roles gives together is worked out once and kept until a role, its permissions or the types change:
-- act_as() is asked before everything that a person does.

-- Goes up with every change of what an organisation's roles give; no row is 0.
create table grants_marks (
  organisation_id uuid primary key references organisations (id),
  mark bigint not null
);
alter table grants_marks enable row level security;

-- What roles give together, as it was when the organisation's mark was this.
create table grants_kept (
  organisation_id uuid not null references organisations (id),
  roles uuid[] not null,
  mark bigint not null,
  grants jsonb not null,
  lists jsonb not null,
  primary key (organisation_id, roles)
);
alter table grants_kept enable row level security;

create function mark_grants(p_organisations uuid[]) returns void language sql as $$
  insert into grants_marks (organisation_id, mark) select distinct o, 1 from unnest(p_organisations) as o order by 1
    on conflict (organisation_id) do update set mark = grants_marks.mark + 1
$$;

create function grants_changed() returns trigger language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  perform mark_grants(array(select organisation_id from changed));
  return null;
end $$;
create trigger role_permissions_added after insert on role_permissions referencing new table as changed for each statement execute function grants_changed();
create trigger role_permissions_changed after update on role_permissions referencing new table as changed for each statement execute function grants_changed();
create trigger role_permissions_removed after delete on role_permissions referencing old table as changed for each statement execute function grants_changed();

create function role_closed() returns trigger language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  perform mark_grants(array[new.organisation_id]);
  return null;
end $$;
create trigger records_role_closed after update of closed_at on records for each row
  when (new.type = 'role' and old.closed_at is distinct from new.closed_at) execute function role_closed();

create function types_changed() returns trigger language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  perform mark_grants(array(select id from organisations));
  return null;
end $$;
create trigger record_types_added after insert or delete on record_types for each statement execute function types_changed();
create trigger record_types_changed after update on record_types for each row
  when (old.* is distinct from new.*) execute function types_changed();

-- The lists that the rules of the tables read, by name, of what is granted.
create function grants_lists(p_grants jsonb) returns jsonb language sql immutable set search_path = reeve, pg_temp as $$
  with granted as (
    select type, permission, scope,
        permission not in ('read', 'create', 'comment', 'internal', 'restricted', 'export', 'erase') as changes
    from jsonb_to_recordset(p_grants) as g (type text, permission text, scope text)
  ) select jsonb_build_object(
      'read_all', coalesce(array_agg(type) filter (where permission = 'read' and scope = 'all'), '{}')::text,
      'read_team', coalesce(array_agg(type) filter (where permission = 'read' and scope = 'team'), '{}')::text,
      'read_own', coalesce(array_agg(type) filter (where permission = 'read' and scope = 'own'), '{}')::text,
      'change_all', coalesce(array_agg(distinct type) filter (where changes and scope = 'all'), '{}')::text,
      'change_team', coalesce(array_agg(distinct type) filter (where changes and scope = 'team'), '{}')::text,
      'change_own', coalesce(array_agg(distinct type) filter (where changes and scope = 'own'), '{}')::text,
      'create', coalesce(array_agg(distinct type) filter (where permission = 'create'), '{}')::text,
      'internal_all', coalesce(array_agg(type) filter (where permission = 'internal' and scope = 'all'), '{}')::text,
      'internal_team', coalesce(array_agg(type) filter (where permission = 'internal' and scope = 'team'), '{}')::text,
      'internal_own', coalesce(array_agg(type) filter (where permission = 'internal' and scope = 'own'), '{}')::text,
      'restricted_all', coalesce(array_agg(type) filter (where permission = 'restricted' and scope = 'all'), '{}')::text,
      'restricted_team', coalesce(array_agg(type) filter (where permission = 'restricted' and scope = 'team'), '{}')::text,
      'erase', coalesce(array_agg(type) filter (where permission = 'erase' and scope = 'all'), '{}')::text)
  from granted
$$;

-- What a person's roles give, kept where nobody else is keeping it just now.
create function grants_of(p_organisation uuid, p_person uuid, out grants jsonb, out lists jsonb)
language plpgsql security definer set search_path = reeve, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  held uuid[] := array(select distinct h.role from person_roles h
    where h.organisation_id = p_organisation and h.parent_id = p_person and h.removed_at is null order by h.role);
  mark_now bigint;
begin
  select m.mark, k.grants, k.lists into mark_now, grants, lists from (values (p_organisation)) as o (id)
    left join grants_marks m on m.organisation_id = o.id
    left join grants_kept k on k.organisation_id = o.id and k.roles = held and k.mark = coalesce(m.mark, 0);
  if lists is not null then return; end if;
  select coalesce(jsonb_agg(jsonb_build_object('type', type, 'permission', permission, 'scope', scope)), '[]') into grants from (
    select distinct t.name as type, g.permission, g.scope
    from records role
    join role_permissions g on g.organisation_id = role.organisation_id and g.parent_id = role.id and g.removed_at is null
    join record_types t on g.type = '*' or t.name = g.type
    -- A role that was withdrawn gives nothing.
    where role.organisation_id = p_organisation and role.id = any (held) and role.type = 'role' and role.closed_at is null
  ) as given;
  lists := grants_lists(grants);
  -- A proof or a backup only reads, and long work would keep others waiting: one at a time writes, the rest go without.
  if current_setting('transaction_isolation') = 'read committed' and current_setting('transaction_read_only') = 'off'
     and pg_try_advisory_xact_lock(hashtextextended('grants_kept ' || p_organisation || held::text, 0)) then
    insert into grants_kept values (p_organisation, held, coalesce(mark_now, 0), grants, lists)
      on conflict (organisation_id, roles) do update set mark = excluded.mark, grants = excluded.grants, lists = excluded.lists;
  end if;
end $$;

-- What somebody who stands in may do: what they may read themselves, and what was handed on.
create function grants_standing_in(p_organisation uuid, p_person uuid, p_for uuid, p_handed text[]) returns jsonb
language sql stable security definer set search_path = reeve, pg_temp as $$
  with roles as (
    select distinct h.parent_id as whose, t.name as type, t.work, t.waits_for, g.permission, g.scope
    from person_roles h
    join records role on role.organisation_id = h.organisation_id and role.id = h.role and role.type = 'role' and role.closed_at is null
    join role_permissions g on g.organisation_id = h.organisation_id and g.parent_id = h.role and g.removed_at is null
    join record_types t on g.type = '*' or t.name = g.type
    where h.organisation_id = p_organisation and h.parent_id = any (array[p_person, p_for]) and h.removed_at is null
  ), granted as (
    select distinct r.type, r.permission, r.scope from roles r
    where case
      when r.whose = p_person then not r.work and r.permission = 'read' and r.scope = 'all'
      else r.work and r.scope in ('team', 'all') and r.permission not in ('create', 'restricted', 'export', 'erase')
        and ('work' = any (p_handed) and r.permission <> all (r.waits_for)
             or 'decisions' = any (p_handed) and (r.permission = any (r.waits_for)
               or r.permission in ('read', 'internal', 'comment')
                  and exists (select 1 from roles d where d.whose = r.whose and d.type = r.type and d.permission = any (d.waits_for) and d.scope in ('team', 'all'))))
      end
  ) select coalesce(jsonb_agg(jsonb_build_object('type', type, 'permission', permission, 'scope', scope)), '[]') from granted
$$;
revoke execute on function mark_grants(uuid[]), grants_lists(jsonb), grants_of(uuid, uuid), grants_standing_in(uuid, uuid, uuid, text[]) from public;

create or replace function act_as(p_organisation uuid, p_person uuid, p_for uuid default null) returns jsonb
language plpgsql security definer set search_path = reeve, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  person_name text;
  absent jsonb;
  handed text[];
  teams uuid[];
  held jsonb;
  lists jsonb;
begin
  select r.title into person_name from records r join person p using (organisation_id, id)
    where r.organisation_id = p_organisation and r.id = p_person and p.active;
  if person_name is null then return null; end if;
  if p_for is not null then
    select a.kinds, jsonb_build_object('personId', r.id, 'name', r.title, 'until', a.until_day) into handed, absent
      from absences a join records r on r.organisation_id = a.organisation_id and r.id = a.person_id
      join person p on p.organisation_id = r.organisation_id and p.id = r.id and p.active
      where a.organisation_id = p_organisation and a.person_id = p_for and a.delegate_id = p_person and a.ended_at is null
        and london_today() between a.from_day and a.until_day;
    if absent is null then return null; end if;
  end if;
  select coalesce(array_agg(m.parent_id), '{}') into teams from team_members m
    where m.organisation_id = p_organisation and m.member = coalesce(p_for, p_person) and m.removed_at is null;
  perform set_config('reeve.organisation', p_organisation::text, true), set_config('reeve.person', p_person::text, true),
          set_config('reeve.for', coalesce(p_for::text, ''), true),
          set_config('reeve.teams', teams::text, true), set_config('reeve.held', '', true),
          -- Whoever stands in for somebody sees what is handed on, and nothing that names either of them.
          set_config('reeve.named', case when p_for is not null then '{}' else array(select l.from_id from links l
            where l.organisation_id = p_organisation and l.to_id = p_person and l.relation = 'seen_by' order by l.from_id desc limit 1000)::text end, true);
  if p_for is null then
    select g.grants, g.lists into held, lists from grants_of(p_organisation, p_person) as g;
  else
    held := grants_standing_in(p_organisation, p_person, p_for, handed);
    lists := grants_lists(held);
  end if;
  perform set_config('reeve.' || name, value, true) from jsonb_each_text(lists) as l (name, value);
  return jsonb_build_object('name', person_name, 'teams', to_jsonb(teams), 'grants', held)
    || case when absent is null then '{}' else jsonb_build_object('standsInFor', absent) end;
end $$;
