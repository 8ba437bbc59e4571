-- Mail that comes in: how Reeve signs in to mailboxes, what it took out of them, and what a reply answers.

-- How a mailbox is signed in to: sealed by the app with the secret of the installation, and never given back to it.
create table mailbox_secrets (
  organisation_id uuid not null,
  mailbox_id uuid not null,
  sealed bytea not null check (length(sealed) between 29 and 5000),
  made_at timestamptz not null default now(),
  primary key (organisation_id, mailbox_id),
  foreign key (organisation_id, mailbox_id) references records
);

-- How fetching goes. Written by the worker; no names, no words of a message.
create table mailbox_states (
  organisation_id uuid not null,
  mailbox_id uuid not null,
  looked_at timestamptz,
  taken_at timestamptz,
  failed_at timestamptz,
  failure text check (length(failure) <= 300),
  failures integer not null default 0 check (failures >= 0),
  primary key (organisation_id, mailbox_id),
  foreign key (organisation_id, mailbox_id) references records
);
comment on column mailbox_states.looked_at is 'When the mailbox was last looked into without a failure';
comment on column mailbox_states.failures is 'How often it failed since the last look that went well';

-- What was taken out of a mailbox, by the numbers that IMAP gives it: written with the record that was made of it, and only
-- then is the message moved on the server. So a process that dies in between takes it no second time.
create table mail_taken (
  organisation_id uuid not null,
  mailbox_id uuid not null,
  uid_validity bigint not null,
  uid bigint not null,
  message_id uuid,
  taken_at timestamptz not null default now(),
  primary key (organisation_id, mailbox_id, uid_validity, uid),
  foreign key (organisation_id, mailbox_id) references records
);
comment on column mail_taken.message_id is 'The record that was made of it';

-- What a mail of ours was about, by its Message-ID, and to whom it went: a reply names that id, which nobody can guess.
create table mail_threads (
  organisation_id uuid not null references organisations,
  message_id text not null check (length(message_id) <= 300),
  record_id uuid not null,
  person_id uuid not null,
  made_at timestamptz not null default now(),
  primary key (organisation_id, message_id, record_id)
);
create index mail_threads_record on mail_threads (organisation_id, record_id);
create index mail_threads_old on mail_threads (made_at);

alter table mailbox_secrets enable row level security;
alter table mailbox_states enable row level security;
alter table mail_taken enable row level security;
alter table mail_threads enable row level security;
create policy mailbox_secrets_known on mailbox_secrets for select to reeve_app
  using (organisation_id = (select current_organisation()) and visible(organisation_id, mailbox_id));
create policy mailbox_states_read on mailbox_states for select to reeve_app
  using (organisation_id = (select current_organisation()) and visible(organisation_id, mailbox_id));
-- The product alone, with nobody acting.
create policy mail_taken_product on mail_taken to reeve_app
  using (organisation_id = (select current_organisation()) and (select current_person()) is null)
  with check (organisation_id = (select current_organisation()) and (select current_person()) is null);
create policy mail_threads_product on mail_threads for select to reeve_app
  using (organisation_id = (select current_organisation()) and (select current_person()) is null);
grant select (organisation_id, mailbox_id, made_at) on mailbox_secrets to reeve_app;
grant select on mailbox_states, mail_threads to reeve_app;
grant select, insert, update (message_id) on mail_taken to reeve_app;

-- Gives a mailbox the secret that it is signed in to with, sealed by the app. For administrators: whoever decides where it is sent
-- could read it.
create function set_mailbox_secret(p_mailbox uuid, p_sealed bytea) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if current_person() is null or not coalesce('role' = any (current_list('change_all')), false)
     or not changeable(current_organisation(), p_mailbox)
     or not exists (select 1 from records r where r.organisation_id = current_organisation() and r.id = p_mailbox and r.type = 'mailbox') then
    raise exception 'set_mailbox_secret: not allowed' using errcode = 'insufficient_privilege';
  end if;
  insert into mailbox_secrets (organisation_id, mailbox_id, sealed) values (current_organisation(), p_mailbox, p_sealed)
    on conflict (organisation_id, mailbox_id) do update set sealed = excluded.sealed, made_at = now();
end $$;
revoke execute on function set_mailbox_secret(uuid, bytea) from public;
grant execute on function set_mailbox_secret(uuid, bytea) to reeve_app;

