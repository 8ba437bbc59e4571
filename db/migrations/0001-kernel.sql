-- What every record shares. Written by hand; the tables of each record type are generated from its definition.
-- The migration runner has made the schema `reeve`, the role `reeve_app`, and set search_path to reeve.
create extension if not exists pg_trgm with schema public;
create extension if not exists btree_gist with schema public;

-- Who ------------------------------------------------------------------------------------------------------------

create table organisations (
  id uuid primary key default uuidv7(),
  name text not null check (length(name) between 1 and 200),
  demo boolean not null default false,
  division text not null default 'england-and-wales'
    check (division in ('england-and-wales', 'scotland', 'northern-ireland')),
  brand_colour text not null default '#12436d' check (brand_colour ~ '^#[0-9a-f]{6}$'),
  created_at timestamptz not null default now()
);

-- The names of the record types that this version of the product knows; '*' in a role stands for all of them.
create table record_types (name text primary key, reference_data boolean not null default false, erasable jsonb not null default '{}');
comment on column record_types.reference_data is 'Whether rules may read all of it, whoever acts: queues, policies, calendars';
comment on column record_types.erasable is 'What an erasure of a whole record empties: columns by table, written from the definitions by migrate';

-- Who is asking, for the current transaction only. act_as() fills these; they are empty before it.
create function current_organisation() returns uuid language sql stable
  return nullif(current_setting('reeve.organisation', true), '')::uuid;
create function current_person() returns uuid language sql stable
  return nullif(current_setting('reeve.person', true), '')::uuid;
create function current_list(name text) returns text[] language sql stable
  return coalesce(nullif(current_setting('reeve.' || name, true), ''), '{}')::text[];
create function current_teams() returns uuid[] language sql stable
  return coalesce(nullif(current_setting('reeve.teams', true), ''), '{}')::uuid[];
-- The record that change_record() is in the middle of: what follows from the change belongs to it, even where the change
-- itself takes the record out of the person's sight (a ticket handed to another team).
create function current_held() returns uuid language sql stable
  return nullif(current_setting('reeve.held', true), '')::uuid;

-- Records --------------------------------------------------------------------------------------------------------

create table records (
  organisation_id uuid not null references organisations,
  id uuid not null default uuidv7(),
  type text not null references record_types,
  reference text not null check (length(reference) between 1 and 40),
  title text not null check (length(title) between 1 and 400),
  state text not null,
  owner_id uuid,
  team_id uuid,
  requester_id uuid,
  within_id uuid,
  created_by uuid,
  sensitivity text not null default 'normal' check (sensitivity in ('normal', 'restricted')),
  opened_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  next_due_at timestamptz not null default 'infinity',
  closed_at timestamptz,
  version integer not null default 1,
  event_count integer not null default 0,
  event_hash bytea not null default '\x',
  search tsvector not null default '',
  search_public tsvector,
  primary key (organisation_id, id),
  unique (organisation_id, type, reference)
) with (fillfactor = 85);
comment on column records.within_id is 'The record that this one lives in, as a ticket lives in its queue';
comment on column records.next_due_at is 'The earliest deadline of a running clock; infinity when none runs';
comment on column records.search is 'Everything that may be found, internal comments included';
comment on column records.search_public is 'The same without internal comments; null when there are none';

create index records_open_due on records (organisation_id, type, next_due_at, id) where closed_at is null;
create index records_open_within_due on records (organisation_id, type, within_id, next_due_at, id) where closed_at is null;
create index records_owner_due on records (organisation_id, owner_id, next_due_at, id) where closed_at is null;
create index records_owned on records (organisation_id, owner_id, opened_at, id) where owner_id is not null;
create index records_owner_closed on records (organisation_id, owner_id, closed_at) where closed_at is not null;
create index records_team_due on records (organisation_id, team_id, next_due_at, id) where closed_at is null;
create index records_opened on records (organisation_id, type, opened_at, id);
create index records_updated on records (organisation_id, type, updated_at, id);
create index records_within_opened on records (organisation_id, within_id, opened_at, id);
create index records_requester on records (organisation_id, requester_id, opened_at, id);
create index records_newest on records (organisation_id, opened_at);
create index records_created_by on records (organisation_id, created_by, opened_at);
create index records_title on records (organisation_id, type, lower(title) text_pattern_ops);
create index records_search on records using gin (search) with (fastupdate = on);

-- May the current person see this row? Spelled out wherever it is needed, and once here, so that PostgreSQL can use the
-- indexes; src/kernel/schema/visibility.ts holds the same words for the views of each type.
alter table records enable row level security;
create policy records_read on records for select to reeve_app using (
  organisation_id = (select current_organisation())
  and (sensitivity = 'normal' or type = any ((select current_list('restricted_all'))::text[])
       or (type = any ((select current_list('restricted_team'))::text[]) and team_id = any ((select current_teams())::uuid[]))
       or owner_id = (select current_person()) or requester_id = (select current_person()) or created_by = (select current_person()))
  and (type = any ((select current_list('read_all'))::text[])
       or (type = any ((select current_list('read_team'))::text[]) and team_id = any ((select current_teams())::uuid[]))
       or (type = any ((select current_list('read_own'))::text[])
           and (owner_id = (select current_person()) or requester_id = (select current_person())
                or created_by = (select current_person()) or id = (select current_person()))))
);
create policy records_create on records for insert to reeve_app with check (
  organisation_id = (select current_organisation())
  and type = any ((select current_list('create'))::text[])
  and created_by is not distinct from (select current_person())
);
create policy records_change on records for update to reeve_app using (
  organisation_id = (select current_organisation())
  and (sensitivity = 'normal' or type = any ((select current_list('restricted_all'))::text[])
       or (type = any ((select current_list('restricted_team'))::text[]) and team_id = any ((select current_teams())::uuid[]))
       or owner_id = (select current_person()) or requester_id = (select current_person()) or created_by = (select current_person()))
  and (type = any ((select current_list('change_all'))::text[])
       or (type = any ((select current_list('change_team'))::text[]) and team_id = any ((select current_teams())::uuid[]))
       or (type = any ((select current_list('change_own'))::text[])
           and (owner_id = (select current_person()) or requester_id = (select current_person())
                or created_by = (select current_person()) or id = (select current_person()))))
) with check (organisation_id = (select current_organisation()));

