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
create table record_types (name text primary key, reference_data boolean not null default false);
comment on column record_types.reference_data is 'Whether rules may read all of it, whoever acts: queues, policies, calendars';

-- Who is asking, for the current transaction only. act_as() fills these; they are empty before it.
create function current_organisation() returns uuid language sql stable
  return nullif(current_setting('reeve.organisation', true), '')::uuid;
create function current_person() returns uuid language sql stable
  return nullif(current_setting('reeve.person', true), '')::uuid;
create function current_list(name text) returns text[] language sql stable
  return coalesce(nullif(current_setting('reeve.' || name, true), ''), '{}')::text[];
create function current_teams() returns uuid[] language sql stable
  return coalesce(nullif(current_setting('reeve.teams', true), ''), '{}')::uuid[];

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
  and (sensitivity = 'normal' or type = any ((select current_list('restricted'))::text[])
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
);
create policy records_change on records for update to reeve_app using (
  organisation_id = (select current_organisation())
  and (sensitivity = 'normal' or type = any ((select current_list('restricted'))::text[])
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
      and (sensitivity = 'normal' or type = any (current_list('restricted'))
           or owner_id = current_person() or requester_id = current_person() or created_by = current_person())
      and (type = any (current_list('read_all'))
           or (type = any (current_list('read_team')) and team_id = any (current_teams()))
           or (type = any (current_list('read_own'))
               and (owner_id = current_person() or requester_id = current_person()
                    or created_by = current_person() or id = current_person())))
  )
$$;

-- May the current person change this record (or has it just made it)?
create function changeable(p_organisation uuid, p_record uuid) returns boolean
language sql stable security definer set search_path = reeve, pg_temp as $$
  select exists (
    select 1 from records
    where organisation_id = p_organisation and id = p_record
      and organisation_id = current_organisation()
      and (sensitivity = 'normal' or type = any (current_list('restricted'))
           or owner_id = current_person() or requester_id = current_person() or created_by = current_person())
      and (type = any (current_list('change_all'))
           or (type = any (current_list('change_team')) and team_id = any (current_teams()))
           or (type = any (current_list('change_own'))
               and (owner_id = current_person() or requester_id = current_person()
                    or created_by = current_person() or id = current_person()))
           -- Made in this very transaction: its fields and lines follow the row.
           or (type = any (current_list('create')) and event_count = 0 and created_by is not distinct from current_person()
               and records.xmin::text::bigint = (pg_current_xact_id()::text::bigint & 4294967295)))
  )
$$;

-- References: one sequence for each organisation, type and period, so that writers never queue behind one another.
create function next_number(p_type text, p_period text) returns bigint
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  sequence_name text := 'number_' || replace(current_organisation()::text, '-', '') || '_' || p_period || '_' || left(p_type, 20);
begin
  if current_organisation() is null or not exists (select 1 from record_types where name = p_type) then
    raise exception 'next_number: no organisation or no such type';
  end if;
  begin
    return nextval(format('reeve.%I', sequence_name)::regclass);
  exception when undefined_table then
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
  and (audience = 'everyone' or type = any ((select current_list('internal'))::text[]))
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
-- p_words are the words that can be found from then on, by those who may read this event.
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
  if not visible(current_organisation(), p_record) and not changeable(current_organisation(), p_record) then
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

-- Makes records together with the history that they bring from elsewhere, at the times that the source gives: what making a
-- record and append_event() do, for many at once. Only the product itself may, with nobody acting; the rows of the type's
-- own table follow in the same transaction. Each record of p_records holds its events in order.
create function bring_in(p_type text, p_records jsonb) returns void
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
begin
  if current_organisation() is null or current_person() is not null or not p_type = any (current_list('create')) then
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
  ), heads as (
    select distinct on (record_id) record_id, sequence, hash from chain order by record_id, sequence desc
  ), new_records as (
    insert into records (organisation_id, id, type, reference, title, state, owner_id, team_id, requester_id, within_id, sensitivity,
        opened_at, updated_at, next_due_at, closed_at, event_count, event_hash, search, search_public)
      select current_organisation(), g.id, p_type, g.reference, g.title, g.state, g.owner_id, g.team_id, g.requester_id, g.within_id, g.sensitivity,
        g.opened_at, g.updated_at, g.next_due_at, g.closed_at, heads.sequence, heads.hash, w.everyone || w.internal, case when w.internal = '' then null else w.everyone end
      from given g join heads on heads.record_id = g.id, lateral (
        select setweight(to_tsvector('english', g.words_title), 'A') || setweight(to_tsvector('english', g.words_everyone), 'B') as everyone,
               setweight(to_tsvector('english', g.words_internal), 'B') as internal) w
  ), new_events as (
    insert into events (organisation_id, record_id, sequence, at, verb, audience, type, body_hash, hash)
      select current_organisation(), h.record_id, h.sequence, h.at, h.verb, h.audience, p_type, h.body_hash, c.hash
      from hashed h join chain c using (record_id, sequence) order by h.record_id, h.sequence
  )
  insert into event_bodies (organisation_id, record_id, sequence, salt, body)
    select current_organisation(), record_id, sequence, salt, body from hashed order by record_id, sequence;
