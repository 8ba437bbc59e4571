-- Several files on a record: a comment brings them, and somebody may take one away again.

-- The line of the timeline that brought a file, and when it was taken away; a file of a field has neither.
alter table files add column comment integer check (comment > 0), add column removed_at timestamptz,
  add check (comment is null or record_id is not null), add check (removed_at is null or comment is not null);
create index files_comments on files (organisation_id, record_id, comment) where comment is not null;

-- Makes uploads the record's own, as files of a comment that names them. Only whoever wrote it may, with what they sent.
create function attach_to_comment(p_record uuid, p_sequence integer, p_files uuid[]) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  line record;
begin
  select e.audience, b.body into line from events e join event_bodies b using (organisation_id, record_id, sequence)
    where e.organisation_id = current_organisation() and e.record_id = p_record and e.sequence = p_sequence
      and e.verb = 'commented' and e.actor_id is not distinct from current_person();
  if not found or not visible(current_organisation(), p_record) then
    raise exception 'attach_to_comment: no such comment' using errcode = 'insufficient_privilege';
  end if;
  update files set record_id = p_record, internal = (line.audience = 'internal'), comment = p_sequence
    where organisation_id = current_organisation() and id = any (p_files) and record_id is null
      and uploaded_by is not distinct from current_person() and line.body -> 'files' ? id::text;
  if exists (select 1 from unnest(p_files) as wanted (id) left join files f on f.organisation_id = current_organisation() and f.id = wanted.id
             where f.record_id is distinct from p_record or f.comment is distinct from p_sequence) then
    raise exception 'attach_to_comment: no such file' using errcode = 'insufficient_privilege';
  end if;
end $$;
revoke execute on function attach_to_comment(uuid, integer, uuid[]) from public;
grant execute on function attach_to_comment(uuid, integer, uuid[]) to reeve_app;

-- Takes a comment's file away: whoever sent it may, and whoever may change the record. The content stays until the comment
-- is erased by law, since the timeline tells of it. False when it was taken away before.
create function remove_file(p_record uuid, p_file uuid, p_at timestamptz) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  found_file files;
  held text := coalesce(current_setting('reeve.held', true), '');
begin
  select * into found_file from files
    where organisation_id = current_organisation() and id = p_file and record_id = p_record and comment is not null for no key update;
  if not found or not visible(current_organisation(), p_record)
     or (found_file.internal and not reads_internal(current_organisation(), p_record))
     or (found_file.uploaded_by is distinct from current_person() and not changeable(current_organisation(), p_record)) then
    raise exception 'remove_file: no such file' using errcode = 'insufficient_privilege';
  end if;
  if found_file.removed_at is not null then return false; end if;
  update files set removed_at = p_at where organisation_id = found_file.organisation_id and id = p_file;
  perform set_config('reeve.held', p_record::text, true);
  perform append_event(p_record, 'file_removed', p_at, case when found_file.internal then 'internal' else 'everyone' end,
    jsonb_build_object('removed', found_file.name));
  perform set_config('reeve.held', held, true);
  return true;
end $$;
revoke execute on function remove_file(uuid, uuid, timestamptz) from public;
grant execute on function remove_file(uuid, uuid, timestamptz) to reeve_app;

-- Changing more records together than a page can: a preview of each first, then the change, each by a job.

-- It is its starter's alone, as an import is: what is given to the records is theirs until it is done.
create table bulk_changes (
  organisation_id uuid not null references organisations,
  id uuid not null default uuidv7(),
  type text not null references record_types,
  deed text not null check (deed ~ '^(move|field):[A-Za-z][A-Za-z_]{0,60}$'),
  given jsonb not null,
  view text not null default '' check (length(view) <= 4000),
  started_by uuid not null,
  started_at timestamptz not null default now(),
  stage text not null default 'checking' check (stage in ('checking', 'checked', 'doing', 'done')),
  row_count integer not null default 0 check (row_count between 0 and 10000),
  job_id uuid,
  primary key (organisation_id, id)
);
create index bulk_changes_old on bulk_changes (started_at);
alter table bulk_changes enable row level security;
create policy bulk_changes_own on bulk_changes for all to reeve_app
  using (organisation_id = (select current_organisation()) and started_by = (select current_person()))
  with check (organisation_id = (select current_organisation()) and started_by = (select current_person()));
grant select, insert, update (given, stage, row_count, job_id) on bulk_changes to reeve_app;

-- The records of one, with the version of each that was previewed and what came of it.
create table bulk_rows (
  organisation_id uuid not null,
  bulk_id uuid not null,
  number integer not null,
  reference text not null check (length(reference) <= 60),
  version integer not null,
  outcome text check (outcome in ('change', 'same', 'refused', 'changed')),
  reason text check (length(reason) <= 2000),
  primary key (organisation_id, bulk_id, number),
  foreign key (organisation_id, bulk_id) references bulk_changes on delete cascade
);
create index bulk_rows_outcome on bulk_rows (organisation_id, bulk_id, outcome, number);
alter table bulk_rows enable row level security;
create policy bulk_rows_own on bulk_rows for all to reeve_app
  using (organisation_id = (select current_organisation())
    and bulk_id in (select b.id from bulk_changes b where b.organisation_id = (select current_organisation()) and b.started_by = (select current_person())))
  with check (organisation_id = (select current_organisation())
    and bulk_id in (select b.id from bulk_changes b where b.organisation_id = (select current_organisation()) and b.started_by = (select current_person())));
grant select, insert, update (outcome, reason) on bulk_rows to reeve_app;
