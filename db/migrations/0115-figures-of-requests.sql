-- Whose work a request is about (the view of the type follows), and what statistics of requests for information are counted from: each request that the current person may see, with what its
-- clock says. It spells out who sees what, as the views of the types do (src/kernel/schema/visibility.ts), for a policy that
-- is asked of each clock by a function takes seconds for a year.
alter table information_request add column if not exists area text;

create view counted_requests as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.team_id, r.closed_at, t.regime, t.area, t.received_on, t.decision, t.exemptions,
    t.asked_on, t.clarified_on, t.fees_notice_on, t.fees_paid_on, t.extended_on, c.due_at, c.outcome,
    (c.stopped_at at time zone 'Europe/London')::date as answered_on
  from records r join information_request t on t.organisation_id = r.organisation_id and t.id = r.id
  left join clocks c on c.organisation_id = r.organisation_id and c.record_id = r.id and c.name = 'answer'
  where r.type = 'information_request'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person())
         or r.id = any ((select current_named())::uuid[]))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person())
                  or r.id = any ((select current_named())::uuid[]))));
grant select on counted_requests to reeve_app;

-- Those of a period, without reading what each asks and answers.
create index information_request_received on information_request (organisation_id, received_on, id);
-- The few of them that took extra time.
create index information_request_slow on information_request (organisation_id, received_on)
  where extended_on is not null or regime = any (array['foi_review', 'eir_review']);

-- Statistics as they were published: frozen, and known by their hash.
create table published_statistics (
  organisation_id uuid not null references organisations,
  id uuid not null default uuidv7(),
  period text not null check (length(period) <= 20),
  label text not null check (length(label) <= 100),
  from_day date not null,
  to_day date not null check (to_day >= from_day),
  content text not null check (length(content) <= 200000),
  sha256 text not null check (sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex')),
  published_at timestamptz not null,
  published_by uuid not null,
  primary key (organisation_id, id),
  foreign key (organisation_id, published_by) references records
);
create index published_statistics_latest on published_statistics (organisation_id, published_at);
alter table published_statistics enable row level security;
create policy published_statistics_read on published_statistics for select to reeve_app
  using (organisation_id = (select current_organisation()));
create policy published_statistics_publish on published_statistics for insert to reeve_app
  with check (organisation_id = (select current_organisation()) and published_by = (select current_person())
    and 'information_request' = any ((select current_list('change_all'))::text[]));
grant select, insert on published_statistics to reeve_app;

-- The same for the public, before anybody is known: the newest of each period of one organisation, and nobody's name.
create function statistics_for_the_public(p_organisation uuid) returns table (period text, label text, content text, sha256 text, published_at timestamptz)
language sql stable security definer set search_path = reeve, pg_temp as $$
  select s.period, s.label, s.content, s.sha256, s.published_at from (
    select distinct on (p.period) p.* from published_statistics p where p.organisation_id = p_organisation order by p.period, p.published_at desc, p.id desc) s
  order by s.to_day desc, s.from_day desc limit 60
$$;
revoke execute on function statistics_for_the_public(uuid) from public;
grant execute on function statistics_for_the_public(uuid) to reeve_app;

-- How many days before they were due (fewer than none: after) cases of these types were answered since a moment, by team, of
-- those cases that everybody sees who sees the type at all: what forecasts go by. No case, and no person, is in it.
create function answer_margins(p_types text[], p_from timestamptz) returns table (type text, team_id uuid, days_before integer, many integer)
language sql stable security definer set search_path = reeve, pg_temp as $$
  select r.type, r.team_id, ((c.due_at at time zone 'Europe/London' - interval '1 minute')::date - (c.stopped_at at time zone 'Europe/London')::date)::integer,
    count(*)::integer
  from clocks c join records r on r.organisation_id = c.organisation_id and r.id = c.record_id
  where c.organisation_id = (select current_organisation()) and c.name in ('answer', 'regulator') and c.state = 'stopped' and c.due_at is not null
    and c.stopped_at >= p_from and p_from >= now() - interval '1100 days'
    and r.type = any (p_types) and r.type = any ((select current_list('read_all'))::text[] || (select current_list('read_team'))::text[])
    and r.sensitivity = 'normal'
  group by 1, 2, 3
$$;
revoke execute on function answer_margins(text[], timestamptz) from public;
grant execute on function answer_margins(text[], timestamptz) to reeve_app;
