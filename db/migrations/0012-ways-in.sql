-- Further ways in: the organisation's own sign-in (OpenID Connect) with the roles that its groups give, a second step
-- and passkeys.

-- What a way in of more than one step keeps between them. Taken once: a step that is sent again finds nothing.
create table reeve.sign_in_flow (
  -- SHA-256 of a random secret that only the browser has.
  key bytea primary key check (octet_length(key) = 32),
  kind text not null,
  value jsonb not null,
  expires_at timestamptz not null
);
create index sign_in_flow_expiry on reeve.sign_in_flow (expires_at);

create function reeve.sign_in_flow_begin(p_key bytea, p_kind text, p_value jsonb, p_now timestamptz, p_expires_at timestamptz)
  returns void
  language plpgsql volatile security definer set search_path = reeve, pg_temp as $$
begin
  delete from sign_in_flow f where f.key in (
    select old.key from sign_in_flow old where old.expires_at < p_now order by old.expires_at limit 20 for update skip locked
  );
  insert into sign_in_flow (key, kind, value, expires_at) values (p_key, p_kind, p_value, p_expires_at);
end $$;

-- What was kept under this key, which is then gone; null where there is none or it has run out.
create function reeve.sign_in_flow_take(p_key bytea, p_kind text, p_now timestamptz) returns jsonb
  language plpgsql volatile security definer set search_path = reeve, pg_temp as $$
declare
  found sign_in_flow;
begin
  delete from sign_in_flow f where f.key = p_key and f.kind = p_kind returning f.* into found;
  return case when found.expires_at > p_now then found.value end;
end $$;

-- The one organisation that is no demonstration; null where there is none, or more than one.
create function reeve.sole_organisation() returns uuid
  language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  return (select case when count(*) = 1 then (array_agg(id))[1] end from organisations where not demo);
end $$;

-- The roles that a person has because of a group, so that they go when the group goes. What somebody gave by hand is not
-- here and stays. Only the product itself, with nobody acting, reads or writes it.
create table reeve.group_roles (
  organisation_id uuid not null,
  person_id uuid not null,
  role_id uuid not null,
  -- By whom the groups were told: when somebody signed in, or by provisioning. Each takes away what it gave.
  source text not null check (source in ('sign-in', 'provisioning')),
  primary key (organisation_id, person_id, role_id, source),
  foreign key (organisation_id, person_id) references reeve.records on delete cascade,
  foreign key (organisation_id, role_id) references reeve.records on delete cascade
);
create index group_roles_role on reeve.group_roles (organisation_id, role_id);
alter table reeve.group_roles enable row level security;
create policy group_roles_product on reeve.group_roles to reeve_app
  using (organisation_id = (select current_organisation()) and (select current_person()) is null)
  with check (organisation_id = (select current_organisation()) and (select current_person()) is null);
grant select, insert, delete on reeve.group_roles to reeve_app;

-- The second step of signing in with a password: an authenticator app (RFC 6238), and codes for when it is lost.
create table reeve.sign_in_second_step (
  user_id text primary key references reeve.sign_in_user on delete cascade,
  -- AES-256-GCM with a key made from the product's secret.
  secret_sealed bytea not null,
  -- The time step of the last code that was taken: none is taken twice.
  last_step bigint not null,
  started_at timestamptz not null
);
create table reeve.sign_in_recovery_code (
  user_id text not null references reeve.sign_in_second_step on delete cascade,
  -- HMAC with the product's secret. A code that is used is gone.
  code_hmac bytea not null check (octet_length(code_hmac) = 32),
  primary key (user_id, code_hmac)
);
grant select, insert, delete, update (last_step) on reeve.sign_in_second_step to reeve_app;
grant select, insert, delete on reeve.sign_in_recovery_code to reeve_app;

