-- Finding help articles as people type, and counting how often each is opened.

-- Articles alone, so that a million tickets are never looked at for it; without the words that officers keep among themselves.
create index records_articles on records using gin (coalesce(search_public, search)) where type = 'article' and closed_at is null;

-- The articles that hold a word, or the beginning of the last, of what was typed; best first, at most p_most (20). The words of
-- published articles are everyone's; who sees which article is spelt out as in the view, which search cannot go through: an
-- operator that is not leakproof would be asked of no index.
create function suggest_articles(p_typed text, p_most integer)
returns table (id uuid, reference text, title text)
language plpgsql stable security definer set search_path = reeve, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  words text[] := (regexp_split_to_array(regexp_replace(lower(left(p_typed, 200)), '[^[:alnum:]]+', ' ', 'g'), '\s+'));
  query tsquery;
begin
  words := array(select w from unnest(words) with ordinality as t (w, at) where w <> '' order by at limit 12);
  if current_organisation() is null or words = '{}' then return; end if;
  if not ('article' = any (current_list('read_all'))) then return; end if;
  query := to_tsquery('english', array_to_string(array(select quote_literal(w) || ':*' from unnest(words) w), ' | '));
  if numnode(query) = 0 then return; end if;
  return query select r.id, r.reference, r.title from records r
    where r.type = 'article' and r.closed_at is null and r.organisation_id = current_organisation() and r.state = 'published'
      and coalesce(r.search_public, r.search) @@ query
      and (r.sensitivity = 'normal' or 'article' = any (current_list('restricted_all'))
           or r.owner_id = current_person() or r.created_by = current_person())
    order by ts_rank('{0.05, 0.1, 0.4, 1.0}', coalesce(r.search_public, r.search), query) desc, r.title limit least(p_most, 20);
end $$;
grant execute on function suggest_articles(text, integer) to reeve_app;

-- How often an article was opened on a day. One row for each, so that reading stays quick and nobody is counted by name.
create table article_views (
  organisation_id uuid not null,
  article_id uuid not null,
  day date not null,
  views integer not null default 1 check (views > 0),
  primary key (organisation_id, article_id, day),
  foreign key (organisation_id, article_id) references records
);
alter table article_views enable row level security;
create policy article_views_read on article_views for select to reeve_app
  using (organisation_id = (select current_organisation()) and visible(organisation_id, article_id));
grant select on article_views to reeve_app;

-- Counts that the actor opened an article that they may see.
create function count_article_view(p_article uuid) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if not exists (select 1 from records r where r.organisation_id = current_organisation() and r.id = p_article and r.type = 'article')
     or not visible(current_organisation(), p_article) then return; end if;
  insert into article_views (organisation_id, article_id, day)
    values (current_organisation(), p_article, (now() at time zone 'Europe/London')::date)
    on conflict (organisation_id, article_id, day) do update set views = article_views.views + 1;
end $$;
grant execute on function count_article_view(uuid) to reeve_app;
