-- The product itself makes many records at once as well, such as what each person is asked to confirm: of the types that it
-- may make one by one, and in its own name: no event says who did it, for the database knows that itself. Only the owner of the database acts as the product, and who signs people in may make people alone.
create or replace function create_many(p_type text, p_records jsonb) returns void
language plpgsql security definer set search_path = reeve, public, pg_temp as $$
begin
  if current_organisation() is null or not p_type = any (current_list('create'))
     or not exists (select 1 from record_types where name = p_type)
     or exists (select 1 from jsonb_to_recordset(p_records -> 'events') as e (sequence integer, verb text, audience text, actor_id uuid)
                where (e.sequence, e.verb, e.audience) is distinct from (1, 'created', 'everyone') or e.actor_id is not null) then
    raise exception 'create_many: not allowed' using errcode = 'insufficient_privilege';
  end if;
  perform insert_records(p_type, p_records);
end $$;
