-- The board of information rights counts in the days of each case's own calendar, and knows who stands in.

-- As in 0115-figures-of-requests.sql, but in days of a calendar, which comes as a number for each day from the first on: how many of its days there are
-- until then. What was answered after its day is late by one at least, also when none of the calendar's days passed between.
drop function answer_margins(text[], timestamptz);
create function answer_margins(p_types text[], p_from timestamptz, p_first date, p_numbers integer[])
returns table (type text, team_id uuid, days_before integer, many integer)
language sql stable security definer set search_path = reeve, pg_temp as $$
  select a.type, a.team_id,
    case when a.answered > a.due then least(a.due_number - a.answered_number, -1) else greatest(a.due_number - a.answered_number, 0) end,
    sum(a.many)::integer
  from (
    select d.type, d.team_id, d.due, d.answered, d.many,
      p_numbers[least(greatest(d.due - p_first + 1, 1), cardinality(p_numbers))] as due_number,
      p_numbers[least(greatest(d.answered - p_first + 1, 1), cardinality(p_numbers))] as answered_number
    from (
      select r.type, r.team_id, (c.due_at at time zone 'Europe/London' - interval '1 minute')::date as due,
        (c.stopped_at at time zone 'Europe/London')::date as answered, count(*) as many
      from clocks c join records r on r.organisation_id = c.organisation_id and r.id = c.record_id
      where c.organisation_id = (select current_organisation()) and c.name in ('answer', 'regulator') and c.state = 'stopped' and c.due_at is not null
        and c.stopped_at >= p_from and p_from >= now() - interval '1100 days'
        and r.type = any (p_types) and r.type = any ((select current_list('read_all'))::text[] || (select current_list('read_team'))::text[])
        and r.sensitivity = 'normal'
      group by 1, 2, 3, 4) d) a
  group by 1, 2, 3
$$;
revoke execute on function answer_margins(text[], timestamptz, date, integer[]) from public;
grant execute on function answer_margins(text[], timestamptz, date, integer[]) to reeve_app;

-- Who of these people is away on a day, until when, and who does their work meanwhile: nobody where only decisions were handed on, or whoever stands in is
-- away as well or works here no more. Of those whom the current person may see; who stands in is told only where they may see them.
create function people_stood_in_for(p_people uuid[], p_day date) returns table (person_id uuid, until_day date, stands_in uuid)
language sql stable security definer set search_path = reeve, pg_temp as $$
  select a.person_id, a.until_day,
    case when 'work' = any (a.kinds) and p.active and visible(a.organisation_id, a.delegate_id)
      and not exists (select 1 from absences o where o.organisation_id = a.organisation_id and o.person_id = a.delegate_id and o.ended_at is null
        and p_day between o.from_day and o.until_day) then a.delegate_id end
  from absences a join person p on p.organisation_id = a.organisation_id and p.id = a.delegate_id
  where a.organisation_id = current_organisation() and a.person_id = any (p_people) and a.ended_at is null
    and p_day between a.from_day and a.until_day and visible(a.organisation_id, a.person_id)
$$;
revoke execute on function people_stood_in_for(uuid[], date) from public;
grant execute on function people_stood_in_for(uuid[], date) to reeve_app;