-- The same question about one record, for the tables that hang on it.
create function visible(p_organisation uuid, p_record uuid) returns boolean
language sql stable security definer set search_path = reeve, pg_temp as $$
  select exists (
    select 1 from records
    where organisation_id = p_organisation and id = p_record
      and organisation_id = current_organisation()
      and (id = current_held()
           or (sensitivity = 'normal' or type = any (current_list('restricted_all'))
               or (type = any (current_list('restricted_team')) and team_id = any (current_teams()))
               or owner_id = current_person() or requester_id = current_person() or created_by = current_person())
          and (type = any (current_list('read_all'))
               or (type = any (current_list('read_team')) and team_id = any (current_teams()))
               or (type = any (current_list('read_own'))
                   and (owner_id = current_person() or requester_id = current_person()
                        or created_by = current_person() or id = current_person()))))
  )
$$;

-- May the current person change this record (or has it just made it)?
create function changeable(p_organisation uuid, p_record uuid) returns boolean
language sql stable security definer set search_path = reeve, pg_temp as $$
  select exists (
    select 1 from records
    where organisation_id = p_organisation and id = p_record
      and organisation_id = current_organisation()
      and (id = current_held()
           or (sensitivity = 'normal' or type = any (current_list('restricted_all'))
               or (type = any (current_list('restricted_team')) and team_id = any (current_teams()))
               or owner_id = current_person() or requester_id = current_person() or created_by = current_person())
          and (type = any (current_list('change_all'))
               or (type = any (current_list('change_team')) and team_id = any (current_teams()))
               or (type = any (current_list('change_own'))
                   and (owner_id = current_person() or requester_id = current_person()
                        or created_by = current_person() or id = current_person()))
               -- Made in this very transaction: its fields and lines follow the row.
               or (type = any (current_list('create')) and event_count = 0 and created_by is not distinct from current_person()
                   and records.xmin::text::bigint = (pg_current_xact_id()::text::bigint & 4294967295))))
  )
$$;

-- May the current person read what officers keep among themselves on this record?
create function reads_internal(p_organisation uuid, p_record uuid) returns boolean
language sql stable security definer set search_path = reeve, pg_temp as $$
  select exists (
    select 1 from records
    where organisation_id = p_organisation and id = p_record and organisation_id = current_organisation()
      and (type = any (current_list('internal_all'))
           or (type = any (current_list('internal_team')) and team_id = any (current_teams()))
           or (type = any (current_list('internal_own'))
               and (owner_id = current_person() or requester_id = current_person()
                    or created_by = current_person() or id = current_person())))
  )
$$;

-- Writes new values into a record that is still at the version read; false when someone else was first. It is asked once,
-- before the change, whether the person may: a change may hand the record to somebody whose records they do not see.
create function change_record(p_record uuid, p_version integer, p_changes jsonb) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  head records;
begin
  if not changeable(current_organisation(), p_record) then
    raise exception 'change_record: no such record' using errcode = 'insufficient_privilege';
  end if;
  select * into head from records where organisation_id = current_organisation() and id = p_record for no key update;
  if not found or head.version <> p_version then return false; end if;
  perform set_config('reeve.held', p_record::text, true);
  head := jsonb_populate_record(head, p_changes);
  update records set title = head.title, state = head.state, owner_id = head.owner_id, team_id = head.team_id, requester_id = head.requester_id,
      within_id = head.within_id, sensitivity = head.sensitivity, updated_at = head.updated_at, next_due_at = head.next_due_at,
      closed_at = head.closed_at, version = version + 1
    where organisation_id = current_organisation() and id = p_record;
  return true;
end $$;

-- References: one sequence for each organisation, type and period, so that writers never queue behind one another.
create function next_number(p_type text, p_period text) returns bigint
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  sequence_name text := 'number_' || replace(current_organisation()::text, '-', '') || '_' || p_period || '_' || left(p_type, 20);
begin
  if current_organisation() is null or not exists (select 1 from record_types where name = p_type) or p_period !~ '^([0-9]{4})?$' then
    raise exception 'next_number: no organisation, no such type or no such year' using errcode = 'insufficient_privilege';
  end if;
  begin
    return nextval(format('reeve.%I', sequence_name)::regclass);
  exception when undefined_table then
    -- Two that come first at once would both make it.
    perform pg_advisory_xact_lock(hashtextextended('reeve.' || sequence_name, 0));
    execute format('create sequence if not exists reeve.%I', sequence_name);
    return nextval(format('reeve.%I', sequence_name)::regclass);
  end;
end $$;

-- The memory -----------------------------------------------------------------------------------------------------

create table events (
  organisation_id uuid not null,
  record_id uuid not null,
  sequence integer not null,
  at timestamptz not null,
  recorded_at timestamptz not null default now(),
  actor_id uuid,
  verb text not null,
  audience text not null default 'everyone' check (audience in ('everyone', 'internal')),
  type text not null,
  body_hash bytea not null,
  hash bytea not null,
  primary key (organisation_id, record_id, sequence),
  foreign key (organisation_id, record_id) references records
);
create index events_recorded on events using brin (recorded_at) with (autosummarize = on);

-- What an event says, apart from the fact of it, so that the law can have it erased without breaking the chain.
create table event_bodies (
  organisation_id uuid not null,
  record_id uuid not null,
  sequence integer not null,
  salt bytea,
  body jsonb,
  erased_by_certificate uuid,
  primary key (organisation_id, record_id, sequence),
  foreign key (organisation_id, record_id, sequence) references events,
  check ((body is null) = (erased_by_certificate is not null) and (salt is null) = (body is null))
);

alter table events enable row level security;
alter table event_bodies enable row level security;
create policy events_read on events for select to reeve_app using (
  organisation_id = (select current_organisation())
  and (audience = 'everyone' or type = any ((select current_list('internal_all'))::text[]) or reads_internal(organisation_id, record_id))
  and visible(organisation_id, record_id)
);
create policy event_bodies_read on event_bodies for select to reeve_app using (
  organisation_id = (select current_organisation())
  and exists (select 1 from events e where e.organisation_id = event_bodies.organisation_id
              and e.record_id = event_bodies.record_id and e.sequence = event_bodies.sequence)
);

-- The bytes that an event's hash covers. verify uses the same function, so that both always agree.
create function event_digest(p_previous bytea, p_record uuid, p_sequence integer, p_at timestamptz, p_actor uuid,
                             p_verb text, p_audience text, p_body_hash bytea) returns bytea
language sql immutable
return sha256(p_previous || convert_to(concat_ws('|', p_record::text, p_sequence::text,
  (extract(epoch from p_at) * 1000000)::bigint::text, coalesce(p_actor::text, ''), p_verb, p_audience, ''), 'UTF8') || p_body_hash);

