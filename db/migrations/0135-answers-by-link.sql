-- Surveys that people without an account answer by a link. A link is known by the hash of its key alone; that it was used stands apart
-- from what was answered, as survey_people does of people.
set search_path = reeve, public;

create table survey_links (
  organisation_id uuid not null,
  survey_id uuid not null,
  key_sha256 bytea not null unique check (octet_length(key_sha256) = 32),
  personal boolean not null,
  used boolean not null default false,
  primary key (organisation_id, survey_id, key_sha256),
  foreign key (organisation_id, survey_id) references records
);
comment on table survey_links is 'Nobody reads it but by the functions below: whoever holds a key of that one, and everybody how many';
alter table survey_links enable row level security;

-- Keeps one more answer, and writes up to 500 others anew with it, in a random order and under new ids. Called under the lock of the survey.
create function keep_survey_answer(p_organisation uuid, p_survey uuid, p_part text, p_answers jsonb) returns void
language sql security definer set search_path = reeve, pg_temp as $$
  with taken as (
    delete from survey_answers a where a.organisation_id = p_organisation and a.survey_id = p_survey and a.id in (
      select o.id from survey_answers o where o.organisation_id = p_organisation and o.survey_id = p_survey order by random() limit 500)
    returning a.part, a.answers
  ), together as (
    select t.part, t.answers from taken t union all select p_part, p_answers
  )
  insert into survey_answers (organisation_id, survey_id, part, answers)
    select p_organisation, p_survey, g.part, g.answers from together g order by random()
$$;
revoke execute on function keep_survey_answer(uuid, uuid, text, jsonb) from public;

create or replace function answer_survey(p_survey uuid, p_answers jsonb) returns boolean
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
  perform keep_survey_answer(current_organisation(), p_survey, v_part, p_answers);
  -- Only those who have not answered are reminded.
  delete from watchers where organisation_id = current_organisation() and record_id = p_survey and person_id = current_person();
  return true;
end $$;

-- Adds links to an open survey of the actor's, by the hashes of their keys: one that is open to everybody, or up to 5,000 for one answer each.
create function add_survey_links(p_survey uuid, p_keys bytea[]) returns integer
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  v_kind text;
  many integer;
begin
  select s.by_link into v_kind from survey s join records r on r.organisation_id = s.organisation_id and r.id = s.id
    where s.organisation_id = current_organisation() and s.id = p_survey and r.state = 'open' for update of r;
  if coalesce(v_kind, 'audience') = 'audience' or not changeable(current_organisation(), p_survey) then
    raise exception 'add_survey_links: not allowed' using errcode = 'insufficient_privilege';
  end if;
  select count(*) into many from survey_links l where l.organisation_id = current_organisation() and l.survey_id = p_survey;
  if many + coalesce(cardinality(p_keys), 0) > (case v_kind when 'open' then 1 else 5000 end) then return 0; end if;
  insert into survey_links (organisation_id, survey_id, key_sha256, personal)
    select current_organisation(), p_survey, k, v_kind = 'personal' from unnest(p_keys) as k;
  get diagnostics many = row_count;
  return many;
end $$;

-- Of a survey that the current person sees: how many were asked and have answered. By one link for everybody nobody knows how many were asked.
create or replace function survey_turnout(p_survey uuid) returns table (asked integer, answered integer)
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
declare
  v_kind text;
begin
  if not visible(current_organisation(), p_survey) then
    raise exception 'survey_turnout: not allowed' using errcode = 'insufficient_privilege';
  end if;
  select s.by_link into v_kind from survey s where s.organisation_id = current_organisation() and s.id = p_survey;
  if coalesce(v_kind, 'audience') = 'audience' then
    return query select count(*)::integer, count(*) filter (where p.answered)::integer from survey_people p
      where p.organisation_id = current_organisation() and p.survey_id = p_survey;
  elsif v_kind = 'personal' then
    return query select count(*)::integer, count(*) filter (where l.used)::integer from survey_links l
      where l.organisation_id = current_organisation() and l.survey_id = p_survey;
  else
    return query select null::integer, count(*)::integer from survey_answers a
      where a.organisation_id = current_organisation() and a.survey_id = p_survey;
  end if;
end $$;

-- Of a survey of the actor's: how many links were made, and how many answers came by them.
create function survey_links_made(p_survey uuid) returns table (links integer, answered integer)
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  if not changeable(current_organisation(), p_survey) then
    raise exception 'survey_links_made: not allowed' using errcode = 'insufficient_privilege';
  end if;
  return query select (select count(*)::integer from survey_links l where l.organisation_id = current_organisation() and l.survey_id = p_survey),
    (select t.answered from survey_turnout(p_survey) t);
end $$;

