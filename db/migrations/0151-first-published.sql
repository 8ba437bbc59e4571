-- What was published, with the moment at which the period was published first: of periods that overlap only the earliest tells its parts.
drop function statistics_for_the_public(uuid);
create function statistics_for_the_public(p_organisation uuid) returns table (period text, label text, content text, sha256 text, published_at timestamptz, first_published_at timestamptz)
language sql stable security definer set search_path = reeve, pg_temp as $$
  select s.period, s.label, s.content, s.sha256, s.published_at, s.first_published_at from (
    select distinct on (p.period) p.*, min(p.published_at) over (partition by p.period) as first_published_at
    from published_statistics p where p.organisation_id = p_organisation order by p.period, p.published_at desc, p.id desc) s
  order by s.to_day desc, s.from_day desc limit 60
$$;
revoke execute on function statistics_for_the_public(uuid) from public;
grant execute on function statistics_for_the_public(uuid) to reeve_app;