end $$;

-- What clocks are computed from: every fact of a timeline, whatever of it the actor may read, but no comment's text.
create function record_facts(p_record uuid) returns jsonb
language sql stable security definer set search_path = reeve, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object('at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'verb', e.verb,
           'actor', e.actor_id, 'audience', e.audience, 'body', case when e.verb = 'commented' then null else b.body end) order by e.sequence), '[]')
  from events e join event_bodies b using (organisation_id, record_id, sequence)
  where e.organisation_id = current_organisation() and e.record_id = p_record and visible(e.organisation_id, e.record_id)
$$;

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
  select setweight(to_tsvector('english', coalesce(string_agg(b.body ->> 'text', E'\n') filter (where e.audience = 'everyone'), '')), 'C'),
         setweight(to_tsvector('english', coalesce(string_agg(b.body ->> 'text', E'\n') filter (where e.audience = 'internal'), '')), 'C')
    into said, said_inside
    from events e join event_bodies b using (organisation_id, record_id, sequence)
    where e.organisation_id = current_organisation() and e.record_id = p_record and b.body ? 'text';
  said_inside := said_inside || setweight(to_tsvector('english', p_internal_words), 'B');
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

create function seal(p_organisation uuid) returns integer
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  last record;
  made integer;
  digest bytea;
begin
  perform pg_advisory_xact_lock(hashtextextended('reeve.seal.' || p_organisation::text, 0));
  select number, at, hash into last from seals where organisation_id = p_organisation order by number desc limit 1;
  insert into seal_heads (organisation_id, number, record_id, sequence, hash)
    select p_organisation, coalesce(last.number, 0) + 1, r.id, r.event_count, r.event_hash
    from records r
    where r.organisation_id = p_organisation and r.event_count > 0
      -- A transaction may end up to an hour after it began, so look back that far.
      and r.id in (select e.record_id from events e
                   where e.organisation_id = p_organisation and e.recorded_at >= coalesce(last.at, '-infinity') - interval '1 hour')
    on conflict do nothing;
  get diagnostics made = row_count;
  if made = 0 then return 0; end if;
  select sha256(coalesce(last.hash, '\x') || sha256(string_agg(uuid_send(record_id) || int4send(sequence) || hash, '' order by record_id)))
    into digest from seal_heads where organisation_id = p_organisation and number = coalesce(last.number, 0) + 1;
  insert into seals (organisation_id, number, heads, hash) values (p_organisation, coalesce(last.number, 0) + 1, made, digest);
  return made;
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

-- Small registers that rules read whole, whoever acts: what a requester is promised does not depend on what they may see.
create function reference_data_mark(p_types text[]) returns text
language sql stable security definer set search_path = reeve, pg_temp as $$
  select concat_ws(' ', count(*), sum(version), max(updated_at)) from records
  where organisation_id = current_organisation() and type = any (p_types)
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

-- The share of records that hold the rarest word of a query, by PostgreSQL's own statistics; 0 when it keeps none.
create function word_share(p_query tsquery) returns real
language sql stable security definer set search_path = reeve, pg_temp as $$
  select coalesce(min(coalesce(known.share, 0)), 0)::real
  from unnest(tsvector_to_array(to_tsvector('simple', regexp_replace(p_query::text, '[^[:alnum:]]+', ' ', 'g')))) as word
  left join (select e.word, f.share
             from pg_stats s, unnest(s.most_common_elems::text::text[]) with ordinality as e (word, at)
             join unnest((select most_common_elem_freqs from pg_stats where schemaname = 'reeve' and tablename = 'records' and attname = 'search')) with ordinality as f (share, at) using (at)
             where s.schemaname = 'reeve' and s.tablename = 'records' and s.attname = 'search') known using (word)
