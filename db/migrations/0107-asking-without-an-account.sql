-- People outside who ask without an account: how they follow what they asked, where letters go, and what is held.

-- Whoever asked without an account. The key itself is not here: its hash finds the record, and sealed with the secret of the
-- installation it is there for letters alone.
create table outside_requesters (
  organisation_id uuid not null references organisations (id),
  record_id uuid not null,
  email text check (length(email) <= 254),
  key_sha256 bytea not null unique check (octet_length(key_sha256) = 32),
  key_sealed bytea not null check (octet_length(key_sealed) <= 200),
  made_at timestamptz not null default now(),
  primary key (organisation_id, record_id),
  foreign key (organisation_id, record_id) references records (organisation_id, id)
);
alter table outside_requesters enable row level security;
create policy outside_requesters_read on outside_requesters for select
  using (organisation_id = (select current_organisation()) and visible(organisation_id, record_id));
grant select (organisation_id, record_id, made_at) on outside_requesters to reeve_app;

-- What was sent on the public pages and is doubtful: it waits for an officer, and is never lost.
create table held_submissions (
  organisation_id uuid not null references organisations (id),
  id uuid not null default uuidv7(),
  type text not null,
  said jsonb check (pg_column_size(said) <= 100000),
  doubts text[] not null check (cardinality(doubts) between 1 and 10),
  key_sha256 bytea not null unique check (octet_length(key_sha256) = 32),
  key_sealed bytea not null check (octet_length(key_sealed) <= 200),
  received_at timestamptz not null default now(),
  state text not null default 'held' check (state in ('held', 'taken', 'refused')),
  decided_by uuid,
  decided_at timestamptz,
  record_id uuid,
  primary key (organisation_id, id),
  check ((state = 'held') = (decided_at is null)),
  check ((state = 'taken') = (record_id is not null))
);
create index held_submissions_waiting on held_submissions (organisation_id, received_at) where state = 'held';
alter table held_submissions enable row level security;
create policy held_submissions_made on held_submissions for insert
  with check (organisation_id = (select current_organisation()) and (select current_person()) is null and state = 'held'
    and type = any ((select current_list('create'))::text[]));
create policy held_submissions_read on held_submissions for select
  using (organisation_id = (select current_organisation()) and type = any ((select current_list('internal_all'))::text[]));
create policy held_submissions_decided on held_submissions for update
  using (organisation_id = (select current_organisation()) and type = any ((select current_list('change_all'))::text[])
    and type = any ((select current_list('internal_all'))::text[]) and state = 'held')
  with check (organisation_id = (select current_organisation()) and state <> 'held'
    and decided_by is not distinct from (select current_person()));
grant select on held_submissions to reeve_app;
grant insert (organisation_id, type, said, doubts, key_sha256, key_sealed, received_at) on held_submissions to reeve_app;
grant update (said, state, decided_by, decided_at, record_id) on held_submissions to reeve_app;

-- How the public reaches whoever answers requests, as the public pages say it.
create table public_contacts (
  organisation_id uuid primary key references organisations (id),
  email text check (length(email) <= 254),
  phone text check (length(phone) <= 40),
  address text check (length(address) <= 500)
);
alter table public_contacts enable row level security;
create policy public_contacts_read on public_contacts for select
  using (organisation_id = (select current_organisation()) and 'information_request' = any ((select current_list('internal_all'))::text[]));
create policy public_contacts_made on public_contacts for insert
  with check (organisation_id = (select current_organisation()) and 'information_request' = any ((select current_list('change_all'))::text[]));
create policy public_contacts_changed on public_contacts for update
  using (organisation_id = (select current_organisation()) and 'information_request' = any ((select current_list('change_all'))::text[]))
  with check (organisation_id = (select current_organisation()));
grant select, insert, update on public_contacts to reeve_app;

-- What the public may ask for by a form.
create function asked_in_public() returns text[] language sql immutable
return array['information_request', 'data_protection_request'];

-- Binds the transaction to the product as far as the public may make one kind of record: it sees nothing at all.
create function act_as_public(p_organisation uuid, p_type text) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if not exists (select 1 from organisations where id = p_organisation) or not p_type = any (asked_in_public()) then
    raise exception 'act_as_public: no such organisation or kind' using errcode = 'insufficient_privilege';
  end if;
  perform act_as_system(p_organisation);
  perform set_config('reeve.' || name, '{}', true) from unnest(array['read_all', 'change_all', 'internal_all', 'erase']) as name;
  perform set_config('reeve.for', '', true),
    set_config('reeve.create', array[p_type]::text, true), set_config('reeve.restricted_all', array[p_type]::text, true);
