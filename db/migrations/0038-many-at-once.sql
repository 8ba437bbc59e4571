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
