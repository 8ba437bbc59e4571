-- Registers that rules read whole come with what their fields lead to, where those are many: a freeze and the services it
-- covers. The joins that any two records may have are none of their fields.
drop function reference_data(text, text[]);
create function reference_data(p_type text, p_lines text[]) returns table ("row" jsonb, lines jsonb, links jsonb)
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
declare
  parts text;
begin
  if not exists (select 1 from record_types t where t.name = p_type and t.reference_data) then
    raise exception 'reference_data: % is no reference data', p_type using errcode = 'insufficient_privilege';
  end if;
  if exists (select 1 from unnest(p_lines) as line where line not like p_type || '\_%') then
    raise exception 'reference_data: these are not lines of %', p_type using errcode = 'insufficient_privilege';
  end if;
  select string_agg(format('%L, (select coalesce(jsonb_agg(to_jsonb(l) order by l.position, l.id), ''[]'') from %I l
    where l.organisation_id = r.organisation_id and l.parent_id = r.id and l.removed_at is null)', line, line), ', ') into parts from unnest(p_lines) as line;
  return query execute format('select (to_jsonb(t) || to_jsonb(r)) - ''search'' - ''search_public'' - ''event_hash'', jsonb_build_object(%s),
      (select coalesce(jsonb_object_agg(k.relation, k.ids), ''{}'') from (
        select l.relation, jsonb_agg(l.to_id order by l.to_id) as ids from links l
        where l.organisation_id = r.organisation_id and l.from_id = r.id and l.relation <> all (record_relations()) group by l.relation) k)
    from records r join %I t using (organisation_id, id) where r.organisation_id = current_organisation() and r.type = %L order by r.id limit 5000',
    coalesce(parts, ''), p_type, p_type);
end $$;
revoke execute on function reference_data(text, text[]) from public;
grant execute on function reference_data(text, text[]) to reeve_app;
