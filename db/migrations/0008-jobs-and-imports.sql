-- Work that a person started and that goes on by itself, and the first of it: bringing records in from a file.

-- What somebody started. The queue (graphile-worker) only wakes a worker: what is to be done, how far it is and what came of
-- it stands here, so that people can look at it and a queue that was lost can be made anew.
create table jobs (
  organisation_id uuid not null references organisations,
  id uuid not null default uuidv7(),
  kind text not null check (kind ~ '^[a-z][a-z-]{1,39}$'),
  title text not null check (length(title) between 1 and 300),
  subject uuid,
  page text check (page ~ '^/' and length(page) <= 300),
  started_by uuid not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  done integer not null default 0 check (done >= 0),
  total integer check (total >= 0),
  attempts integer not null default 0,
  cancel_asked boolean not null default false,
  result text,
  failure text,
  added_at timestamptz not null default now(),
  next_at timestamptz not null default now(),
  begun_at timestamptz,
  begun_done integer not null default 0,
  ended_at timestamptz,
  primary key (organisation_id, id)
);
comment on column jobs.subject is 'What it works on: the id of an import';
comment on column jobs.page is 'Where what came of it is seen';
comment on column jobs.failure is 'Why it failed, or why it is tried again, as a sentence';
comment on column jobs.begun_done is 'How much was done when it began this time: the estimate goes by what came after';
create index jobs_live on jobs (next_at) where state in ('waiting', 'running');
create index jobs_started_by on jobs (organisation_id, started_by, id);
create index jobs_failed on jobs (organisation_id, id) where state = 'failed';
alter table jobs enable row level security;
-- One's own, and everybody's for whoever may change every role.
create policy jobs_read on jobs for select to reeve_app using (
  organisation_id = (select current_organisation())
  and (started_by = (select current_person()) or 'role' = any ((select current_list('change_all'))::text[])));
grant select on jobs to reeve_app;

-- Asks the queue for a worker. Where no worker ever ran there is no queue yet: the first one that starts looks for what waits.
create function wake_job(p_organisation uuid, p_job uuid, p_at timestamptz) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if exists (select 1 from pg_proc where proname = 'add_job' and pronamespace = to_regnamespace('graphile_worker')) then
    execute 'select graphile_worker.add_job(identifier => $1, payload => $2, run_at => $3, max_attempts => 1, job_key => $4)'
      using 'person-job', json_build_object('organisation', p_organisation, 'job', p_job), p_at, 'person-job ' || p_job;
  end if;
end $$;
revoke execute on function wake_job(uuid, uuid, timestamptz) from public;

-- Starts a job for the current person, who may have 20 under way.
create function add_job(p_kind text, p_title text, p_subject uuid, p_page text) returns uuid
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  made uuid;
begin
  if current_organisation() is null or current_person() is null then
    raise exception 'add_job: nobody acts' using errcode = 'insufficient_privilege';
  end if;
  if (select count(*) from (select 1 from jobs where organisation_id = current_organisation() and started_by = current_person()
        and state in ('waiting', 'running') limit 20) live) >= 20 then
    raise exception 'add_job: too many' using errcode = 'program_limit_exceeded';
  end if;
  insert into jobs (organisation_id, kind, title, subject, page, started_by)
    values (current_organisation(), p_kind, p_title, p_subject, p_page, current_person()) returning id into made;
  perform wake_job(current_organisation(), made, now());
  return made;
end $$;

-- How far the current person's job is, in the transaction that took it there. Answers whether it is to go on.
create function job_progress(p_job uuid, p_done integer, p_total integer) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  goes_on boolean;
begin
  update jobs set done = p_done, total = p_total
    where organisation_id = current_organisation() and id = p_job and started_by = current_person() and state = 'running'
    returning not cancel_asked into goes_on;
  return coalesce(goes_on, false);
end $$;

-- The job, for whoever started it or may change every role.
create function own_job(p_job uuid) returns jobs
language plpgsql set search_path = reeve, pg_temp as $$
declare
  found jobs;
begin
  select * into found from jobs where organisation_id = current_organisation() and id = p_job
    and (started_by = current_person() or 'role' = any (current_list('change_all'))) for no key update;
  if found.id is null then raise exception 'own_job: no such job' using errcode = 'insufficient_privilege'; end if;
  return found;