-- Adds a line to a record's timeline. The only way in: the app role may not insert, change or delete an event.
-- p_words are the words that can be found from then on, by those who may read this event. Whoever sees a record may comment
-- on it as far as the database is concerned; every other line is for those who may change it.
create function append_event(p_record uuid, p_verb text, p_at timestamptz, p_audience text, p_body jsonb, p_words text default null)
returns integer
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
declare
  head record;
  salt bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
  words tsvector := setweight(to_tsvector('english', coalesce(p_words, '')), 'C');
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
  body_hash := sha256(salt || convert_to(p_body::text, 'UTF8'));
  new_hash := event_digest(head.event_hash, p_record, head.event_count + 1, p_at, current_person(), p_verb, p_audience, body_hash);
  insert into events (organisation_id, record_id, sequence, at, actor_id, verb, audience, type, body_hash, hash)
    values (current_organisation(), p_record, head.event_count + 1, p_at, current_person(), p_verb, p_audience, head.type, body_hash, new_hash);
  insert into event_bodies (organisation_id, record_id, sequence, salt, body)
    values (current_organisation(), p_record, head.event_count + 1, salt, p_body);
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

-- Makes records of a type together with the history that they bring from elsewhere, at the times that the source gives: what
-- making a record and append_event() do, for many at once. Only the product itself may, with nobody acting. Each record of
-- p_records holds its row, the row of the type's own table, its clocks, its words and its events in order.
create function bring_in(p_type text, p_records jsonb) returns void
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
begin
  if current_organisation() is null or current_person() is not null or not p_type = any (current_list('create'))
     or not exists (select 1 from record_types where name = p_type) then
    raise exception 'bring_in: only the product itself may' using errcode = 'insufficient_privilege';
  end if;
  with recursive given as materialized (
    select * from jsonb_to_recordset(p_records) as r (id uuid, reference text, title text, state text, owner_id uuid, team_id uuid, requester_id uuid,
      within_id uuid, sensitivity text, opened_at timestamptz, updated_at timestamptz, next_due_at timestamptz, closed_at timestamptz,
      words_title text, words_everyone text, words_internal text, events jsonb)
  ), said as materialized (
    select g.id as record_id, e.place::integer as sequence, (e.event ->> 'at')::timestamptz as at, e.event ->> 'verb' as verb,
      e.event ->> 'audience' as audience, e.event -> 'body' as body, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) as salt
    from given g, jsonb_array_elements(g.events) with ordinality as e (event, place)
  ), hashed as materialized (
    select *, sha256(salt || convert_to(body::text, 'UTF8')) as body_hash from said
  ), chain as (
    select record_id, sequence, event_digest('\x', record_id, sequence, at, null, verb, audience, body_hash) as hash from hashed where sequence = 1
    union all
    select h.record_id, h.sequence, event_digest(c.hash, h.record_id, h.sequence, h.at, null, h.verb, h.audience, h.body_hash)
    from chain c join hashed h on h.record_id = c.record_id and h.sequence = c.sequence + 1
  ), chained as materialized (
    select * from chain
  ), words as materialized (
    select id, setweight(to_tsvector('english', words_title), 'A') || setweight(to_tsvector('english', words_everyone), 'B') as everyone,
      setweight(to_tsvector('english', words_internal), 'B') as internal from given
  ), new_records as (
    insert into records (organisation_id, id, type, reference, title, state, owner_id, team_id, requester_id, within_id, sensitivity,
        opened_at, updated_at, next_due_at, closed_at, event_count, event_hash, search, search_public)
      select current_organisation(), g.id, p_type, g.reference, g.title, g.state, g.owner_id, g.team_id, g.requester_id, g.within_id, g.sensitivity,
        g.opened_at, g.updated_at, g.next_due_at, g.closed_at, head.sequence, head.hash, w.everyone || w.internal, case when w.internal = '' then null else w.everyone end
      from given g join words w using (id)
      join (select distinct on (record_id) * from chained order by record_id, sequence desc) head on head.record_id = g.id
  ), new_events as (
    insert into events (organisation_id, record_id, sequence, at, verb, audience, type, body_hash, hash)
      select current_organisation(), record_id, sequence, h.at, h.verb, h.audience, p_type, h.body_hash, c.hash
      from hashed h join chained c using (record_id, sequence)
  )
  insert into event_bodies (organisation_id, record_id, sequence, salt, body)
    select current_organisation(), record_id, sequence, salt, body from hashed;
  execute format('insert into %1$I select own.* from jsonb_array_elements($1) as r, jsonb_populate_record(null::%1$I, r -> ''own''
    || jsonb_build_object(''organisation_id'', current_organisation(), ''id'', r -> ''id'')) as own', p_type) using p_records;
  insert into clocks select clock.* from jsonb_array_elements(p_records) as r, jsonb_array_elements(r -> 'clocks') as c,
    jsonb_populate_record(null::clocks, c || jsonb_build_object('organisation_id', current_organisation(), 'record_id', r -> 'id')) as clock;
end $$;

-- What clocks are computed from: every fact of a timeline, whatever of it the actor may read, but no comment's text.
create function record_facts(p_record uuid) returns jsonb
language sql stable security definer set search_path = reeve, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object('at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'verb', e.verb,
           'actor', e.actor_id, 'audience', e.audience, 'body', case when e.verb = 'commented' then null else b.body end) order by e.sequence), '[]')
  from events e join event_bodies b using (organisation_id, record_id, sequence)
  where e.organisation_id = current_organisation() and e.record_id = p_record and visible(e.organisation_id, e.record_id)
$$;

-- The words of a record's comments to one audience.
create function said_words(p_record uuid, p_audience text) returns tsvector
language sql stable security definer set search_path = reeve, public, pg_temp as $$
  select setweight(to_tsvector('english', coalesce(string_agg(b.body ->> 'text', E'\n'), '')), 'C')
  from events e join event_bodies b using (organisation_id, record_id, sequence)
  where e.organisation_id = current_organisation() and e.record_id = p_record and e.audience = p_audience and b.body ? 'text'
$$;
revoke execute on function said_words(uuid, text) from public;

-- Makes the words of a record anew: its title, its values (those that only officers see apart) and its comments.
create function index_record(p_record uuid, p_title text, p_words text, p_internal_words text) returns void
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
declare
  base tsvector := setweight(to_tsvector('english', p_title), 'A') || setweight(to_tsvector('english', p_words), 'B');
  said tsvector;
  said_inside tsvector;
begin
  if not changeable(current_organisation(), p_record) then
    raise exception 'index_record: no such record' using errcode = 'insufficient_privilege';
  end if;
  said := said_words(p_record, 'everyone');
  said_inside := said_words(p_record, 'internal') || setweight(to_tsvector('english', p_internal_words), 'B');
  update records set search = base || said || said_inside,
      search_public = case when said_inside = '' then null else base || said end
    where organisation_id = current_organisation() and id = p_record;
end $$;

