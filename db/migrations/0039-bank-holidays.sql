-- What was read from GOV.UK's list of bank holidays where it is not what the product ships: see docs/decisions/0027. Public facts, of
-- no organisation. A day that is read of again gets another row, so that it can be proved what was known when.
create table bank_holidays (
  division text not null check (division in ('england-and-wales', 'scotland', 'northern-ireland')),
  day date not null,
  read_at timestamptz not null,
  name text check (length(name) between 1 and 200),
  announced date,
  primary key (division, day, read_at)
);
comment on column bank_holidays.name is 'Null: it is no holiday any more';
comment on column bank_holidays.announced is 'Of a proclaimed one-off, the day on which it was read where none is shipped';
create index bank_holidays_read_at on bank_holidays (read_at);
alter table bank_holidays enable row level security;
create policy bank_holidays_read on bank_holidays for select to reeve_app using (true);
grant select on bank_holidays to reeve_app;

-- One count for each register: see 0004. New: calendars go by bank holidays too, so every process knows at its next look that some
-- were read.
create or replace function reference_data_mark(p_types text[]) returns text
language sql stable security definer set search_path = reeve, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
  select concat_ws(', ', string_agg(concat_ws(' ', t.name, kept.records, kept.versions, kept.latest), ', ' order by t.name),
    (select 'bank holidays ' || max(b.read_at) from bank_holidays b where 'calendar' = any (p_types)))
  from record_types t, lateral (
    select count(*) as records, sum(r.version) as versions, max(r.updated_at) as latest from records r
    where r.organisation_id = current_organisation() and r.type = t.name
  ) as kept
  where t.name = any (p_types) and t.reference_data
$$;
