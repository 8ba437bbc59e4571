-- The kinds of ticket may be extended by an administrator, so the table holds whatever the organisation's choices say.
alter table ticket drop constraint if exists ticket_kind_check;
alter table ticket add constraint ticket_kind_check check (length(kind) <= 60);

-- Disposal of records by a retention schedule: what each disposal lists, and what became of it. See decision 0019.
create table disposal_items (
  organisation_id uuid not null,
  disposal_id uuid not null,
  record_id uuid not null,
  reference text not null check (length(reference) between 1 and 40),
  due_on date not null,
  outcome text not null default 'listed' check (outcome in ('listed', 'destroyed', 'held', 'kept')),
  -- Of one that is kept the reason or the hold; of one that is destroyed the certificate of its erasure.
  why text check (length(why) <= 300),
  primary key (organisation_id, disposal_id, record_id),
  foreign key (organisation_id, disposal_id) references records,
  foreign key (organisation_id, record_id) references records
);
create index disposal_items_record on disposal_items (organisation_id, record_id);
alter table disposal_items enable row level security;
create policy disposal_items_read on disposal_items for select to reeve_app using (visible(organisation_id, disposal_id));
create policy disposal_items_list on disposal_items for insert to reeve_app
  with check (organisation_id = (select current_organisation()) and (select current_person()) is null);
grant select, insert on disposal_items to reeve_app;

-- Whoever places, changes or releases a hold waits for a disposal that is at work, and it for them: either the hold comes
-- first and the record stays, or it is told afterwards that the record is gone.
create function hold_and_disposal_wait() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('holds ' || new.organisation_id, 0));
  return new;
end $$;
create trigger records_hold_waits before insert or update on records for each row
  when (new.type = 'legal_hold') execute function hold_and_disposal_wait();

-- The hold under which a record is by name; null when none is.
create function hold_of(p_organisation uuid, p_record uuid) returns text
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  return (select h.reference from legal_hold_records l join records h on h.organisation_id = l.organisation_id and h.id = l.parent_id
  where l.organisation_id = p_organisation and l.record_id = p_record::text and l.removed_at is null and h.closed_at is null
  order by h.reference limit 1);
end $$;
revoke execute on function hold_of(uuid, uuid) from public;

-- What is held is not erased whole either, by whichever way somebody asks for it. The product itself has asked before, and
-- replays old erasures after a restore.
create function held_is_not_erased() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  hold text;
begin
  if new.sequence is null and current_person() is not null then
    perform pg_advisory_xact_lock_shared(hashtextextended('holds ' || new.organisation_id, 0));
    hold := hold_of(new.organisation_id, new.record_id);
    if hold is not null then
      raise exception 'erase: the record is under the legal hold %', hold using errcode = 'object_in_use';
    end if;
  end if;
  return new;
end $$;
create trigger erasures_hold before insert on erasures for each row execute function held_is_not_erased();

-- A disposal at work: no hold is placed or released until this transaction ends.
create function begin_disposing() returns void
language sql security definer set search_path = reeve, pg_temp as $$
  select pg_advisory_xact_lock(hashtextextended('holds ' || current_organisation(), 0))
$$;
revoke execute on function begin_disposing() from public;
grant execute on function begin_disposing() to reeve_app;

-- Destroys one record that an approved disposal lists, or notes why it is kept (p_why: the hold by a list that the caller
-- found). Only with nobody acting. Gives the content of files that nothing leads to any more, and what became of it.
create function dispose_record(p_disposal uuid, p_record uuid, p_outcome text, p_why text) returns jsonb
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
declare
  head records;
  disposal records;
  erased jsonb := '{"files": []}';
  became text := p_outcome;
  reason text := p_why;
  part record;
begin
  if current_person() is not null then
    raise exception 'dispose_record: only for the product itself' using errcode = 'insufficient_privilege';
  end if;
  perform begin_disposing();
  select * into disposal from records where organisation_id = current_organisation() and id = p_disposal and type = 'disposal' for share;
  perform 1 from disposal_items i where i.organisation_id = current_organisation() and i.disposal_id = p_disposal and i.record_id = p_record
    and i.outcome = 'listed' for update;
  if not found or disposal.state is distinct from 'approved' then
    raise exception 'dispose_record: no approved disposal lists this record' using errcode = 'insufficient_privilege';
  end if;
  select * into head from records where organisation_id = current_organisation() and id = p_record for no key update;
  if became = 'destroyed' and hold_of(head.organisation_id, p_record) is not null then
    became := 'held';
    reason := 'Under the legal hold ' || hold_of(head.organisation_id, p_record);
  end if;
  -- Opened again since it was listed, or erased by law meanwhile.
  if became = 'destroyed' and head.closed_at is null then
    became := 'kept';
    reason := 'It is open again';
  end if;
  if became = 'destroyed' then
    if head.title <> 'Erased' then
      erased := erase(p_record, null, 'Disposed of under ' || disposal.reference || coalesce(': ' || p_why, ''));
      reason := 'Certificate ' || (erased ->> 'certificate');
    end if;
    -- An erasure leaves choices, numbers and dates; of what is disposed of nothing stays but that it was.
    execute coalesce((select format('update %I set %s where organisation_id = $1 and id = $2', head.type, string_agg(format('%I = null', a.attname), ', '))
        from pg_attribute a where a.attrelid = format('reeve.%I', head.type)::regclass and a.attnum > 0 and not a.attisdropped and not a.attnotnull
          and a.attname not in ('valid_from', 'valid_until')), 'select $1, $2')
      using head.organisation_id, head.id;
    for part in select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'parent_id'
                where c.relnamespace = 'reeve'::regnamespace and c.relkind = 'r' loop
      execute format('delete from %I where organisation_id = $1 and parent_id = $2', part.name) using head.organisation_id, head.id;
    end loop;
    delete from links where organisation_id = head.organisation_id and (from_id = head.id or to_id = head.id);
    delete from watchers where organisation_id = head.organisation_id and record_id = head.id;
    update records set owner_id = null, requester_id = null, within_id = null, added = null, next_due_at = 'infinity'
      where organisation_id = head.organisation_id and id = head.id;
  end if;
  update disposal_items i set outcome = became, why = reason
    where i.organisation_id = head.organisation_id and i.disposal_id = p_disposal and i.record_id = p_record;
  return jsonb_build_object('outcome', became, 'files', erased -> 'files');
end $$;
revoke execute on function dispose_record(uuid, uuid, text, text) from public;
grant execute on function dispose_record(uuid, uuid, text, text) to reeve_app;

-- Keeps a record that a disposal lists, before it is approved. False when it lists no such record.
create function keep_listed(p_disposal uuid, p_reference text, p_why text) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if not changeable(current_organisation(), p_disposal) then
    raise exception 'keep_listed: no such disposal' using errcode = 'insufficient_privilege';
  end if;
  update disposal_items i set outcome = 'kept', why = p_why
    where i.organisation_id = current_organisation() and i.disposal_id = p_disposal and i.reference = p_reference and i.outcome = 'listed'
      and exists (select 1 from records d where d.organisation_id = i.organisation_id and d.id = i.disposal_id and d.state = 'listed' for share);
  return found;
end $$;
revoke execute on function keep_listed(uuid, text, text) from public;
grant execute on function keep_listed(uuid, text, text) to reeve_app;
