-- What nobody has, soonest due first: the page of what needs the desk now asks for it of all that is open.
create index records_nobodys on records (organisation_id, type, next_due_at, id) where closed_at is null and owner_id is null;

-- Tickets that wait for a partner, by the day that was promised: few of all.
create index ticket_supplier_due_on on ticket (organisation_id, supplier_due_on) where supplier_due_on is not null;

-- Our results beside those of a tool whose log was brought in, as the import left them: counts, and a few tickets by id.
create table level_comparisons (
  organisation_id uuid not null references organisations (id) on delete cascade,
  source text not null check (length(source) between 1 and 60),
  compared_at timestamptz not null,
  comparison jsonb not null,
  primary key (organisation_id, source)
);
comment on column level_comparisons.comparison is 'What came of it (src/modules/desk/import/levels.ts)';
alter table level_comparisons enable row level security;
create policy level_comparisons_read on level_comparisons for select to reeve_app using (
  organisation_id = (select current_organisation())
  and 'ticket' = any ((select current_list('internal_all'))::text[]));
grant select on level_comparisons to reeve_app;
