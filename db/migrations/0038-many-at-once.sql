-- Records that are made many at once: by an import of a file, and with the history that they bring from elsewhere. One road
-- for both, with lines and links too, and the parts given flat (records, events, rows of the type's own table, clocks, lines
-- by their table, links), which PostgreSQL reads twice as fast as parts within parts.

-- Makes records with their events and everything that hangs on them. Only for create_many() and bring_in(), which ask who acts.
create function insert_records(p_type text, p_given jsonb) returns void
language plpgsql set search_path = reeve, public, pg_temp as $$
begin
  with recursive given as materialized (
    select * from jsonb_to_recordset(p_given -> 'records') as r (id uuid, reference text, title text, state text, owner_id uuid, team_id uuid,
      requester_id uuid, within_id uuid, sensitivity text, opened_at timestamptz, updated_at timestamptz, next_due_at timestamptz, closed_at timestamptz,
      words_title text, words_everyone text, words_internal text)
  ), said as materialized (
    select e.*, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) as salt
    from jsonb_to_recordset(p_given -> 'events') as e (record_id uuid, sequence integer, at timestamptz, verb text, audience text, body jsonb)
    where e.record_id in (select id from given)
  ), hashed as materialized (
    select *, sha256(salt || convert_to(body::text, 'UTF8')) as body_hash from said
  ), chain as (
    select record_id, sequence, event_digest('\x', record_id, sequence, at, current_person(), verb, audience, body_hash) as hash from hashed where sequence = 1
    union all
    select h.record_id, h.sequence, event_digest(c.hash, h.record_id, h.sequence, h.at, current_person(), h.verb, h.audience, h.body_hash)
    from chain c join hashed h on h.record_id = c.record_id and h.sequence = c.sequence + 1
  ), chained as materialized (
    select * from chain
  ), words as materialized (
    select id, setweight(to_tsvector('english', words_title), 'A') || setweight(to_tsvector('english', words_everyone), 'B') as everyone,
      setweight(to_tsvector('english', words_internal), 'B') as internal from given
  ), new_records as (
    insert into records (organisation_id, id, type, reference, title, state, owner_id, team_id, requester_id, within_id, created_by, sensitivity,
        opened_at, updated_at, next_due_at, closed_at, event_count, event_hash, search, search_public)
      select current_organisation(), g.id, p_type, g.reference, g.title, g.state, g.owner_id, g.team_id, g.requester_id, g.within_id, current_person(), g.sensitivity,
        g.opened_at, g.updated_at, g.next_due_at, g.closed_at, head.sequence, head.hash, w.everyone || w.internal, case when w.internal = '' then null else w.everyone end
      from given g join words w using (id)
      join (select distinct on (record_id) * from chained order by record_id, sequence desc) head on head.record_id = g.id
  ), new_events as (
    insert into events (organisation_id, record_id, sequence, at, actor_id, verb, audience, type, body_hash, hash)
      select current_organisation(), record_id, sequence, h.at, current_person(), h.verb, h.audience, p_type, h.body_hash, c.hash
      from hashed h join chained c using (record_id, sequence)
  )
  insert into event_bodies (organisation_id, record_id, sequence, salt, body)
    select current_organisation(), record_id, sequence, salt, body from hashed;
  perform insert_parts(p_type, p_given);
end $$;
revoke execute on function insert_records(text, jsonb) from public;

-- Makes what hangs on records that were made just now, and on no others: the rows of the type's own table and of its lines,
-- clocks and links.
create function insert_parts(p_type text, p_given jsonb) returns void
language plpgsql set search_path = reeve, public, pg_temp as $$
declare
  made uuid[] := array(select r.id from jsonb_to_recordset(p_given -> 'records') as r (id uuid));
  part record;
  names text;
  given text;
