-- What happened, told to other systems: a feed that they read by cursor, and webhooks that are sent to them.

-- The feed goes by the transaction that wrote an event and by its place within that. Transactions that ended are below
-- those that still run, so whoever reads up to there never skips an event that is kept later. Both defaults are filled in
-- for a line by whoever writes it; what was there before this migration counts as written by it.
create sequence events_place;
alter table events
  add column transaction_id bigint not null default (pg_current_xact_id()::text::bigint),
  add column place bigint not null default nextval('reeve.events_place');
alter sequence events_place owned by events.place;
create index events_feed on events (organisation_id, transaction_id, place);
comment on column events.transaction_id is 'The number of the transaction that wrote it in this database; not in backups';

-- Which run of transaction numbers a cursor is of: another after a restore, since the numbers begin anew there.
create table feed_epoch (epoch uuid primary key default gen_random_uuid());
alter table feed_epoch enable row level security;
insert into feed_epoch default values;

-- How far somebody who read up to a place may read on: the place of the last of at most p_most events, of whatever kind,
-- whoever may see them. A place says nothing of what is there. p_transaction null: the place of what comes from now on.
create function feed_window(p_transaction bigint, p_place bigint, p_most integer)
returns table (transaction_id bigint, place bigint, scanned integer, epoch text, known boolean)
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
declare
  horizon bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
begin
  if current_person() is null then
    raise exception 'feed_window: nobody is asking' using errcode = 'insufficient_privilege';
  end if;
  if p_transaction is null then
    return query select horizon - 1, 9007199254740991, 0, left(f.epoch::text, 8), true from feed_epoch f;
    return;
  end if;
  return query
    with ahead as (
      select e.transaction_id, e.place from events e
      where e.organisation_id = current_organisation() and (e.transaction_id, e.place) > (p_transaction, p_place)
        and e.transaction_id < horizon
      order by e.transaction_id, e.place limit least(p_most, 10000)),
    last as (select a.transaction_id, a.place from ahead a order by a.transaction_id desc, a.place desc limit 1)
    select coalesce(l.transaction_id, p_transaction), coalesce(l.place, p_place), (select count(*)::integer from ahead), left(f.epoch::text, 8),
      p_transaction < horizon
    from feed_epoch f left join last l on true;
end $$;

-- Webhooks. The type itself is a record; here is what it keeps apart: the secret that signs, and what was sent.
create table webhook_secrets (
  organisation_id uuid not null,
  webhook_id uuid not null,
  sealed bytea not null,
  sealed_before bytea,
  made_at timestamptz not null default now(),
  primary key (organisation_id, webhook_id),
  foreign key (organisation_id, webhook_id) references records
);
comment on column webhook_secrets.sealed is 'Sealed with the secret of the installation; never given to the app';

-- Events that no webhook has been given yet; the worker empties it.
create table webhook_events (organisation_id uuid not null, record_id uuid not null, sequence integer not null);

create table webhook_deliveries (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  webhook_id uuid not null,
  record_id uuid,
  sequence integer,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed', 'dropped')),
  made_at timestamptz not null default now(),
  waits_since timestamptz not null default now(),
  next_attempt_at timestamptz not null default now(),
  tries integer not null default 0,
  attempts integer not null default 0,
  ended_at timestamptz,
  primary key (organisation_id, id),
  unique (organisation_id, webhook_id, record_id, sequence),
  foreign key (organisation_id, webhook_id) references records,
  check ((record_id is null) = (sequence is null))
);
comment on column webhook_deliveries.record_id is 'Null for a test';
comment on column webhook_deliveries.state is 'dropped: the person for whom the webhook acts may not see it, or the webhook is off';
comment on column webhook_deliveries.tries is 'Since it waits; attempts are those of its whole life';
create index webhook_deliveries_due on webhook_deliveries (organisation_id, webhook_id, next_attempt_at) where state = 'waiting';
create index webhook_deliveries_newest on webhook_deliveries (organisation_id, webhook_id, id);

create table webhook_attempts (
  organisation_id uuid not null,
  delivery_id uuid not null,
  attempt integer not null,
  webhook_id uuid not null,
  at timestamptz not null default now(),
  took_ms integer not null,
  status integer,
  problem text check (length(problem) <= 300),
  primary key (organisation_id, delivery_id, attempt),
  foreign key (organisation_id, delivery_id) references webhook_deliveries on delete cascade
);
comment on column webhook_attempts.status is 'What the receiver answered; null when it did not';
create index webhook_attempts_webhook on webhook_attempts (organisation_id, webhook_id, at);

