-- Records that are changed many at once, by an import of a file and by taking one back. One change is a batch of one: there is
-- one road for both, with the parts given flat, as insert_records() takes them.

-- What lines for everyone on the timelines of records, which the transaction holds, come to: where each stands, and the chain.
create function next_events(p_lines jsonb)
  returns table (record_id uuid, type text, sequence integer, at timestamptz, verb text, salt bytea, body jsonb, body_hash bytea, hash bytea)
language sql set search_path = reeve, public, pg_temp as $$
  with given as materialized (
    select l.record_id, l.verb, coalesce(l.at, now()) as at, r.type, r.event_count + 1 as sequence, r.event_hash as previous,
      uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) as salt,
      case when current_absent() is not null and t.work then l.body || jsonb_build_object('for', current_absent()) else l.body end as body
    from jsonb_to_recordset(p_lines) as l (record_id uuid, verb text, at timestamptz, body jsonb)
    join records r on r.organisation_id = current_organisation() and r.id = l.record_id join record_types t on t.name = r.type
  ), hashed as materialized (
    select *, sha256(salt || convert_to(body::text, 'UTF8')) as body_hash from given
  )
  select record_id, type, sequence, at, verb, salt, body, body_hash,
    event_digest(previous, record_id, sequence, at, current_person(), verb, 'everyone', body_hash) from hashed
$$;
revoke execute on function next_events(jsonb) from public;

-- Adds a line for everyone to the timelines of many records, which the transaction holds; with p_state it closes them with it.
-- The caller asks who acts.
drop function append_events(jsonb);
create function append_events(p_lines jsonb, p_state text default null) returns void
language plpgsql set search_path = reeve, public, pg_temp as $$
begin
  with next as materialized (
    select * from next_events(p_lines)
  ), new_events as (
    insert into events (organisation_id, record_id, sequence, at, actor_id, verb, audience, type, body_hash, hash)
      select current_organisation(), record_id, sequence, at, current_person(), verb, 'everyone', type, body_hash, hash from next
  ), new_bodies as (
    insert into event_bodies (organisation_id, record_id, sequence, salt, body) select current_organisation(), record_id, sequence, salt, body from next
  ), lines as (
    update records r set event_count = n.sequence, event_hash = n.hash from next n
      where r.organisation_id = current_organisation() and r.id = n.record_id and p_state is null
  )
  update records r set event_count = n.sequence, event_hash = n.hash, state = p_state, closed_at = coalesce(r.closed_at, now()),
      next_due_at = 'infinity', updated_at = now(), version = r.version + 1 from next n
    where r.organisation_id = current_organisation() and r.id = n.record_id and p_state is not null;
end $$;
revoke execute on function append_events(jsonb, text) from public;

-- The words by which a record is found: those of its values, and what was said of it.
create function search_of(p_record uuid, p_title text, p_words text, p_internal_words text, out search tsvector, out search_public tsvector)
language plpgsql stable set search_path = reeve, public, pg_temp as $$
declare
  base tsvector := setweight(to_tsvector('english', p_title), 'A') || setweight(to_tsvector('english', p_words), 'B');
  said tsvector := said_words(p_record, 'everyone');
  said_inside tsvector := said_words(p_record, 'internal') || setweight(to_tsvector('english', p_internal_words), 'B');
begin
  search := base || said || said_inside;
  search_public := case when said_inside = '' then null else base || said end;
end $$;
revoke execute on function search_of(uuid, text, text, text) from public;

create or replace function index_record(p_record uuid, p_title text, p_words text, p_internal_words text) returns void
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
begin
  if not changeable(current_organisation(), p_record) then
    raise exception 'index_record: no such record' using errcode = 'insufficient_privilege';
  end if;
  update records r set search = w.search, search_public = w.search_public
    from search_of(p_record, p_title, p_words, p_internal_words) w
    where r.organisation_id = current_organisation() and r.id = p_record;
end $$;

-- The columns of a table as a list of definitions to read JSON by. Refuses those that say whose a row is, and any that are not there.
create function columns_given(p_table text, p_names text[]) returns text
language plpgsql stable set search_path = reeve, public, pg_temp as $$
declare
  found text[] := array(select format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) from pg_attribute a
    where a.attrelid = to_regclass(format('reeve.%I', p_table)) and a.attnum > 0 and not a.attisdropped and a.attname = any (p_names)
      and a.attname not in ('organisation_id', 'id', 'parent_id') order by a.attnum);
begin
  if cardinality(found) is distinct from cardinality(p_names) or found = '{}' then
    raise exception 'columns_given: % has no such columns', p_table using errcode = 'insufficient_privilege';
  end if;
  return array_to_string(found, ', ');
end $$;
revoke execute on function columns_given(text, text[]) from public;

