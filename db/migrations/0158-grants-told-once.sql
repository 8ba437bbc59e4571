-- What somebody's roles give is a hundred kilobytes for whoever may do much, and was told before everything that they do.
-- It is told once: whoever asks says by its digest what they were told before, and hears the rest only where that changed.

delete from grants_kept;
alter table grants_kept add column digest text not null;

create function grants_digest(p_grants jsonb) returns text language sql immutable as $$
  select encode(sha256(convert_to(p_grants::text, 'UTF8')), 'hex')
$$;

drop function grants_of(uuid, uuid);

-- What a person's roles give, kept where nobody else is keeping it just now. Without the grants where they are what is known.
create function grants_of(p_organisation uuid, p_person uuid, p_known text, out grants jsonb, out lists jsonb, out digest text)
language plpgsql security definer set search_path = reeve, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  held uuid[] := array(select distinct h.role from person_roles h
    where h.organisation_id = p_organisation and h.parent_id = p_person and h.removed_at is null order by h.role);
  mark_now bigint;
begin
  select m.mark, case when k.digest is distinct from p_known then k.grants end, k.lists, k.digest into mark_now, grants, lists, digest
    from (values (p_organisation)) as o (id)
    left join grants_marks m on m.organisation_id = o.id
    left join grants_kept k on k.organisation_id = o.id and k.roles = held and k.mark = coalesce(m.mark, 0);
  if lists is not null then return; end if;
  select coalesce(jsonb_agg(jsonb_build_object('type', type, 'permission', permission, 'scope', scope) order by type, permission, scope), '[]')
    into grants from (
    select distinct t.name as type, g.permission, g.scope
    from records role
    join role_permissions g on g.organisation_id = role.organisation_id and g.parent_id = role.id and g.removed_at is null
    join record_types t on g.type = '*' or t.name = g.type
    -- A role that was withdrawn gives nothing.
    where role.organisation_id = p_organisation and role.id = any (held) and role.type = 'role' and role.closed_at is null
  ) as given;
  lists := grants_lists(grants);
  digest := grants_digest(grants);
  -- A proof or a backup only reads, and long work would keep others waiting: one at a time writes, the rest go without.
  if current_setting('transaction_isolation') = 'read committed' and current_setting('transaction_read_only') = 'off'
     and pg_try_advisory_xact_lock(hashtextextended('grants_kept ' || p_organisation || held::text, 0)) then
    insert into grants_kept values (p_organisation, held, coalesce(mark_now, 0), grants, lists, digest)
      on conflict (organisation_id, roles) do update
        set mark = excluded.mark, grants = excluded.grants, lists = excluded.lists, digest = excluded.digest;
  end if;
  if digest is not distinct from p_known then grants := null; end if;
end $$;

revoke execute on function grants_digest(jsonb), grants_of(uuid, uuid, text) from public;

drop function act_as(uuid, uuid, uuid);

-- Who acts, and what they may do: under "grants", but where these are what is known by that digest.
create function act_as(p_organisation uuid, p_person uuid, p_for uuid default null, p_known text default null) returns jsonb
language plpgsql security definer set search_path = reeve, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  person_name text;
  absent jsonb;
  handed text[];
  teams uuid[];
  held jsonb;
  held_digest text;
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
    select g.grants, g.lists, g.digest into held, lists, held_digest from grants_of(p_organisation, p_person, p_known) as g;
  else
    held := grants_standing_in(p_organisation, p_person, p_for, handed);
    lists := grants_lists(held);
    held_digest := grants_digest(held);
    if held_digest = p_known then held := null; end if;
  end if;
  perform set_config('reeve.' || name, value, true) from jsonb_each_text(lists) as l (name, value);
  return jsonb_build_object('name', person_name, 'teams', to_jsonb(teams), 'digest', held_digest)
    || case when held is null then '{}' else jsonb_build_object('grants', held) end
    || case when absent is null then '{}' else jsonb_build_object('standsInFor', absent) end;
end $$;
revoke execute on function act_as(uuid, uuid, uuid, text) from public;
grant execute on function act_as(uuid, uuid, uuid, text) to reeve_app;
