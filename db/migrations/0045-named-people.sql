-- Records that name who may see them, and what is done to them without a version: steps ticked off and time spent.

-- One more way in which a record is joined: to a person who may see it, though it is restricted and nobody else's to read.
create or replace function record_relations() returns text[] language sql immutable
return array['relates_to', 'depends_on', 'made_of', 'caused_by', 'duplicate_of', 'follows_from', 'seen_by'];

-- The records on which the current person is named, as act_as() read them.
create function current_named() returns uuid[] language sql stable
return (coalesce(nullif(current_setting('reeve.named', true), ''), '{}'))::uuid[];
revoke execute on function current_named() from public;
grant execute on function current_named() to reeve_app;

-- Who is named on a record is for those who may change that record, not for those who may change the person.
create or replace function must_be_joinable(p_from uuid, p_relation text, p_to uuid) returns void
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  if p_relation is null or p_relation <> all (record_relations()) or p_from = p_to
     or not visible(current_organisation(), p_from) or not visible(current_organisation(), p_to)
     or not (changeable(current_organisation(), p_from) or p_relation <> 'seen_by' and changeable(current_organisation(), p_to))
     or p_relation = 'seen_by' and not exists (
       select 1 from records r where r.organisation_id = current_organisation() and r.id = p_to and r.type = 'person') then
    raise exception 'link_records: no such records' using errcode = 'insufficient_privilege';
  end if;
end $$;

