-- Warnings of clocks, reminders of pauses, and whose turn it is to be given work.

-- When a clock is next to be looked at for a warning. What writes a clock and does not say so is looked at within a minute.
alter table clocks add column next_warning_at timestamptz not null default '-infinity';
comment on column clocks.next_warning_at is 'Not after the next moment of which somebody is to be warned; infinity where there is none';
create index clocks_to_warn on clocks (organisation_id, next_warning_at) where state = 'running' and next_warning_at < 'infinity';

-- Writes what clocks of these records, and of no others, say: see 0042. New: when each is next to be looked at for a warning, which
-- whoever warns moves on, and which alone is no reason to write a clock again.
create or replace function put_clocks(p_clocks jsonb, p_records uuid[]) returns void
language plpgsql set search_path = reeve, public, pg_temp as $$
begin
  insert into clocks as c (organisation_id, record_id, name, state, started_at, due_at, stopped_at, outcome, target_minutes, elapsed_minutes, paused_minutes,
      met_only_by_pause, policy_version, calendar_version, next_warning_at)
    select current_organisation(), n.record_id, n.name, n.state, n.started_at, n.due_at, n.stopped_at, n.outcome, n.target_minutes, n.elapsed_minutes,
        n.paused_minutes, n.met_only_by_pause, n.policy_version, n.calendar_version, coalesce(n.next_warning_at, '-infinity')
      from jsonb_to_recordset(p_clocks) as n (record_id uuid, name text, state text, started_at timestamptz,
        due_at timestamptz, stopped_at timestamptz, outcome text, target_minutes integer, elapsed_minutes integer, paused_minutes integer,
        met_only_by_pause boolean, policy_version text, calendar_version text, next_warning_at timestamptz) where n.record_id = any (p_records)
    on conflict (organisation_id, record_id, name) do update set state = excluded.state, started_at = excluded.started_at, due_at = excluded.due_at,
      stopped_at = excluded.stopped_at, outcome = excluded.outcome, target_minutes = excluded.target_minutes, elapsed_minutes = excluded.elapsed_minutes,
      paused_minutes = excluded.paused_minutes, met_only_by_pause = excluded.met_only_by_pause, policy_version = excluded.policy_version,
      calendar_version = excluded.calendar_version, next_warning_at = excluded.next_warning_at
      where (c.state, c.started_at, c.due_at, c.stopped_at, c.outcome, c.target_minutes, c.elapsed_minutes, c.paused_minutes, c.met_only_by_pause,
          c.policy_version, c.calendar_version)
        is distinct from (excluded.state, excluded.started_at, excluded.due_at, excluded.stopped_at, excluded.outcome, excluded.target_minutes,
          excluded.elapsed_minutes, excluded.paused_minutes, excluded.met_only_by_pause, excluded.policy_version, excluded.calendar_version);
end $$;

-- What was warned of: each part of the time of a clock once, whatever becomes of its deadline.
create table clock_warnings (
  organisation_id uuid not null,
  record_id uuid not null,
  clock text not null,
  percent smallint not null check (percent between 1 and 100),
  reached_at timestamptz not null,
  noted_at timestamptz not null default now(),
  primary key (organisation_id, record_id, clock, percent),
  foreign key (organisation_id, record_id) references records
);
comment on column clock_warnings.reached_at is 'When so much of its time had gone, by the deadline that it then had';
alter table clock_warnings enable row level security;
-- Only the product writes it, as the owner of the database.
create policy clock_warnings_read on clock_warnings for select to reeve_app
  using (organisation_id = (select current_organisation()) and visible(organisation_id, record_id));
grant select on clock_warnings to reeve_app;

-- Which pauses were asked after: each step of each review once.
create table pause_chases (
  organisation_id uuid not null,
  record_id uuid not null,
  review_on date not null,
  step smallint not null check (step between 1 and 2),
  made_at timestamptz not null default now(),
  primary key (organisation_id, record_id, review_on, step),
  foreign key (organisation_id, record_id) references records
);
comment on column pause_chases.step is '1: whoever has it was told. 2: whoever is waited for was asked';
alter table pause_chases enable row level security;
create policy pause_chases_read on pause_chases for select to reeve_app
  using (organisation_id = (select current_organisation()) and visible(organisation_id, record_id));
