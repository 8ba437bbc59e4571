-- What a web process without the owner's address needs of the product, and who is told while somebody is away.

-- Signing in, before anybody acts --------------------------------------------------------------------------------------

-- Binds the transaction to the product as far as signing in needs it: it keeps people, and reads roles and teams. Nothing of
-- any other type can be seen or changed so. The actor of what it does is null, as that of all the product does.
create function act_as_sign_in(p_organisation uuid) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if not exists (select 1 from organisations where id = p_organisation) then
    raise exception 'act_as_sign_in: no such organisation' using errcode = 'insufficient_privilege';
  end if;
  perform act_as_system(p_organisation);
  perform set_config('reeve.for', '', true), set_config('reeve.erase', '{}', true),
    set_config('reeve.read_all', '{person,role,team}', true), set_config('reeve.internal_all', '{person,role,team}', true),
    set_config('reeve.restricted_all', '{person,role,team}', true),
    set_config('reeve.change_all', '{person}', true), set_config('reeve.create', '{person}', true);
end $$;

-- The first organisation -----------------------------------------------------------------------------------------------

-- Whether nobody can sign in yet, so that the organisation or its first administrator is still to be made.
create function waits_for_founding() returns boolean
language sql stable security definer set search_path = reeve, pg_temp as $$
  select not exists (select 1 from person where account_id is not null)
$$;

-- Binds the transaction to the product in the first organisation, which is made here, or was by an import before there was
-- anybody to enter it, and is given its name. Only while nobody can sign in: one at a time, and never again after that. Accounts
-- that a broken-off attempt left go. The lock is that of the owner's own founding (src/council/first.ts).
create function act_as_founder(p_name text, out organisation uuid, out made boolean)
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  perform pg_advisory_xact_lock(7233033);
  if not waits_for_founding() then
    raise exception 'act_as_founder: the organisation has been made' using errcode = 'insufficient_privilege';
  end if;
  delete from sign_in_user;
  update organisations set name = p_name where id = (select id from organisations order by demo, created_at limit 1) returning id into organisation;
  made := organisation is null;
  if made then insert into organisations (id, name, demo) values (uuidv7(), p_name, false) returning id into organisation; end if;
  perform act_as_system(organisation);
end $$;

revoke execute on function act_as_sign_in(uuid), waits_for_founding(), act_as_founder(text) from public;
grant execute on function act_as_sign_in(uuid), waits_for_founding(), act_as_founder(text) to reeve_app;

-- Bells ----------------------------------------------------------------------------------------------------------------

-- Open pages of a person are told that there is something new to read, or that it has been read: bell|organisation|person.
-- Of one statement nobody is told twice, and of one that concerns very many nobody by this: their next page shows it.
create function tell_bells() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  perform pg_notify('reeve_live', concat('bell|', organisation_id, '|', person_id))
    from (select distinct organisation_id, person_id from changed where in_product and read_at is null limit 500) told;
  return null;
end $$;
create function tell_bell() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  perform pg_notify('reeve_live', concat('bell|', new.organisation_id, '|', new.person_id));
  return null;
end $$;
revoke execute on function tell_bells(), tell_bell() from public;
create trigger notifications_bell_made after insert on notifications referencing new table as changed for each statement execute function tell_bells();
create trigger notifications_bell_gone after delete on notifications referencing old table as changed for each statement execute function tell_bells();
create trigger notifications_bell_read after update of read_at on notifications for each row
  when (new.in_product and old.read_at is distinct from new.read_at) execute function tell_bell();

-- Standing in -----------------------------------------------------------------------------------------------------------

alter table notifications add column for_id uuid;
comment on column notifications.for_id is 'The person who is away, where it concerns their work; it is read while its reader stands in for them, and no longer';

-- Drafts ----------------------------------------------------------------------------------------------------------------

alter table drafts add column form text not null default '' check (form ~ '^(|comment|move\.[A-Za-z][A-Za-z0-9_]{0,59})$');
comment on column drafts.form is 'Which form of the record: empty for its own, comment, or move. and the name of a move';