create or replace function act_as(p_organisation uuid, p_person uuid, p_for uuid DEFAULT NULL::uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'reeve', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  person_name text;
  absent jsonb;
  handed text[];
  teams uuid[];
  held jsonb;
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
  with roles as (
    select distinct h.parent_id as whose, t.name as type, t.work, t.waits_for, g.permission, g.scope
    from person_roles h
    -- A role that was withdrawn gives nothing.
    join records role on role.organisation_id = h.organisation_id and role.id = h.role and role.type = 'role' and role.closed_at is null
    join role_permissions g on g.organisation_id = h.organisation_id and g.parent_id = h.role and g.removed_at is null
    join record_types t on g.type = '*' or t.name = g.type
    where h.organisation_id = p_organisation and h.parent_id = any (array[p_person, p_for]) and h.removed_at is null
  ), granted as (
    select distinct r.type, r.permission, r.scope,
        r.permission not in ('read', 'create', 'comment', 'internal', 'restricted', 'export', 'erase') as changes
    from roles r
    where case
      when p_for is null then true
      when r.whose = p_person then not r.work and r.permission = 'read' and r.scope = 'all'
      else r.work and r.scope in ('team', 'all') and r.permission not in ('create', 'restricted', 'export', 'erase')
        and ('work' = any (handed) and r.permission <> all (r.waits_for)
             or 'decisions' = any (handed) and (r.permission = any (r.waits_for)
               or r.permission in ('read', 'internal', 'comment')
                  and exists (select 1 from roles d where d.whose = r.whose and d.type = r.type and d.permission = any (d.waits_for) and d.scope in ('team', 'all'))))
      end
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
  return jsonb_build_object('name', person_name, 'teams', to_jsonb(teams), 'grants', coalesce(held, '[]'))
    || case when absent is null then '{}' else jsonb_build_object('standsInFor', absent) end;
end $function$;

create or replace function act_as_system(p_organisation uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'reeve', 'pg_temp'
AS $function$
declare
  every text := (select array_agg(name)::text from record_types);
begin
  perform set_config('reeve.organisation', p_organisation::text, true), set_config('reeve.person', '', true), set_config('reeve.teams', '{}', true),
          set_config('reeve.held', '', true), set_config('reeve.named', '{}', true);
  perform set_config('reeve.' || name, every, true) from unnest(array['read_all', 'change_all', 'create', 'internal_all', 'restricted_all', 'erase']) as name;
  perform set_config('reeve.' || name, '{}', true)
    from unnest(array['read_team', 'read_own', 'change_team', 'change_own', 'internal_team', 'internal_own', 'restricted_team']) as name;
end $function$;

create or replace function visible(p_organisation uuid, p_record uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'reeve', 'pg_temp'
AS $function$
  select exists (
    select 1 from records
    where organisation_id = p_organisation and id = p_record
      and organisation_id = current_organisation()
      and (id = current_held()
           or (sensitivity = 'normal' or type = any (current_list('restricted_all'))
               or (type = any (current_list('restricted_team')) and team_id = any (current_teams()))
               or owner_id = current_person() or requester_id = current_person() or created_by = current_person()
               or id = any (current_named()))
          and (type = any (current_list('read_all'))
               or (type = any (current_list('read_team')) and team_id = any (current_teams()))
               or (type = any (current_list('read_own'))
                   and (owner_id = current_person() or requester_id = current_person()
                        or created_by = current_person() or id = current_person() or id = any (current_named())))))
  )
$function$;

create or replace function changeable(p_organisation uuid, p_record uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'reeve', 'pg_temp'
AS $function$
  select exists (
    select 1 from records
    where organisation_id = p_organisation and id = p_record
      and organisation_id = current_organisation()
      and (id = current_held()
           or (sensitivity = 'normal' or type = any (current_list('restricted_all'))
               or (type = any (current_list('restricted_team')) and team_id = any (current_teams()))
               or owner_id = current_person() or requester_id = current_person() or created_by = current_person()
               or id = any (current_named()))
          and (type = any (current_list('change_all'))
               or (type = any (current_list('change_team')) and team_id = any (current_teams()))
               or (type = any (current_list('change_own'))
                   and (owner_id = current_person() or requester_id = current_person()
                        or created_by = current_person() or id = current_person()))
               -- Made in this very transaction: its fields and lines follow the row.
               or (type = any (current_list('create')) and event_count = 0 and created_by is not distinct from current_person()
                   and records.xmin::text::bigint = (pg_current_xact_id()::text::bigint & 4294967295))))
  )
$function$;

create or replace function matching_own(p_query tsquery, p_types text[], p_most integer)
 RETURNS TABLE(id uuid, type text, opened_at timestamp with time zone, rank real)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'reeve', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
declare
  organisation uuid := current_organisation();
  person uuid := current_person();
  inside text[] := current_list('internal_all') || current_list('internal_own');
  internal_team text[] := current_list('internal_team');
  restricted_all text[] := current_list('restricted_all');
  restricted_team text[] := current_list('restricted_team');
  teams uuid[] := current_teams();
  own uuid[] := array(
    select r.id from records r where r.organisation_id = organisation and r.requester_id = person union
    select r.id from records r where r.organisation_id = organisation and r.owner_id = person union
    select r.id from records r where r.organisation_id = organisation and r.created_by = person union
    select unnest(current_named()) union
    select person);
begin
  return query select m.id, m.type, m.opened_at, ts_rank(m.words, p_query)
    from (select r.id, r.type, r.opened_at, case when r.type = any (inside) or (r.type = any (internal_team) and r.team_id = any (teams))
            then r.search else coalesce(r.search_public, r.search) end as words
          from records r where r.organisation_id = organisation and r.id = any (own) and r.type = any (p_types)
            and (r.sensitivity = 'normal' or r.type = any (restricted_all) or (r.type = any (restricted_team) and r.team_id = any (teams))
                 or r.owner_id = person or r.requester_id = person or r.created_by = person or r.id = any (current_named())) offset 0) m
    where m.words @@ p_query order by m.opened_at desc limit p_most;
end $function$;

create or replace function matching_since(p_query tsquery, p_types text[], p_since timestamp with time zone, p_most integer)
 RETURNS TABLE(id uuid, type text, opened_at timestamp with time zone, rank real)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'reeve', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_custom_plan'
 SET work_mem TO '64MB'
AS $function$
declare
  organisation uuid := current_organisation();
  person uuid := current_person();
  teams uuid[] := current_teams();
  named uuid[] := current_named();
  restricted_all text[] := current_list('restricted_all');
  restricted_team text[] := current_list('restricted_team');
  read_all text[] := current_list('read_all');
  read_team text[] := current_list('read_team');
  read_own text[] := current_list('read_own');
  internal_all text[] := current_list('internal_all');
  internal_team text[] := current_list('internal_team');
  internal_own text[] := current_list('internal_own');
begin
  return query select r.id, r.type, r.opened_at,
      ts_rank(case when r.search_public is null or (r.type = any (internal_all) or (r.type = any (internal_team) and r.team_id = any (teams))
        or (r.type = any (internal_own) and (r.owner_id = person or r.requester_id = person or r.created_by = person or r.id = person))) then r.search else r.search_public end, p_query)
    from records r
    where r.organisation_id = organisation and r.type = any (p_types)
      and (p_since = '-infinity' or r.opened_at >= p_since) and r.search @@ p_query
      and (r.search_public is null or r.search_public @@ p_query or (r.type = any (internal_all) or (r.type = any (internal_team) and r.team_id = any (teams))
        or (r.type = any (internal_own) and (r.owner_id = person or r.requester_id = person or r.created_by = person or r.id = person))))
      and (r.sensitivity = 'normal' or r.type = any (restricted_all) or (r.type = any (restricted_team) and r.team_id = any (teams)) or r.owner_id = person or r.requester_id = person or r.created_by = person or r.id = any (named))
      and (r.type = any (read_all) or (r.type = any (read_team) and r.team_id = any (teams))
           or (r.type = any (read_own) and (r.owner_id = person or r.requester_id = person or r.created_by = person or r.id = person or r.id = any (named))))
    order by r.opened_at desc limit p_most;
end $function$;

create or replace function reached_records(p_record uuid, p_relations text[], p_back boolean, p_steps integer, p_most integer)
 RETURNS TABLE(step integer, via uuid, relation text, id uuid)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'reeve', 'pg_temp'
AS $function$
declare
  known uuid[] := array[p_record];
  edge uuid[] := array[p_record];
  next_edge uuid[];
  looked integer := 0;
  seen boolean;
begin
  if not visible(current_organisation(), p_record) then return; end if;
  for n in 1..least(p_steps, 10) loop
    next_edge := '{}';
    for step, via, relation, id, seen in
      select n, e.id, l.relation, r.id,
        (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
          or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
          or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()) or r.id = any ((select current_named())::uuid[]))
        and (r.type = any ((select current_list('read_all'))::text[])
          or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
          or (r.type = any ((select current_list('read_own'))::text[])
              and (r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()) or r.id = (select current_person()) or r.id = any ((select current_named())::uuid[]))))
      from unnest(edge) as e (id)
      cross join lateral (
        select k.relation, k.from_id as id from links k where p_back and k.organisation_id = (select current_organisation())
          and k.to_id = e.id and k.relation = any (p_relations)
        union all
        select k.relation, k.to_id from links k where not p_back and k.organisation_id = (select current_organisation())
          and k.from_id = e.id and k.relation = any (p_relations)) l
      join records r on r.organisation_id = (select current_organisation()) and r.id = l.id
    loop
      looked := looked + 1;
      if looked > 50000 then return; end if;
      continue when seen is not true or id = any (known);
      return next;
      known := known || id;
      next_edge := next_edge || id;
      if cardinality(known) > p_most then return; end if;
    end loop;
    edge := next_edge;
    exit when cardinality(edge) = 0;
  end loop;
end $function$;

create or replace function stopped_clocks(p_type text, p_clock text, p_from timestamp with time zone, p_before timestamp with time zone, p_after text[])
 RETURNS TABLE(clock_of uuid, stopped_at timestamp with time zone, elapsed_minutes integer, outcome text, only_by_pause boolean, made_after boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER ROWS 10000
 SET search_path TO 'reeve', 'pg_temp'
AS $function$
  select r.id, c.stopped_at, c.elapsed_minutes, c.outcome, c.met_only_by_pause,
    case when p_after is not null then r.event_count >= 4 and exists (select 1 from event_bodies b
      where b.organisation_id = r.organisation_id and b.record_id = r.id and b.body ->> 'move' = any (p_after)) end
  from clocks c join records r on r.organisation_id = c.organisation_id and r.id = c.record_id
  where c.organisation_id = (select current_organisation()) and c.name = p_clock and c.state = 'stopped'
    and c.stopped_at >= p_from and c.stopped_at < coalesce(p_before, 'infinity') and p_from >= coalesce(p_before, now()) - interval '3702 days'
    and r.organisation_id = (select current_organisation()) and r.type = p_type
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()) or r.id = any ((select current_named())::uuid[]))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()) or r.id = (select current_person()) or r.id = any ((select current_named())::uuid[]))))
$function$;

