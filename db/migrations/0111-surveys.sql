-- Surveys whose answers are nobody's: who was asked and has answered stands apart from what was answered, and nothing joins the two.
set search_path = reeve, public;

create table survey_people (
  organisation_id uuid not null,
  survey_id uuid not null,
  person_id uuid not null,
  part text check (length(part) <= 120),
  answered boolean not null default false,
  primary key (organisation_id, survey_id, person_id),
  foreign key (organisation_id, survey_id) references records
);
comment on table survey_people is 'Nobody reads it but by the functions below: the current person of themselves, and everybody how many';
comment on column survey_people.part is 'Of which part of the audience they were when it opened; never a part of fewer than ten';
create index survey_people_person on survey_people (organisation_id, person_id);
alter table survey_people enable row level security;

-- No person, no moment, an id that is random; and each answer that comes has the others written anew in an order that is random too.
create table survey_answers (
  organisation_id uuid not null,
  survey_id uuid not null,
  id uuid not null default gen_random_uuid(),
  part text,
  answers jsonb not null check (jsonb_typeof(answers) = 'object' and length(answers::text) <= 100000),
  primary key (organisation_id, survey_id, id),
  foreign key (organisation_id, survey_id) references records
);
comment on table survey_answers is 'Nobody reads it: what is published of it is counted by publish_survey(), which then destroys it';
alter table survey_answers enable row level security;

create table survey_results (
  organisation_id uuid not null,
  survey_id uuid not null,
  results jsonb not null,
  primary key (organisation_id, survey_id),
  foreign key (organisation_id, survey_id) references records
);
comment on table survey_results is 'What was published of a survey, once';
alter table survey_results enable row level security;
create policy survey_results_read on survey_results for select to reeve_app using (visible(organisation_id, survey_id));
grant select on survey_results to reeve_app;

-- Which parts of a whole may be shown, by how many people each holds: none of fewer than ten, and no others where what is then left
-- of the whole would be fewer than ten people; the smallest are left out first. `p_hidden` are left out in any case.
create function shown_parts(p_counts integer[], p_hidden boolean[]) returns boolean[]
language plpgsql immutable as $$
declare
  shown boolean[] := array(select c >= 10 and not coalesce(p_hidden[i], false) from unnest(p_counts) with ordinality as u (c, i) order by i);
  rest bigint;
  smallest integer;
begin
  loop
    select coalesce(sum(c) filter (where not shown[i]), 0) into rest from unnest(p_counts) with ordinality as u (c, i);
    exit when rest = 0 or rest >= 10;
    select i into smallest from unnest(p_counts) with ordinality as u (c, i) where shown[i] order by c, i limit 1;
    exit when smallest is null;
    shown[smallest] := false;
  end loop;
  return shown;
end $$;

-- The product asks some people, each with the part of the audience that they are counted with. Who was asked before stays as they were.
create function invite_to_survey(p_survey uuid, p_people uuid[], p_parts text[]) returns integer
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  many integer;
begin
  if not product_acts('survey') or coalesce(cardinality(p_people), 0) > 1000 or not exists (select 1 from records
      where organisation_id = current_organisation() and id = p_survey and type = 'survey' and state = 'open') then
    raise exception 'invite_to_survey: not allowed' using errcode = 'insufficient_privilege';
  end if;
  insert into survey_people (organisation_id, survey_id, person_id, part)
    select r.organisation_id, p_survey, r.id, a.part from unnest(p_people, p_parts) as a (person, part)
    join records r on r.organisation_id = current_organisation() and r.id = a.person and r.type = 'person'
    on conflict do nothing;
  get diagnostics many = row_count;
  return many;
end $$;

-- Whether the current person is asked by a survey, and has answered: 'asked', 'answered', or null. Not for whoever stands in for somebody.
create function own_survey(p_survey uuid) returns text
language sql stable security definer set search_path = reeve, pg_temp as $$
  select case when p.answered then 'answered' else 'asked' end from survey_people p
  where p.organisation_id = current_organisation() and p.survey_id = p_survey and p.person_id = current_person()
    and coalesce(current_setting('reeve.for', true), '') = ''
$$;

-- The open surveys that still ask the current person.
create function own_surveys() returns table (reference text, title text, closes_on date)
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  return query select r.reference, r.title, s.closes_on from survey_people p
    join records r on r.organisation_id = p.organisation_id and r.id = p.survey_id and r.state = 'open'
    join survey s on s.organisation_id = r.organisation_id and s.id = r.id
    where p.organisation_id = current_organisation() and p.person_id = current_person() and not p.answered
      and coalesce(current_setting('reeve.for', true), '') = ''
    order by s.closes_on, r.reference limit 20;
