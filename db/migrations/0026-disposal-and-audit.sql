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

-- The audit search: who did what, across all records, newest first.
create index events_audit on events (organisation_id, recorded_at);
create index events_audit_actor on events (organisation_id, actor_id, recorded_at);
create index events_audit_kind on events (organisation_id, type, verb, recorded_at);

-- Notes on somebody's own timeline what they did that changed no record. Nobody is told of it.
create function note_own(p_verb text, p_body jsonb) returns void
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
declare
  held text := coalesce(current_setting('reeve.held', true), '');
  quiet text := coalesce(current_setting('reeve.quiet', true), '');
begin
  if current_person() is null or p_verb not in ('signed_in', 'exported') then
    raise exception 'note_own: not by nobody, and only what is one''s own' using errcode = 'insufficient_privilege';
  end if;
  perform set_config('reeve.held', current_person()::text, true), set_config('reeve.quiet', 'on', true);
  perform append_event(current_person(), p_verb, now(), 'everyone', p_body);
  perform set_config('reeve.held', held, true), set_config('reeve.quiet', quiet, true);
end $$;
revoke execute on function note_own(text, jsonb) from public;
grant execute on function note_own(text, jsonb) to reeve_app;

-- Whether the current person may search who did what: a role of theirs says so, or they may change every role.
create function may_audit() returns boolean
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  return 'role' = any (current_list('change_all')) or exists (
    select 1 from person_roles h join role on role.organisation_id = h.organisation_id and role.id = h.role and role.audits
    join records r on r.organisation_id = h.organisation_id and r.id = h.role and r.closed_at is null
    where h.organisation_id = current_organisation() and h.parent_id = current_person() and h.removed_at is null);
end $$;
revoke execute on function may_audit() from public;
grant execute on function may_audit() to reeve_app;

-- Who did what: that it was, by whom, when, and to which record; never what it says. Only conditions that are asked for are
-- in the statement, so that PostgreSQL plans for them. The place is where the page before ended.
create function audit_events(p_person uuid, p_type text, p_verbs text[], p_record uuid, p_from timestamptz, p_to timestamptz,
  p_place_at timestamptz, p_place_record uuid, p_place_sequence integer, p_limit integer)
returns table (record_id uuid, sequence integer, at timestamptz, recorded_at timestamptz, actor_id uuid, actor text, verb text, audience text, type text, reference text)
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  if not may_audit() then
    raise exception 'audit_events: it needs a role that may audit' using errcode = 'insufficient_privilege';
  end if;
  return query execute 'select f.record_id, f.sequence, f.at, f.recorded_at, f.actor_id, p.title, f.verb, f.audience, f.type, r.reference
    from (select * from events e where e.organisation_id = $1'
    || case when p_person is not null then ' and e.actor_id = $2' else '' end
    || case when p_type is not null then ' and e.type = $3' else '' end
    || case when p_verbs is not null then ' and e.verb = any ($4)' else '' end
    || case when p_record is not null then ' and e.record_id = $5' else '' end
    || case when p_from is not null then ' and e.recorded_at >= $6' else '' end
    || case when p_to is not null then ' and e.recorded_at < $7' else '' end
    || case when p_place_at is not null then ' and (e.recorded_at, e.record_id, e.sequence) < ($8, $9, $10)' else '' end
    || ' order by e.recorded_at desc, e.record_id desc, e.sequence desc limit $11) f
    join records r on r.organisation_id = f.organisation_id and r.id = f.record_id
    left join records p on p.organisation_id = f.organisation_id and p.id = f.actor_id
    order by f.recorded_at desc, f.record_id desc, f.sequence desc'
    using current_organisation(), p_person, p_type, p_verbs, p_record, p_from, p_to, p_place_at, p_place_record, p_place_sequence,
      least(greatest(p_limit, 1), 1001);
end $$;
revoke execute on function audit_events(uuid, text, text[], uuid, timestamptz, timestamptz, timestamptz, uuid, integer, integer) from public;
grant execute on function audit_events(uuid, text, text[], uuid, timestamptz, timestamptz, timestamptz, uuid, integer, integer) to reeve_app;

-- The record of a reference, for whoever may audit; null when there is none.
create function audited_record(p_reference text) returns uuid
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  if not may_audit() then
    raise exception 'audited_record: it needs a role that may audit' using errcode = 'insufficient_privilege';
  end if;
  return (select id from records where organisation_id = current_organisation() and reference = p_reference order by opened_at limit 1);
end $$;
revoke execute on function audited_record(text) from public;
grant execute on function audited_record(text) to reeve_app;