-- Each minute the heads that moved are sealed into one chain for each organisation, so that a shortened timeline shows.
create table seals (
  organisation_id uuid not null references organisations,
  number integer not null,
  at timestamptz not null default now(),
  heads integer not null,
  hash bytea not null,
  primary key (organisation_id, number)
);
create table seal_heads (
  organisation_id uuid not null,
  number integer not null,
  record_id uuid not null,
  sequence integer not null,
  hash bytea not null,
  primary key (organisation_id, record_id, sequence),
  foreign key (organisation_id, number) references seals deferrable initially deferred
);
create index seal_heads_number on seal_heads (organisation_id, number);

-- Records with events that no seal covers yet. A trigger fills it, so that no writer of events can forget; a line appears
-- when its transaction ends, however long that took, so that none is passed over.
create table unsealed (organisation_id uuid not null, record_id uuid not null);
create function note_unsealed() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  insert into unsealed select distinct organisation_id, record_id from added;
  return null;
end $$;
create trigger events_unsealed after insert on events referencing new table as added for each statement execute function note_unsealed();
alter table events enable always trigger events_unsealed;

-- Seals the heads of up to 50,000 lines of `unsealed` and returns how many lines it dealt with; 0 when none wait.
create function seal(p_organisation uuid) returns integer
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  last record;
  taken integer;
  made integer;
  digest bytea;
begin
  perform pg_advisory_xact_lock(hashtextextended('reeve.seal.' || p_organisation::text, 0));
  if not exists (select 1 from unsealed where organisation_id = p_organisation) then return 0; end if;
  select number, hash into last from seals where organisation_id = p_organisation order by number desc limit 1;
  with gone as (
    delete from unsealed where ctid = any (array(select ctid from unsealed where organisation_id = p_organisation limit 50000)) returning record_id
  ), heads as (
    insert into seal_heads (organisation_id, number, record_id, sequence, hash)
      select p_organisation, coalesce(last.number, 0) + 1, r.id, r.event_count, r.event_hash
      from records r join (select distinct record_id from gone) g on g.record_id = r.id where r.organisation_id = p_organisation
      on conflict do nothing returning 1
  )
  select (select count(*) from gone), (select count(*) from heads) into taken, made;
  if made = 0 then return taken; end if;
  select sha256(coalesce(last.hash, '\x') || sha256(string_agg(uuid_send(record_id) || int4send(sequence) || hash, '' order by record_id)))
    into digest from seal_heads where organisation_id = p_organisation and number = coalesce(last.number, 0) + 1;
  insert into seals (organisation_id, number, heads, hash) values (p_organisation, coalesce(last.number, 0) + 1, made, digest);
  return taken;
end $$;

-- Erasure by law: each has a certificate, and a restore replays the list.
create table erasures (
  organisation_id uuid not null references organisations,
  certificate uuid not null default uuidv7(),
  record_id uuid not null,
  sequence integer,
  reason text not null check (length(reason) between 3 and 1000),
  erased_by uuid,
  at timestamptz not null default now(),
  primary key (organisation_id, certificate)
);
comment on column erasures.sequence is 'The event whose body was destroyed; null when every body of the record was';

-- Erases by law what one event says, or (p_sequence null) a record: every event's words, its title, texts and personal
-- values, its files. The only way to destroy a part of the memory: the chain stays whole, an `erased` event and a line in
-- `erasures` carry the certificate. What the record holds now stays when only an event is erased. Answers with the
-- certificate, how many bodies went, and the files whose content nothing leads to any more, for the caller to delete.
-- A restore gives the certificate of the erasure that it carries out again.
create function erase(p_record uuid, p_sequence integer, p_reason text, p_certificate uuid default uuidv7()) returns jsonb
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
declare
  head records;
  bodies integer;
  p_audience text := 'everyone';
  said_inside tsvector;
  blobs text[] := '{}';
begin
  select * into head from records where organisation_id = current_organisation() and id = p_record for no key update;
  if not found or not visible(head.organisation_id, head.id) then
    raise exception 'erase: no such record' using errcode = 'insufficient_privilege';
  end if;
  if not head.type = any (current_list('erase')) then
    raise exception 'erase: it needs the permission “erase”' using errcode = 'insufficient_privilege';
  end if;
  update event_bodies b set body = null, salt = null, erased_by_certificate = p_certificate
    from events e
    where e.organisation_id = head.organisation_id and e.record_id = p_record and e.verb <> 'erased'
      and (p_sequence is null or e.sequence = p_sequence)
      and b.organisation_id = e.organisation_id and b.record_id = e.record_id and b.sequence = e.sequence and b.body is not null;
  get diagnostics bodies = row_count;
  if bodies = 0 and (p_sequence is not null or head.title = 'Erased') then
    raise exception 'erase: there is nothing to erase' using errcode = 'no_data_found';
  end if;
  if p_sequence is not null then
    select audience into p_audience from events where organisation_id = head.organisation_id and record_id = p_record and sequence = p_sequence;
  end if;
  insert into erasures (organisation_id, certificate, record_id, sequence, reason, erased_by)
    values (head.organisation_id, p_certificate, p_record, p_sequence, p_reason, current_person());
  perform append_event(p_record, 'erased', now(), p_audience, jsonb_build_object('certificate', p_certificate, 'sequence', p_sequence, 'reason', p_reason));
  if p_sequence is null then
    blobs := erase_values(head);
  else
    -- Comments have the weight C; what the record holds now has A and B.
    said_inside := said_words(p_record, 'internal');
    update records set search = ts_filter(search, '{a,b}') || said_words(p_record, 'everyone') || said_inside,
        search_public = ts_filter(search_public, '{a,b}') || said_words(p_record, 'everyone')
      where organisation_id = head.organisation_id and id = p_record;
  end if;
  return jsonb_build_object('certificate', p_certificate, 'bodies', bodies, 'files', to_jsonb(blobs));
end $$;

-- Empties a record: its title, what its type's definition says an erasure empties, its files, and a person's account.
create function erase_values(head records) returns text[]
language plpgsql set search_path = reeve, public, pg_temp as $$
declare
  part record;
  blobs text[];
