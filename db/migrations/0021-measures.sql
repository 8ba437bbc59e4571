-- Measures: the clocks that stopped in a period, and the reports of measures that people save, share and have sent.

-- A month of any year is found without reading the others. Clocks that run have no place in it.
create index clocks_stopped on clocks (organisation_id, name, stopped_at) where state = 'stopped';

-- The clocks of one name that stopped in a period, of the records of a type that the person may see: how each went, and
-- whether one of the moves that p_after names was made before. As the policies would be asked once for each clock and
-- event, this runs as the owner and spells visibility out.
create function stopped_clocks(p_type text, p_clock text, p_from timestamptz, p_before timestamptz, p_after text[])
returns table (clock_of uuid, stopped_at timestamptz, elapsed_minutes integer, outcome text, only_by_pause boolean, made_after boolean)
language sql stable security definer set search_path = reeve, pg_temp rows 10000 as $$
  select r.id, c.stopped_at, c.elapsed_minutes, c.outcome, c.met_only_by_pause,
    case when p_after is not null then r.event_count >= 4 and exists (select 1 from event_bodies b
      where b.organisation_id = r.organisation_id and b.record_id = r.id and b.body ->> 'move' = any (p_after)) end
  from clocks c join records r on r.organisation_id = c.organisation_id and r.id = c.record_id
  where c.organisation_id = (select current_organisation()) and c.name = p_clock and c.state = 'stopped'
    and c.stopped_at >= coalesce(p_from, '-infinity') and c.stopped_at < coalesce(p_before, 'infinity')
    and r.organisation_id = (select current_organisation()) and r.type = p_type
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person()) or r.id = (select current_person()))))
$$;
drop function clock_figures;
drop function stopped_records;

-- A report is a saved set of measures with a period and filters, as an address holds them. It can be shared with a team as
-- a saved view is, and be sent by mail each week or month.
create table reports (
  organisation_id uuid not null references organisations,
  id uuid not null default uuidv7(),
  person_id uuid not null,
  name text not null check (length(name) between 1 and 60),
  query text not null check (length(query) <= 4000),
  team_id uuid,
  send_every text check (send_every in ('week', 'month')),
  send_day smallint check (send_day between 1 and 31),
  send_hour smallint check (send_hour between 0 and 23),
  send_next timestamptz,
  made_at timestamptz not null default now(),
  primary key (organisation_id, id),
  unique (organisation_id, person_id, name),
  unique (organisation_id, id, person_id),
  foreign key (organisation_id, person_id) references records,
  foreign key (organisation_id, team_id) references records (organisation_id, id),
  check (num_nulls(send_every, send_day, send_hour, send_next) in (0, 4))
);
comment on column reports.send_day is 'Of the week from Monday, 1 to 7; or of the month, its last day where it has fewer';
comment on column reports.send_hour is 'In London';
create index reports_team on reports (organisation_id, team_id) where team_id is not null;
create index reports_to_send on reports (send_next) where send_next is not null;

-- To whom a report is mailed; each is shown what they themselves may see.
create table report_recipients (
  organisation_id uuid not null,
  report_id uuid not null,
  person_id uuid not null,
  added_by uuid not null,
  primary key (organisation_id, report_id, person_id),
  foreign key (organisation_id, report_id, added_by) references reports (organisation_id, id, person_id) on delete cascade,
  foreign key (organisation_id, person_id) references records
);
comment on column report_recipients.added_by is 'Whose report it is: the foreign key holds it to that, where a policy that looks would look at itself';
create index report_recipients_person on report_recipients (organisation_id, person_id);

alter table report_recipients enable row level security;
create policy report_recipients_read on report_recipients for select to reeve_app
  using (organisation_id = (select current_organisation()) and (select current_person()) in (person_id, added_by));
create policy report_recipients_remove on report_recipients for delete to reeve_app
  using (organisation_id = (select current_organisation()) and (select current_person()) in (person_id, added_by));
alter table reports enable row level security;
create policy reports_read on reports for select to reeve_app
  using (organisation_id = (select current_organisation())
    and (person_id = (select current_person()) or team_id = any ((select current_teams())::uuid[])
         or exists (select 1 from report_recipients r where r.organisation_id = reports.organisation_id and r.report_id = reports.id
              and r.person_id = (select current_person()))));
create policy reports_create on reports for insert to reeve_app
  with check (organisation_id = (select current_organisation()) and person_id = (select current_person())
    and (team_id is null or team_id = any ((select current_teams())::uuid[])));
create policy reports_change on reports for update to reeve_app
  using (organisation_id = (select current_organisation()) and person_id = (select current_person()))
  with check (organisation_id = (select current_organisation()) and person_id = (select current_person())
    and (team_id is null or team_id = any ((select current_teams())::uuid[])));
create policy reports_remove on reports for delete to reeve_app
  using (organisation_id = (select current_organisation()) and person_id = (select current_person()));
create policy report_recipients_create on report_recipients for insert to reeve_app
  with check (organisation_id = (select current_organisation()) and added_by = (select current_person())
    and exists (select 1 from records p where p.organisation_id = report_recipients.organisation_id and p.id = report_recipients.person_id
         and p.type = 'person' and p.closed_at is null));
grant select, insert, delete on reports, report_recipients to reeve_app;
grant update (name, query, team_id, send_every, send_day, send_hour, send_next) on reports to reeve_app;

-- The mail that carries a report: which, and no words. What it says is worked out when it goes, as whoever gets it.
alter table mail_outbox add column report_id uuid;
comment on column mail_outbox.report_id is 'The report that it carries; one that is gone by then is not sent';
alter table mail_outbox drop constraint mail_outbox_purpose_check;
alter table mail_outbox add constraint mail_outbox_purpose_check check (purpose in ('notifications', 'test', 'report'));
alter table mail_outbox add constraint mail_outbox_report_check check ((purpose = 'report') = (report_id is not null));

-- With a person who is erased by law go their reports, and what was to be sent to them.
create function forget_reports() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if new.sequence is null then
    delete from report_recipients where organisation_id = new.organisation_id and new.record_id in (person_id, added_by);
    delete from reports where organisation_id = new.organisation_id and person_id = new.record_id;
  end if;
  return null;
end $$;
create trigger erasures_forget_reports after insert on erasures for each row execute function forget_reports();
