-- What a hostile reading of joins, disposals and registers found.

-- The relations that any two records can have; no field can have such a name. src/kernel/store/relations.ts says their words.
create function record_relations() returns text[] language sql immutable
  return array['relates_to', 'depends_on', 'made_of', 'caused_by', 'duplicate_of', 'follows_from'];

-- A field's own links are written with the field, by whoever may change its record; joins only by the functions below, which
-- tell of them in both timelines.
drop policy links_insert on links;
drop policy links_delete on links;
create policy links_insert on links for insert to reeve_app with check (
  organisation_id = (select current_organisation()) and relation <> all (record_relations())
  and changeable(organisation_id, from_id) and visible(organisation_id, to_id));
create policy links_delete on links for delete to reeve_app using (
  organisation_id = (select current_organisation()) and relation <> all (record_relations()) and changeable(organisation_id, from_id));

-- Refuses what cannot be joined by whoever acts: a relation that is none, one end that they do not see, none that they may change.
create function must_be_joinable(p_from uuid, p_relation text, p_to uuid) returns void
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  if p_relation is null or p_relation <> all (record_relations()) or p_from = p_to
     or not visible(current_organisation(), p_from) or not visible(current_organisation(), p_to)
     or not (changeable(current_organisation(), p_from) or changeable(current_organisation(), p_to)) then
    raise exception 'link_records: no such records' using errcode = 'insufficient_privilege';
  end if;
end $$;
revoke execute on function must_be_joinable(uuid, text, uuid) from public;

-- Joins two records: see 0017. New: only by a relation that every type has, and either has 5,000 joins at the most.
create or replace function link_records(p_from uuid, p_relation text, p_to uuid, p_at timestamptz) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  joined uuid;
begin
  perform must_be_joinable(p_from, p_relation, p_to);
  foreach joined in array array[p_from, p_to] loop
    if (select count(*) from (
          (select 1 from links where organisation_id = current_organisation() and from_id = joined and relation = any (record_relations()) limit 5000)
          union all
          (select 1 from links where organisation_id = current_organisation() and to_id = joined and relation = any (record_relations()) limit 5000)) l) >= 5000 then
      raise exception 'link_records: one of them has 5000 joins' using errcode = 'program_limit_exceeded', detail = joined::text;
    end if;
  end loop;
  insert into links (organisation_id, from_id, relation, to_id) values (current_organisation(), p_from, p_relation, p_to)
    on conflict do nothing;
  if not found then return false; end if;
  perform tell_of_link('linked', p_from, p_relation, p_to, p_at);
  return true;
end $$;

create or replace function unlink_records(p_from uuid, p_relation text, p_to uuid, p_at timestamptz) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  perform must_be_joinable(p_from, p_relation, p_to);
  delete from links where organisation_id = current_organisation() and from_id = p_from and relation = p_relation and to_id = p_to;
  if not found then return false; end if;
  perform tell_of_link('unlinked', p_from, p_relation, p_to, p_at);
  return true;
end $$;

-- What is reached from a record: see 0017. New: only what the person may see counts towards the most that it gives. It looks
-- at 50,000 joins at the most, so that one who sees little of much is not kept waiting.
create or replace function reached_records(p_record uuid, p_relations text[], p_back boolean, p_steps integer, p_most integer)
returns table (step integer, via uuid, relation text, id uuid)
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
declare
  known uuid[] := array[p_record];
  edge uuid[] := array[p_record];
  next_edge uuid[];
  looked integer := 0;
  seen boolean;
begin
  if not visible(current_organisation(), p_record) then return; end if;
  for n in 1..least(p_steps, 10) loop
    next_edge := '{}';
    for step, via, relation, id, seen in
      select n, e.id, l.relation, r.id,
        (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
          or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
          or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
        and (r.type = any ((select current_list('read_all'))::text[])
          or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
          or (r.type = any ((select current_list('read_own'))::text[])
              and (r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()) or r.id = (select current_person()))))
      from unnest(edge) as e (id)
      cross join lateral (
        select k.relation, k.from_id as id from links k where p_back and k.organisation_id = (select current_organisation())
          and k.to_id = e.id and k.relation = any (p_relations)
        union all
        select k.relation, k.to_id from links k where not p_back and k.organisation_id = (select current_organisation())
          and k.from_id = e.id and k.relation = any (p_relations)) l
      join records r on r.organisation_id = (select current_organisation()) and r.id = l.id
    loop
      looked := looked + 1;
      if looked > 50000 then return; end if;
      continue when seen is not true or id = any (known);
      return next;
      known := known || id;
      next_edge := next_edge || id;
      if cardinality(known) > p_most then return; end if;
    end loop;
    edge := next_edge;
    exit when cardinality(edge) = 0;
  end loop;
end $$;

-- Whether anything open stands within a record that the current person may change, whether they see it or not: nothing but that.
create function holds_open(p_record uuid) returns boolean
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  if not changeable(current_organisation(), p_record) then
    raise exception 'holds_open: no such record' using errcode = 'insufficient_privilege';
  end if;
  return exists (select 1 from records where organisation_id = current_organisation() and type = any (array(select name from record_types))
    and within_id = p_record and closed_at is null);