begin
  if head.type = 'person' then
    update api_token set revoked_at = coalesce(revoked_at, now()) where organisation_id = head.organisation_id and person_id = head.id;
    delete from sign_in_user u using person p where p.organisation_id = head.organisation_id and p.id = head.id and u.id = p.account_id
      and not exists (select 1 from person other where other.account_id = p.account_id and (other.organisation_id, other.id) <> (p.organisation_id, p.id));
  end if;
  for part in select f.key as name, array(select jsonb_array_elements_text(f.value)) as names
              from record_types t, jsonb_each(t.erasable) f where t.name = head.type and jsonb_array_length(f.value) > 0 loop
    if part.name = 'links' then
      delete from links where organisation_id = head.organisation_id and from_id = head.id and relation = any (part.names);
    else
      execute format('update %I set %s where organisation_id = $1 and %I = $2', part.name,
          (select string_agg(format('%I = null', c), ', ') from unnest(part.names) as c),
          case when part.name in (head.type, 'records') then 'id' else 'parent_id' end)
        using head.organisation_id, head.id;
    end if;
  end loop;
  update records set title = 'Erased', search = setweight(to_tsvector('english', reference), 'A'), search_public = null,
      version = version + 1, updated_at = greatest(updated_at, now())
    where organisation_id = head.organisation_id and id = head.id;
  delete from search_words w where w.organisation_id = head.organisation_id and w.word = any (tsvector_to_array(to_tsvector('simple', head.title)))
    and numnode(plainto_tsquery('english', w.word)) = 1
    and not exists (select 1 from records r where r.organisation_id = head.organisation_id and r.id <> head.id
                    and r.search @@ (plainto_tsquery('english', w.word)::text || ':A')::tsquery);
  with gone as (delete from files where organisation_id = head.organisation_id and record_id = head.id returning sha256)
  select coalesce(array_agg(distinct encode(g.sha256, 'hex')), '{}') into blobs from gone g
    where not exists (select 1 from files f where f.sha256 = g.sha256 and f.record_id is distinct from head.id);
  return blobs;
end $$;
revoke execute on function erase_values(records) from public;

-- Small registers that rules read whole, whoever acts: what a requester is promised does not depend on what they may see.
create function reference_data_mark(p_types text[]) returns text
language sql stable security definer set search_path = reeve, pg_temp as $$
  select concat_ws(' ', count(*), sum(version), max(updated_at)) from records
  where organisation_id = current_organisation() and type = any (p_types) and type in (select name from record_types where reference_data)
$$;
create function reference_data(p_type text, p_lines text[]) returns table ("row" jsonb, lines jsonb)
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
declare
  parts text;
begin
  if not exists (select 1 from record_types t where t.name = p_type and t.reference_data) then
    raise exception 'reference_data: % is no reference data', p_type using errcode = 'insufficient_privilege';
  end if;
  if exists (select 1 from unnest(p_lines) as line where line not like p_type || '\_%') then
    raise exception 'reference_data: these are not lines of %', p_type using errcode = 'insufficient_privilege';
  end if;
  select string_agg(format('%L, (select coalesce(jsonb_agg(to_jsonb(l) order by l.position, l.id), ''[]'') from %I l
    where l.organisation_id = r.organisation_id and l.parent_id = r.id and l.removed_at is null)', line, line), ', ') into parts from unnest(p_lines) as line;
  return query execute format('select (to_jsonb(t) || to_jsonb(r)) - ''search'' - ''search_public'' - ''event_hash'', jsonb_build_object(%s)
    from records r join %I t using (organisation_id, id) where r.organisation_id = current_organisation() and r.type = %L order by r.id limit 5000',
    coalesce(parts, ''), p_type, p_type);
end $$;

-- Clocks, links, words ---------------------------------------------------------------------------------------------

-- A verified cache of what the events say: verify computes each again.
create table clocks (
  organisation_id uuid not null,
  record_id uuid not null,
  name text not null,
  state text not null check (state in ('running', 'paused', 'stopped', 'cancelled')),
  started_at timestamptz not null,
  due_at timestamptz,
  stopped_at timestamptz,
  outcome text check (outcome in ('met', 'missed')),
  target_minutes integer,
  elapsed_minutes integer not null default 0,
  paused_minutes integer not null default 0,
  met_only_by_pause boolean not null default false,
  policy_version text not null,
  calendar_version text not null,
  primary key (organisation_id, record_id, name),
  foreign key (organisation_id, record_id) references records
);
alter table clocks enable row level security;
create policy clocks_read on clocks for select to reeve_app using (
  organisation_id = (select current_organisation()) and visible(organisation_id, record_id));
create policy clocks_insert on clocks for insert to reeve_app with check (changeable(organisation_id, record_id) or visible(organisation_id, record_id));
create policy clocks_update on clocks for update to reeve_app using (visible(organisation_id, record_id)) with check (visible(organisation_id, record_id));

-- The earliest deadline that runs, from the clocks into the record: an answer may stop a clock though whoever gives it may
-- not change the record.
create function refresh_next_due(p_record uuid) returns void
language sql security definer set search_path = reeve, pg_temp as $$
  update records set next_due_at = coalesce((select min(c.due_at) from clocks c
      where c.organisation_id = current_organisation() and c.record_id = p_record and c.state = 'running'), 'infinity')
    where organisation_id = current_organisation() and id = p_record and visible(organisation_id, id)
$$;

-- How the clocks of one name went that stopped in a period: by week, by one column of the type's own table, and in all
-- (both null). Only records that the person may see count. As the policies would be asked once for each clock and event,
-- this runs as the owner and spells visibility out. p_again names the moves that begin the work anew.
create function clock_figures(p_type text, p_clock text, p_since timestamptz, p_within uuid, p_by text, p_again text[])
returns table (week date, by text, finished integer, half_minutes integer, most_minutes integer, met integer, missed integer, met_only_by_pause integer, again integer)
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  if not exists (select 1 from record_types where name = p_type) then raise exception 'clock_figures: no such type'; end if;
  return query execute format($query$
    with done as materialized (
      select r.id, date_trunc('week', c.stopped_at at time zone 'Europe/London')::date as week, t.%I::text as by, c.elapsed_minutes, c.outcome, c.met_only_by_pause,
        r.event_count >= 4 and exists (select 1 from event_bodies b where b.organisation_id = r.organisation_id and b.record_id = r.id and b.body ->> 'move' = any ($6)) as again
      from records r join clocks c on c.organisation_id = r.organisation_id and c.record_id = r.id and c.name = $2
        join %I t on t.organisation_id = r.organisation_id and t.id = r.id
      where r.organisation_id = (select current_organisation()) and r.type = $1 and r.updated_at >= $3 and c.stopped_at >= $3 and c.state = 'stopped' and ($4 is null or r.within_id = $4)
        and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
             or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
             or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
        and (r.type = any ((select current_list('read_all'))::text[])
             or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
             or (r.type = any ((select current_list('read_own'))::text[])
                 and (r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()) or r.id = (select current_person()))))
    )
    select d.week, d.by, count(*)::integer, (percentile_cont(0.5) within group (order by elapsed_minutes))::integer,
      (percentile_cont(0.9) within group (order by elapsed_minutes))::integer, (count(*) filter (where outcome = 'met'))::integer,
      (count(*) filter (where outcome = 'missed'))::integer, (count(*) filter (where d.met_only_by_pause))::integer, (count(*) filter (where d.again))::integer
    from done d group by grouping sets ((d.week), (d.by), ())$query$, p_by, p_type)
    using p_type, p_clock, p_since, p_within, p_by, p_again;