-- The policies, in the same words as visible() and changeable().
alter policy records_read on records using (
  organisation_id = (select current_organisation())
    and (sensitivity = 'normal' or type = any ((select current_list('restricted_all'))::text[])
         or (type = any ((select current_list('restricted_team'))::text[]) and team_id = any ((select current_teams())::uuid[]))
         or owner_id = (select current_person()) or requester_id = (select current_person()) or created_by = (select current_person())
         or id = any ((select current_named())::uuid[]))
    and (type = any ((select current_list('read_all'))::text[])
         or (type = any ((select current_list('read_team'))::text[]) and team_id = any ((select current_teams())::uuid[]))
         or (type = any ((select current_list('read_own'))::text[])
             and (owner_id = (select current_person()) or requester_id = (select current_person())
                  or created_by = (select current_person()) or id = (select current_person())
                  or id = any ((select current_named())::uuid[])))));
alter policy records_change on records using (
  organisation_id = (select current_organisation())
    and (sensitivity = 'normal' or type = any ((select current_list('restricted_all'))::text[])
         or (type = any ((select current_list('restricted_team'))::text[]) and team_id = any ((select current_teams())::uuid[]))
         or owner_id = (select current_person()) or requester_id = (select current_person()) or created_by = (select current_person())
         or id = any ((select current_named())::uuid[]))
    and (type = any ((select current_list('change_all'))::text[])
         or (type = any ((select current_list('change_team'))::text[]) and team_id = any ((select current_teams())::uuid[]))
         or (type = any ((select current_list('change_own'))::text[])
             and (owner_id = (select current_person()) or requester_id = (select current_person())
                  or created_by = (select current_person()) or id = (select current_person())))));

