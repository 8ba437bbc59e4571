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