end $$;

-- The current person answers, once. That they did, and what they said, are written so that neither row tells of the other.
create function answer_survey(p_survey uuid, p_answers jsonb) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  v_part text;
  v_breakdown text;
  v_question integer;
begin
  -- One at a time, so that whoever comes second writes the first's answer anew as well.
  perform pg_advisory_xact_lock(hashtextextended('answer ' || p_survey, 0));
  if not exists (select 1 from records where organisation_id = current_organisation() and id = p_survey and type = 'survey' and state = 'open')
     or coalesce(current_setting('reeve.for', true), '') <> '' then return false; end if;
  update survey_people p set answered = true
    where p.organisation_id = current_organisation() and p.survey_id = p_survey and p.person_id = current_person() and not p.answered
    returning p.part into v_part;
  if not found then return false; end if;
  select s.breakdown, s.breakdown_question into v_breakdown, v_question from survey s
    where s.organisation_id = current_organisation() and s.id = p_survey;
  if v_breakdown = 'question' then v_part := p_answers ->> v_question::text; elsif v_breakdown <> 'team' then v_part := null; end if;
  with taken as (
    delete from survey_answers a where a.organisation_id = current_organisation() and a.survey_id = p_survey and a.id in (
      select o.id from survey_answers o where o.organisation_id = current_organisation() and o.survey_id = p_survey order by random() limit 500)
    returning a.part, a.answers
  ), together as (
    select t.part, t.answers from taken t union all select v_part, p_answers
  )
  insert into survey_answers (organisation_id, survey_id, part, answers)
    select current_organisation(), p_survey, g.part, g.answers from together g order by random();
  -- Only those who have not answered are reminded.
  delete from watchers where organisation_id = current_organisation() and record_id = p_survey and person_id = current_person();
  return true;
end $$;

-- How many were asked and have answered, of a survey that the current person sees.
create function survey_turnout(p_survey uuid) returns table (asked integer, answered integer)
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  if not visible(current_organisation(), p_survey) then
    raise exception 'survey_turnout: not allowed' using errcode = 'insufficient_privilege';
  end if;
  return query select count(*)::integer, count(*) filter (where p.answered)::integer from survey_people p
    where p.organisation_id = current_organisation() and p.survey_id = p_survey;
end $$;

-- Counts one question for some answers: how many chose each, in the order of what there is to choose.
create function survey_counts(p_survey uuid, p_number integer, p_choices integer, p_part text) returns jsonb
language sql stable security definer set search_path = reeve, pg_temp as $$
  select jsonb_agg((select count(*) from survey_answers a
      where a.organisation_id = current_organisation() and a.survey_id = p_survey and (p_part is null or a.part = p_part)
        and case jsonb_typeof(a.answers -> p_number::text) when 'array' then a.answers -> p_number::text @> to_jsonb(c) else a.answers -> p_number::text = to_jsonb(c) end) order by c)
  from generate_series(1, p_choices) as c
$$;
revoke execute on function survey_counts(uuid, integer, integer, text) from public;

-- Publishes a survey, once: counts what may be shown, and destroys who was asked and what each said. Called by the move that publishes it.
create function publish_survey(p_survey uuid) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  v_breakdown text;
  v_question integer;
  v_all integer;
  v_asked integer;
  parts text[] := '{}';
  sizes integer[] := '{}';
  part_shown boolean[] := '{}';
  q record;
  counts integer[];
  shown boolean[];
  answered integer;
  questions jsonb := '[]';
