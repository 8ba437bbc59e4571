-- What was published for everybody, without anybody being signed in: of publications that are published and not restricted,
-- what was written to be read. Nothing else of them, and nothing of the request that they answer, leaves these functions.

-- How often a published answer was shown to somebody about to ask, opened, was enough, or was followed by the request all the
-- same. It counts by the day, and holds nothing of whoever it was.
create table suggested_publications (
  organisation_id uuid not null references organisations (id),
  publication_id uuid not null,
  day date not null,
  shown integer not null default 0,
  opened integer not null default 0,
  enough integer not null default 0,
  asked integer not null default 0,
  primary key (organisation_id, publication_id, day),
  foreign key (organisation_id, publication_id) references records (organisation_id, id)
);
alter table suggested_publications enable row level security;
create policy suggested_publications_read on suggested_publications for select
  using (organisation_id = (select current_organisation()) and visible(organisation_id, publication_id));
grant select on suggested_publications to reeve_app;

create function note_suggested(p_organisation uuid, p_deed text, p_references text[]) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if p_deed not in ('shown', 'opened', 'enough', 'asked') or cardinality(p_references) > 50 then return; end if;
  insert into suggested_publications as s (organisation_id, publication_id, day, shown, opened, enough, asked)
    select r.organisation_id, r.id, london_today(), (p_deed = 'shown')::int, (p_deed = 'opened')::int, (p_deed = 'enough')::int, (p_deed = 'asked')::int
    from records r where r.organisation_id = p_organisation and r.type = 'publication' and r.state = 'published' and r.sensitivity = 'normal'
      and r.reference = any (p_references)
  on conflict (organisation_id, publication_id, day) do update set shown = s.shown + excluded.shown, opened = s.opened + excluded.opened,
    enough = s.enough + excluded.enough, asked = s.asked + excluded.asked;
end $$;

-- A page of the disclosure log, the newest first: by words, topic and year of the answer, with what it can be narrowed by.
create function public_log(p_organisation uuid, p_words text, p_topic text, p_year integer, p_offset integer) returns jsonb
language plpgsql stable security definer set search_path = reeve, pg_temp set plan_cache_mode to 'force_custom_plan' as $$
declare
  query tsquery := case when btrim(coalesce(p_words, '')) = '' then null else websearch_to_tsquery('english', left(p_words, 200)) end;
begin
  return (
    with found as materialized (
      select r.id, r.reference, r.title, r.search, r.updated_at, p.topic, p.decision, p.answered_on, p.published_on, p.question
      from records r join publication p on p.organisation_id = r.organisation_id and p.id = r.id
      where r.organisation_id = p_organisation and r.type = 'publication' and r.state = 'published' and r.sensitivity = 'normal' and p.kind = 'answer'
    ), fitting as materialized (
      select * from found f where (query is null or numnode(query) = 0 or f.search @@ query)
        and (p_topic is null or f.topic = p_topic) and (p_year is null or extract(year from coalesce(f.answered_on, f.published_on)) = p_year)
    )
    select jsonb_build_object(
      'total', (select count(*) from fitting), 'all', (select count(*) from found),
      'topics', (select coalesce(jsonb_agg(distinct f.topic) filter (where f.topic is not null), '[]') from found f),
      'years', (select coalesce(jsonb_agg(distinct extract(year from coalesce(f.answered_on, f.published_on))::int), '[]') from found f),
      'items', (select coalesce(jsonb_agg(jsonb_build_object('reference', i.reference, 'title', i.title, 'topic', i.topic, 'decision', i.decision,
          'answeredOn', i.answered_on, 'publishedOn', i.published_on, 'question', left(i.question, 300),
          'updatedAt', to_char(i.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))), '[]')
        from (select * from fitting order by published_on desc nulls last, reference desc limit 20 offset greatest(0, least(p_offset, 100000))) i)));
end $$;