end $$;
revoke execute on function own_job(uuid) from public;

-- A job that waits is cancelled at once, one that runs at the end of what it is in the middle of. Answers with its state.
create function cancel_job(p_job uuid) returns text
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  job jobs := own_job(p_job);
begin
  update jobs set cancel_asked = true, state = case when state = 'waiting' then 'cancelled' else state end,
      ended_at = case when state = 'waiting' then now() end
    where organisation_id = job.organisation_id and id = job.id and state in ('waiting', 'running') returning state into job.state;
  return job.state;
end $$;

-- What failed or was cancelled goes on from where it was. False when it is neither.
create function retry_job(p_job uuid) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  job jobs := own_job(p_job);
begin
  if job.state not in ('failed', 'cancelled') then return false; end if;
  update jobs set state = 'waiting', attempts = 0, cancel_asked = false, failure = null, result = null, next_at = now(), ended_at = null
    where organisation_id = job.organisation_id and id = job.id;
  perform wake_job(job.organisation_id, job.id, now());
  return true;
end $$;

-- Imports ----------------------------------------------------------------------------------------------------------

-- A file that somebody brings in as records of one type. It is its starter's alone: what is in the file others may not see.
create table imports (
  organisation_id uuid not null references organisations,
  id uuid not null default uuidv7(),
  type text not null references record_types,
  file_name text not null check (length(file_name) between 1 and 255),
  file_id uuid,
  started_by uuid not null,
  started_at timestamptz not null default now(),
  stage text not null default 'reading' check (stage in ('reading', 'columns', 'checking', 'checked', 'saving', 'saved', 'undoing', 'undone', 'forgotten')),
  told jsonb not null default '{}',
  headings text[] not null default '{}',
  row_count integer not null default 0,
  plan jsonb not null default '{}',
  job_id uuid,
  saved_at timestamptz,
  primary key (organisation_id, id),
  foreign key (organisation_id, file_id) references files,
  foreign key (organisation_id, job_id) references jobs
);
comment on column imports.told is 'How the file was read: encoding, delimiter, sheet';
comment on column imports.plan is 'Which column is which field, the key, and what an empty cell means';
create index imports_started_by on imports (organisation_id, started_by, type, id);
alter table imports enable row level security;
create policy imports_own on imports to reeve_app
  using (organisation_id = (select current_organisation()) and started_by = (select current_person()))
  with check (organisation_id = (select current_organisation()) and started_by = (select current_person()));
grant select, insert, update on imports to reeve_app;

create table import_rows (
  organisation_id uuid not null,
  import_id uuid not null,
  number integer not null,
  cells text[] not null,
  outcome text check (outcome in ('create', 'update', 'unchanged', 'rejected')),
  title text,
  reason text,
  given jsonb,
  record_id uuid,
  before jsonb,
  version integer,
  state text not null default 'waiting' check (state in ('waiting', 'saved', 'undone', 'kept')),
  primary key (organisation_id, import_id, number),
  foreign key (organisation_id, import_id) references imports
);
comment on column import_rows.number is 'The row of the file, as a spreadsheet counts: 2 comes after the headings';
comment on column import_rows.given is 'Its values as the fields hold them, once the row was checked';
comment on column import_rows.before is 'What a record that was changed held before, of the fields that were changed';
comment on column import_rows.version is 'The version that the import left the record at';
create index import_rows_outcome on import_rows (organisation_id, import_id, outcome, number);
create index import_rows_record on import_rows (organisation_id, record_id) where record_id is not null;
alter table import_rows enable row level security;
create policy import_rows_own on import_rows to reeve_app
  using (organisation_id = (select current_organisation()) and import_id in (select i.id from imports i))
  with check (organisation_id = (select current_organisation()) and import_id in (select i.id from imports i));
grant select, insert, update on import_rows to reeve_app;

-- What the law has erased of a record is not kept in the file that it came from either.
create function erase_import_rows() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  update import_rows set cells = '{}', title = 'Erased', given = null, before = null
    where organisation_id = new.organisation_id and record_id = new.record_id;
  return null;
end $$;
create trigger erasures_import_rows after insert on erasures for each row execute function erase_import_rows();

