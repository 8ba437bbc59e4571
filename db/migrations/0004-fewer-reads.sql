-- What every request asks first and what a search asks, in fewer steps.

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

-- The records that match and that the person may see, p_most at the most. Where more than 5,000 are expected it looks back
-- only as far as some 1,100 of them lie, and further where the person may see few of those; `complete` says whether it
-- looked at all.
create or replace function matching_records(p_query text, p_type text, p_most integer)
returns table (id uuid, type text, opened_at timestamptz, rank real, complete boolean)
language plpgsql volatile security definer set search_path = reeve, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  query tsquery := websearch_to_tsquery('english', p_query);
  wide text[] := array(select t.name from record_types t
    where (t.name = any (current_list('read_all')) or t.name = any (current_list('read_team'))) and (p_type is null or t.name = p_type));
  narrow text[] := array(select t.name from record_types t
    where t.name = any (current_list('read_own')) and t.name <> all (wide) and (p_type is null or t.name = p_type));
  share double precision;
  since timestamptz;
  ids uuid[];
  types text[];
  moments timestamptz[];
  ranks real[];
begin
  if current_organisation() is null or numnode(query) = 0 then return; end if;
  if narrow <> '{}' then
    return query select o.id, o.type, o.opened_at, o.rank, true from matching_own(query, narrow, p_most) o;
  end if;
  if wide = '{}' then return; end if;
  share := 1100.0 / greatest(1, expected_matches(query, wide));
  while share < 0.22 loop
    since := newest_since(share);
    exit when since = '-infinity';
    select array_agg(m.id), array_agg(m.type), array_agg(m.opened_at), array_agg(m.rank) into ids, types, moments, ranks
      from matching_since(query, wide, since, least(p_most, 1000)) m;
    if cardinality(ids) >= 100 then
      return query select f.id, f.type, f.opened_at, f.rank, false from unnest(ids, types, moments, ranks) as f (id, type, opened_at, rank);
      return;
    end if;
    -- Whoever may see few of those that match sees a page of them and more.
    share := share * 8;
  end loop;
  return query select m.id, m.type, m.opened_at, m.rank, true from matching_since(query, wide, '-infinity', least(p_most, 10000)) m;
end $$;

-- One page of what was found, best first, with how many there are of each type.
create or replace function search_records(p_query text, p_type text, p_limit integer, p_offset integer) returns jsonb
language plpgsql volatile security definer set search_path = reeve, pg_temp as $$
declare
  query tsquery := websearch_to_tsquery('english', p_query);
  answer jsonb;
begin
  with matched as materialized (
    select * from matching_records(p_query, null, 10000)
  ), page as materialized (
    select m.id, row_number() over (order by m.rank desc, m.opened_at desc, m.id) as place from matched m
    where p_type is null or m.type = p_type order by m.rank desc, m.opened_at desc, m.id limit least(p_limit, 200) offset p_offset
  ), by_type as (select type, count(*) as many, bool_and(complete) as complete from matched group by type)
  select jsonb_build_object(
    'found', coalesce((select jsonb_agg(jsonb_build_object('id', r.id, 'type', r.type, 'reference', r.reference, 'title', r.title, 'state', r.state,
        'updatedAt', to_char(r.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'marked', ts_headline('english', r.title, query, E'HighlightAll=true, StartSel=\uE000, StopSel=\uE001')) order by page.place)
        from page join records r on r.organisation_id = current_organisation() and r.id = page.id), '[]'),
    'matches', coalesce((select sum(many) from by_type), 0),
    'newestOnly', coalesce((select not bool_and(complete) or sum(many) >= 10000 from by_type), false),
    'byType', coalesce((select jsonb_object_agg(type, many) from by_type), '{}'))
  into answer;
  return answer;
end $$;

-- What was written lately is read through at every search until it is tidied into the index, so that must stay short.
alter index records_search set (gin_pending_list_limit = 1024);

-- The words of a record's comments to one audience. The parser takes what stands in angle brackets for a tag of HTML and
-- leaves it out, so they count as spaces here as where the words come from the product.
create or replace function said_words(p_record uuid, p_audience text) returns tsvector
language sql stable security definer set search_path = reeve, public, pg_temp as $$
  select setweight(to_tsvector('english', translate(coalesce(string_agg(b.body ->> 'text', E'\n'), ''), '<>', '  ')), 'C')
  from events e join event_bodies b using (organisation_id, record_id, sequence)
  where e.organisation_id = current_organisation() and e.record_id = p_record and e.audience = p_audience and b.body ? 'text'
$$;

-- What was closed lately, for lists of closed records.
create index records_closed on records (organisation_id, type, closed_at, id) where closed_at is not null;