begin
  for part in select p_type as name, 'id' as held, p_given -> 'own' as rows
              union all select l.key, 'parent_id', l.value from jsonb_each(p_given -> 'lines') as l loop
    select string_agg(format('%I', a.attname), ', ' order by a.attnum), string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum)
      into names, given from pg_attribute a
      where a.attrelid = to_regclass(format('reeve.%I', part.name)) and a.attnum > 0 and not a.attisdropped
        and a.attname not in ('organisation_id', 'id', 'removed_at', part.held);
    if part.held = 'parent_id' and not (starts_with(part.name, p_type || '_') and exists (select 1 from pg_attribute a
         where a.attrelid = to_regclass(format('reeve.%I', part.name)) and a.attname = 'parent_id')) then
      raise exception 'insert_parts: these are not lines of %', p_type using errcode = 'insufficient_privilege';
    end if;
    execute format('insert into %1$I (organisation_id, %2$I%3$s) select current_organisation(), r.* from jsonb_to_recordset($1) as r (%2$I uuid%4$s)
      where r.%2$I = any ($2)', part.name, part.held, ', ' || names, ', ' || given) using part.rows, made;
  end loop;
  insert into clocks (organisation_id, record_id, name, state, started_at, due_at, stopped_at, outcome, target_minutes, elapsed_minutes, paused_minutes,
      met_only_by_pause, policy_version, calendar_version)
    select current_organisation(), c.* from jsonb_to_recordset(p_given -> 'clocks') as c (record_id uuid, name text, state text, started_at timestamptz,
      due_at timestamptz, stopped_at timestamptz, outcome text, target_minutes integer, elapsed_minutes integer, paused_minutes integer,
      met_only_by_pause boolean, policy_version text, calendar_version text) where c.record_id = any (made);
  if exists (select 1 from jsonb_to_recordset(p_given -> 'links') as l (to_id uuid) where not visible(current_organisation(), l.to_id)) then
    raise exception 'insert_parts: no such record to lead to' using errcode = 'insufficient_privilege';
  end if;
  insert into links (organisation_id, from_id, relation, to_id)
    select current_organisation(), l.* from jsonb_to_recordset(p_given -> 'links') as l (from_id uuid, relation text, to_id uuid)
    where l.from_id = any (made) on conflict do nothing;
end $$;
revoke execute on function insert_parts(text, jsonb) from public;

-- Makes many records of a type as the current person: what making them one by one does, in a few statements. Each has one
-- event, which says that it was created.
create or replace function create_many(p_type text, p_records jsonb) returns void
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
begin
  if current_organisation() is null or current_person() is null or not p_type = any (current_list('create'))
     or not exists (select 1 from record_types where name = p_type)
     or exists (select 1 from jsonb_to_recordset(p_records -> 'events') as e (sequence integer, verb text, audience text)
                where (e.sequence, e.verb, e.audience) is distinct from (1, 'created', 'everyone')) then
    raise exception 'create_many: not allowed' using errcode = 'insufficient_privilege';
  end if;
  perform insert_records(p_type, p_records);
end $$;

-- Makes records of a type together with the history that they bring from elsewhere, at the times that the source gives: what
-- making a record and append_event() do, for many at once. Only the product itself may, with nobody acting.
create or replace function bring_in(p_type text, p_records jsonb) returns void
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
begin
  if current_organisation() is null or current_person() is not null or not p_type = any (current_list('create'))
     or not exists (select 1 from record_types where name = p_type) then
    raise exception 'bring_in: only the product itself may' using errcode = 'insufficient_privilege';
  end if;
  perform insert_records(p_type, p_records);
end $$;

-- Adds a line for everyone to the timelines of many records, which the transaction holds. What append_event() does for one;
-- the caller asks who acts.
create function append_events(p_lines jsonb) returns void
language plpgsql set search_path = reeve, public, pg_temp as $$
begin
  with given as materialized (
    select l.record_id, l.verb, r.type, r.event_count + 1 as sequence, r.event_hash as previous, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) as salt,
      case when current_absent() is not null and t.work then l.body || jsonb_build_object('for', current_absent()) else l.body end as body
    from jsonb_to_recordset(p_lines) as l (record_id uuid, verb text, body jsonb)
    join records r on r.organisation_id = current_organisation() and r.id = l.record_id join record_types t on t.name = r.type
  ), hashed as materialized (
    select *, sha256(salt || convert_to(body::text, 'UTF8')) as body_hash from given
  ), chained as materialized (
    select *, event_digest(previous, record_id, sequence, now(), current_person(), verb, 'everyone', body_hash) as hash from hashed
  ), new_events as (
    insert into events (organisation_id, record_id, sequence, at, actor_id, verb, audience, type, body_hash, hash)
      select current_organisation(), record_id, sequence, now(), current_person(), verb, 'everyone', type, body_hash, hash from chained
  ), new_bodies as (
    insert into event_bodies (organisation_id, record_id, sequence, salt, body) select current_organisation(), record_id, sequence, salt, body from chained
  )
  update records r set event_count = c.sequence, event_hash = c.hash from chained c
    where r.organisation_id = current_organisation() and r.id = c.record_id;