$$;

-- The records that match and that the person may see, newest first, p_most at the most. Where a word is in so many
-- records that reading all of them would be slow, it looks back as far as it takes to find 1,000; `complete` says whether
-- it looked at all.
create function matching_records(p_query text, p_type text, p_most integer)
returns table (id uuid, type text, opened_at timestamptz, rank real, complete boolean)
language plpgsql stable security definer set search_path = reeve, pg_temp
set enable_seqscan = off set enable_indexscan = off set enable_indexonlyscan = on set work_mem = '64MB' as $$
declare
  query tsquery := websearch_to_tsquery('english', p_query);
  person uuid := current_person();
  read_all text[] := current_list('read_all');
  read_team text[] := current_list('read_team');
  read_own text[] := current_list('read_own');
  internal text[] := current_list('internal');
  share real;
  stretch bigint;
  since timestamptz := '-infinity';
  ids uuid[];
begin
  if current_organisation() is null or numnode(query) = 0 then return; end if;
  if read_all = '{}' and read_team = '{}' then
    -- Someone who sees only their own: few records, found by whose they are.
    return query select r.id, r.type, r.opened_at, ts_rank(coalesce(r.search_public, r.search), query), true from records r
      where r.organisation_id = current_organisation() and r.type = any (read_own) and (p_type is null or r.type = p_type)
        and (r.requester_id = person or r.created_by = person or (r.owner_id = person and r.closed_at is null))
        and case when r.type = any (internal) then r.search else coalesce(r.search_public, r.search) end @@ query
      order by r.opened_at desc limit p_most;
    return;
  end if;
  share := word_share(query);
  stretch := case when share < 0.008 then null else ceil(1500 / share)::bigint end;
  loop
    if stretch is not null then
      select coalesce((select n.opened_at from records n where n.organisation_id = current_organisation()
                       order by n.opened_at desc offset stretch limit 1), '-infinity') into since;
    else
      since := '-infinity';
    end if;
    ids := matching_since(query, p_type, since);
    exit when since = '-infinity' or cardinality(ids) >= 1000;
    stretch := stretch * 8;
  end loop;
  return query select r.id, r.type, r.opened_at, ts_rank(r.search, query), since = '-infinity' and cardinality(ids) < 10000
    from records r where r.organisation_id = current_organisation() and r.id = any (ids)
    order by r.opened_at desc limit p_most;
end $$;

-- The ids that match since a moment, 10,000 at the most.
create function matching_since(p_query tsquery, p_type text, p_since timestamptz) returns uuid[]
language sql stable security definer set search_path = reeve, pg_temp
set enable_seqscan = off set enable_indexscan = off set work_mem = '64MB' as $$
  select coalesce(array_agg(m.id), '{}') from (
    select r.id from records r
    where r.organisation_id = current_organisation() and (p_type is null or r.type = p_type)
      and r.opened_at >= p_since and r.search @@ p_query
      and (r.search_public is null or r.type = any (current_list('internal')) or r.search_public @@ p_query)
      and (r.sensitivity = 'normal' or r.type = any (current_list('restricted'))
           or r.owner_id = current_person() or r.requester_id = current_person() or r.created_by = current_person())
      and (r.type = any (current_list('read_all'))
           or (r.type = any (current_list('read_team')) and r.team_id = any (current_teams()))
           or (r.type = any (current_list('read_own'))
               and (r.owner_id = current_person() or r.requester_id = current_person() or r.created_by = current_person() or r.id = current_person())))
    limit 10000) m
$$;
revoke execute on function matching_since(tsquery, text, timestamptz), word_share(tsquery) from public;

-- One page of what was found, best first, with how many there are of each type.
create function search_records(p_query text, p_type text, p_limit integer, p_offset integer) returns jsonb
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
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

-- A query with words that nobody uses replaced by the nearest that somebody does; null when nothing needs mending.
create function mend_words(p_query text) returns text
language plpgsql stable security definer set search_path = reeve, public, pg_temp as $$
declare
  token text;
  near text;
  mended text := p_query;
