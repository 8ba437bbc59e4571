-- Deadlines that move with the rules, and people who stand in for others while they are away.

-- How far a job is, in the transaction that took it there: see 0008. New: a part that the product itself does says so too.
create or replace function job_progress(p_job uuid, p_done integer, p_total integer) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  goes_on boolean;
begin
  update jobs set done = p_done, total = p_total
    where organisation_id = current_organisation() and id = p_job and state = 'running'
      -- Only the owner of the database can act as the product (act_as_system).
      and (started_by = current_person() or current_person() is null)
    returning not cancel_asked into goes_on;
  return coalesce(goes_on, false);
end $$;

-- People who are away, and who stands in for them --------------------------------------------------------------------

-- What of a type can be handed on: migrate writes both from the definitions.
alter table record_types add column work boolean not null default false, add column waits_for text[] not null default '{}';
comment on column record_types.work is 'Whether its records are work to be done: those on which a clock can run';
comment on column record_types.waits_for is 'The permissions that its states wait for: decisions';

create table absences (
  organisation_id uuid not null references organisations,
  id uuid not null default uuidv7(),
  person_id uuid not null,
  delegate_id uuid not null,
  from_day date not null,
  until_day date not null,
  kinds text[] not null check (kinds <> '{}' and kinds <@ array['decisions', 'work']),
  made_at timestamptz not null default now(),
  ended_at timestamptz,
  ended_by uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, person_id) references records,
  foreign key (organisation_id, delegate_id) references records,
  check (person_id <> delegate_id),
  check (until_day between from_day and from_day + 366),
  -- One person stands in at a time.
  constraint absences_no_overlap exclude using gist
    (organisation_id with =, person_id with =, daterange(from_day, until_day, '[]') with &&) where (ended_at is null)
);
comment on table absences is 'Who is away from a day to a day, both included, and who stands in; it ends by itself, or when somebody ends it';
create index absences_delegate on absences (organisation_id, delegate_id, until_day) where ended_at is null;
create index absences_person on absences (organisation_id, person_id, until_day);
alter table absences enable row level security;
-- One's own, those in which one stands in, and everybody's for whoever may change every role.
create policy absences_read on absences for select to reeve_app using (
  organisation_id = (select current_organisation())
  and ((select current_person()) in (person_id, delegate_id) or 'role' = any ((select current_list('change_all'))::text[])));
grant select on absences to reeve_app;

create function london_today() returns date language sql stable return (now() at time zone 'Europe/London')::date;

-- The person for whom the current one stands in; null where they act for themselves.
create function current_absent() returns uuid language sql stable
  return nullif(current_setting('reeve.for', true), '')::uuid;

-- The person's name and teams, and what they may do: see 0004. New: with p_for they stand in for somebody who is away, and
-- are bound to what that person may do, as far as it is work, is handed on, and reaches beyond what is that person's own.
-- Of their own rights they keep reading the registers, so that names are names. Null where they do not stand in today.
-- It reads roles and never other absences, so what was handed on is not handed on again.
drop function act_as(uuid, uuid);
create function act_as(p_organisation uuid, p_person uuid, p_for uuid default null) returns jsonb
language plpgsql security definer set search_path = reeve, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  person_name text;
  absent jsonb;
  handed text[];
  teams uuid[];
  held jsonb;