end $$;
revoke execute on function append_events(jsonb) from public;

-- Empties records of one type: their titles, what the type's definition says an erasure empties, their files, and accounts of
-- people. Answers with the files whose content nothing leads to any more.
create function erase_values_of(p_type text, p_records uuid[]) returns text[]
language plpgsql set search_path = reeve, public, pg_temp as $$
declare
  organisation uuid := current_organisation();
  words text[] := array(select distinct word from records r, unnest(tsvector_to_array(to_tsvector('simple', r.title))) as word
    where r.organisation_id = organisation and r.id = any (p_records));
  part record;
  blobs text[];
begin
  if p_type = 'person' then
    update api_token set revoked_at = coalesce(revoked_at, now()) where organisation_id = organisation and person_id = any (p_records);
    delete from sign_in_user u using person p where p.organisation_id = organisation and p.id = any (p_records) and u.id = p.account_id
      and not exists (select 1 from person other where other.account_id = p.account_id
                      and not (other.organisation_id = organisation and other.id = any (p_records)));
  end if;
  for part in select f.key as name, array(select jsonb_array_elements_text(f.value)) as names
              from record_types t, jsonb_each(t.erasable) f where t.name = p_type and jsonb_array_length(f.value) > 0 loop
    if part.name = 'links' then
      delete from links where organisation_id = organisation and from_id = any (p_records) and relation = any (part.names);
    else
      execute format('update %I set %s where organisation_id = $1 and %I = any ($2)', part.name,
          (select string_agg(format('%I = null', c), ', ') from unnest(part.names) as c),
          case when part.name in (p_type, 'records') then 'id' else 'parent_id' end)
        using organisation, p_records;
    end if;
  end loop;
  update records set title = 'Erased', search = setweight(to_tsvector('english', reference), 'A'), search_public = null,
      version = version + 1, updated_at = greatest(updated_at, now())
    where organisation_id = organisation and id = any (p_records);
  delete from search_words w where w.organisation_id = organisation and w.word = any (words)
    and numnode(plainto_tsquery('english', w.word)) = 1
    and not exists (select 1 from records r where r.organisation_id = organisation and r.id <> all (p_records)
                    and r.search @@ (plainto_tsquery('english', w.word)::text || ':A')::tsquery);
  with gone as (delete from files where organisation_id = organisation and record_id = any (p_records) returning sha256)
  select coalesce(array_agg(distinct encode(g.sha256, 'hex')), '{}') into blobs from gone g
    where not exists (select 1 from files f where f.sha256 = g.sha256 and not (f.organisation_id = organisation and f.record_id = any (p_records)));
  return blobs;
end $$;
revoke execute on function erase_values_of(text, uuid[]) from public;

create or replace function erase_values(head records) returns text[]
language sql set search_path = reeve, pg_temp as $$
  select erase_values_of(head.type, array[head.id])
$$;

-- Takes back records that the current person's import made and that nobody has touched since nor a legal hold holds: closes
-- them (p_state, where the type has a state to be closed in) and, with p_reason, erases what they say as the law would.
-- Answers with those that went. Each erasure has a line in `erasures`, whose triggers do what follows from one.
drop function undo_created(uuid, uuid, text, text);
create function undo_created(p_import uuid, p_records uuid[], p_state text, p_reason text) returns uuid[]
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
declare
  found uuid[];
  free uuid[];
  kind text;