-- Passkeys (WebAuthn level 3): the public keys of what people keep on their devices. There is no secret here.
create table reeve.sign_in_passkey (
  -- The credential's own id, base64url.
  id text primary key check (length(id) <= 1400),
  user_id text not null references reeve.sign_in_user on delete cascade,
  name text not null check (char_length(name) between 1 and 100),
  public_key bytea not null,
  -- Counts up with each use where the device counts at all; one that has gone back is a copy.
  counter bigint not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index sign_in_passkey_user on reeve.sign_in_passkey (user_id);
grant select, insert, delete, update (counter, last_used_at) on reeve.sign_in_passkey to reeve_app;

-- Provisioning by the organisation's directory (SCIM 2.0, RFC 7643 and 7644).
create table reeve.scim_token (
  organisation_id uuid not null references reeve.organisations,
  id uuid not null default uuidv7(),
  name text not null check (char_length(name) between 1 and 100),
  -- SHA-256 of 256 random bits.
  token_sha256 bytea not null unique check (octet_length(token_sha256) = 32),
  created_by uuid not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (organisation_id, id)
);
alter table reeve.scim_token enable row level security;
create policy scim_token_administrators on reeve.scim_token to reeve_app
  using (organisation_id = (select current_organisation()) and (select current_person()) is not null
    and 'role' = any ((select current_list('change_all'))::text[]))
  with check (organisation_id = (select current_organisation()) and created_by = (select current_person())
    and 'role' = any ((select current_list('change_all'))::text[]));
-- The hash can be written and never read back.
grant select (organisation_id, id, name, created_by, created_at, last_used_at, revoked_at), insert, update (revoked_at)
  on reeve.scim_token to reeve_app;

-- What the directory calls a person. One whom it has let go of is kept, and found again by the same name.
create table reeve.scim_people (
  organisation_id uuid not null,
  person_id uuid not null,
  user_name text not null check (user_name = lower(user_name) and char_length(user_name) <= 254),
  external_id text check (char_length(external_id) <= 254),
  gone_at timestamptz,
  primary key (organisation_id, person_id),
  unique (organisation_id, user_name),
  foreign key (organisation_id, person_id) references reeve.records on delete cascade
);
create index scim_people_external on reeve.scim_people (organisation_id, external_id);

create table reeve.scim_group (
  organisation_id uuid not null references reeve.organisations,
  id uuid not null default uuidv7(),
  display_name text not null check (char_length(display_name) between 1 and 254),
  external_id text check (char_length(external_id) <= 254),
  primary key (organisation_id, id)
);
create index scim_group_name on reeve.scim_group (organisation_id, lower(display_name));

create table reeve.scim_group_member (
  organisation_id uuid not null,
  group_id uuid not null,
  person_id uuid not null,
  primary key (organisation_id, group_id, person_id),
  foreign key (organisation_id, group_id) references reeve.scim_group on delete cascade,
  foreign key (organisation_id, person_id) references reeve.records on delete cascade
);
create index scim_group_member_person on reeve.scim_group_member (organisation_id, person_id);

do $$
declare
  name text;
begin
  foreach name in array array['scim_people', 'scim_group', 'scim_group_member'] loop
    execute format('alter table reeve.%I enable row level security', name);
    execute format('create policy %I on reeve.%I to reeve_app
      using (organisation_id = (select current_organisation()) and (select current_person()) is null)
      with check (organisation_id = (select current_organisation()) and (select current_person()) is null)', name || '_product', name);
    execute format('grant select, insert, update on reeve.%I to reeve_app', name);
  end loop;
end $$;
grant delete on reeve.scim_group, reeve.scim_group_member to reeve_app;

-- The organisation that a token provisions, or no row; notes its use at most once a minute.
create function reeve.organisation_for_scim_token(wanted_sha256 bytea, moment timestamptz)
  returns table (token_id uuid, organisation_id uuid, demo boolean)
  language plpgsql volatile security definer set search_path = reeve, pg_temp as $$
begin
  update scim_token t set last_used_at = moment
    where t.token_sha256 = wanted_sha256 and t.revoked_at is null
      and (t.last_used_at is null or t.last_used_at <= moment - interval '1 minute');
  return query
    select t.id, t.organisation_id, o.demo from scim_token t join organisations o on o.id = t.organisation_id
    where t.token_sha256 = wanted_sha256 and t.revoked_at is null;
end $$;

-- Revokes the API tokens of a person whom the directory has let go of. Only the product itself may, with nobody acting.
create function reeve.revoke_tokens_of(p_person uuid, p_now timestamptz) returns integer
  language plpgsql volatile security definer set search_path = reeve, pg_temp as $$
declare
  revoked integer;
begin
  if current_organisation() is null or current_person() is not null then
    raise exception 'revoke_tokens_of: only the product itself may' using errcode = 'insufficient_privilege';
  end if;
  update api_token set revoked_at = p_now
    where organisation_id = current_organisation() and person_id = p_person and revoked_at is null;
  get diagnostics revoked = row_count;
  return revoked;
end $$;

revoke all on function reeve.organisation_for_scim_token(bytea, timestamptz), reeve.revoke_tokens_of(uuid, timestamptz) from public;
grant execute on function reeve.organisation_for_scim_token(bytea, timestamptz), reeve.revoke_tokens_of(uuid, timestamptz)
  to reeve_app;

revoke all on function
  reeve.sign_in_flow_begin(bytea, text, jsonb, timestamptz, timestamptz), reeve.sign_in_flow_take(bytea, text, timestamptz),
  reeve.sole_organisation()
  from public;
grant execute on function
  reeve.sign_in_flow_begin(bytea, text, jsonb, timestamptz, timestamptz), reeve.sign_in_flow_take(bytea, text, timestamptz),
  reeve.sole_organisation()
  to reeve_app;