-- Steps of a checklist that were ticked off on a record. Ticking needs no version, and taking a tick back leaves nothing behind.
create table ticks (
  organisation_id uuid not null,
  record_id uuid not null,
  step_id uuid not null,
  ticked_by uuid not null,
  ticked_at timestamptz not null default now(),
  primary key (organisation_id, record_id, step_id),
  foreign key (organisation_id, record_id) references records,
  foreign key (organisation_id, ticked_by) references records
);
comment on column ticks.step_id is 'The line of the checklist, wherever that is kept';
create index ticks_by on ticks (organisation_id, ticked_by);
alter table ticks enable row level security;
create policy ticks_read on ticks for select to reeve_app using (visible(organisation_id, record_id));
create policy ticks_make on ticks for insert to reeve_app
  with check (organisation_id = (select current_organisation()) and ticked_by = (select current_person()) and changeable(organisation_id, record_id));
create policy ticks_take on ticks for delete to reeve_app using (changeable(organisation_id, record_id));
grant select, insert, delete on ticks to reeve_app;

-- Time that somebody spent on a record. One line for each time that they say so; what is wrong is taken back by whoever said it.
create table time_spent (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  record_id uuid not null,
  person_id uuid not null,
  minutes integer not null check (minutes between 1 and 1440),
  spent_on date not null,
  primary key (organisation_id, id),
  foreign key (organisation_id, record_id) references records,
  foreign key (organisation_id, person_id) references records
);
create index time_spent_record on time_spent (organisation_id, record_id, spent_on);
create index time_spent_person on time_spent (organisation_id, person_id);
alter table time_spent enable row level security;
create policy time_spent_read on time_spent for select to reeve_app
  using (organisation_id = (select current_organisation()) and reads_internal(organisation_id, record_id));
create policy time_spent_make on time_spent for insert to reeve_app
  with check (organisation_id = (select current_organisation()) and person_id = (select current_person()) and changeable(organisation_id, record_id));
create policy time_spent_take on time_spent for delete to reeve_app
  using (organisation_id = (select current_organisation()) and person_id = (select current_person()) and changeable(organisation_id, record_id));
grant select, insert, delete on time_spent to reeve_app;
