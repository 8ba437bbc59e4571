-- Articles that say a word of a ticket's summary, as before, planned once for a connection and with fewer of them weighed: a ticket's
-- page waits for this more than for all else that it asks.
create or replace function articles_by_title(p_text text, p_most integer) returns table (id uuid, reference text, title text)
language plpgsql stable security definer set search_path = reeve, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  every_word tsquery := plainto_tsquery('english', left(p_text, 200));
  any_word tsquery := replace(every_word::text, '&', '|')::tsquery;
begin
  if current_organisation() is null or numnode(any_word) = 0 or not ('article' = any (current_list('read_all'))) then return; end if;
  -- Those that say every word, and of those that say one as many as can be weighed at once: where a word is in hundreds of
  -- titles it says little.
  return query with found as (
    (select r.id from records r where r.type = 'article' and r.organisation_id = current_organisation() and r.state = 'published' and r.closed_at is null
        and to_tsvector('english', r.title) @@ every_word limit 20)
    union
    (select r.id from records r where r.type = 'article' and r.organisation_id = current_organisation() and r.state = 'published' and r.closed_at is null
        and to_tsvector('english', r.title) @@ any_word limit 40)
    union
    (select a.id from article a where a.organisation_id = current_organisation() and to_tsvector('english', a.synonyms) @@ any_word limit 40)
  )
  select r.id, r.reference, r.title from found
    join records r on r.organisation_id = current_organisation() and r.id = found.id
    join article a on a.organisation_id = current_organisation() and a.id = found.id
    where r.closed_at is null and r.state = 'published'
      and (r.sensitivity = 'normal' or 'article' = any (current_list('restricted_all'))
           or r.owner_id = current_person() or r.created_by = current_person())
    order by ts_rank(setweight(to_tsvector('english', r.title), 'A') || setweight(to_tsvector('english', coalesce(a.synonyms, '')), 'B'), any_word) desc, r.title
    limit least(p_most, 20);
end $$;