begin
  select r.title into person_name from records r join person p using (organisation_id, id)
    where r.organisation_id = p_organisation and r.id = p_person and p.active;
  if person_name is null then return null; end if;
  if p_for is not null then
    select a.kinds, jsonb_build_object('personId', r.id, 'name', r.title, 'until', a.until_day) into handed, absent
      from absences a join records r on r.organisation_id = a.organisation_id and r.id = a.person_id
      join person p on p.organisation_id = r.organisation_id and p.id = r.id and p.active
      where a.organisation_id = p_organisation and a.person_id = p_for and a.delegate_id = p_person and a.ended_at is null
        and london_today() between a.from_day and a.until_day;
    if absent is null then return null; end if;
  end if;
  select coalesce(array_agg(m.parent_id), '{}') into teams from team_members m
    where m.organisation_id = p_organisation and m.member = coalesce(p_for, p_person) and m.removed_at is null;
  perform set_config('reeve.organisation', p_organisation::text, true), set_config('reeve.person', p_person::text, true),
          set_config('reeve.for', coalesce(p_for::text, ''), true),
          set_config('reeve.teams', teams::text, true), set_config('reeve.held', '', true);
  with roles as (
    select distinct h.parent_id as whose, t.name as type, t.work, t.waits_for, g.permission, g.scope
    from person_roles h
    -- A role that was withdrawn gives nothing.
    join records role on role.organisation_id = h.organisation_id and role.id = h.role and role.type = 'role' and role.closed_at is null
    join role_permissions g on g.organisation_id = h.organisation_id and g.parent_id = h.role and g.removed_at is null
    join record_types t on g.type = '*' or t.name = g.type
    where h.organisation_id = p_organisation and h.parent_id = any (array[p_person, p_for]) and h.removed_at is null
  ), granted as (
    select distinct r.type, r.permission, r.scope,
        r.permission not in ('read', 'create', 'comment', 'internal', 'restricted', 'export', 'erase') as changes
    from roles r
    where case
      when p_for is null then true
      when r.whose = p_person then not r.work and r.permission = 'read' and r.scope = 'all'
      else r.work and r.scope in ('team', 'all') and r.permission not in ('create', 'restricted', 'export', 'erase')
        and ('work' = any (handed) and r.permission <> all (r.waits_for)
             or 'decisions' = any (handed) and (r.permission = any (r.waits_for)
               or r.permission in ('read', 'internal', 'comment')
                  and exists (select 1 from roles d where d.whose = r.whose and d.type = r.type and d.permission = any (d.waits_for) and d.scope in ('team', 'all'))))
      end
  ), lists as (
    select jsonb_agg(jsonb_build_object('type', type, 'permission', permission, 'scope', scope)) as grants,
        array_agg(type) filter (where permission = 'read' and scope = 'all') as read_all,
        array_agg(type) filter (where permission = 'read' and scope = 'team') as read_team,
        array_agg(type) filter (where permission = 'read' and scope = 'own') as read_own,
        array_agg(distinct type) filter (where changes and scope = 'all') as change_all,
        array_agg(distinct type) filter (where changes and scope = 'team') as change_team,
        array_agg(distinct type) filter (where changes and scope = 'own') as change_own,
        array_agg(distinct type) filter (where permission = 'create') as "create",
        array_agg(type) filter (where permission = 'internal' and scope = 'all') as internal_all,
        array_agg(type) filter (where permission = 'internal' and scope = 'team') as internal_team,
        array_agg(type) filter (where permission = 'internal' and scope = 'own') as internal_own,
        array_agg(type) filter (where permission = 'restricted' and scope = 'all') as restricted_all,
        array_agg(type) filter (where permission = 'restricted' and scope = 'team') as restricted_team,
        array_agg(type) filter (where permission = 'erase' and scope = 'all') as "erase"
    from granted
  ), told as materialized (
    select grants,
        set_config('reeve.read_all', coalesce(read_all, '{}')::text, true),
        set_config('reeve.read_team', coalesce(read_team, '{}')::text, true),
        set_config('reeve.read_own', coalesce(read_own, '{}')::text, true),
        set_config('reeve.change_all', coalesce(change_all, '{}')::text, true),
        set_config('reeve.change_team', coalesce(change_team, '{}')::text, true),
        set_config('reeve.change_own', coalesce(change_own, '{}')::text, true),
        set_config('reeve.create', coalesce("create", '{}')::text, true),
        set_config('reeve.internal_all', coalesce(internal_all, '{}')::text, true),
        set_config('reeve.internal_team', coalesce(internal_team, '{}')::text, true),
        set_config('reeve.internal_own', coalesce(internal_own, '{}')::text, true),
        set_config('reeve.restricted_all', coalesce(restricted_all, '{}')::text, true),
        set_config('reeve.restricted_team', coalesce(restricted_team, '{}')::text, true),
        set_config('reeve.erase', coalesce("erase", '{}')::text, true)
    from lists
  ) select grants into held from told;
  return jsonb_build_object('name', person_name, 'teams', to_jsonb(teams), 'grants', coalesce(held, '[]'))
    || case when absent is null then '{}' else jsonb_build_object('standsInFor', absent) end;
end $$;

-- Adds a line to a record's timeline: see 0001. New: what somebody does on work for a person who is away says for whom.
create or replace function append_event(p_record uuid, p_verb text, p_at timestamptz, p_audience text, p_body jsonb, p_words text default null)
returns integer
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
declare
  head record;
  salt bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
  words tsvector := setweight(to_tsvector('english', coalesce(p_words, '')), 'C');
  body jsonb := p_body;
  body_hash bytea;
  new_hash bytea;
