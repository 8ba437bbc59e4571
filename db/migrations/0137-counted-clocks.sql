-- Lists narrowed by how a clock that counts days went: in time (met), late (missed), still running, or stopped by the law (paused). The records of one
-- type that the current person may see; with days, only what was done on one of them. It spells out who sees what, as stopped_clocks() does, for a
-- policy that asks a function of each clock takes seconds for a year. What is not done yet is found from the open records, which have an index.
create function counted_clocks(p_type text, p_clock text, p_ways text[], p_from timestamptz, p_before timestamptz) returns setof uuid
language sql stable security definer rows 1000 set search_path = reeve, pg_temp as $$
  select r.id from (
      select c.record_id from clocks c
        where c.organisation_id = (select current_organisation()) and c.name = p_clock and c.state = 'stopped'
          and c.stopped_at >= coalesce(p_from, '-infinity') and c.stopped_at < coalesce(p_before, 'infinity')
          and (p_ways is null or c.outcome = any (p_ways)) and coalesce(p_ways && array['met', 'missed'], true)
      union all
      select c.record_id from records o join clocks c on c.organisation_id = o.organisation_id and c.record_id = o.id
        where o.organisation_id = (select current_organisation()) and o.type = p_type and o.closed_at is null
          and c.name = p_clock and c.state = any (p_ways) and c.state in ('running', 'paused') and p_from is null and p_before is null) found
    join records r on r.organisation_id = (select current_organisation()) and r.id = found.record_id
  where r.type = p_type
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person())
         or r.id = any ((select current_named())::uuid[]))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person())
                  or r.id = any ((select current_named())::uuid[]))))
$$;
revoke execute on function counted_clocks(text, text, text[], timestamptz, timestamptz) from public;
grant execute on function counted_clocks(text, text, text[], timestamptz, timestamptz) to reeve_app;
