-- What was opened most: counted by the owner and then asked whether it may be seen, once for each article. The policy of the
-- counts asks it for each article and day, which took tens of milliseconds of the portal's first page.
create index article_views_by_day on article_views (organisation_id, day);

create function articles_read_most(p_since date, p_most integer) returns table (id uuid, reference text, title text)
  language sql stable security definer rows 6 set search_path = reeve, pg_temp as $$
  select m.id, m.reference, m.title from (
      select r.id, r.reference, r.title, v.views from (
          select article_id, sum(views) as views from article_views
          where organisation_id = current_organisation() and day > p_since group by article_id) v
        join records r on r.organisation_id = current_organisation() and r.id = v.article_id
        where r.type = 'article' and r.state = 'published' order by v.views desc, r.title offset 0) m
    -- Asked of one after the other, until there are enough.
    where visible(current_organisation(), m.id) order by m.views desc, m.title limit least(p_most, 50)
$$;
revoke execute on function articles_read_most(date, integer) from public;
grant execute on function articles_read_most(date, integer) to reeve_app;

-- Articles that say a word of a ticket's summary, as before, but fewer of them weighed, and by the words that are stored of each: making
-- the words of forty titles anew took most of the time.
create or replace function articles_by_title(p_text text, p_most integer) returns table (id uuid, reference text, title text)
  language plpgsql stable security definer rows 6 set search_path = reeve, pg_temp set plan_cache_mode = force_generic_plan as $$
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
        and to_tsvector('english', r.title) @@ any_word limit 20)
    union
    (select a.id from article a where a.organisation_id = current_organisation() and to_tsvector('english', a.synonyms) @@ any_word limit 20)
  )
  select r.id, r.reference, r.title from found
    join records r on r.organisation_id = current_organisation() and r.id = found.id
    where r.closed_at is null and r.state = 'published'
      and (r.sensitivity = 'normal' or 'article' = any (current_list('restricted_all'))
           or r.owner_id = current_person() or r.created_by = current_person())
    -- The words of the title first (A), then the others (B), of what everybody may read of it.
    order by ts_rank('{0, 0, 0.2, 1}', coalesce(r.search_public, r.search), any_word) desc, r.title
    limit least(p_most, 20);
end $$;