end $$;

create table links (
  organisation_id uuid not null,
  from_id uuid not null,
  relation text not null,
  to_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (organisation_id, from_id, relation, to_id),
  foreign key (organisation_id, from_id) references records,
  foreign key (organisation_id, to_id) references records
);
create index links_to on links (organisation_id, to_id, relation);
alter table links enable row level security;
create policy links_read on links for select to reeve_app using (
  organisation_id = (select current_organisation()) and visible(organisation_id, from_id) and visible(organisation_id, to_id));
create policy links_insert on links for insert to reeve_app with check (
  organisation_id = (select current_organisation()) and changeable(organisation_id, from_id) and visible(organisation_id, to_id));
create policy links_delete on links for delete to reeve_app using (
  organisation_id = (select current_organisation()) and changeable(organisation_id, from_id));

-- The words in use, to mend typing mistakes; kept by a job from records that are not restricted.
create table search_words (
  organisation_id uuid not null references organisations,
  word text not null,
  records integer not null,
  primary key (organisation_id, word)
);
create index search_words_like on search_words using gin (word public.gin_trgm_ops);
create table search_word_progress (
  organisation_id uuid primary key references organisations,
  read_until timestamptz not null
);

-- Search -----------------------------------------------------------------------------------------------------------
-- Under row level security PostgreSQL would not use the index of words (its operator is not leakproof), so these few
-- functions run as the owner and spell out who may see what.

-- How many records of these types match, by PostgreSQL's own statistics of the words.
create function expected_matches(p_query tsquery, p_types text[]) returns bigint
language plpgsql volatile security definer set search_path = reeve, pg_temp as $$
declare
  plan json;
begin
  execute format('explain (format json) select 1 from records where type = any (%L::text[]) and search @@ %L::tsquery', p_types, p_query) into plan;
  return (plan -> 0 -> 'Plan' ->> 'Plan Rows')::bigint;
end $$;

-- The moment since which this share of the records was opened, by the same statistics; -infinity for all of them.
create function newest_since(p_share double precision) returns timestamptz
language sql stable security definer set search_path = reeve, pg_temp as $$
  select coalesce((
    select bounds[cardinality(bounds) - ceil(p_share * (cardinality(bounds) - 1))::integer]
    from (select histogram_bounds::text::timestamptz[] as bounds from pg_stats
          where schemaname = 'reeve' and tablename = 'records' and attname = 'opened_at') s
    where p_share * (cardinality(bounds) - 1) < cardinality(bounds) - 1), '-infinity')
$$;

-- The records that match and that the person may see, opened since a moment, the newest p_most. PostgreSQL plans it each
-- time for these very words: by the index of words for rare ones, from the newest on for common ones.
create function matching_since(p_query tsquery, p_types text[], p_since timestamptz, p_most integer)
returns table (id uuid, type text, opened_at timestamptz, rank real)
language plpgsql stable security definer set search_path = reeve, pg_temp
set enable_seqscan = off set plan_cache_mode = force_custom_plan set work_mem = '64MB' as $$
declare
  organisation uuid := current_organisation();
  person uuid := current_person();
  teams uuid[] := current_teams();
  restricted_all text[] := current_list('restricted_all');
  restricted_team text[] := current_list('restricted_team');
  read_all text[] := current_list('read_all');
  read_team text[] := current_list('read_team');
  read_own text[] := current_list('read_own');
  internal_all text[] := current_list('internal_all');
  internal_team text[] := current_list('internal_team');
  internal_own text[] := current_list('internal_own');
begin
  return query select r.id, r.type, r.opened_at,
      ts_rank(case when r.search_public is null or (r.type = any (internal_all) or (r.type = any (internal_team) and r.team_id = any (teams))
        or (r.type = any (internal_own) and (r.owner_id = person or r.requester_id = person or r.created_by = person or r.id = person))) then r.search else r.search_public end, p_query)
    from records r
    where r.organisation_id = organisation and r.type = any (p_types)
      and (p_since = '-infinity' or r.opened_at >= p_since) and r.search @@ p_query
      and (r.search_public is null or r.search_public @@ p_query or (r.type = any (internal_all) or (r.type = any (internal_team) and r.team_id = any (teams))
        or (r.type = any (internal_own) and (r.owner_id = person or r.requester_id = person or r.created_by = person or r.id = person))))
      and (r.sensitivity = 'normal' or r.type = any (restricted_all) or (r.type = any (restricted_team) and r.team_id = any (teams)) or r.owner_id = person or r.requester_id = person or r.created_by = person)
      and (r.type = any (read_all) or (r.type = any (read_team) and r.team_id = any (teams))
           or (r.type = any (read_own) and (r.owner_id = person or r.requester_id = person or r.created_by = person or r.id = person)))
    order by r.opened_at desc limit p_most;
end $$;

-- The records that match and that the person may see, newest first, p_most at the most. Where more than 5,000 are expected
-- it looks back only as far as some 1,100 of them lie, and further where the person may see few of those; `complete` says
-- whether it looked at all.
create function matching_records(p_query text, p_type text, p_most integer)
returns table (id uuid, type text, opened_at timestamptz, rank real, complete boolean)
language plpgsql volatile security definer set search_path = reeve, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  query tsquery := websearch_to_tsquery('english', p_query);
  wide text[] := array(select t.name from record_types t
    where (t.name = any (current_list('read_all')) or t.name = any (current_list('read_team'))) and (p_type is null or t.name = p_type));
  narrow text[] := array(select t.name from record_types t
    where t.name = any (current_list('read_own')) and t.name <> all (wide) and (p_type is null or t.name = p_type));
  share double precision;
  since timestamptz;
  most integer;
  ids uuid[];
  types text[];
  moments timestamptz[];
  ranks real[];
begin
  if current_organisation() is null or numnode(query) = 0 then return; end if;
  if narrow <> '{}' then
    return query select o.id, o.type, o.opened_at, o.rank, true from matching_own(query, narrow, p_most) o;
  end if;
  if wide = '{}' then return; end if;
  share := 1100.0 / greatest(1, expected_matches(query, wide));
  share := case when share < 0.22 then share else 1 end;
  loop
    since := newest_since(share);
    most := least(p_most, case when since = '-infinity' then 10000 else 1000 end);
    select array_agg(m.id), array_agg(m.type), array_agg(m.opened_at), array_agg(m.rank) into ids, types, moments, ranks
      from matching_since(query, wide, since, most) m;
    -- Whoever may see few of those that match sees a page of them and more.
    exit when since = '-infinity' or cardinality(ids) >= 100;
    share := share * 8;
  end loop;
  return query select f.id, f.type, f.opened_at, f.rank, since = '-infinity' and cardinality(ids) < 10000
    from unnest(ids, types, moments, ranks) as f (id, type, opened_at, rank);
