-- The words of all records and the days on which they were opened, in one index: of a word that is in very many records, the
-- newest are found without reading where all the others are. Millions of records take seconds, not minutes, to index again.
create function opened_day(p_at timestamptz) returns integer[]
  language sql immutable strict parallel safe
  return array[floor(extract(epoch from (p_at - timestamptz '1970-01-01 00:00:00+00')) / 86400)::integer];
revoke execute on function opened_day(timestamptz) from public;
grant execute on function opened_day(timestamptz) to reeve_app;

create index records_search_days on records using gin (search, opened_day(opened_at)) with (fastupdate = on, gin_pending_list_limit = 1024);
drop index records_search;
alter index records_search_days rename to records_search;
-- How often a day stands in it is known only once the table was looked through.
analyze records;

-- The newest matches, by whole days; whether somebody reads what is said inside is asked before the words are looked at again.
CREATE OR REPLACE FUNCTION matching_since(p_query tsquery, p_types text[], p_since timestamp with time zone, p_most integer)
 RETURNS TABLE(id uuid, type text, opened_at timestamp with time zone, rank real)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'reeve', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_custom_plan'
 SET work_mem TO '64MB'
 SET max_parallel_workers_per_gather TO 0
AS $$
declare
  organisation uuid := current_organisation();
  -- A record may say of itself that it was opened after today.
  latest timestamptz := greatest(now(), (select max(r.opened_at) from records r where r.organisation_id = current_organisation()));
  days integer[] := case when p_since > '-infinity'
    then array(select generate_series((opened_day(p_since))[1], (opened_day(latest))[1])) end;
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
  -- Only the newest are ranked, however many were opened on a day: ranking reads the words of each.
  return query select newest.id, newest.type, newest.opened_at, ts_rank(newest.words, p_query) from (
    select r.id, r.type, r.opened_at,
      case when r.search_public is null or (r.type = any (internal_all) or (r.type = any (internal_team) and r.team_id = any (teams))
        or (r.type = any (internal_own) and (r.owner_id = person or r.requester_id = person or r.created_by = person or r.id = person))) then r.search else r.search_public end as words
    from records r
    where r.organisation_id = organisation and r.type = any (p_types)
      and (days is null or opened_day(r.opened_at) && days) and r.search @@ p_query
      and (r.search_public is null or r.type = any (internal_all) or (r.type = any (internal_team) and r.team_id = any (teams))
        or (r.type = any (internal_own) and (r.owner_id = person or r.requester_id = person or r.created_by = person or r.id = person))
        or r.search_public @@ p_query)
      and (r.sensitivity = 'normal' or r.type = any (restricted_all) or (r.type = any (restricted_team) and r.team_id = any (teams)) or r.owner_id = person or r.requester_id = person or r.created_by = person or r.id = any (named))
      and (r.type = any (read_all) or (r.type = any (read_team) and r.team_id = any (teams))
           or (r.type = any (read_own) and (r.owner_id = person or r.requester_id = person or r.created_by = person or r.id = person or r.id = any (named))))
    order by r.opened_at desc limit p_most) newest order by newest.opened_at desc;
end $$;

-- The moment since which this share of the records was opened, to within a part of the hundredths that are known.
create or replace function newest_since(p_share double precision) returns timestamptz
  language sql stable security definer set search_path = reeve, pg_temp as $$
  select coalesce((
    select bounds[floor(place)::integer + 1]
        + (bounds[floor(place)::integer + 2] - bounds[floor(place)::integer + 1]) * (place - floor(place))
    from (select bounds, (1 - p_share) * (cardinality(bounds) - 1) as place
          from (select histogram_bounds::text::timestamptz[] as bounds from pg_stats
                where schemaname = 'reeve' and tablename = 'records' and attname = 'opened_at') s) placed
    where p_share > 0 and p_share < 1), '-infinity')
$$;
