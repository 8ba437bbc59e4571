-- Files that are sent with a form: a record takes what its own maker sent, and internal fields keep theirs among officers.

alter table files add column internal boolean not null default false;

drop policy files_read on files;
create policy files_read on files for select to reeve_app using (
  organisation_id = (select current_organisation())
  and case when record_id is null then uploaded_by = (select current_person())
      else visible(organisation_id, record_id) and (not internal or reads_internal(organisation_id, record_id)) end);

-- A file is its sender's own at first; attach_files() gives it to a record.
drop policy files_insert on files;
create policy files_insert on files for insert to reeve_app with check (
  organisation_id = (select current_organisation()) and uploaded_by = (select current_person()) and record_id is null and not internal);
drop policy files_update on files;
revoke update (record_id) on files from reeve_app;

-- Uploads that wait to be taken, which the sweep looks through.
create index files_waiting on files (uploaded_at) where record_id is null;
create index files_record on files (organisation_id, record_id) where record_id is not null;
create index files_sha256 on files (sha256);

-- Makes uploads the record's own. Only whoever sent them may hand them over, and only once.
create function attach_files(p_record uuid, p_files uuid[], p_internal boolean) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if not changeable(current_organisation(), p_record) then
    raise exception 'attach_files: no such record' using errcode = 'insufficient_privilege';
  end if;
  update files set record_id = p_record, internal = p_internal
    where organisation_id = current_organisation() and id = any (p_files) and record_id is null
      and uploaded_by is not distinct from current_person();
  if exists (select 1 from unnest(p_files) as wanted (id) left join files f on f.organisation_id = current_organisation() and f.id = wanted.id
             where f.record_id is distinct from p_record) then
    raise exception 'attach_files: no such file' using errcode = 'insufficient_privilege';
  end if;
end $$;