alter table webhook_secrets enable row level security;
alter table webhook_events enable row level security;
alter table webhook_deliveries enable row level security;
alter table webhook_attempts enable row level security;
create policy webhook_secrets_known on webhook_secrets for select to reeve_app
  using (organisation_id = (select current_organisation()) and visible(organisation_id, webhook_id));
create policy webhook_deliveries_read on webhook_deliveries for select to reeve_app
  using (organisation_id = (select current_organisation()) and visible(organisation_id, webhook_id));
create policy webhook_attempts_read on webhook_attempts for select to reeve_app
  using (organisation_id = (select current_organisation()) and visible(organisation_id, webhook_id));
grant select (organisation_id, webhook_id, made_at) on webhook_secrets to reeve_app;
grant select on webhook_deliveries, webhook_attempts to reeve_app;

-- As it was in 0010, and notes for webhooks what is noted for people, with what the law erased, where a webhook is on.
create or replace function note_untold() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if current_setting('reeve.quiet', true) = 'on' then return null; end if;
  insert into untold (organisation_id, record_id, sequence) select organisation_id, record_id, sequence from added
    where verb in ('created', 'changed', 'moved', 'commented') and at > recorded_at - interval '1 hour';
  insert into webhook_events (organisation_id, record_id, sequence) select a.organisation_id, a.record_id, a.sequence from added a
    where a.verb in ('created', 'changed', 'moved', 'commented', 'erased') and a.at > a.recorded_at - interval '1 hour'
      and exists (select 1 from records w where w.organisation_id = a.organisation_id and w.type = 'webhook' and w.closed_at is null
        and w.state = 'on');
  return null;
end $$;

-- Whether the current person may change this webhook.
create function changes_webhook(p_webhook uuid) returns boolean
language sql stable security definer set search_path = reeve, pg_temp as $$
  select current_person() is not null and changeable(current_organisation(), p_webhook) and exists (select 1 from records
    where organisation_id = current_organisation() and id = p_webhook and type = 'webhook')
$$;

revoke execute on function changes_webhook(uuid) from public;

comment on column webhook_secrets.sealed_before is 'The one before it, which signs as well for a day';

-- Gives a webhook another secret, sealed by the app. The one before signs as well for a day, so that nothing is refused
-- while the other system changes over.
create function set_webhook_secret(p_webhook uuid, p_sealed bytea) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if not changes_webhook(p_webhook) then
    raise exception 'set_webhook_secret: not allowed' using errcode = 'insufficient_privilege';
  end if;
  insert into webhook_secrets (organisation_id, webhook_id, sealed) values (current_organisation(), p_webhook, p_sealed)
    on conflict (organisation_id, webhook_id) do update
      set sealed = excluded.sealed, sealed_before = webhook_secrets.sealed, made_at = now();
end $$;

-- Puts a test on its way; false when three of them wait already.
create function test_webhook(p_webhook uuid) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if not changes_webhook(p_webhook) then
    raise exception 'test_webhook: not allowed' using errcode = 'insufficient_privilege';
  end if;
  if (select count(*) from webhook_deliveries where organisation_id = current_organisation() and webhook_id = p_webhook
        and record_id is null and state = 'waiting') >= 3 then
    return false;
  end if;
  insert into webhook_deliveries (organisation_id, webhook_id) values (current_organisation(), p_webhook);
  return true;
end $$;

-- Sends again: one delivery that has ended, or all that failed (null). Gives how many.
create function resend_webhook(p_webhook uuid, p_delivery uuid) returns integer
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  many integer;
begin
  if not changes_webhook(p_webhook) then
    raise exception 'resend_webhook: not allowed' using errcode = 'insufficient_privilege';
  end if;
  update webhook_deliveries set state = 'waiting', tries = 0, waits_since = now(), next_attempt_at = now(), ended_at = null
    where organisation_id = current_organisation() and webhook_id = p_webhook
      and (id = p_delivery and state <> 'waiting' or p_delivery is null and state = 'failed');
  get diagnostics many = row_count;
  return many;
end $$;

-- With a webhook that the law has erased goes what signs for it, and what was to be sent to it.
create function forget_webhook() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if new.sequence is null then
    delete from webhook_secrets where organisation_id = new.organisation_id and webhook_id = new.record_id;
    delete from webhook_deliveries where organisation_id = new.organisation_id and webhook_id = new.record_id;
  end if;
  return null;
end $$;
revoke execute on function forget_webhook() from public;
create trigger erasures_forget_webhook after insert on erasures for each row execute function forget_webhook();

-- A job keeps which request began it, for the log.
alter table jobs add column request_id text default nullif(current_setting('reeve.request', true), '') check (length(request_id) <= 100);
