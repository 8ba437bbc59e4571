-- An erasure by law takes the files along that only the erased line named; who leaves keeps no token.

-- Destroys what a line of a timeline says, or all that a record says: see 0001. New: files that no line names any more and
-- that the record does not hold go with the line that named them.
create or replace function erase(p_record uuid, p_sequence integer, p_reason text, p_certificate uuid default uuidv7()) returns jsonb
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
    blobs := erase_unnamed_files(head);
  end if;
  return jsonb_build_object('certificate', p_certificate, 'bodies', bodies, 'files', to_jsonb(blobs));
end $$;

-- The files of a record that none of its lines names any more, and that it does not hold. Gives the content that nothing
-- leads to then.
create function erase_unnamed_files(head records) returns text[]
language plpgsql set search_path = reeve, public, pg_temp as $$
declare
  file record;
  gone bytea[] := '{}';
begin
  for file in select f.id, f.sha256 from files f
      where f.organisation_id = head.organisation_id and f.record_id = head.id
        and not exists (select 1 from event_bodies b where b.organisation_id = f.organisation_id and b.record_id = f.record_id
                        and strpos(b.body::text, f.id::text) > 0) loop
    begin
      delete from files where organisation_id = head.organisation_id and id = file.id;
      gone := gone || file.sha256;
    exception when foreign_key_violation then
      -- The record holds it still: it is changed first, as the page says.
      null;
    end;
  end loop;
  return array(select distinct encode(g, 'hex') from unnest(gone) as g where not exists (select 1 from files f where f.sha256 = g));
end $$;
revoke execute on function erase_unnamed_files(records) from public;

-- Whoever is no longer active has no token that would work again on their return.
create function tokens_end() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  update api_token set revoked_at = now() where organisation_id = new.organisation_id and person_id = new.id and revoked_at is null;
  return null;
end $$;
create trigger tokens_end after update of active on person for each row
  when (old.active and new.active is not true) execute function tokens_end();
