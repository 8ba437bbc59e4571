-- Generated from the definitions by `npm run schema`; read before it is committed.
create table inbound_message (
  organisation_id uuid not null,
  id uuid not null,
  from_name text,
  from_address text,
  sender uuid,
  mailbox uuid,
  received_at timestamp with time zone,
  verdict text,
  why text,
  ticket uuid,
  automatic boolean,
  unknown_address boolean,
  text text,
  message_id text,
  raw uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint inbound_message_from_name_check check (length(from_name) <= 200),
  constraint inbound_message_from_address_check check (length(from_address) <= 254),
  constraint inbound_message_sender_record foreign key (organisation_id, sender) references records,
  constraint inbound_message_mailbox_record foreign key (organisation_id, mailbox) references records,
  constraint inbound_message_verdict_check check (verdict = ANY (ARRAY['ticket'::text, 'threaded'::text, 'bounce'::text, 'duplicate'::text, 'held'::text])),
  constraint inbound_message_why_check check (length(why) <= 500),
  constraint inbound_message_ticket_record foreign key (organisation_id, ticket) references records,
  constraint inbound_message_text_check check (length(text) <= 20000),
  constraint inbound_message_message_id_check check (length(message_id) <= 300),
  constraint inbound_message_raw_file foreign key (organisation_id, raw) references files
);

create index inbound_message_from_address on inbound_message (organisation_id, from_address);

create index inbound_message_sender on inbound_message (organisation_id, sender);

create index inbound_message_mailbox on inbound_message (organisation_id, mailbox);

create index inbound_message_ticket on inbound_message (organisation_id, ticket);

create index inbound_message_message_id on inbound_message (organisation_id, message_id);

create index inbound_message_raw on inbound_message (organisation_id, raw) where raw is not null;

alter table inbound_message enable row level security;

create policy inbound_message_read on inbound_message for select to reeve_app using (visible(organisation_id, id));

create policy inbound_message_create on inbound_message for insert to reeve_app with check (changeable(organisation_id, id));

create policy inbound_message_change on inbound_message for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on inbound_message to reeve_app;

create view visible_inbound_message as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.from_name, t.from_address, t.sender, t.mailbox, t.received_at, t.verdict, t.why, t.ticket, t.automatic, t.unknown_address, t.text, t.message_id, t.raw
  from records r join inbound_message t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'inbound_message'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_inbound_message to reeve_app;

create table mailbox (
  organisation_id uuid not null,
  id uuid not null,
  address text,
  queue uuid,
  host text,
  port integer,
  security text,
  signs_in_as text,
  sign_in text,
  token_url text,
  client_id text,
  scope text,
  folder text,
  taken_folder text,
  strangers text,
  vouched_by text,
  reopen_days integer,
  per_hour integer,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint mailbox_address_check check (length(address) <= 254),
  constraint mailbox_queue_record foreign key (organisation_id, queue) references records,
  constraint mailbox_host_check check (length(host) <= 253),
  constraint mailbox_security_check check (security = ANY (ARRAY['tls'::text, 'starttls'::text, 'none'::text])),
  constraint mailbox_signs_in_as_check check (length(signs_in_as) <= 320),
  constraint mailbox_sign_in_check check (sign_in = ANY (ARRAY['password'::text, 'oauth'::text])),
  constraint mailbox_token_url_check check (length(token_url) <= 2000 AND token_url ~ '^https?://'::text),
  constraint mailbox_client_id_check check (length(client_id) <= 300),
  constraint mailbox_scope_check check (length(scope) <= 1000),
  constraint mailbox_folder_check check (length(folder) <= 200),
  constraint mailbox_taken_folder_check check (length(taken_folder) <= 200),
  constraint mailbox_strangers_check check (strangers = ANY (ARRAY['contact'::text, 'held'::text])),
  constraint mailbox_vouched_by_check check (length(vouched_by) <= 253)
);

create index mailbox_address on mailbox (organisation_id, address);

create index mailbox_queue on mailbox (organisation_id, queue);

alter table mailbox enable row level security;

create policy mailbox_read on mailbox for select to reeve_app using (visible(organisation_id, id));

create policy mailbox_create on mailbox for insert to reeve_app with check (changeable(organisation_id, id));

create policy mailbox_change on mailbox for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on mailbox to reeve_app;

create view visible_mailbox as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.address, t.queue, t.host, t.port, t.security, t.signs_in_as, t.sign_in, t.token_url, t.client_id, t.scope, t.folder, t.taken_folder, t.strangers, t.vouched_by, t.reopen_days, t.per_hour
  from records r join mailbox t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'mailbox'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_mailbox to reeve_app;

drop view visible_person;

alter table person add column address_bounces boolean;

create view visible_person as
 SELECT r.organisation_id,
    r.id,
    r.reference,
    r.title,
    r.state,
    r.owner_id,
    r.team_id,
    r.requester_id,
    r.within_id,
    r.created_by,
    r.sensitivity,
    r.opened_at,
    r.updated_at,
    r.next_due_at,
    r.closed_at,
    r.version,
    r.added,
    t.email,
    t.address_bounces,
    t.phone,
    t.job_title,
    t.active,
    t.account_id,
    t.source_reference
   FROM (records r
     JOIN person t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'person'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person))))));

grant select on visible_person to reeve_app;