begin
  if not changeable(current_organisation(), p_survey) or not exists (select 1 from records
       where organisation_id = current_organisation() and id = p_survey and type = 'survey' and state = 'published')
     or exists (select 1 from survey_results where organisation_id = current_organisation() and survey_id = p_survey) then
    raise exception 'publish_survey: not allowed' using errcode = 'insufficient_privilege';
  end if;
  -- Whoever is answering at this moment is waited for; whoever comes later finds it published.
  perform pg_advisory_xact_lock(hashtextextended('answer ' || p_survey, 0));
  select s.breakdown, case s.breakdown when 'question' then s.breakdown_question end into v_breakdown, v_question from survey s where s.organisation_id = current_organisation() and s.id = p_survey;
  select count(*) into v_asked from survey_people where organisation_id = current_organisation() and survey_id = p_survey;
  select count(*) into v_all from survey_answers where organisation_id = current_organisation() and survey_id = p_survey;
  if v_all >= 10 then
    select coalesce(array_agg(g.part order by g.part), '{}'), coalesce(array_agg(g.size order by g.part), '{}') into parts, sizes from (
      select coalesce(a.part, '') as part, count(*)::integer as size from survey_answers a
      where a.organisation_id = current_organisation() and a.survey_id = p_survey and v_breakdown in ('team', 'question')
      group by 1) g;
    update survey_answers set part = '' where organisation_id = current_organisation() and survey_id = p_survey and part is null;
    part_shown := shown_parts(sizes, null);
    for q in
      select l.number, l.kind, case l.kind when 'scale' then 5 when 'words' then 0
          else cardinality(regexp_split_to_array(btrim(l.options, E' \n\r\t'), '\s*\n\s*')) end as choices
      from survey_questions l where l.organisation_id = current_organisation() and l.parent_id = p_survey and l.removed_at is null
      order by l.position
    loop
      select count(*) into answered from survey_answers a
        where a.organisation_id = current_organisation() and a.survey_id = p_survey and a.answers ? q.number::text;
      counts := array(select (select count(*)::integer from survey_answers a
          where a.organisation_id = current_organisation() and a.survey_id = p_survey and a.part = p and a.answers ? q.number::text)
        from unnest(parts) with ordinality as u (p, i) order by i);
      shown := shown_parts(counts, array(select not s from unnest(part_shown) with ordinality as u (s, i) order by i));
      questions := questions || jsonb_build_array(jsonb_build_object('number', q.number,
        'answered', case when answered >= 10 then answered end,
        -- The parts are the answers to this one: they are shown as parts, or not at all.
        'counts', case when answered >= 10 and q.kind <> 'words' and q.number is distinct from v_question then survey_counts(p_survey, q.number, q.choices, null) end,
        'texts', case when answered >= 10 and q.kind = 'words' then (
          select jsonb_agg(w.text order by random()) from (select a.answers ->> q.number::text as text from survey_answers a
            where a.organisation_id = current_organisation() and a.survey_id = p_survey and a.answers ? q.number::text order by random() limit 2000) w) end,
        'parts', case when answered >= 10 and q.kind <> 'words' and q.number is distinct from v_question and cardinality(parts) > 0 then (
          select jsonb_agg(case when shown[i] then survey_counts(p_survey, q.number, q.choices, p) end order by i)
          from unnest(parts) with ordinality as u (p, i)) end));
    end loop;
  end if;
  insert into survey_results (organisation_id, survey_id, results) values (current_organisation(), p_survey, jsonb_build_object(
    'asked', v_asked, 'answered', case when v_all >= 10 then v_all end, 'questions', questions,
    'parts', (select coalesce(jsonb_agg(jsonb_build_object('name', p, 'answered', case when part_shown[i] then sizes[i] end) order by i), '[]')
      from unnest(parts) with ordinality as u (p, i))));
  delete from survey_answers where organisation_id = current_organisation() and survey_id = p_survey;
  delete from survey_people where organisation_id = current_organisation() and survey_id = p_survey;
end $$;

-- A survey that is cancelled leaves nothing of what was answered.
create function discard_survey(p_survey uuid) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if not changeable(current_organisation(), p_survey) or not exists (select 1 from records
       where organisation_id = current_organisation() and id = p_survey and type = 'survey' and state = 'cancelled') then
    raise exception 'discard_survey: not allowed' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('answer ' || p_survey, 0));
  delete from survey_answers where organisation_id = current_organisation() and survey_id = p_survey;
  delete from survey_people where organisation_id = current_organisation() and survey_id = p_survey;
end $$;

revoke execute on function discard_survey(uuid), invite_to_survey(uuid, uuid[], text[]), own_survey(uuid), own_surveys(), answer_survey(uuid, jsonb), survey_turnout(uuid),
  publish_survey(uuid), shown_parts(integer[], boolean[]) from public;
grant execute on function discard_survey(uuid), invite_to_survey(uuid, uuid[], text[]), own_survey(uuid), own_surveys(), answer_survey(uuid, jsonb), survey_turnout(uuid),
  publish_survey(uuid), shown_parts(integer[], boolean[]) to reeve_app;

-- With a survey that the law has erased go its answers and who was asked; with a person, that they were asked.
create function forget_surveys() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  delete from survey_people p using erased e
    where e.sequence is null and p.organisation_id = e.organisation_id and e.record_id in (p.survey_id, p.person_id);
  delete from survey_answers a using erased e where e.sequence is null and a.organisation_id = e.organisation_id and a.survey_id = e.record_id;
  delete from survey_results s using erased e where e.sequence is null and s.organisation_id = e.organisation_id and s.survey_id = e.record_id;
  return null;
end $$;
revoke execute on function forget_surveys() from public;
create trigger erasures_forget_surveys after insert on erasures referencing new table as erased for each statement execute function forget_surveys();
