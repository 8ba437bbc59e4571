-- Whose word a comment is stays known once it is erased by law, so that clocks stay as they were: the erasure keeps the side (of whoever
-- asked, or of whoever answers), and not for whom it was said.

-- What clocks read of a line that holds words: never the words.
create function facts_of_words(p_body jsonb) returns jsonb
language sql immutable parallel safe as $$
  select nullif(jsonb_strip_nulls(jsonb_build_object('for', p_body -> 'for', 'side', p_body -> 'side', 'sides', p_body -> 'sides')), '{}')
$$;
revoke execute on function facts_of_words(jsonb) from public;

create or replace function record_facts(p_record uuid) returns jsonb
language sql stable security definer set search_path = reeve, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object('at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'verb', e.verb,
           'actor', e.actor_id, 'audience', e.audience, 'body', case when e.verb in ('commented', 'erased') then facts_of_words(b.body)
             else b.body end) order by e.sequence), '[]')
  from events e join event_bodies b using (organisation_id, record_id, sequence)
  where e.organisation_id = current_organisation() and e.record_id = p_record and visible(e.organisation_id, e.record_id)
$$;

-- Whose word each of a record's comments is, by its place in the timeline, as far as who wrote it does not say so.
create function sides_of(p_record records, p_sequence integer) returns jsonb
language sql stable set search_path = reeve, pg_temp as $$
  select coalesce(jsonb_object_agg(e.sequence, case when b.body ->> 'side' is not null then b.body ->> 'side' else 'asker' end), '{}')
  from events e join event_bodies b using (organisation_id, record_id, sequence)
  where e.organisation_id = p_record.organisation_id and e.record_id = p_record.id and e.verb = 'commented'
    and (p_sequence is null or e.sequence = p_sequence)
    and (b.body ->> 'side' is not null or b.body ->> 'for' = p_record.requester_id::text)
$$;
revoke execute on function sides_of(records, integer) from public;

create or replace function erase(p_record uuid, p_sequence integer, p_reason text, p_certificate uuid default uuidv7()) returns jsonb
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
declare
  head records;
  bodies integer;
  p_audience text := 'everyone';
  said_inside tsvector;
  sides jsonb;
  blobs text[] := '{}';
begin
  select * into head from records where organisation_id = current_organisation() and id = p_record for no key update;
  if not found or not visible(head.organisation_id, head.id) then
    raise exception 'erase: no such record' using errcode = 'insufficient_privilege';
  end if;
  if not head.type = any (current_list('erase')) then
    raise exception 'erase: it needs the permission “erase”' using errcode = 'insufficient_privilege';
  end if;
  sides := sides_of(head, p_sequence);
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
  perform append_event(p_record, 'erased', now(), p_audience, jsonb_build_object('certificate', p_certificate, 'sequence', p_sequence, 'reason', p_reason, 'sides', sides));
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
