-- Earlier answers, and records of registers, whose titles say words of a text. A case's page asks each time, so only the titles
-- of these types are looked through: a million tickets are not.
create index records_alike on records using gin (to_tsvector('english', title))
  where type in ('publication', 'information_request', 'members_question', 'service', 'system', 'supplier', 'device_plan',
    'article', 'policy', 'processing_activity', 'impact_assessment', 'catalogue_item');

-- p_wanted names the types with the states that count, or null for every record that has not ended. Of its words, without those
-- of p_common, a record says one in its title, and of them all at least p_shared of a hundred (counted of twelve at the most),
-- and no fewer than two; where p_shared is null, two or half of its own title. Best first.
-- Who sees what is spelt out as in matching_since; what is said inside is not looked at, so nobody finds by it.
create function alike_records(p_text text, p_common text, p_wanted jsonb, p_except uuid, p_shared integer, p_most integer)
returns table (id uuid, type text, reference text, title text, state text)
language plpgsql stable security definer set search_path = reeve, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  -- So many titles are weighed at once.
  weighed constant integer := 400;
  organisation uuid := current_organisation();
  person uuid := current_person();
  teams uuid[] := current_teams();
  named uuid[] := current_named();
  restricted_all text[] := current_list('restricted_all');
  restricted_team text[] := current_list('restricted_team');
  read_all text[] := current_list('read_all');
  read_team text[] := current_list('read_team');
  read_own text[] := current_list('read_own');
  types text[] := array(select jsonb_object_keys(p_wanted));
  common text[] := tsvector_to_array(to_tsvector('english', p_common));
  words text[] := array(select w from unnest(tsvector_to_array(to_tsvector('english', left(p_text, 2000)))) w
    where length(w) > 2 and w !~ '^[0-9.,-]+$' and w <> all (common) limit 40);
  queries tsquery[] := array(select quote_literal(w)::tsquery from unnest(words) w);
  rare text[];
  wide text[];
  query tsquery;
begin
  if organisation is null or cardinality(words) = 0 then return; end if;
  -- The rarest words are looked for, as many as can be weighed; of those that are in more titles than that the four rarest, two at a time.
  select array_agg(word) filter (where titles <= weighed), (array_agg(word order by freq, word) filter (where titles > weighed))[1:4] into rare, wide from (
    select w as word, coalesce(s.freq, 0) as freq, sum(coalesce(s.freq, 0) * greatest(i.reltuples, 0)) over (order by coalesce(s.freq, 0), w) as titles
    from unnest(words) w
    cross join (select reltuples from pg_class where oid = 'records_alike'::regclass) i
    left join (select e.word, e.freq from pg_stats p, unnest(p.most_common_elems::text::text[], p.most_common_elem_freqs) as e (word, freq)
      where p.schemaname = 'reeve' and p.tablename = 'records_alike') s on s.word = w) known;
  query := array_to_string(array(select quote_literal(w) from unnest(rare) w
    union all select quote_literal(one) || ' & ' || quote_literal(other) from unnest(wide) one, unnest(wide) other where one < other), ' | ')::tsquery;
  if numnode(query) = 0 then return; end if;
  return query with found as materialized (
    select r.id, r.type, r.reference, r.title, r.state, r.opened_at, coalesce(r.search_public, r.search) as said, to_tsvector('english', r.title) as in_title
    from records r
    where r.organisation_id = organisation and r.type = any (types) and to_tsvector('english', r.title) @@ query
      and r.type in ('publication', 'information_request', 'members_question', 'service', 'system', 'supplier', 'device_plan',
        'article', 'policy', 'processing_activity', 'impact_assessment', 'catalogue_item')
      and r.id is distinct from p_except
      and (case when p_wanted -> r.type = 'null' then r.closed_at is null else p_wanted -> r.type ? r.state end)
      and (r.sensitivity = 'normal' or r.type = any (restricted_all) or (r.type = any (restricted_team) and r.team_id = any (teams)) or r.owner_id = person or r.requester_id = person or r.created_by = person or r.id = any (named))
      and (r.type = any (read_all) or (r.type = any (read_team) and r.team_id = any (teams))
           or (r.type = any (read_own) and (r.owner_id = person or r.requester_id = person or r.created_by = person or r.id = person or r.id = any (named))))
    limit weighed
  ), likely as materialized (
    select f.*, ts_rank(f.in_title, query, 1) as rank from found f order by ts_rank(f.in_title, query, 1) desc, f.opened_at desc limit 60
  ), counted as (
    select l.*, (select count(*) from unnest(queries) q where l.said @@ q) as shared,
      (select count(*) from unnest(queries) q where l.in_title @@ q) as shared_title,
      (select count(*) from unnest(tsvector_to_array(l.in_title)) w where w <> all (common)) as own
    from likely l
  )
  select c.id, c.type, c.reference, c.title, c.state from counted c
    where case when p_shared is null then c.shared >= 2 or c.shared_title * 2 >= c.own
      else c.shared >= greatest(2, ceil(least(cardinality(words), 12) * p_shared / 100.0)) end
    order by c.shared + c.shared_title desc, c.rank desc, c.opened_at desc, c.id limit least(p_most, 20);
end $$;
revoke execute on function alike_records(text, text, jsonb, uuid, integer, integer) from public;
grant execute on function alike_records(text, text, jsonb, uuid, integer, integer) to reeve_app;