end $$;

-- Remembers how whoever asked follows the record that was made in this very transaction by whoever acts.
create function keep_follower(p_record uuid, p_email text, p_key_sha256 bytea, p_key_sealed bytea) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if not exists (select 1 from records r where r.organisation_id = current_organisation() and r.id = p_record
      and r.type = any (asked_in_public()) and r.type = any (current_list('create')) and r.created_by is not distinct from current_person()
      and r.xmin::text::bigint = (pg_current_xact_id()::text::bigint & 4294967295)) then
    raise exception 'keep_follower: no such record' using errcode = 'insufficient_privilege';
  end if;
  insert into outside_requesters (organisation_id, record_id, email, key_sha256, key_sealed)
    values (current_organisation(), p_record, p_email, p_key_sha256, p_key_sealed);
end $$;

-- Binds the transaction to whoever holds the key of a record: they see that one and the reviews of it, without what is
-- internal, and may comment there. Gives no row where nobody has that key.
create function act_as_follower(p_key_sha256 bytea) returns table (organisation uuid, record uuid, type text)
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  v_record records;
begin
  select r.* into v_record from outside_requesters o join records r on r.organisation_id = o.organisation_id and r.id = o.record_id
    where o.key_sha256 = p_key_sha256;
  if v_record.id is null then return; end if;
  perform act_as_system(v_record.organisation_id);
  perform set_config('reeve.' || name, '{}', true)
    from unnest(array['read_all', 'change_all', 'create', 'internal_all', 'restricted_all', 'erase']) as name;
  perform set_config('reeve.for', '', true), set_config('reeve.read_own', array[v_record.type]::text, true),
    set_config('reeve.named', (array[v_record.id] || array(select i.id from information_request i
      where i.organisation_id = v_record.organisation_id and i.review_of = v_record.id limit 20))::text, true);
  return query select v_record.organisation_id, v_record.id, v_record.type;
end $$;

-- What became of something that was held, for whoever holds its key.
create function held_by_key(p_key_sha256 bytea) returns table (organisation uuid, state text, received_at timestamptz)
language sql stable security definer set search_path = reeve, pg_temp as $$
  select h.organisation_id, h.state, h.received_at from held_submissions h where h.key_sha256 = p_key_sha256
$$;

-- What the public pages say of an organisation: of the only one here where none is named.
create function public_front(p_organisation uuid) returns jsonb
language sql stable security definer set search_path = reeve, pg_temp as $$
  select jsonb_build_object('id', o.id, 'name', o.name, 'colour', o.brand_colour, 'demo', o.demo, 'logo', encode(o.logo_sha256, 'hex'),
    'logoWidth', o.logo_width, 'logoHeight', o.logo_height, 'logoTone', o.logo_tone, 'email', c.email, 'phone', c.phone, 'address', c.address)
  from organisations o left join public_contacts c on c.organisation_id = o.id
  where case when p_organisation is null then (select count(*) from organisations) = 1 else o.id = p_organisation end
$$;

revoke execute on function act_as_public(uuid, text), keep_follower(uuid, text, bytea, bytea), act_as_follower(bytea), held_by_key(bytea),
  public_front(uuid) from public;
grant execute on function act_as_public(uuid, text), keep_follower(uuid, text, bytea, bytea), act_as_follower(bytea), held_by_key(bytea),
  public_front(uuid) to reeve_app;

-- A letter may go to somebody who is no person here, at the address that they gave with what they asked.
alter table mail_outbox alter column person_id drop not null;
alter table mail_outbox add constraint mail_outbox_person_check check (person_id is not null or purpose = 'letter');
drop index mail_outbox_letters;
create unique index mail_outbox_letters on mail_outbox (organisation_id, record_id, sequence, person_id) nulls not distinct where purpose = 'letter';

-- With what was asked, the law's erasure takes the way to follow it and the address of whoever asked.
create function forget_outside() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  delete from outside_requesters o using erased e where e.sequence is null and o.organisation_id = e.organisation_id and o.record_id = e.record_id;
  return null;
end $$;
revoke execute on function forget_outside() from public;
create trigger erasures_forget_outside after insert on erasures referencing new table as erased for each statement execute function forget_outside();