end $$;

-- Of types of which the person sees only their own: few records, found by whose they are and not by their words.
create function matching_own(p_query tsquery, p_types text[], p_most integer)
returns table (id uuid, type text, opened_at timestamptz, rank real)
language plpgsql stable security definer set search_path = reeve, pg_temp set enable_seqscan = off set plan_cache_mode = force_custom_plan as $$
declare
  organisation uuid := current_organisation();
  person uuid := current_person();
  inside text[] := current_list('internal_all') || current_list('internal_own');
  internal_team text[] := current_list('internal_team');
  restricted_all text[] := current_list('restricted_all');
  restricted_team text[] := current_list('restricted_team');
  teams uuid[] := current_teams();
  own uuid[] := array(
    select r.id from records r where r.organisation_id = organisation and r.requester_id = person union
    select r.id from records r where r.organisation_id = organisation and r.owner_id = person union
    select r.id from records r where r.organisation_id = organisation and r.created_by = person union
    select person);
begin
  return query select m.id, m.type, m.opened_at, ts_rank(m.words, p_query)
    from (select r.id, r.type, r.opened_at, case when r.type = any (inside) or (r.type = any (internal_team) and r.team_id = any (teams))
            then r.search else coalesce(r.search_public, r.search) end as words
          from records r where r.organisation_id = organisation and r.id = any (own) and r.type = any (p_types)
            and (r.sensitivity = 'normal' or r.type = any (restricted_all) or (r.type = any (restricted_team) and r.team_id = any (teams))
                 or r.owner_id = person or r.requester_id = person or r.created_by = person) offset 0) m
    where m.words @@ p_query order by m.opened_at desc limit p_most;
end $$;
revoke execute on function expected_matches(tsquery, text[]), newest_since(double precision), matching_own(tsquery, text[], integer),
  matching_since(tsquery, text[], timestamptz, integer) from public;

-- One page of what was found, best first, with how many there are of each type.
create function search_records(p_query text, p_type text, p_limit integer, p_offset integer) returns jsonb
language plpgsql volatile security definer set search_path = reeve, pg_temp as $$
declare
  query tsquery := websearch_to_tsquery('english', p_query);
  answer jsonb;
begin
  with matched as materialized (
    select m.*, count(*) over () as matches from matching_records(p_query, null, 10000) m
  ), ranked as materialized (
    -- Where only the newest were looked at, the newest 1,000 are ranked.
    select * from matched where complete or opened_at >= (select min(opened_at) from (select opened_at from matched order by opened_at desc limit 1000) newest)
  ), page as (
    select m.id, row_number() over (order by m.rank desc, m.opened_at desc, m.id) as place from ranked m
    where p_type is null or m.type = p_type order by place limit least(p_limit, 200) offset p_offset
  )
  select jsonb_build_object(
    'found', coalesce((select jsonb_agg(jsonb_build_object('id', r.id, 'type', r.type, 'reference', r.reference, 'title', r.title, 'state', r.state,
        'updatedAt', to_char(r.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'marked', ts_headline('english', r.title, query, E'HighlightAll=true, StartSel=\uE000, StopSel=\uE001')) order by page.place)
        from page join records r on r.organisation_id = current_organisation() and r.id = page.id), '[]'),
    'matches', (select count(*) from matched),
    'newestOnly', not coalesce((select bool_and(complete) from matched), true),
    'byType', coalesce((select jsonb_object_agg(type, many) from (select type, count(*) as many from ranked group by type) t), '{}'))
  into answer;
  return answer;
end $$;

-- A query with words that nobody uses replaced by the nearest in a record that the person may see; null when nothing needs
-- mending, or when what would mend it is not theirs to know.
create function mend_words(p_query text) returns text
language plpgsql stable security definer set search_path = reeve, public, pg_temp as $$
declare
  token text;
  near text;
  mended text := p_query;
begin
  foreach token in array (tsvector_to_array(to_tsvector('simple', p_query)))[1:12] loop
    continue when length(token) < 4 or exists (select 1 from search_words w where w.organisation_id = current_organisation() and w.word = token);
    for near in select w.word from search_words w
                where w.organisation_id = current_organisation() and w.word % token
                order by similarity(w.word, token) desc, w.records desc, w.word limit 5 loop
      exit when exists (select 1 from matching_records(near, null, 1));
      near := null;
    end loop;
    if near is not null then mended := regexp_replace(mended, '\y' || regexp_replace(token, '([^[:alnum:]])', '\\\1', 'g') || '\y', near, 'gi'); end if;
  end loop;
  return nullif(mended, p_query);
end $$;

-- Learns the words of titles that changed since the last time. Called each minute by a job.
create function learn_words(p_organisation uuid) returns integer
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  since timestamptz := coalesce((select read_until from search_word_progress where organisation_id = p_organisation), '-infinity');
  until timestamptz;
  learnt integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('reeve.words.' || p_organisation::text, 0));
  create temporary table if not exists batch (title text, recorded_at timestamptz) on commit drop;
  -- By when it was recorded here, not by the record's own dates, which an import sets in the past.
  insert into batch select r.title, max(e.recorded_at) from events e join records r on r.organisation_id = e.organisation_id and r.id = e.record_id
    where e.organisation_id = p_organisation and e.recorded_at > since and e.verb in ('created', 'changed') and r.sensitivity = 'normal'
    group by r.id, r.title order by 2 fetch first 50000 rows with ties;
  select max(recorded_at) into until from batch;
  if until is null then return 0; end if;
  insert into search_words (organisation_id, word, records)
    select p_organisation, word, count(*) from batch, unnest(tsvector_to_array(to_tsvector('simple', title))) as word
    where length(word) between 4 and 40 and word !~ '[0-9]' group by word
    on conflict (organisation_id, word) do update set records = search_words.records + excluded.records;
  get diagnostics learnt = row_count;
  drop table batch;
  insert into search_word_progress values (p_organisation, until) on conflict (organisation_id) do update set read_until = excluded.read_until;
  return learnt;
end $$;
revoke execute on function learn_words(uuid) from public;

create table saved_views (
  organisation_id uuid not null references organisations,
  id uuid not null default uuidv7(),
  person_id uuid not null,
  type text not null references record_types,
  name text not null check (length(name) between 1 and 60),
  query text not null check (length(query) <= 4000),
  primary key (organisation_id, id),
  unique (organisation_id, person_id, type, name)
);
alter table saved_views enable row level security;
create policy saved_views_own on saved_views to reeve_app
  using (organisation_id = (select current_organisation()) and person_id = (select current_person()))
  with check (organisation_id = (select current_organisation()) and person_id = (select current_person()));

