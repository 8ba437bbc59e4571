-- The directory says where people work: what keeps people for it finds a site by its name. Sites that are restricted it does not see.
create or replace function act_as_sign_in(p_organisation uuid) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if not exists (select 1 from organisations where id = p_organisation) then
    raise exception 'act_as_sign_in: no such organisation' using errcode = 'insufficient_privilege';
  end if;
  perform act_as_system(p_organisation);
  perform set_config('reeve.for', '', true), set_config('reeve.erase', '{}', true),
    set_config('reeve.read_all', '{person,role,team,site}', true), set_config('reeve.internal_all', '{person,role,team}', true),
    set_config('reeve.restricted_all', '{person,role,team}', true),
    set_config('reeve.change_all', '{person}', true), set_config('reeve.create', '{person}', true);
end $$;
