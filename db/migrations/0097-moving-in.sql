-- Exports of other tools that an administrator brings in: the file, what it would come to, and what came of it. Each is its person's alone.
create table moves_in (
  organisation_id uuid not null references organisations,
  id uuid not null default uuidv7(),
  source text not null check (source ~ '^[a-z][a-z-]{1,39}$'),
  file_name text not null check (length(file_name) between 1 and 255),
  file_id uuid,
  started_by uuid not null,
  started_at timestamptz not null default now(),
  stage text not null default 'looking' check (stage in ('looking', 'looked', 'saving', 'saved', 'refused')),
  told jsonb not null default '{}',
  job_id uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, file_id) references files,
  foreign key (organisation_id, job_id) references jobs
);
comment on column moves_in.source is 'The tool that it comes from, as the terminal names it';
comment on column moves_in.told is 'What the file holds, what came of it, or why it was not read (src/modules/desk/moving-in/moves.ts)';
create index moves_in_started_by on moves_in (organisation_id, started_by, id);
create index moves_in_job on moves_in (organisation_id, job_id);
alter table moves_in enable row level security;
create policy moves_in_own on moves_in to reeve_app
  using (organisation_id = (select current_organisation()) and started_by = (select current_person()))
  with check (organisation_id = (select current_organisation()) and started_by = (select current_person()));
grant select, insert, update on moves_in to reeve_app;
