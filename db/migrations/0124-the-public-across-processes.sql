-- How often something was sent by the public, counted for all web processes together. A key is a keyed hash (of a network
-- address, of words), so nobody who reads this table learns whose it is; a row is kept for a day at the most.
create table outside_sendings (
  key bytea not null check (octet_length(key) = 32),
  once bytea not null check (octet_length(once) = 32),
  at timestamptz not null,
  primary key (key, once)
);
create index outside_sendings_old on outside_sendings (at);
alter table outside_sendings enable row level security;

-- Notes one more under a key, unless there are `p_most` already, and gives how many others there were within that time; what
-- is noted twice under the same `p_once` counts once. Counting for one key is done by one transaction at a time.
create function count_outside(p_key bytea, p_once bytea, p_within interval, p_most integer, p_now timestamptz) returns integer
language plpgsql volatile security definer set search_path = reeve, pg_temp as $$
declare
  others integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('reeve.outside ' || encode(p_key, 'hex'), 0));
  delete from outside_sendings s where (s.key, s.once) in (
    select o.key, o.once from outside_sendings o where o.at < p_now - interval '1 day' order by o.at limit 100 for update skip locked);
  select count(*) into others from (select 1 from outside_sendings s
    where s.key = p_key and s.once <> p_once and s.at > p_now - least(p_within, interval '1 day') limit least(p_most, 1000)) counted;
  if others < least(p_most, 1000) then
    insert into outside_sendings (key, once, at) values (p_key, p_once, p_now) on conflict (key, once) do nothing;
  end if;
  return others;
end $$;
revoke execute on function count_outside(bytea, bytea, interval, integer, timestamptz) from public;
grant execute on function count_outside(bytea, bytea, interval, integer, timestamptz) to reeve_app;

-- What was taken for no request can still be let in, as of the day that it came, for as long as it is kept.
drop policy held_submissions_decided on held_submissions;
create policy held_submissions_decided on held_submissions for update
  using (organisation_id = (select current_organisation()) and type = any ((select current_list('change_all'))::text[])
    and type = any ((select current_list('internal_all'))::text[]) and state in ('held', 'refused'))
  with check (organisation_id = (select current_organisation()) and state <> 'held'
    and decided_by is not distinct from (select current_person()));
create index held_submissions_decided_at on held_submissions (decided_at) where state <> 'held';

-- Mail to somebody outside, who is no person here, is answered as well: then whoever asked for the record has it.
alter table mail_threads alter column person_id drop not null;

-- Whether an address is the one that somebody outside gave with what they asked. For the product, as it takes in mail: who
-- follows a record by its key, or makes one, is told nothing.
create function asked_from(p_record uuid, p_address text) returns boolean
language sql stable security definer set search_path = reeve, pg_temp as $$
  select (select current_person()) is null and exists (select 1 from outside_requesters o
    join records r on r.organisation_id = o.organisation_id and r.id = o.record_id and r.type = any ((select current_list('read_all'))::text[])
    where o.organisation_id = (select current_organisation()) and o.record_id = p_record and lower(o.email) = lower(p_address))
$$;
revoke execute on function asked_from(uuid, text) from public;
grant execute on function asked_from(uuid, text) to reeve_app;