-- Whether a table holds lines of a type; null where none is named.
create function is_lines_of(p_type text, p_table text) returns boolean
language sql stable strict set search_path = reeve, public, pg_temp as $$
  select starts_with(p_table, p_type || '_') and exists (select 1 from pg_attribute a
    where a.attrelid = to_regclass(format('reeve.%I', p_table)) and a.attname = 'parent_id')
$$;
revoke execute on function is_lines_of(text, text) from public;

-- Makes rows of a table of a type's lines, or of its own table where p_lines is null, of these records and of no others.
create function insert_rows(p_type text, p_lines text, p_rows jsonb, p_records uuid[]) returns void
language plpgsql set search_path = reeve, public, pg_temp as $$
declare
  held text := case when p_lines is null then 'id' else 'parent_id' end;
  names text;
  given text;
begin
  if not is_lines_of(p_type, p_lines) then
    raise exception 'insert_rows: these are not lines of %', p_type using errcode = 'insufficient_privilege';
  end if;
  select string_agg(format(', %I', a.attname), '' order by a.attnum), string_agg(format(', %I %s', a.attname, format_type(a.atttypid, a.atttypmod)), '' order by a.attnum)
    into names, given from pg_attribute a
    where a.attrelid = to_regclass(format('reeve.%I', coalesce(p_lines, p_type))) and a.attnum > 0 and not a.attisdropped
      and a.attname not in ('organisation_id', 'id', 'removed_at', held);
  execute format('insert into %1$I (organisation_id, %2$I%3$s) select current_organisation(), r.* from jsonb_to_recordset($1) as r (%2$I uuid%4$s)
    where r.%2$I = any ($2)', coalesce(p_lines, p_type), held, names, given) using p_rows, p_records;
end $$;
revoke execute on function insert_rows(text, text, jsonb, uuid[]) from public;

-- Changes named columns in rows of a type's own table, or in lines, of these records and of no others.
create function update_rows(p_type text, p_table text, p_names text[], p_rows jsonb, p_records uuid[]) returns void
language plpgsql set search_path = reeve, public, pg_temp as $$
begin
  if p_table <> p_type and not is_lines_of(p_type, p_table) then
    raise exception 'update_rows: these are not lines of %', p_type using errcode = 'insufficient_privilege';
  end if;
  execute format('update %1$I o set %2$s from jsonb_to_recordset($1) as n (id uuid, %3$s)
      where o.organisation_id = current_organisation() and o.id = n.id and o.%4$I = any ($2)', p_table,
      (select string_agg(format('%1$I = n.%1$I', name), ', ') from unnest(p_names) as name),
      columns_given(p_table, p_names), case when p_table = p_type then 'id' else 'parent_id' end)
    using p_rows, p_records;
end $$;
revoke execute on function update_rows(text, text, text[], jsonb, uuid[]) from public;

-- Joins these records, by the fields that hold such links, to what the current person sees.
create function insert_links(p_links jsonb, p_records uuid[]) returns void
language plpgsql set search_path = reeve, public, pg_temp as $$
begin
  if exists (select 1 from jsonb_to_recordset(p_links) as l (relation text, to_id uuid)
             where l.relation = any (record_relations()) or not visible(current_organisation(), l.to_id)) then
    raise exception 'insert_links: no such record to lead to' using errcode = 'insufficient_privilege';
  end if;
  insert into links (organisation_id, from_id, relation, to_id)
    select current_organisation(), l.* from jsonb_to_recordset(p_links) as l (from_id uuid, relation text, to_id uuid)
    where l.from_id = any (p_records) on conflict do nothing;
end $$;
revoke execute on function insert_links(jsonb, uuid[]) from public;

-- Writes what clocks of these records, and of no others, say. One that says as it did is not written again.
create function put_clocks(p_clocks jsonb, p_records uuid[]) returns void
language plpgsql set search_path = reeve, public, pg_temp as $$
begin
  insert into clocks as c (organisation_id, record_id, name, state, started_at, due_at, stopped_at, outcome, target_minutes, elapsed_minutes, paused_minutes,
      met_only_by_pause, policy_version, calendar_version)
    select current_organisation(), n.* from jsonb_to_recordset(p_clocks) as n (record_id uuid, name text, state text, started_at timestamptz,
      due_at timestamptz, stopped_at timestamptz, outcome text, target_minutes integer, elapsed_minutes integer, paused_minutes integer,
      met_only_by_pause boolean, policy_version text, calendar_version text) where n.record_id = any (p_records)
    on conflict (organisation_id, record_id, name) do update set state = excluded.state, started_at = excluded.started_at, due_at = excluded.due_at,
      stopped_at = excluded.stopped_at, outcome = excluded.outcome, target_minutes = excluded.target_minutes, elapsed_minutes = excluded.elapsed_minutes,
      paused_minutes = excluded.paused_minutes, met_only_by_pause = excluded.met_only_by_pause, policy_version = excluded.policy_version,
      calendar_version = excluded.calendar_version
      where (c.*) is distinct from (excluded.*);
end $$;
revoke execute on function put_clocks(jsonb, uuid[]) from public;

-- Writes what the clocks of records say that the current person sees or may change. One road for all clocks: asked once for a
-- record, where the policies on a row ask several times.
create function store_clocks(p_clocks jsonb) returns void
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
declare
  whose uuid[] := array(select distinct c.record_id from jsonb_to_recordset(p_clocks) as c (record_id uuid));
begin
  if exists (select 1 from unnest(whose) as id where not visible(current_organisation(), id) and not changeable(current_organisation(), id)) then
    raise exception 'store_clocks: no such record' using errcode = 'insufficient_privilege';
  end if;
  perform put_clocks(p_clocks, whose);
end $$;
revoke execute on function store_clocks(jsonb) from public;
grant execute on function store_clocks(jsonb) to reeve_app;
drop policy clocks_insert on clocks;
drop policy clocks_update on clocks;
revoke insert, update on clocks from reeve_app;

create or replace function insert_parts(p_type text, p_given jsonb) returns void
language plpgsql set search_path = reeve, public, pg_temp as $$
declare
  made uuid[] := array(select r.id from jsonb_to_recordset(p_given -> 'records') as r (id uuid));
  part record;
begin
  for part in select null as name, p_given -> 'own' as rows union all select l.key, l.value from jsonb_each(p_given -> 'lines') as l loop
    perform insert_rows(p_type, part.name, part.rows, made);
  end loop;
  perform put_clocks(p_given -> 'clocks', made);
  perform insert_links(p_given -> 'links', made);
end $$;

-- Changes what hangs on records that change_records() holds, and on no others.
create function change_parts(p_type text, p_changes jsonb, p_records uuid[]) returns void
language plpgsql set search_path = reeve, public, pg_temp as $$
declare
  organisation uuid := current_organisation();
  part record;
begin
  for part in select u.* from jsonb_to_recordset(p_changes -> 'rows') as u (name text, names text[], rows jsonb) loop
    perform update_rows(p_type, part.name, part.names, part.rows, p_records);
  end loop;
  for part in select l.key as name, l.value as rows from jsonb_each(p_changes -> 'lines') as l loop
    perform insert_rows(p_type, part.name, part.rows, p_records);
  end loop;
  perform put_clocks(p_changes -> 'clocks', p_records);
  -- What the person does not see of a field's links they do not take away.
  delete from links l using jsonb_to_recordset(p_changes -> 'links') as n (from_id uuid, relation text, to_ids uuid[])
    where l.organisation_id = organisation and l.from_id = n.from_id and l.relation = n.relation and l.to_id <> all (n.to_ids)
      and n.from_id = any (p_records) and l.relation <> all (record_relations()) and visible(organisation, l.to_id);
  perform insert_links((select coalesce(jsonb_agg(jsonb_build_object('from_id', n.from_id, 'relation', n.relation, 'to_id', to_id)), '[]')
    from jsonb_to_recordset(p_changes -> 'links') as n (from_id uuid, relation text, to_ids uuid[]), unnest(n.to_ids) as to_id), p_records);
end $$;
revoke execute on function change_parts(text, jsonb, uuid[]) from public;

-- Changes records of a type that were read at a version, as the current person, with the line on each one's timeline and all
-- that hangs on it. Answers with those that it left as they are: `stale` where somebody changed one since, `told` where its
-- timeline went on (where `events` says how many lines were read of it). Those it holds until the transaction ends.
create function change_records(p_type text, p_changes jsonb) returns table (record_id uuid, why text)
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
#variable_conflict use_column
declare
  organisation uuid := current_organisation();
  asked integer := jsonb_array_length(p_changes -> 'records');
  free uuid[];
  stale uuid[];
  told uuid[];
  allowed boolean;
begin
  -- In one order, so that two at once never wait for each other.
  with held as materialized (
    select r.id, r.type, r.version, r.event_count from records r
    where r.organisation_id = organisation and r.id = any (array(select g.id from jsonb_to_recordset(p_changes -> 'records') as g (id uuid)))
    order by r.id for no key update of r
  )
  select coalesce(array_agg(g.id) filter (where h.version = g.version and h.event_count = coalesce(g.events, h.event_count)), '{}'),
      array_agg(g.id) filter (where h.version <> g.version),
      array_agg(g.id) filter (where h.version = g.version and h.event_count <> g.events),
      count(distinct g.id) = asked and bool_and(coalesce(h.type = p_type and changeable(organisation, g.id), false))
    into free, stale, told, allowed
    from jsonb_to_recordset(p_changes -> 'records') as g (id uuid, version integer, events integer) left join held h on h.id = g.id;
  if not coalesce(allowed, false) or exists (select 1 from jsonb_to_recordset(p_changes -> 'events') as e (verb text)
                                             where e.verb is null or e.verb not in ('changed', 'moved')) then
    raise exception 'change_records: no such record' using errcode = 'insufficient_privilege';
  end if;
  -- What follows in this transaction goes on though the change took the record out of the person's sight.
  if asked = 1 and free <> '{}' then perform set_config('reeve.held', free[1]::text, true); end if;
  perform change_parts(p_type, p_changes, free);
  with given as materialized (
    select g.* from jsonb_to_recordset(p_changes -> 'records') as g (id uuid, changes jsonb, added jsonb, words jsonb) where g.id = any (free)
  ), words as materialized (
    select g.id, w.* from given g, search_of(g.id, g.words ->> 'title', g.words ->> 'everyone', g.words ->> 'internal') w where g.words is not null
  ), next as materialized (
    select * from next_events(case when cardinality(free) = asked then p_changes -> 'events' else
      (select jsonb_agg(e) from jsonb_array_elements(p_changes -> 'events') as e where (e ->> 'record_id')::uuid = any (free)) end)
  ), new_events as (
    insert into events (organisation_id, record_id, sequence, at, actor_id, verb, audience, type, body_hash, hash)
      select organisation, e.record_id, e.sequence, e.at, current_person(), e.verb, 'everyone', e.type, e.body_hash, e.hash from next e
  ), new_bodies as (
    insert into event_bodies (organisation_id, record_id, sequence, salt, body) select organisation, e.record_id, e.sequence, e.salt, e.body from next e
  )
  update records r set version = r.version + 1, event_count = e.sequence, event_hash = e.hash,
      title = case when g.changes ? 'title' then n.title else r.title end,
      state = case when g.changes ? 'state' then n.state else r.state end,
      owner_id = case when g.changes ? 'owner_id' then n.owner_id else r.owner_id end,
      team_id = case when g.changes ? 'team_id' then n.team_id else r.team_id end,
      requester_id = case when g.changes ? 'requester_id' then n.requester_id else r.requester_id end,
      within_id = case when g.changes ? 'within_id' then n.within_id else r.within_id end,
      sensitivity = case when g.changes ? 'sensitivity' then n.sensitivity else r.sensitivity end,
      updated_at = case when g.changes ? 'updated_at' then n.updated_at else r.updated_at end,
      next_due_at = case when g.changes ? 'next_due_at' then n.next_due_at else r.next_due_at end,
      closed_at = case when g.changes ? 'closed_at' then n.closed_at else r.closed_at end,
      added = case when g.added is null then r.added else nullif(jsonb_strip_nulls(coalesce(r.added, '{}') || g.added), '{}') end,
      search = coalesce(w.search, r.search), search_public = case when w.id is null then r.search_public else w.search_public end
    from given g
    cross join lateral jsonb_to_record(g.changes) as n (title text, state text, owner_id uuid, team_id uuid, requester_id uuid, within_id uuid,
      sensitivity text, updated_at timestamptz, next_due_at timestamptz, closed_at timestamptz)
    join next e on e.record_id = g.id left join words w on w.id = g.id
    where r.organisation_id = organisation and r.id = g.id;
  return query select unnest(stale), 'stale' union all select unnest(told), 'told';
end $$;
revoke execute on function change_records(text, jsonb) from public;
grant execute on function change_records(text, jsonb) to reeve_app;
drop function change_record(uuid, integer, jsonb);

-- Erasing and taking back as before, with fewer writes: what is empty already stays, and a record is closed with its line.
-- Empties records of one type: their titles, what the type's definition says an erasure empties, their files, and accounts of
-- people. Answers with the files whose content nothing leads to any more.
create or replace function erase_values_of(p_type text, p_records uuid[]) returns text[]
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
      execute format('update %I set %s where organisation_id = $1 and %I = any ($2) and num_nonnulls(%s) > 0', part.name,
          (select string_agg(format('%I = null', c), ', ') from unnest(part.names) as c),
          case when part.name in (p_type, 'records') then 'id' else 'parent_id' end,
          (select string_agg(format('%I', c), ', ') from unnest(part.names) as c))
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

-- Takes back records that the current person's import made and that nobody has touched since nor a legal hold holds: closes
-- them (p_state, where the type has a state to be closed in) and, with p_reason, erases what they say as the law would.
-- Answers with those that went. Each erasure has a line in `erasures`, whose triggers do what follows from one.
create or replace function undo_created(p_import uuid, p_records uuid[], p_state text, p_reason text) returns uuid[]
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
      from records where organisation_id = current_organisation() and id = any (free) and state <> p_state), p_state);
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