-- The survey that a key opens, for whoever holds it: what is asked, and whether this link was used. Nothing for any other key, nor once
-- the survey is cancelled or kept from people.
create function survey_by_key(p_key_sha256 bytea) returns jsonb
language sql stable security definer set search_path = reeve, pg_temp as $$
  select jsonb_build_object('organisation', r.organisation_id, 'title', r.title, 'state', r.state, 'purpose', s.purpose,
    'closesOn', s.closes_on, 'personal', l.personal, 'used', l.personal and l.used,
    'questions', (select coalesce(jsonb_agg(jsonb_build_object('number', q.number, 'text', q.text, 'kind', q.kind, 'options', q.options,
        'required', q.required) order by q.position), '[]')
      from survey_questions q where q.organisation_id = r.organisation_id and q.parent_id = r.id and q.removed_at is null),
    'did', (select coalesce(jsonb_agg(jsonb_build_object('said', d.said, 'done', d.done) order by d.position), '[]')
      from survey_did d where r.state = 'published' and d.organisation_id = r.organisation_id and d.parent_id = r.id and d.removed_at is null))
  from survey_links l
    join records r on r.organisation_id = l.organisation_id and r.id = l.survey_id and r.state in ('open', 'closed', 'published') and r.sensitivity = 'normal'
    join survey s on s.organisation_id = r.organisation_id and s.id = r.id
  where l.key_sha256 = p_key_sha256
$$;

-- Whoever holds a key answers: 'taken'; 'used' where the link has taken its answer; 'full' where an open link has taken very many; null for
-- any other key, or a survey that takes no answers now. That the link was used and what was said are written so that neither tells of the other.
create function answer_survey_by_key(p_key_sha256 bytea, p_answers jsonb) returns text
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  v_link survey_links;
  v_breakdown text;
  v_question integer;
begin
  select l.* into v_link from survey_links l where l.key_sha256 = p_key_sha256;
  if v_link.survey_id is null then return null; end if;
  perform pg_advisory_xact_lock(hashtextextended('answer ' || v_link.survey_id, 0));
  if not exists (select 1 from records where organisation_id = v_link.organisation_id and id = v_link.survey_id and type = 'survey' and state = 'open'
      and sensitivity = 'normal') then return null; end if;
  if v_link.personal then
    update survey_links l set used = true where l.key_sha256 = p_key_sha256 and not l.used;
    if not found then return 'used'; end if;
  elsif (select count(*) from survey_answers a where a.organisation_id = v_link.organisation_id and a.survey_id = v_link.survey_id) >= 20000 then
    return 'full';
  end if;
  select s.breakdown, s.breakdown_question into v_breakdown, v_question from survey s
    where s.organisation_id = v_link.organisation_id and s.id = v_link.survey_id;
  perform keep_survey_answer(v_link.organisation_id, v_link.survey_id,
    case when v_breakdown = 'question' then p_answers ->> v_question::text end, p_answers);
  return 'taken';
end $$;

revoke execute on function add_survey_links(uuid, bytea[]), survey_links_made(uuid), survey_by_key(bytea), answer_survey_by_key(bytea, jsonb) from public;
grant execute on function add_survey_links(uuid, bytea[]), survey_links_made(uuid), survey_by_key(bytea), answer_survey_by_key(bytea, jsonb) to reeve_app;

-- Which links were used is forgotten with what was answered; a link still leads to the survey, and says that it is over.
create function forget_used_links() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  update survey_results set results = results || jsonb_build_object('asked', (
      select case when bool_and(l.personal) then count(*) end from survey_links l
      where l.organisation_id = new.organisation_id and l.survey_id = new.survey_id))
    where organisation_id = new.organisation_id and survey_id = new.survey_id
      and exists (select 1 from survey s where s.organisation_id = new.organisation_id and s.id = new.survey_id and s.by_link in ('open', 'personal'));
  update survey_links set used = false where organisation_id = new.organisation_id and survey_id = new.survey_id;
  return null;
end $$;
revoke execute on function forget_used_links() from public;
create trigger survey_results_forget_used_links after insert on survey_results for each row execute function forget_used_links();

-- With a survey that is cancelled go its links; and with one that the law has erased.
create or replace function discard_survey(p_survey uuid) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if not changeable(current_organisation(), p_survey) or not exists (select 1 from records
       where organisation_id = current_organisation() and id = p_survey and type = 'survey' and state = 'cancelled') then
    raise exception 'discard_survey: not allowed' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('answer ' || p_survey, 0));
  delete from survey_answers where organisation_id = current_organisation() and survey_id = p_survey;
  delete from survey_people where organisation_id = current_organisation() and survey_id = p_survey;
  delete from survey_links where organisation_id = current_organisation() and survey_id = p_survey;
end $$;

create or replace function forget_surveys() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  delete from survey_people p using erased e
    where e.sequence is null and p.organisation_id = e.organisation_id and e.record_id in (p.survey_id, p.person_id);
  delete from survey_links l using erased e where e.sequence is null and l.organisation_id = e.organisation_id and l.survey_id = e.record_id;
  delete from survey_answers a using erased e where e.sequence is null and a.organisation_id = e.organisation_id and a.survey_id = e.record_id;
  delete from survey_results s using erased e where e.sequence is null and s.organisation_id = e.organisation_id and s.survey_id = e.record_id;
  return null;
end $$;
