-- Fields that an organisation adds to a type: what records hold of them, by the field's name. See decision 0018.
alter table records add column added jsonb check (jsonb_typeof(added) = 'object');
create index records_added on records using gin (added jsonb_path_ops) where added is not null;

-- Writes what records hold of added fields: an object each of id and values, where null empties one. For records that the
-- person may change, or made in this transaction.
create function set_added(p_records jsonb) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  one record;
begin
  for one in select (r ->> 'id')::uuid as id, r -> 'added' as added from jsonb_array_elements(p_records) r loop
    if not changeable(current_organisation(), one.id) then
      raise exception 'set_added: no such record' using errcode = 'insufficient_privilege';
    end if;
    update records set added = nullif(jsonb_strip_nulls(coalesce(added, '{}') || one.added), '{}')
      where organisation_id = current_organisation() and id = one.id;
  end loop;
end $$;
revoke execute on function set_added(jsonb) from public;
grant execute on function set_added(jsonb) to reeve_app;
