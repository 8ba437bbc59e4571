-- Telling people: who watches what, what each was told and has read, how they wish to hear of it, and the mail that goes out.

-- Lines of timelines from which nobody has been told yet. A trigger fills it, so that no writer of events can forget, and
-- at the cost of one small row; a job empties it. What lies in the past (an import's history) is nobody's news, and
-- whoever brings in much at once says `set local reeve.quiet = on`.
create table untold (organisation_id uuid not null, record_id uuid not null, sequence integer not null, attempts smallint not null default 0);
comment on column untold.attempts is 'How often telling of it has failed; after five it is left lying';
create function note_untold() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if current_setting('reeve.quiet', true) = 'on' then return null; end if;
  insert into untold (organisation_id, record_id, sequence) select organisation_id, record_id, sequence from added
    where verb in ('created', 'changed', 'moved', 'commented') and at > recorded_at - interval '1 hour';
  return null;
end $$;
create trigger events_untold after insert on events referencing new table as added for each statement execute function note_untold();

create table watchers (
  organisation_id uuid not null,
  record_id uuid not null,
  person_id uuid not null,
  since timestamptz not null default now(),
  primary key (organisation_id, record_id, person_id),
  foreign key (organisation_id, record_id) references records
);
create index watchers_person on watchers (organisation_id, person_id);
alter table watchers enable row level security;
create policy watchers_own on watchers to reeve_app
  using (organisation_id = (select current_organisation()) and person_id = (select current_person()))
  with check (organisation_id = (select current_organisation()) and person_id = (select current_person()) and visible(organisation_id, record_id));
grant select, insert, delete on watchers to reeve_app;

-- Ids and kinds alone: the words are read from the record and its timeline, with the rights of whoever reads them, each time.
create table notifications (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  person_id uuid not null,
  kind text not null check (kind ~ '^[a-z]{1,20}$'),
  record_id uuid not null,
  sequence integer,
  about text not null check (length(about) between 1 and 120),
  actor_id uuid,
  made_at timestamptz not null default now(),
  read_at timestamptz,
  in_product boolean not null default true,
  mail_after timestamptz,
  mail_id uuid,
  primary key (organisation_id, id),
  unique (organisation_id, person_id, record_id, about),
  foreign key (organisation_id, record_id) references records
);
comment on column notifications.sequence is 'The line of the timeline that it is about; null for a deadline';
comment on column notifications.about is 'What makes it that one, so that nobody is told twice: the line, or the clock and its deadline';
comment on column notifications.mail_after is 'When a mail is to be made of it; null when none is, or one has been';
create index notifications_unread on notifications (organisation_id, person_id, made_at) where read_at is null and in_product;
create index notifications_newest on notifications (organisation_id, person_id, made_at, id);
create index notifications_record on notifications (organisation_id, record_id);
create index notifications_to_mail on notifications (mail_after) where mail_after is not null;
create index notifications_mail on notifications (organisation_id, mail_id) where mail_id is not null;
alter table notifications enable row level security;
create policy notifications_own_read on notifications for select to reeve_app
  using (organisation_id = (select current_organisation()) and person_id = (select current_person()));
create policy notifications_own_mark on notifications for update to reeve_app
  using (organisation_id = (select current_organisation()) and person_id = (select current_person()))
  with check (organisation_id = (select current_organisation()) and person_id = (select current_person()));
grant select, update (read_at) on notifications to reeve_app;

-- How a person wishes to hear of each kind; what they never said is as the product has it.
create table notification_choices (
  organisation_id uuid not null references organisations,
  person_id uuid not null,
  kind text not null check (kind ~ '^[a-z]{1,20}$'),
  channel text not null check (channel in ('product', 'mail')),
  choice text not null check (choice in ('now', 'digest', 'off')),
  primary key (organisation_id, person_id, kind, channel)
);
create table notification_times (
  organisation_id uuid not null references organisations,
  person_id uuid not null,
  digest_at time not null default '08:00',
  quiet_from time,
  quiet_until time,
  primary key (organisation_id, person_id),
  check ((quiet_from is null) = (quiet_until is null)),
  check (quiet_from <> quiet_until)
);
comment on table notification_times is 'Times of the day in London';
alter table notification_choices enable row level security;
alter table notification_times enable row level security;
create policy notification_choices_own on notification_choices to reeve_app
  using (organisation_id = (select current_organisation()) and person_id = (select current_person()))
  with check (organisation_id = (select current_organisation()) and person_id = (select current_person()));
create policy notification_times_own on notification_times to reeve_app
  using (organisation_id = (select current_organisation()) and person_id = (select current_person()))
  with check (organisation_id = (select current_organisation()) and person_id = (select current_person()));
grant select, insert, update on notification_choices, notification_times to reeve_app;

-- Mail on its way. It holds no words either: they are put together when it is sent, of what the person may then see.
create table mail_outbox (
  organisation_id uuid not null references organisations,
  id uuid not null default uuidv7(),
  person_id uuid not null,
  purpose text not null check (purpose in ('notifications', 'test')),
  message_id text not null unique check (message_id ~ '^<[^<>@\s]+@[^<>@\s]+>$' and length(message_id) <= 300),
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed', 'dropped')),
  made_at timestamptz not null default now(),
  waits_since timestamptz not null default now(),
  next_attempt_at timestamptz not null default now(),
  attempts integer not null default 0,
  ended_at timestamptz,
  answer text check (length(answer) <= 1000),
  provider_id text check (length(provider_id) <= 200),
  followed_until timestamptz,
  primary key (organisation_id, id)
);
comment on column mail_outbox.message_id is 'Given once and sent with every attempt, so that whoever gets it twice can tell';
comment on column mail_outbox.answer is 'What the mail server said last, or why it could not be asked';
comment on column mail_outbox.followed_until is 'Until when the provider is asked what became of it; null when it is not';
create index mail_outbox_waiting on mail_outbox (next_attempt_at) where state = 'waiting';
create index mail_outbox_ended on mail_outbox (organisation_id, state, ended_at);
create index mail_outbox_followed on mail_outbox (followed_until) where followed_until is not null;
alter table mail_outbox enable row level security;
-- Whoever may also change every role.
create policy mail_outbox_administrators on mail_outbox for select to reeve_app
  using (organisation_id = (select current_organisation()) and 'role' = any ((select current_list('change_all'))::text[]));
grant select on mail_outbox to reeve_app;

-- Sends again what did not go: one mail, or all of them (null). Gives how many.
create function retry_mail(p_mail uuid) returns integer
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  many integer;
begin
  if current_person() is null or not 'role' = any (current_list('change_all')) then
    raise exception 'retry_mail: not allowed' using errcode = 'insufficient_privilege';
  end if;
  update mail_outbox set state = 'waiting', attempts = 0, waits_since = now(), next_attempt_at = now(), ended_at = null, followed_until = null
    where organisation_id = current_organisation() and state = 'failed' and (p_mail is null or id = p_mail);
  get diagnostics many = row_count;
  return many;
end $$;

-- Puts a mail to oneself in the outbox, to see whether mail goes out; at most three wait at once.
create function send_test_mail(p_message_id text) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if current_person() is null or not 'role' = any (current_list('change_all')) then
    raise exception 'send_test_mail: not allowed' using errcode = 'insufficient_privilege';
  end if;
  if (select count(*) from mail_outbox where organisation_id = current_organisation() and person_id = current_person()
        and purpose = 'test' and state = 'waiting') >= 3 then
    return false;
  end if;
  insert into mail_outbox (organisation_id, person_id, purpose, message_id) values (current_organisation(), current_person(), 'test', p_message_id);
  return true;
end $$;

-- What was erased by law is told no longer: notifications of that line or of the record, and mail that would speak of them.
-- With a person go what they were told, what they watched and chose, and the mail to them.
create function forget_what_was_told() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  delete from notifications where organisation_id = new.organisation_id and record_id = new.record_id
    and (new.sequence is null or sequence = new.sequence);
  delete from untold where organisation_id = new.organisation_id and record_id = new.record_id and (new.sequence is null or sequence = new.sequence);
  if new.sequence is null then
    delete from watchers where organisation_id = new.organisation_id and new.record_id in (record_id, person_id);
    delete from notifications where organisation_id = new.organisation_id and person_id = new.record_id;
    delete from notification_choices where organisation_id = new.organisation_id and person_id = new.record_id;
    delete from notification_times where organisation_id = new.organisation_id and person_id = new.record_id;
    delete from mail_outbox where organisation_id = new.organisation_id and person_id = new.record_id;
  end if;
  return null;
end $$;
create trigger erasures_forget after insert on erasures for each row execute function forget_what_was_told();