begin
  -- In one order, so that two at once never wait for each other.
  with held as materialized (
    select r.id, r.type, r.version, r.event_count from records r
    where r.organisation_id = current_organisation() and r.id = any (p_records) and r.created_by = current_person()
      and exists (select 1 from import_rows w join imports i on i.organisation_id = w.organisation_id and i.id = w.import_id
        where w.organisation_id = r.organisation_id and w.record_id = r.id and w.import_id = p_import and w.outcome = 'create'
          and i.started_by = current_person() and i.type = r.type)
    order by r.id for no key update of r
  )
  select array_agg(id), min(type), coalesce(array_agg(id) filter (where version = 1 and event_count = 1
      and hold_of(current_organisation(), id) is null), '{}') into found, kind, free from held;
  if current_person() is null or cardinality(coalesce(found, '{}')) <> (select count(distinct id) from unnest(p_records) as id) then
    raise exception 'undo_created: no such record' using errcode = 'insufficient_privilege';
  end if;
  if p_state is not null then
    perform append_events((select jsonb_agg(jsonb_build_object('record_id', id, 'verb', 'moved', 'body', jsonb_build_object('from', state, 'state', p_state)))
      from records where organisation_id = current_organisation() and id = any (free) and state <> p_state));
    update records set state = p_state, closed_at = coalesce(closed_at, now()), next_due_at = 'infinity', updated_at = now(), version = version + 1
      where organisation_id = current_organisation() and id = any (free) and state <> p_state;
  end if;
  if p_reason is not null then
    with erased as (
      insert into erasures (organisation_id, certificate, record_id, reason, erased_by)
        select current_organisation(), uuidv7(), id, p_reason, current_person() from unnest(free) as id returning record_id, certificate
    )
    update event_bodies b set body = null, salt = null, erased_by_certificate = e.certificate from erased e
      where b.organisation_id = current_organisation() and b.record_id = e.record_id and b.body is not null;
    perform append_events((select jsonb_agg(jsonb_build_object('record_id', b.record_id, 'verb', 'erased',
        'body', jsonb_build_object('certificate', b.erased_by_certificate, 'sequence', null, 'reason', p_reason)))
      from event_bodies b where b.organisation_id = current_organisation() and b.record_id = any (free) and b.sequence = 1));
    perform erase_values_of(kind, free);
  end if;
  return free;
end $$;

-- What was told of a record goes with it: for all that one statement erases at once, since what waits to be told has no index
-- (it is short-lived) and would be read once for each.
create or replace function forget_what_was_told() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  delete from notifications n using erased e where n.organisation_id = e.organisation_id and n.record_id = e.record_id
    and (e.sequence is null or n.sequence = e.sequence);
  delete from untold u using erased e where u.organisation_id = e.organisation_id and u.record_id = e.record_id and (e.sequence is null or u.sequence = e.sequence);
  delete from watchers w using erased e where w.organisation_id = e.organisation_id and w.record_id = e.record_id and e.sequence is null;
  delete from watchers w using erased e where w.organisation_id = e.organisation_id and w.person_id = e.record_id and e.sequence is null;
  delete from notifications n using erased e where n.organisation_id = e.organisation_id and n.person_id = e.record_id and e.sequence is null;
  delete from notification_choices c using erased e where c.organisation_id = e.organisation_id and c.person_id = e.record_id and e.sequence is null;
  delete from notification_times t using erased e where t.organisation_id = e.organisation_id and t.person_id = e.record_id and e.sequence is null;
  delete from mail_outbox m using erased e where m.organisation_id = e.organisation_id and m.person_id = e.record_id and e.sequence is null;
  return null;
end $$;
drop trigger erasures_forget on erasures;
create trigger erasures_forget after insert on erasures referencing new table as erased for each statement execute function forget_what_was_told();