end $$;
revoke execute on function holds_open(uuid) from public;
grant execute on function holds_open(uuid) to reeve_app;

-- Destroys one record that an approved disposal lists: see 0026. New: one that is called “Erased”, or was written on since it
-- was erased, is erased as any other; one that was opened and closed again since it was listed is kept.
create or replace function dispose_record(p_disposal uuid, p_record uuid, p_outcome text, p_why text) returns jsonb
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
  -- Its time begins anew with its new end.
  if became = 'destroyed' and (head.closed_at is null or head.closed_at > disposal.opened_at) then
    became := 'kept';
    reason := case when head.closed_at is null then 'It is open again' else 'It was open again since it was listed' end;
  end if;
  if became = 'destroyed' then
    -- By what it says: any record can be called “Erased”, and one that the law has erased may have been written on since.
    if head.title <> 'Erased' or exists (select 1 from events e join event_bodies b using (organisation_id, record_id, sequence)
         where e.organisation_id = head.organisation_id and e.record_id = head.id and e.verb <> 'erased' and b.body is not null) then
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
    -- What a field of another record holds is that record's own, and goes when it does.
    delete from links where organisation_id = head.organisation_id
      and (from_id = head.id or to_id = head.id and relation = any (record_relations()));
    delete from watchers where organisation_id = head.organisation_id and record_id = head.id;
    update records set owner_id = null, requester_id = null, within_id = null, added = null, next_due_at = 'infinity'
      where organisation_id = head.organisation_id and id = head.id;
  end if;
  update disposal_items i set outcome = became, why = reason
    where i.organisation_id = head.organisation_id and i.disposal_id = p_disposal and i.record_id = p_record;
  return jsonb_build_object('outcome', became, 'files', erased -> 'files');
end $$;

-- The clocks that stopped in a period: see 0021. New: a period has a beginning, and some ten years at the most.
create or replace function stopped_clocks(p_type text, p_clock text, p_from timestamptz, p_before timestamptz, p_after text[])
returns table (clock_of uuid, stopped_at timestamptz, elapsed_minutes integer, outcome text, only_by_pause boolean, made_after boolean)
language sql stable security definer set search_path = reeve, pg_temp rows 10000 as $$
  select r.id, c.stopped_at, c.elapsed_minutes, c.outcome, c.met_only_by_pause,
    case when p_after is not null then r.event_count >= 4 and exists (select 1 from event_bodies b
      where b.organisation_id = r.organisation_id and b.record_id = r.id and b.body ->> 'move' = any (p_after)) end
  from clocks c join records r on r.organisation_id = c.organisation_id and r.id = c.record_id
  where c.organisation_id = (select current_organisation()) and c.name = p_clock and c.state = 'stopped'
    and c.stopped_at >= p_from and c.stopped_at < coalesce(p_before, 'infinity') and p_from >= coalesce(p_before, now()) - interval '3702 days'
    and r.organisation_id = (select current_organisation()) and r.type = p_type
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()) or r.id = (select current_person()))))
$$;

-- People of large groups whose roles are still to follow: the worker does it, each in a transaction of its own.
create table scim_unfollowed (
  organisation_id uuid not null,
  person_id uuid not null,
  primary key (organisation_id, person_id),
  foreign key (organisation_id, person_id) references records on delete cascade
);
alter table scim_unfollowed enable row level security;
create policy scim_unfollowed_product on scim_unfollowed to reeve_app
  using (organisation_id = (select current_organisation()) and (select current_person()) is null)
  with check (organisation_id = (select current_organisation()) and (select current_person()) is null);
grant select, insert, delete on scim_unfollowed to reeve_app;

-- A job of a kind that the current person started and that has not begun; it does not begin before this transaction ends, so
-- that it finds what was changed here. Null when there is none, or it is beginning just now.
create function waiting_job(p_kind text) returns uuid
language plpgsql volatile security definer set search_path = reeve, pg_temp as $$
begin
  return (select id from jobs where organisation_id = current_organisation() and started_by = current_person() and kind = p_kind
    and state = 'waiting' and attempts = 0 limit 1 for share skip locked);
end $$;
revoke execute on function waiting_job(text) from public;
grant execute on function waiting_job(text) to reeve_app;

-- What is held is not erased: see 0026. New: nor any line of it, for one after another they are all of it.
create or replace function held_is_not_erased() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  hold text;
begin
  if current_person() is not null then
    perform pg_advisory_xact_lock_shared(hashtextextended('holds ' || new.organisation_id, 0));
    hold := hold_of(new.organisation_id, new.record_id);
    if hold is not null then
      raise exception 'erase: the record is under the legal hold %', hold using errcode = 'object_in_use';
    end if;
  end if;
  return new;
end $$;

-- What many records are changed by: names of fields hold figures too.
alter table bulk_changes drop constraint bulk_changes_deed_check;
alter table bulk_changes add constraint bulk_changes_deed_check check (deed ~ '^(move|field):[A-Za-z][A-Za-z0-9_]{0,60}$');
