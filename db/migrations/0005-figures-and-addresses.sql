-- Lists that a figure leads to, the name of an organisation, and the address that people sign in with.

-- The records whose clock of one name stopped in a period, as far as the person may see them: those that clock_figures()
-- counts. p_outcomes are of met, missed, met-without-pauses and met-through-pauses; p_after names moves of which one was
-- made before. Null asks for nothing.
create function stopped_records(p_type text, p_clock text, p_from timestamptz, p_before timestamptz, p_outcomes text[], p_after text[])
returns setof uuid
language sql stable security definer set search_path = reeve, pg_temp as $$
  select r.id from records r join clocks c on c.organisation_id = r.organisation_id and c.record_id = r.id and c.name = p_clock
  where r.organisation_id = (select current_organisation()) and r.type = p_type and c.state = 'stopped'
    and r.updated_at >= coalesce(p_from, '-infinity') and c.stopped_at >= coalesce(p_from, '-infinity')
    and c.stopped_at < coalesce(p_before, 'infinity')
    and (p_outcomes is null or c.outcome = any (p_outcomes)
         or (c.outcome = 'met' and case when c.met_only_by_pause then 'met-through-pauses' else 'met-without-pauses' end = any (p_outcomes)))
    and (p_after is null or (r.event_count >= 4 and exists (select 1 from event_bodies b
         where b.organisation_id = r.organisation_id and b.record_id = r.id and b.body ->> 'move' = any (p_after))))
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()) or r.id = (select current_person()))))
$$;

-- What an organisation is called and its colour, for whoever may also change every role. The line that tells of it stands
-- in the timeline of the person who did it. False when nothing is another than it was.
create function change_organisation(p_name text, p_colour text, p_at timestamptz) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  before organisations;
begin
  if current_person() is null or not 'role' = any (current_list('change_all')) then
    raise exception 'change_organisation: not allowed' using errcode = 'insufficient_privilege';
  end if;
  select * into strict before from organisations where id = current_organisation() for update;
  if before.name = p_name and before.brand_colour = p_colour then return false; end if;
  update organisations set name = p_name, brand_colour = p_colour where id = before.id;
  if before.name <> p_name then
    perform append_event(current_person(), 'organisation_renamed', p_at, 'everyone', jsonb_build_object('from', before.name, 'to', p_name));
  end if;
  if before.brand_colour <> p_colour then
    perform append_event(current_person(), 'organisation_recoloured', p_at, 'everyone', jsonb_build_object('from', before.brand_colour, 'to', p_colour));
  end if;
  return true;
end $$;

-- A person signs in with the address that their record holds. Where it becomes another, whoever is signed in as them is
-- so no more, but for a person who changes their own. An address that is taken away leaves the account as it is.
create function sign_in_follows() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  update sign_in_user set email = lower(trim(new.email)), updated_at = now()
    where id = new.account_id and email <> lower(trim(new.email));
  if not found then return null; end if;
  delete from sign_in_session where user_id = new.account_id and new.id is distinct from current_person();
  if current_organisation() = new.organisation_id then
    perform append_event(new.id, 'sign_in_address_changed',
      (select r.updated_at from records r where r.organisation_id = new.organisation_id and r.id = new.id), 'everyone', '{}');
  end if;
  return null;
end $$;
create trigger sign_in_follows after update of email on person for each row
  when (new.account_id is not null and new.email is not null and new.email is distinct from old.email)
  execute function sign_in_follows();
