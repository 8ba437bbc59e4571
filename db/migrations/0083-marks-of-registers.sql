-- The marks by which kept registers are known to be the newest, all in one answer: each page and call asks once.
drop function reference_data_mark(text[]);
create function reference_data_marks() returns table (type text, mark text)
language sql stable security definer set search_path = reeve, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
  select t.name, concat_ws(' ', kept.records, kept.versions, kept.latest, case when t.name = 'calendar' then (select max(b.read_at) from bank_holidays b) end)
  from record_types t, lateral (
    select count(*) as records, sum(r.version) as versions, max(r.updated_at) as latest from records r
    where r.organisation_id = current_organisation() and r.type = t.name
  ) as kept
  where t.reference_data
$$;
revoke execute on function reference_data_marks() from public;
grant execute on function reference_data_marks() to reeve_app;