-- Mail that goes to whoever asked: what was answered, that something came in, that an address is not known here.
alter table mail_outbox add column record_id uuid, add column sequence integer;
comment on column mail_outbox.record_id is 'What a letter is about';
comment on column mail_outbox.sequence is 'The line of its timeline that a letter is about';
alter table mail_outbox drop constraint mail_outbox_purpose_check;
alter table mail_outbox add constraint mail_outbox_purpose_check check (purpose in ('notifications', 'test', 'report', 'letter', 'identity'));
alter table mail_outbox add constraint mail_outbox_letter_check
  check ((purpose in ('letter', 'identity')) = (record_id is not null) and (purpose = 'letter') = (sequence is not null));
create unique index mail_outbox_letters on mail_outbox (organisation_id, record_id, sequence, person_id) where purpose = 'letter';
create unique index mail_outbox_identities on mail_outbox (organisation_id, record_id, person_id) where purpose = 'identity';
-- The product asks who somebody is, and writes down what came back.
create policy mail_outbox_product_asks on mail_outbox for insert to reeve_app
  with check (organisation_id = (select current_organisation()) and (select current_person()) is null and purpose = 'identity' and state = 'waiting');
create policy mail_outbox_product_notes on mail_outbox for update to reeve_app
  using (organisation_id = (select current_organisation()) and (select current_person()) is null and state = 'sent')
  with check (organisation_id = (select current_organisation()) and (select current_person()) is null and state = 'failed');
create policy mail_threads_product_asks on mail_threads for insert to reeve_app
  with check (organisation_id = (select current_organisation()) and (select current_person()) is null);
grant insert (organisation_id, id, person_id, purpose, message_id, record_id) on mail_outbox to reeve_app;
grant update (state, answer, ended_at) on mail_outbox to reeve_app;
grant insert (organisation_id, message_id, record_id, person_id) on mail_threads to reeve_app;

-- The product brings files as well as people do: they are its own until a record has them.
drop policy files_insert on files;
create policy files_insert on files for insert to reeve_app
  with check (organisation_id = (select current_organisation()) and uploaded_by is not distinct from (select current_person())
    and record_id is null and not internal);
drop policy files_read on files;
create policy files_read on files for select to reeve_app
  using (organisation_id = (select current_organisation()) and case
    when record_id is null then uploaded_by = (select current_person()) or uploaded_by is null and (select current_person()) is null
    else visible(organisation_id, record_id) and (not internal or reads_internal(organisation_id, record_id)) end);

-- What the law has erased is answered by no reply any more, and with a mailbox go its secret and its numbers.
create function forget_mail_in() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  delete from mail_threads t using erased e where e.sequence is null and t.organisation_id = e.organisation_id and e.record_id in (t.record_id, t.person_id);
  delete from mail_outbox m using erased e where e.sequence is null and m.organisation_id = e.organisation_id and m.record_id = e.record_id;
  delete from mail_taken t using erased e where e.sequence is null and t.organisation_id = e.organisation_id and t.mailbox_id = e.record_id;
  delete from mailbox_secrets t using erased e where e.sequence is null and t.organisation_id = e.organisation_id and t.mailbox_id = e.record_id;
  delete from mailbox_states t using erased e where e.sequence is null and t.organisation_id = e.organisation_id and t.mailbox_id = e.record_id;
  return null;
end $$;
revoke execute on function forget_mail_in() from public;
create trigger erasures_forget_mail after insert on erasures referencing new table as erased for each statement execute function forget_mail_in();

-- Messages are the product's own: people let held ones through or discard them, and no more.
create function inbound_message_is_the_products() returns trigger language plpgsql set search_path = reeve, pg_temp as $$
begin
  if current_user <> 'reeve_app' or current_person() is null then return new; end if;
  if tg_op = 'INSERT' or new.title <> old.title
     or new.state <> old.state and not (old.state = 'held' and new.state in ('accepted', 'discarded')) then
    raise exception 'inbound_message: only the product makes and changes one' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger records_inbound_message_made before insert on records for each row
  when (new.type = 'inbound_message') execute function inbound_message_is_the_products();
create trigger records_inbound_message_changed before update on records for each row
  when (old.type = 'inbound_message') execute function inbound_message_is_the_products();
