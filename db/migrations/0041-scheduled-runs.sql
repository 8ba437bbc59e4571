-- What became of the work that Reeve does by itself at set times, for the whole installation: the latest run of each task, and its
-- latest failure. No names, no addresses, nothing of a record.
create table scheduled_runs (
  task text primary key check (task ~ '^[a-z][a-z-]{1,39}$'),
  asked_at timestamptz,
  begun_at timestamptz,
  ended_at timestamptz,
  took_ms integer check (took_ms >= 0),
  failed_at timestamptz,
  failure text check (length(failure) <= 300),
  failures integer not null default 0 check (failures >= 0)
);
comment on column scheduled_runs.asked_at is 'When an administrator last asked for it to run at once';
comment on column scheduled_runs.took_ms is 'How long the run took that ended last';
comment on column scheduled_runs.failure is 'Why the run of failed_at failed, as a sentence; kept when a later one goes well';
comment on column scheduled_runs.failures is 'How many runs failed since the last that went well';
alter table scheduled_runs enable row level security;
-- Whoever may change every role sees them all; whoever looks after disposals sees why those are not carried out.
create policy scheduled_runs_read on scheduled_runs for select to reeve_app using (
  (select current_organisation()) is not null and (select current_person()) is not null
  and ('role' = any ((select current_list('change_all'))::text[])
    or task = 'dispose' and 'disposal' = any ((select current_list('change_all'))::text[])));
grant select on scheduled_runs to reeve_app;

-- Has a task run at once, where the current person may change every role. Once a minute, whoever asks: false sooner than that, for a
-- task that no worker knows, and where no worker ever ran.
create function run_scheduled(p_task text) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if current_organisation() is null or current_person() is null or not coalesce('role' = any (current_list('change_all')), false) then
    raise exception 'run_scheduled: for administrators' using errcode = 'insufficient_privilege';
  end if;
  if not exists (select 1 from pg_proc where proname = 'add_job' and pronamespace = to_regnamespace('graphile_worker')) then
    return false;
  end if;
  update scheduled_runs set asked_at = clock_timestamp()
    where task = p_task and (asked_at is null or asked_at < clock_timestamp() - interval '1 minute');
  if not found then return false; end if;
  execute 'select graphile_worker.add_job(identifier => $1, max_attempts => 1, job_key => $2)' using p_task, 'scheduled ' || p_task;
  return true;
end $$;
revoke execute on function run_scheduled(text) from public;
grant execute on function run_scheduled(text) to reeve_app;