-- One answer at its address. Of one that was withdrawn: when, and why, as it was written for everybody.
create function public_answer(p_organisation uuid, p_reference text) returns jsonb
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  return (
    select case when r.state = 'published' then jsonb_build_object('state', 'published', 'reference', r.reference, 'title', r.title, 'topic', p.topic,
        'question', p.question, 'answer', p.answer, 'decision', p.decision, 'answeredOn', p.answered_on, 'publishedOn', p.published_on,
        'updatedAt', to_char(r.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'files', (select coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'sizeBytes', f.size_bytes) order by l.position), '[]')
          from publication_files l join files f on f.organisation_id = l.organisation_id and f.id = l.file
          where l.organisation_id = r.organisation_id and l.parent_id = r.id and l.removed_at is null))
      else jsonb_build_object('state', r.state, 'reference', r.reference, 'why', case when r.state = 'withdrawn' then p.withdrawn_because end,
        'updatedAt', to_char(r.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) end
    from records r join publication p on p.organisation_id = r.organisation_id and p.id = r.id
    where r.organisation_id = p_organisation and r.type = 'publication' and r.reference = p_reference and r.sensitivity = 'normal' and p.kind = 'answer'
      -- One that was never published is nobody's business.
      and p.published_on is not null and r.state in ('published', 'withdrawn', 'draft', 'checking'));
end $$;

-- A file of what is published.
create function public_file(p_organisation uuid, p_reference text, p_file uuid)
returns table (id uuid, name text, media_type text, size_bytes bigint, sha256 text)
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  return query select f.id, f.name, f.media_type, f.size_bytes, encode(f.sha256, 'hex')
    from records r join publication_files l on l.organisation_id = r.organisation_id and l.parent_id = r.id and l.removed_at is null
    join files f on f.organisation_id = l.organisation_id and f.id = l.file
    where r.organisation_id = p_organisation and r.type = 'publication' and r.reference = p_reference and r.state = 'published'
      and r.sensitivity = 'normal' and f.id = p_file and f.record_id = r.id;
end $$;

-- The publication scheme whole.
create function public_scheme(p_organisation uuid) returns jsonb
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  return (select coalesce(jsonb_agg(jsonb_build_object('reference', s.reference, 'title', s.title, 'schemeClass', s.scheme_class, 'about', s.about,
      'address', s.address, 'updatedAt', to_char(s.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'files', (select coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'sizeBytes', f.size_bytes) order by l.position), '[]')
        from publication_files l join files f on f.organisation_id = l.organisation_id and f.id = l.file
        where l.organisation_id = s.organisation_id and l.parent_id = s.id and l.removed_at is null)) order by lower(s.title)), '[]')
    from (select r.organisation_id, r.id, r.reference, r.title, r.updated_at, p.scheme_class, p.about, p.address
      from records r join publication p on p.organisation_id = r.organisation_id and p.id = r.id
      where r.organisation_id = p_organisation and r.type = 'publication' and r.state = 'published' and r.sensitivity = 'normal' and p.kind = 'scheme'
      order by lower(r.title) limit 500) s);
end $$;

-- Published answers that fit what somebody is about to ask: those that share at least two of its words, and a third of them.
create function suggest_publications(p_organisation uuid, p_text text, p_most integer)
returns table (reference text, title text, answered_on date)
language plpgsql stable security definer set search_path = reeve, pg_temp set plan_cache_mode to 'force_custom_plan' as $$
declare
  words text[] := (tsvector_to_array(to_tsvector('english', left(p_text, 1000))))[1:60];
  query tsquery;
begin
  words := array(select w from unnest(words) w where length(w) > 2);
  if cardinality(words) < 2 then return; end if;
  query := to_tsquery('simple', array_to_string(array(select quote_literal(w) from unnest(words) w), ' | '));
  return query select f.reference, f.title, f.answered_on from (
      select r.reference, r.title, p.answered_on, ts_rank('{0.1, 0.2, 0.4, 1.0}', r.search, query) as rank,
        (select count(*) from unnest(words) w where r.search @@ to_tsquery('simple', quote_literal(w))) as shared
      from records r join publication p on p.organisation_id = r.organisation_id and p.id = r.id
      where r.organisation_id = p_organisation and r.type = 'publication' and r.state = 'published' and r.sensitivity = 'normal' and p.kind = 'answer'
        and r.search @@ query
      order by ts_rank('{0.1, 0.2, 0.4, 1.0}', r.search, query) desc limit 50) f
    where f.shared >= greatest(2, ceil(least(cardinality(words), 12) / 3.0))
    order by f.shared desc, f.rank desc, f.answered_on desc nulls last limit least(p_most, 10);
end $$;

revoke execute on function note_suggested(uuid, text, text[]), public_log(uuid, text, text, integer, integer), public_answer(uuid, text),
  public_file(uuid, text, uuid), public_scheme(uuid), suggest_publications(uuid, text, integer) from public;
grant execute on function note_suggested(uuid, text, text[]), public_log(uuid, text, text, integer, integer), public_answer(uuid, text),
  public_file(uuid, text, uuid), public_scheme(uuid), suggest_publications(uuid, text, integer) to reeve_app;
