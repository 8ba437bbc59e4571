-- Sign-in: accounts, sessions, lock-out and API tokens.
--
-- Who somebody is must be known before row level security can let anything through, so these tables are not bound to
-- an actor. What the application role may ask before an actor is known goes through the functions at the end.

-- Accounts -----------------------------------------------------------------------------------------------------------
-- The four tables that better-auth reads and writes; src/web/sign-in/better-auth.ts maps its names to these.

create table reeve.sign_in_user (
  id text primary key default uuidv7()::text,
  name text not null,
  email text not null unique check (email = lower(email)),
  email_verified boolean not null default false,
  image text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table reeve.sign_in_session (
  id text primary key default uuidv7()::text,
  user_id text not null references reeve.sign_in_user on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  address text,
  user_agent text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index sign_in_session_user on reeve.sign_in_session (user_id);
create index sign_in_session_expiry on reeve.sign_in_session (expires_at);

create table reeve.sign_in_credential (
  id text primary key default uuidv7()::text,
  user_id text not null references reeve.sign_in_user on delete cascade,
  provider text not null,
  provider_account_id text not null,
  password_hash text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (provider, provider_account_id)
);
create index sign_in_credential_user on reeve.sign_in_credential (user_id);

create table reeve.sign_in_verification (
  id text primary key default uuidv7()::text,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index sign_in_verification_identifier on reeve.sign_in_verification (identifier);

-- Nothing that the product does yet needs sign_in_verification, or to change or delete an account.
grant select, insert on reeve.sign_in_user to reeve_app;
grant select, insert, delete, update (expires_at, updated_at) on reeve.sign_in_session to reeve_app;
grant select, insert, update (password_hash, updated_at) on reeve.sign_in_credential to reeve_app;

-- Lock-out -----------------------------------------------------------------------------------------------------------

-- One row for each e-mail address or network address that has lately got a password wrong. Keys are HMACs, so the
-- table says nothing about who tried.
create table reeve.sign_in_attempt (
  key bytea primary key,
  failures integer not null default 0 check (failures >= 0),
  since timestamptz not null,
  last_at timestamptz not null,
  locked_until timestamptz
);
create index sign_in_attempt_last on reeve.sign_in_attempt (last_at);

-- Asks leave to check one password. The attempt is counted as wrong before the password is looked at, under a row
-- lock, so guesses sent at the same time cannot all pass; `sign_in_succeeded` takes it back. A refused attempt counts
-- for nothing, so knocking on a locked door does not keep it locked.
create function reeve.sign_in_claim(email_key bytea, address_key bytea, moment timestamptz)
  returns table (refusal text, retry_after_seconds integer)
  language plpgsql volatile security definer set search_path = reeve, pg_temp as $$
declare
  -- 5 wrong passwords for one e-mail address lock it for 30 seconds, each further one for twice as long, to 1 hour.
  email_failures_max constant integer := 5;
  email_forget constant interval := interval '24 hours';
  -- Many people share an office's network address, so that one has a plain allowance for each window.
  address_failures_max constant integer := 50;
  address_window constant interval := interval '5 minutes';
  by_address reeve.sign_in_attempt;
  by_email reeve.sign_in_attempt;
begin
  -- Always the network address first, so that two claims can never wait for each other.
  insert into sign_in_attempt as a (key, since, last_at) values (address_key, moment, moment)
    on conflict (key) do update set key = excluded.key returning a.* into by_address;
  insert into sign_in_attempt as a (key, since, last_at) values (email_key, moment, moment)
    on conflict (key) do update set key = excluded.key returning a.* into by_email;

  if by_address.since <= moment - address_window then
    by_address.failures := 0;
    by_address.since := moment;
  end if;
  if by_email.last_at <= moment - email_forget then
    by_email.failures := 0;
    by_email.locked_until := null;
  end if;

  if by_address.failures >= address_failures_max then
    return query select 'limited', ceil(extract(epoch from by_address.since + address_window - moment))::integer;
    return;
  end if;
  if by_email.locked_until > moment then
    return query select 'locked', ceil(extract(epoch from by_email.locked_until - moment))::integer;
    return;
  end if;

  update sign_in_attempt a
    set failures = by_address.failures + 1, since = by_address.since, last_at = moment
    where a.key = address_key;
  by_email.failures := by_email.failures + 1;
  if by_email.failures >= email_failures_max then
    by_email.locked_until := moment
      + least(3600, 30 * 2 ^ least(by_email.failures - email_failures_max, 7)) * interval '1 second';
  end if;
  update sign_in_attempt a
    set failures = by_email.failures, locked_until = by_email.locked_until, last_at = moment
    where a.key = email_key;

  delete from sign_in_attempt a where a.key in (
    select old.key from sign_in_attempt old where old.last_at < moment - email_forget
    order by old.last_at limit 20 for update skip locked
  );
  return query select null::text, 0;
end $$;

-- The password was right: forgets the wrong ones of that e-mail address and gives the network address its claim back.
create function reeve.sign_in_succeeded(email_key bytea, address_key bytea) returns void
  language plpgsql volatile security definer set search_path = reeve, pg_temp as $$
begin
  update sign_in_attempt set failures = greatest(failures - 1, 0) where key = address_key;
  delete from sign_in_attempt where key = email_key;
end $$;

-- API tokens ---------------------------------------------------------------------------------------------------------

create table reeve.api_token (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  person_id uuid not null,
  name text not null check (char_length(name) between 1 and 100),
  -- SHA-256 of the token. The token has 256 random bits, so the hash needs no salt and no slowness.
  token_sha256 bytea not null unique check (octet_length(token_sha256) = 32),
  scopes text[] not null check (cardinality(scopes) between 1 and 50),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (organisation_id, id),
  foreign key (organisation_id, person_id) references reeve.records on delete cascade
);
create index api_token_person on reeve.api_token (organisation_id, person_id);

alter table reeve.api_token enable row level security;
create policy api_token_own on reeve.api_token to reeve_app
  using (organisation_id = (select current_organisation()) and person_id = (select current_person()))
  with check (organisation_id = (select current_organisation()) and person_id = (select current_person()));

-- The hash can be written and never read back.
grant select (organisation_id, id, person_id, name, scopes, created_at, expires_at, last_used_at, revoked_at),
  insert, update (revoked_at) on reeve.api_token to reeve_app;

-- Before an actor is known -------------------------------------------------------------------------------------------
-- The table `person` comes from a record definition and may be made by a later migration, so these functions are in
-- PL/pgSQL, which looks for it when it runs. They need organisation_id, id, email, job_title, account_id and active of it.

-- The active person of an account, or no row.
create function reeve.person_for_account(wanted_account_id text)
  returns table (organisation_id uuid, person_id uuid, name text, demo boolean)
  language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  return query
    select p.organisation_id, p.id, r.title, o.demo
    from person p
      join records r on r.organisation_id = p.organisation_id and r.id = p.id
      join organisations o on o.id = p.organisation_id
    where p.account_id = wanted_account_id and p.active
    limit 1;
end $$;

-- The active person of a session that has not ended, or no row.
create function reeve.person_for_session(wanted_session_id text)
  returns table (account_id text, organisation_id uuid, person_id uuid, name text, demo boolean)
  language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  return query
    select s.user_id, p.organisation_id, p.person_id, p.name, p.demo
    from sign_in_session s cross join lateral person_for_account(s.user_id) p
    where s.id = wanted_session_id and s.expires_at > now();
end $$;

-- Raises unless the account belongs to an active person of an organisation flagged demo.
create function reeve.require_demo_account(wanted_account_id text) returns void
  language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  if not exists (select from person_for_account(wanted_account_id) p where p.demo) then
    raise exception 'sign-in without a password is only for people of a demo organisation'
      using errcode = 'insufficient_privilege';
  end if;
end $$;

-- The people for whom the sign-in page may show a button: only of organisations flagged demo.
create function reeve.demo_accounts()
  returns table (account_id text, organisation_id uuid, person_id uuid, name text, email text, job_title text)
  language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  return query
    select p.account_id::text, p.organisation_id, p.id, r.title, p.email::text, p.job_title::text
    from person p
      join records r on r.organisation_id = p.organisation_id and r.id = p.id
      join organisations o on o.id = p.organisation_id
    where o.demo and p.active and p.account_id is not null
    order by p.organisation_id, r.reference
    limit 50;
end $$;

-- The names of the current person's roles, which that person may not otherwise be able to read.
create function reeve.own_role_names() returns text[]
  language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  return array(
    select r.title from person_roles h join records r on r.organisation_id = h.organisation_id and r.id = h.role
    where h.organisation_id = current_organisation() and h.parent_id = current_person() and h.removed_at is null
    order by h.position, r.title limit 50
  );
end $$;

-- The person a token acts for, or no row: not for a token that has expired or been revoked, nor an inactive person.
create function reeve.actor_for_token(wanted_sha256 bytea, moment timestamptz)
  returns table (
    token_id uuid, organisation_id uuid, person_id uuid, name text, demo boolean, scopes text[], expires_at timestamptz
  )
  language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  return query
    select t.id, t.organisation_id, t.person_id, r.title, o.demo, t.scopes, t.expires_at
    from api_token t
      join person p on p.organisation_id = t.organisation_id and p.id = t.person_id
      join records r on r.organisation_id = t.organisation_id and r.id = t.person_id
      join organisations o on o.id = t.organisation_id
    where t.token_sha256 = wanted_sha256 and t.revoked_at is null and t.expires_at > moment and p.active;
end $$;

-- Notes that a token was used, at most once a minute.
create function reeve.api_token_used(used_sha256 bytea, moment timestamptz) returns void
  language plpgsql volatile security definer set search_path = reeve, pg_temp as $$
begin
  update api_token set last_used_at = moment
    where token_sha256 = used_sha256 and (last_used_at is null or last_used_at <= moment - interval '1 minute');
end $$;

revoke all on function
  reeve.sign_in_claim(bytea, bytea, timestamptz), reeve.sign_in_succeeded(bytea, bytea),
  reeve.person_for_account(text), reeve.person_for_session(text), reeve.require_demo_account(text),
  reeve.demo_accounts(), reeve.own_role_names(), reeve.actor_for_token(bytea, timestamptz), reeve.api_token_used(bytea, timestamptz)
  from public;
grant execute on function
  reeve.sign_in_claim(bytea, bytea, timestamptz), reeve.sign_in_succeeded(bytea, bytea),
  reeve.person_for_account(text), reeve.person_for_session(text), reeve.require_demo_account(text),
  reeve.demo_accounts(), reeve.own_role_names(), reeve.actor_for_token(bytea, timestamptz), reeve.api_token_used(bytea, timestamptz)
  to reeve_app;
