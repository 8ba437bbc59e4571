-- Generated from the definitions by `npm run schema`; read before it is committed.
create table webhook (
  organisation_id uuid not null,
  id uuid not null,
  address text,
  types text,
  kinds text[],
  sends text,
  acts_for uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint webhook_address_check check (length(address) <= 2000 AND address ~ '^https?://'::text),
  constraint webhook_types_check check (length(types) <= 1000),
  constraint webhook_kinds_check check (kinds <@ ARRAY['created'::text, 'changed'::text, 'moved'::text, 'commented'::text, 'erased'::text]),
  constraint webhook_sends_check check (sends = ANY (ARRAY['address'::text, 'record'::text])),
  constraint webhook_acts_for_record foreign key (organisation_id, acts_for) references records
);

create index webhook_acts_for on webhook (organisation_id, acts_for);

alter table webhook enable row level security;

create policy webhook_read on webhook for select to reeve_app using (visible(organisation_id, id));

create policy webhook_create on webhook for insert to reeve_app with check (changeable(organisation_id, id));

create policy webhook_change on webhook for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on webhook to reeve_app;

create view visible_webhook as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, t.address, t.types, t.kinds, t.sends, t.acts_for
  from records r join webhook t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'webhook'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person()))));

grant select on visible_webhook to reeve_app;