begin
  if (case p_verb
       when 'commented' then not visible(current_organisation(), p_record) or (p_audience = 'internal'
         and p_record is distinct from current_held() and not reads_internal(current_organisation(), p_record))
       when 'erased' then not visible(current_organisation(), p_record) or current_list('erase') = '{}'
       else not changeable(current_organisation(), p_record)
     end) then
    raise exception 'append_event: no such record' using errcode = 'insufficient_privilege';
  end if;
  select type, event_count, event_hash into strict head from records
    where organisation_id = current_organisation() and id = p_record for no key update;
  if current_absent() is not null and exists (select 1 from record_types t where t.name = head.type and t.work) then
    body := body || jsonb_build_object('for', current_absent());
  end if;
  body_hash := sha256(salt || convert_to(body::text, 'UTF8'));
  new_hash := event_digest(head.event_hash, p_record, head.event_count + 1, p_at, current_person(), p_verb, p_audience, body_hash);
  insert into events (organisation_id, record_id, sequence, at, actor_id, verb, audience, type, body_hash, hash)
    values (current_organisation(), p_record, head.event_count + 1, p_at, current_person(), p_verb, p_audience, head.type, body_hash, new_hash);
  insert into event_bodies (organisation_id, record_id, sequence, salt, body)
    values (current_organisation(), p_record, head.event_count + 1, salt, body);
  if p_words is null then
    update records set event_count = head.event_count + 1, event_hash = new_hash
      where organisation_id = current_organisation() and id = p_record;
  else
    update records set event_count = head.event_count + 1, event_hash = new_hash, updated_at = greatest(updated_at, p_at),
        search_public = case when p_audience = 'internal' then coalesce(search_public, search) else search_public || words end,
        search = search || words
      where organisation_id = current_organisation() and id = p_record;
  end if;
  return head.event_count + 1;
end $$;

-- Says on the timelines of both people what was agreed between them, which neither may write on the other's.
create function tell_absence(p_absence absences, p_verb text) returns void
language plpgsql set search_path = reeve, pg_temp as $$
declare
  whose uuid;
begin
  foreach whose in array array[p_absence.person_id, p_absence.delegate_id] loop
    perform set_config('reeve.held', whose::text, true);
    perform append_event(whose, p_verb, now(), 'everyone', jsonb_build_object('person', p_absence.person_id, 'delegate', p_absence.delegate_id,
      'fromDay', p_absence.from_day, 'untilDay', p_absence.until_day, 'kinds', to_jsonb(p_absence.kinds)));
  end loop;
  perform set_config('reeve.held', '', true);
end $$;
revoke execute on function tell_absence(absences, text) from public;

-- The current person is away from a day to a day, and somebody stands in. Only for oneself, and not while standing in.
create function make_absence(p_delegate uuid, p_from date, p_until date, p_kinds text[]) returns uuid
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  made absences;
begin
  if current_organisation() is null or current_person() is null or current_absent() is not null then
    raise exception 'make_absence: only for oneself' using errcode = 'insufficient_privilege';
  end if;
  if p_from < london_today() or not exists (select 1 from person p join records r using (organisation_id, id)
       where p.organisation_id = current_organisation() and p.id = p_delegate and p.active and visible(r.organisation_id, r.id)) then
    raise exception 'make_absence: from a day to come, to somebody who is active and whom one sees' using errcode = 'check_violation';
  end if;
  insert into absences (organisation_id, person_id, delegate_id, from_day, until_day, kinds)
    values (current_organisation(), current_person(), p_delegate, p_from, p_until, p_kinds) returning * into made;
  perform tell_absence(made, 'stand_in_begun');
  return made.id;
end $$;

-- Ends it at once: whoever is away, whoever stands in, and whoever may change every role. False when it has ended.
create function end_absence(p_absence uuid) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  found absences;
begin
  select * into found from absences where organisation_id = current_organisation() and id = p_absence
    and (current_person() in (person_id, delegate_id) or 'role' = any (current_list('change_all'))) for no key update;
  if found.id is null then raise exception 'end_absence: no such absence' using errcode = 'insufficient_privilege'; end if;
  if found.ended_at is not null or found.until_day < london_today() then return false; end if;
  update absences set ended_at = now(), ended_by = current_person() where organisation_id = found.organisation_id and id = found.id;
  perform tell_absence(found, 'stand_in_ended');
  return true;
end $$;

-- Lines of timelines that somebody is told of: see 0023. New: that somebody stands in.
create or replace function note_untold() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if current_setting('reeve.quiet', true) = 'on' then return null; end if;
  insert into untold (organisation_id, record_id, sequence) select organisation_id, record_id, sequence from added
    where verb in ('created', 'changed', 'moved', 'commented', 'stand_in_begun', 'stand_in_ended') and at > recorded_at - interval '1 hour';
  insert into webhook_events (organisation_id, record_id, sequence) select a.organisation_id, a.record_id, a.sequence from added a
    where a.verb in ('created', 'changed', 'moved', 'commented', 'erased') and a.at > a.recorded_at - interval '1 hour'
      and exists (select 1 from records w where w.organisation_id = a.organisation_id and w.type = 'webhook' and w.closed_at is null
        and w.state = 'on');
  return null;
end $$;
