-- A comment says to the clocks for whom it was written, where it was for somebody who is away: what their stand-in says is theirs.
create or replace function record_facts(p_record uuid) returns jsonb
language sql stable security definer set search_path = reeve, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object('at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'verb', e.verb,
           'actor', e.actor_id, 'audience', e.audience, 'body', case when e.verb <> 'commented' then b.body
             when b.body ? 'for' then jsonb_build_object('for', b.body -> 'for') end) order by e.sequence), '[]')
  from events e join event_bodies b using (organisation_id, record_id, sequence)
  where e.organisation_id = current_organisation() and e.record_id = p_record and visible(e.organisation_id, e.record_id)
$$;

-- Clocks that this version reads otherwise than the one that stored them: the worker reads each anew and says so on its timeline. What
-- is done is before `done_until`; an organisation's row goes when all of them are. The product's own: nobody else sees or writes it.
create table clocks_to_read_anew (
  organisation_id uuid not null references organisations (id),
  type text not null references record_types (name),
  clock text not null check (length(clock) between 1 and 60),
  why text not null check (length(why) between 1 and 300),
  done_until uuid not null default '00000000-0000-0000-0000-000000000000',
  primary key (organisation_id, type, clock)
);
alter table clocks_to_read_anew enable row level security;

insert into clocks_to_read_anew (organisation_id, type, clock, why)
  select distinct r.organisation_id, r.type, 'respond', 'since the first response is now what whoever asked is told, and no longer that somebody was given it'
  from records r where r.type = 'ticket';
