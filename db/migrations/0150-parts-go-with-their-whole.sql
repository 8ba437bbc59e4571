-- Parts of a record: questions, texts and letters of a case. They are disposed of with it, and a hold of it holds them too.
alter table record_types add column part_of text[] not null default '{}';
comment on column record_types.part_of is 'The columns of its own table that lead to the records it is a part of, written from the definitions by migrate';
alter table disposal_items add column part_of uuid;
comment on column disposal_items.part_of is 'The record that it is a part of, with which it goes; null for what was due by itself';

-- The records that one is a part of: mostly none.
create function wholes_of(p_organisation uuid, p_record uuid) returns uuid[]
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
declare
  kind record_types;
  found uuid[];
begin
  select t.* into kind from records r join record_types t on t.name = r.type where r.organisation_id = p_organisation and r.id = p_record;
  if coalesce(cardinality(kind.part_of), 0) = 0 then return '{}'; end if;
  execute format('select array_remove(array[%s]::uuid[], null) from %I where organisation_id = $1 and id = $2',
      (select string_agg(format('%I', name), ', ') from unnest(kind.part_of) as name), kind.name)
    into found using p_organisation, p_record;
  return coalesce(found, '{}');
end $$;
revoke execute on function wholes_of(uuid, uuid) from public;

-- The legal hold that names a record, or one that it is a part of; null where none does.
create or replace function hold_of(p_organisation uuid, p_record uuid) returns text
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  return (select h.reference from legal_hold_records l join records h on h.organisation_id = l.organisation_id and h.id = l.parent_id
  where l.organisation_id = p_organisation and l.record_id = any ((array[p_record] || wholes_of(p_organisation, p_record))::text[])
    and l.removed_at is null and h.closed_at is null
  order by h.reference limit 1);
end $$;

-- Destroys one record that an approved disposal lists: see 0116. New: a part goes with its whole.
create or replace function dispose_record(p_disposal uuid, p_record uuid, p_outcome text, p_why text) returns jsonb
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
declare
  head records;
  disposal records;
  erased jsonb := '{"files": []}';
  became text := p_outcome;
  reason text := p_why;
  part record;
  disposal_action text;
  whole uuid;
begin
  if current_person() is not null then
    raise exception 'dispose_record: only for the product itself' using errcode = 'insufficient_privilege';
  end if;
  perform begin_disposing();
  select * into disposal from records where organisation_id = current_organisation() and id = p_disposal and type = 'disposal' for share;
  select i.part_of into whole from disposal_items i where i.organisation_id = current_organisation() and i.disposal_id = p_disposal and i.record_id = p_record
    and i.outcome = 'listed' for update;
  if not found or disposal.state is distinct from 'approved' then
    raise exception 'dispose_record: no approved disposal lists this record' using errcode = 'insufficient_privilege';
  end if;
  -- A part goes with its whole, open or closed, and never before it.
  if whole is not null and (not whole = any (wholes_of(disposal.organisation_id, p_record)) or not exists (select 1 from disposal_items i
       where i.organisation_id = disposal.organisation_id and i.disposal_id = p_disposal and i.record_id = whole and i.outcome in ('destroyed', 'anonymised'))) then
    raise exception 'dispose_record: the record that it is a part of is not disposed of' using errcode = 'insufficient_privilege';
  end if;
  select d.action into disposal_action from disposal d where d.organisation_id = disposal.organisation_id and d.id = disposal.id;
  select * into head from records where organisation_id = current_organisation() and id = p_record for no key update;
  if became = 'destroyed' and hold_of(head.organisation_id, p_record) is not null then
    became := 'held';
    reason := 'Under the legal hold ' || hold_of(head.organisation_id, p_record);
  end if;
  -- Its time begins anew with its new end.
  if became = 'destroyed' and whole is null and (head.closed_at is null or head.closed_at > disposal.opened_at) then
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
    -- An erasure leaves choices, numbers and dates. Of what is made anonymous they stay, for the figures; of what is destroyed
    -- nothing stays but that it was.
    if disposal_action = 'anonymise' then
      became := 'anonymised';
      delete from links where organisation_id = head.organisation_id and (from_id = head.id or to_id = head.id)
        and exists (select 1 from records o where o.organisation_id = head.organisation_id and o.id = case when from_id = head.id then to_id else from_id end and o.type = 'person');
    else
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
    end if;
    delete from watchers where organisation_id = head.organisation_id and record_id = head.id;
    update records set requester_id = null, added = null, next_due_at = 'infinity',
        owner_id = case when disposal_action = 'anonymise' then owner_id end, within_id = case when disposal_action = 'anonymise' then within_id end
      where organisation_id = head.organisation_id and id = head.id;
  end if;
  update disposal_items i set outcome = became, why = reason
    where i.organisation_id = head.organisation_id and i.disposal_id = p_disposal and i.record_id = p_record;
  return jsonb_build_object('outcome', became, 'files', erased -> 'files');
end $$;