-- By the product alone: nobody acts.
create policy pause_chases_add on pause_chases for insert to reeve_app
  with check (organisation_id = (select current_organisation()) and (select current_person()) is null);
grant select, insert on pause_chases to reeve_app;

-- Whose turn it was last, by queue: whoever went longest without comes next.
create table assignment_turns (
  organisation_id uuid not null,
  queue_id uuid not null,
  person_id uuid not null,
  turn bigint not null,
  primary key (organisation_id, queue_id, person_id),
  foreign key (organisation_id, queue_id) references records,
  foreign key (organisation_id, person_id) references records
);
alter table assignment_turns enable row level security;
grant select on assignment_turns to reeve_app;
create policy assignment_turns_read on assignment_turns for select to reeve_app
  using (organisation_id = (select current_organisation()) and visible(organisation_id, queue_id));

-- Takes the turn of a queue until the transaction ends, so that two at once follow one another.
create function hold_turns(p_queue uuid) returns void
language sql security definer set search_path = reeve, pg_temp as $$
  select pg_advisory_xact_lock(hashtextextended('assignment ' || current_organisation()::text || ' ' || p_queue::text, 0))
$$;
revoke execute on function hold_turns(uuid) from public;
grant execute on function hold_turns(uuid) to reeve_app;

-- Says that somebody of a queue's team had their turn. For whoever may change tickets, and the product.
create function note_turn(p_queue uuid, p_person uuid) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if current_organisation() is null
     or not ('ticket' = any (current_list('change_all') || current_list('change_team') || current_list('change_own')))
     or not exists (select 1 from records q join team_members m on m.organisation_id = q.organisation_id and m.parent_id = q.team_id
                    where q.organisation_id = current_organisation() and q.id = p_queue and q.type = 'queue'
                      and m.member = p_person and m.removed_at is null) then
    raise exception 'note_turn: not allowed' using errcode = 'insufficient_privilege';
  end if;
  insert into assignment_turns (organisation_id, queue_id, person_id, turn)
    select current_organisation(), p_queue, p_person, coalesce(max(turn), 0) + 1 from assignment_turns
      where organisation_id = current_organisation() and queue_id = p_queue
    on conflict (organisation_id, queue_id, person_id) do update set turn = excluded.turn;
end $$;
revoke execute on function note_turn(uuid, uuid) from public;
grant execute on function note_turn(uuid, uuid) to reeve_app;

-- Who of these people is away on a day and until when, of those whom the current person may see; for the product, of all.
create function people_away(p_people uuid[], p_day date) returns table (person_id uuid, until_day date)
language sql stable security definer set search_path = reeve, pg_temp as $$
  select a.person_id, max(a.until_day) from absences a
  where a.organisation_id = current_organisation() and a.person_id = any (p_people) and a.ended_at is null
    and p_day between a.from_day and a.until_day and visible(a.organisation_id, a.person_id)
  group by a.person_id
$$;
revoke execute on function people_away(uuid[], date) from public;
grant execute on function people_away(uuid[], date) to reeve_app;

-- Tickets that wait, by the day on which they are looked at again: few at any time, so that it costs those that do not nothing.
create index ticket_waits_until on ticket (review_on) where review_on is not null;

-- The shifts of a team that is to be seen, from a moment until another: whose, of which kind, from when until when.
create function team_shifts(p_team uuid, p_from timestamptz, p_until timestamptz)
returns table (id uuid, person_id uuid, kind text, starts_at timestamptz, ends_at timestamptz)
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
#variable_conflict use_column
begin
  if not visible(current_organisation(), p_team) then return; end if;
  return query select s.id, s.person, s.kind, s.starts_at, s.ends_at from shift s join records r using (organisation_id, id)
    where s.organisation_id = current_organisation() and r.team_id = p_team and r.closed_at is null
      and s.starts_at < p_until and s.ends_at > p_from and s.starts_at > p_from - interval '8 days'
    order by s.starts_at limit 2000;
end $$;
revoke execute on function team_shifts(uuid, timestamptz, timestamptz) from public;
grant execute on function team_shifts(uuid, timestamptz, timestamptz) to reeve_app;