-- Makes many records of a type as the current person: what making them one by one does, in a few statements. Each of
-- p_records holds its row, the row of the type's own table, its clocks, its words and what its first event says.
create function create_many(p_type text, p_records jsonb) returns void
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
begin
  if current_organisation() is null or current_person() is null or not p_type = any (current_list('create'))
     or not exists (select 1 from record_types where name = p_type) then
    raise exception 'create_many: not allowed' using errcode = 'insufficient_privilege';
  end if;
  with given as materialized (
    select r.*, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) as salt
    from jsonb_to_recordset(p_records) as r (id uuid, reference text, title text, state text, owner_id uuid, team_id uuid, requester_id uuid,
      within_id uuid, sensitivity text, opened_at timestamptz, next_due_at timestamptz, closed_at timestamptz,
      words_title text, words_everyone text, words_internal text, body jsonb)
  ), hashed as materialized (
    select *, sha256(salt || convert_to(body::text, 'UTF8')) as body_hash from given
  ), chained as materialized (
    select *, event_digest('\x', id, 1, opened_at, current_person(), 'created', 'everyone', body_hash) as hash,
      setweight(to_tsvector('english', words_title), 'A') || setweight(to_tsvector('english', words_everyone), 'B') as everyone,
      setweight(to_tsvector('english', words_internal), 'B') as internal
    from hashed
  ), new_records as (
    insert into records (organisation_id, id, type, reference, title, state, owner_id, team_id, requester_id, within_id, created_by, sensitivity,
        opened_at, updated_at, next_due_at, closed_at, event_count, event_hash, search, search_public)
      select current_organisation(), id, p_type, reference, title, state, owner_id, team_id, requester_id, within_id, current_person(), sensitivity,
        opened_at, opened_at, next_due_at, closed_at, 1, hash, everyone || internal, case when internal = '' then null else everyone end
      from chained
  ), new_events as (
    insert into events (organisation_id, record_id, sequence, at, actor_id, verb, audience, type, body_hash, hash)
      select current_organisation(), id, 1, opened_at, current_person(), 'created', 'everyone', p_type, body_hash, hash from chained
  )
  insert into event_bodies (organisation_id, record_id, sequence, salt, body) select current_organisation(), id, 1, salt, body from chained;
  execute format('insert into %1$I select own.* from jsonb_array_elements($1) as r, jsonb_populate_record(null::%1$I, r -> ''own''
    || jsonb_build_object(''organisation_id'', current_organisation(), ''id'', r -> ''id'')) as own', p_type) using p_records;
  insert into clocks select clock.* from jsonb_array_elements(p_records) as r, jsonb_array_elements(r -> 'clocks') as c,
    jsonb_populate_record(null::clocks, c || jsonb_build_object('organisation_id', current_organisation(), 'record_id', r -> 'id')) as clock;
end $$;

-- Takes back a record that the current person's import made and that nobody has touched since: closes it (p_state, where
-- its type has a state to be closed in) and, with p_reason, erases what it says as the law would. False when it was touched.
create function undo_created(p_import uuid, p_record uuid, p_state text, p_reason text) returns boolean
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
declare
  head records;
  erases text := current_setting('reeve.erase', true);
begin
  select r.* into head from records r
    join import_rows w on w.organisation_id = r.organisation_id and w.record_id = r.id and w.import_id = p_import and w.outcome = 'create'
    join imports i on i.organisation_id = w.organisation_id and i.id = w.import_id and i.started_by = current_person()
    where r.organisation_id = current_organisation() and r.id = p_record and r.created_by = current_person() for no key update of r;
  if head.id is null then raise exception 'undo_created: no such record' using errcode = 'insufficient_privilege'; end if;
  if head.version <> 1 or head.event_count <> 1 then return false; end if;
  perform set_config('reeve.held', p_record::text, true);
  if p_state is not null and p_state <> head.state then
    perform append_event(p_record, 'moved', now(), 'everyone', jsonb_build_object('from', head.state, 'state', p_state));
    update records set state = p_state, closed_at = coalesce(closed_at, now()), next_due_at = 'infinity', updated_at = now(), version = version + 1
      where organisation_id = head.organisation_id and id = head.id;
  end if;
  if p_reason is not null then
    perform set_config('reeve.erase', array[head.type]::text, true);
    perform erase(p_record, null, p_reason);
    perform set_config('reeve.erase', erases, true);
  end if;
  return true;
end $$;