-- What a form or a call with this key did, so that sending it twice does it once.
create table submissions (
  organisation_id uuid not null references organisations,
  person_id uuid not null,
  key text not null check (length(key) between 1 and 200),
  request_hash bytea not null,
  status integer,
  location text,
  record_id uuid,
  made_at timestamptz not null default now(),
  primary key (organisation_id, person_id, key)
);
create index submissions_made_at on submissions (made_at);
alter table submissions enable row level security;
create policy submissions_own on submissions to reeve_app
  using (organisation_id = (select current_organisation()) and person_id = (select current_person()))
  with check (organisation_id = (select current_organisation()) and person_id = (select current_person()));

create table files (
  organisation_id uuid not null references organisations,
  id uuid not null default uuidv7(),
  record_id uuid,
  name text not null check (length(name) between 1 and 255),
  media_type text not null,
  size_bytes bigint not null check (size_bytes >= 0),
  sha256 bytea not null,
  uploaded_by uuid,
  uploaded_at timestamptz not null default now(),
  primary key (organisation_id, id)
);
alter table files enable row level security;
create policy files_read on files for select to reeve_app using (
  organisation_id = (select current_organisation())
  and (uploaded_by = (select current_person()) or (record_id is not null and visible(organisation_id, record_id))));
create policy files_insert on files for insert to reeve_app with check (
  organisation_id = (select current_organisation()) and uploaded_by = (select current_person())
  and (record_id is null or visible(organisation_id, record_id)));
create policy files_update on files for update to reeve_app
  using (organisation_id = (select current_organisation()) and uploaded_by = (select current_person()))
  with check (organisation_id = (select current_organisation()) and record_id is not null and visible(organisation_id, record_id));

-- Who is acting ---------------------------------------------------------------------------------------------------
-- The tables of people, teams and roles are made from their definitions, so these bodies are bound when first called.

create function act_as(p_organisation uuid, p_person uuid) returns jsonb
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  person_name text;
  teams uuid[];
  grants jsonb;
begin
  select r.title into person_name from records r join person p using (organisation_id, id)
    where r.organisation_id = p_organisation and r.id = p_person and p.active;
  if person_name is null then return null; end if;
  select coalesce(array_agg(m.parent_id), '{}') into teams from team_members m
    where m.organisation_id = p_organisation and m.member = p_person and m.removed_at is null;
  select coalesce(jsonb_agg(distinct jsonb_build_object('type', t.name, 'permission', g.permission, 'scope', g.scope)), '[]') into grants
    from person_roles h
    -- A role that was withdrawn gives nothing.
    join records held on held.organisation_id = h.organisation_id and held.id = h.role and held.type = 'role' and held.closed_at is null
    join role_permissions g on g.organisation_id = h.organisation_id and g.parent_id = h.role and g.removed_at is null
    join record_types t on g.type = '*' or t.name = g.type
    where h.organisation_id = p_organisation and h.parent_id = p_person and h.removed_at is null;
  perform set_config('reeve.organisation', p_organisation::text, true), set_config('reeve.person', p_person::text, true),
          set_config('reeve.teams', teams::text, true), set_config('reeve.held', '', true), set_grants(grants);
  return jsonb_build_object('name', person_name, 'teams', to_jsonb(teams), 'grants', grants);
end $$;

-- The grants as lists of types, which is what the policies ask. A permission that lets a person do anything to a
-- record beside reading and commenting lets them change its row; what they may change is for the move to say.
create function set_grants(p_grants jsonb) returns void
language plpgsql set search_path = reeve, pg_temp as $$
begin
  perform set_config('reeve.' || list.name, coalesce((
    select array_agg(distinct g ->> 'type')::text from jsonb_array_elements(p_grants) g
    where (g ->> 'permission' = any (list.permissions) or (list.others and g ->> 'permission' not in ('read', 'create', 'comment', 'internal', 'restricted', 'export', 'erase')))
      and (list.scope is null or g ->> 'scope' = list.scope)), '{}'), true)
  from (values
    ('read_all', array['read'], 'all', false), ('read_team', array['read'], 'team', false), ('read_own', array['read'], 'own', false),
    ('change_all', array['change'], 'all', true), ('change_team', array['change'], 'team', true), ('change_own', array['change'], 'own', true),
    ('create', array['create'], null, false),
    ('internal_all', array['internal'], 'all', false), ('internal_team', array['internal'], 'team', false), ('internal_own', array['internal'], 'own', false),
    ('restricted_all', array['restricted'], 'all', false), ('restricted_team', array['restricted'], 'team', false),
    ('erase', array['erase'], 'all', false)
  ) as list (name, permissions, scope, others);
end $$;
revoke execute on function set_grants(jsonb) from public;

-- The product itself acts: everything in one organisation. Only the owner may call it, before it takes the app's role.
create function act_as_system(p_organisation uuid) returns void
language plpgsql set search_path = reeve, pg_temp as $$
declare
  every text := (select array_agg(name)::text from record_types);
begin
  perform set_config('reeve.organisation', p_organisation::text, true), set_config('reeve.person', '', true), set_config('reeve.teams', '{}', true),
          set_config('reeve.held', '', true);
  perform set_config('reeve.' || name, every, true) from unnest(array['read_all', 'change_all', 'create', 'internal_all', 'restricted_all', 'erase']) as name;
  perform set_config('reeve.' || name, '{}', true)
    from unnest(array['read_team', 'read_own', 'change_team', 'change_own', 'internal_team', 'internal_own', 'restricted_team']) as name;
end $$;
revoke execute on function act_as_system(uuid) from public;

-- The app's role: no deleting, no touching the memory ---------------------------------------------------------------

-- Nor a function of its own in a schema for temporary things, by which to see rows before the rules have been asked.
do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$;
grant usage on schema reeve to reeve_app;
grant select on organisations, record_types, records, events, event_bodies, clocks, links, files, saved_views, submissions to reeve_app;
grant insert, update on clocks, saved_views, submissions to reeve_app;
-- What counts and chains a record's events is not for the app to write.
grant insert (organisation_id, id, type, reference, title, state, owner_id, team_id, requester_id, within_id, created_by, sensitivity,
    opened_at, updated_at, next_due_at, closed_at, search, search_public),
  update (title, state, owner_id, team_id, requester_id, within_id, sensitivity, updated_at, next_due_at, closed_at, version) on records to reeve_app;
grant insert, update (record_id) on files to reeve_app;
grant insert, delete on links to reeve_app;
grant delete on saved_views to reeve_app;
alter table organisations enable row level security;
create policy organisations_own on organisations for select to reeve_app using (id = (select current_organisation()));
revoke execute on function seal(uuid) from public;