begin
  foreach token in array (tsvector_to_array(to_tsvector('simple', p_query)))[1:12] loop
    continue when length(token) < 4 or exists (select 1 from search_words w where w.organisation_id = current_organisation() and w.word = token);
    select w.word into near from search_words w
      where w.organisation_id = current_organisation() and w.word % token
      order by similarity(w.word, token) desc, w.records desc limit 1;
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
  create temporary table if not exists batch (title text, updated_at timestamptz) on commit drop;
  insert into batch select title, updated_at from records
    where organisation_id = p_organisation and sensitivity = 'normal' and updated_at > since and type in (select name from record_types)
    order by updated_at limit 50000;
  select max(updated_at) into until from batch;
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
  key text not null check (length(key) between 8 and 200),
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
  organisation_id = (select current_organisation()) and uploaded_by = (select current_person()));
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
  restrictedly text[];
begin
  select r.title into person_name from records r join person p using (organisation_id, id)
    where r.organisation_id = p_organisation and r.id = p_person and p.active;
  if person_name is null then return null; end if;
  select coalesce(array_agg(m.parent_id), '{}') into teams from team_members m
    where m.organisation_id = p_organisation and m.member = p_person and m.removed_at is null;
  select coalesce(jsonb_agg(distinct jsonb_build_object('type', t.name, 'permission', g.permission, 'scope', g.scope)), '[]') into grants
    from person_roles h
    join role_permissions g on g.organisation_id = h.organisation_id and g.parent_id = h.role and g.removed_at is null
    join record_types t on g.type = '*' or t.name = g.type
    where h.organisation_id = p_organisation and h.parent_id = p_person and h.removed_at is null;
  perform set_config('reeve.organisation', p_organisation::text, true), set_config('reeve.person', p_person::text, true),
          set_config('reeve.teams', teams::text, true), set_grants(grants);
  return jsonb_build_object('name', person_name, 'teams', to_jsonb(teams), 'grants', grants);
end $$;

-- The grants as lists of types, which is what the policies ask. A permission that lets a person do anything to a
-- record beside reading and commenting lets them change its row; what they may change is for the move to say.
create function set_grants(p_grants jsonb) returns void
language plpgsql set search_path = reeve, pg_temp as $$
begin
  perform set_config('reeve.' || list.name, coalesce((
    select array_agg(distinct g ->> 'type')::text from jsonb_array_elements(p_grants) g
    where (g ->> 'permission' = any (list.permissions) or (list.others and g ->> 'permission' not in ('read', 'create', 'comment', 'internal', 'restricted')))
      and (list.scope is null or g ->> 'scope' = list.scope)), '{}'), true)
  from (values
    ('read_all', array['read'], 'all', false), ('read_team', array['read'], 'team', false), ('read_own', array['read'], 'own', false),
    ('change_all', array['change'], 'all', true), ('change_team', array['change'], 'team', true), ('change_own', array['change'], 'own', true),
    ('create', array['create'], null, false), ('internal', array['internal'], null, false), ('restricted', array['restricted'], null, false)
  ) as list (name, permissions, scope, others);
end $$;

-- The product itself acts: everything in one organisation. Only the owner may call it, before it takes the app's role.
create function act_as_system(p_organisation uuid) returns void
language plpgsql set search_path = reeve, pg_temp as $$
declare
  every text := (select array_agg(name)::text from record_types);
begin
  perform set_config('reeve.organisation', p_organisation::text, true), set_config('reeve.person', '', true), set_config('reeve.teams', '{}', true);
  perform set_config('reeve.' || name, every, true) from unnest(array['read_all', 'change_all', 'create', 'internal', 'restricted']) as name;
  perform set_config('reeve.' || name, '{}', true) from unnest(array['read_team', 'read_own', 'change_team', 'change_own']) as name;
end $$;
revoke execute on function act_as_system(uuid) from public;

-- The app's role: no deleting, no touching the memory ---------------------------------------------------------------

grant usage on schema reeve to reeve_app;
grant select on organisations, record_types, records, events, event_bodies, clocks, links, search_words, files, saved_views, submissions to reeve_app;
grant insert, update on records, clocks, saved_views, submissions, files to reeve_app;
grant insert, delete on links to reeve_app;
grant delete on saved_views to reeve_app;
alter table organisations enable row level security;
create policy organisations_own on organisations for select to reeve_app using (id = (select current_organisation()));
alter table search_words enable row level security;
create policy search_words_own on search_words for select to reeve_app using (organisation_id = (select current_organisation()));
revoke execute on function seal(uuid) from public;
