-- Generated from the definitions by `npm run schema`; read before it is committed.
create table hypercare (
  organisation_id uuid not null,
  id uuid not null,
  purpose text,
  change uuid,
  starts_on date,
  ends_on date,
  mood text,
  note text,
  note_due_on date,
  extend_to date,
  extend_why text,
  handover text,
  handed_over_on date,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint hypercare_purpose_check check (length(purpose) <= 20000),
  constraint hypercare_change_record foreign key (organisation_id, change) references records,
  constraint hypercare_mood_check check (mood = ANY (ARRAY['well'::text, 'watch'::text, 'badly'::text])),
  constraint hypercare_note_check check (length(note) <= 2000),
  constraint hypercare_extend_why_check check (length(extend_why) <= 500),
  constraint hypercare_handover_check check (length(handover) <= 20000)
);

create index hypercare_change on hypercare (organisation_id, change) where change is not null;

alter table hypercare enable row level security;

create policy hypercare_read on hypercare for select to reeve_app using (visible(organisation_id, id));

create policy hypercare_create on hypercare for insert to reeve_app with check (changeable(organisation_id, id));

create policy hypercare_change on hypercare for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on hypercare to reeve_app;

create table hypercare_cover (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  person uuid,
  part text,
  on_call boolean,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint hypercare_cover_person_record foreign key (organisation_id, person) references records,
  constraint hypercare_cover_part_check check (length(part) <= 120)
);

create index hypercare_cover_parent on hypercare_cover (organisation_id, parent_id, position);

create index hypercare_cover_person on hypercare_cover (organisation_id, person);

alter table hypercare_cover enable row level security;

create policy hypercare_cover_read on hypercare_cover for select to reeve_app using (visible(organisation_id, parent_id));

create policy hypercare_cover_create on hypercare_cover for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy hypercare_cover_change on hypercare_cover for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on hypercare_cover to reeve_app;

create table hypercare_levels (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  priority integer,
  respond integer,
  resolve integer,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records
);

create index hypercare_levels_parent on hypercare_levels (organisation_id, parent_id, position);

alter table hypercare_levels enable row level security;

create policy hypercare_levels_read on hypercare_levels for select to reeve_app using (visible(organisation_id, parent_id));

create policy hypercare_levels_create on hypercare_levels for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy hypercare_levels_change on hypercare_levels for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on hypercare_levels to reeve_app;

create table hypercare_criteria (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  criterion text,
  result text,
  evidence text,
  decided_by uuid,
  decided_on date,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint hypercare_criteria_numbered unique (organisation_id, parent_id, number),
  constraint hypercare_criteria_criterion_check check (length(criterion) <= 300),
  constraint hypercare_criteria_result_check check (result = ANY (ARRAY['open'::text, 'met'::text, 'waived'::text])),
  constraint hypercare_criteria_evidence_check check (length(evidence) <= 500),
  constraint hypercare_criteria_decided_by_record foreign key (organisation_id, decided_by) references records
);

create index hypercare_criteria_parent on hypercare_criteria (organisation_id, parent_id, position);

create index hypercare_criteria_decided_by on hypercare_criteria (organisation_id, decided_by);

alter table hypercare_criteria enable row level security;

create policy hypercare_criteria_read on hypercare_criteria for select to reeve_app using (visible(organisation_id, parent_id));

create policy hypercare_criteria_create on hypercare_criteria for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy hypercare_criteria_change on hypercare_criteria for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on hypercare_criteria to reeve_app;

create table hypercare_notes (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  day date,
  mood text,
  written_by uuid,
  text text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint hypercare_notes_numbered unique (organisation_id, parent_id, number),
  constraint hypercare_notes_mood_check check (mood = ANY (ARRAY['well'::text, 'watch'::text, 'badly'::text])),
  constraint hypercare_notes_written_by_record foreign key (organisation_id, written_by) references records,
  constraint hypercare_notes_text_check check (length(text) <= 2000)
);

create index hypercare_notes_parent on hypercare_notes (organisation_id, parent_id, position);

create index hypercare_notes_written_by on hypercare_notes (organisation_id, written_by);

alter table hypercare_notes enable row level security;

create policy hypercare_notes_read on hypercare_notes for select to reeve_app using (visible(organisation_id, parent_id));

create policy hypercare_notes_create on hypercare_notes for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy hypercare_notes_change on hypercare_notes for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on hypercare_notes to reeve_app;

create table hypercare_extensions (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  decided_on date,
  was_until date,
  until date,
  why text,
  decided_by uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint hypercare_extensions_why_check check (length(why) <= 500),
  constraint hypercare_extensions_decided_by_record foreign key (organisation_id, decided_by) references records
);

create index hypercare_extensions_parent on hypercare_extensions (organisation_id, parent_id, position);

create index hypercare_extensions_decided_by on hypercare_extensions (organisation_id, decided_by);

alter table hypercare_extensions enable row level security;

create policy hypercare_extensions_read on hypercare_extensions for select to reeve_app using (visible(organisation_id, parent_id));

create policy hypercare_extensions_create on hypercare_extensions for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy hypercare_extensions_change on hypercare_extensions for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on hypercare_extensions to reeve_app;

create view visible_hypercare as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.purpose, t.change, t.starts_on, t.ends_on, t.mood, t.note, t.note_due_on, t.extend_to, t.extend_why, t.handover, t.handed_over_on
  from records r join hypercare t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'hypercare'
    and r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person())
         or r.id = any ((select current_named())::uuid[]))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person())
                  or r.id = any ((select current_named())::uuid[]))));

grant select on visible_hypercare to reeve_app;

drop view visible_ticket;

alter table ticket add column hypercare uuid;

alter table ticket add constraint ticket_hypercare_record FOREIGN KEY (organisation_id, hypercare) REFERENCES records(organisation_id, id);

CREATE INDEX ticket_hypercare ON ticket USING btree (organisation_id, hypercare) WHERE (hypercare IS NOT NULL);

create view visible_ticket as
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
    t.details,
    t.attachment,
    t.kind,
    t.started_on,
    t.needed_by,
    t.impact,
    t.urgency,
    t.priority,
    t.category,
    t.service,
    t.system,
    t.device,
    t.channel,
    t.attention,
    t.problem,
    t.change,
    t.major_incident,
    t.hypercare,
    t.assignment_note,
    t.waiting_for,
    t.waiting_reason,
    t.review_on,
    t.supplier,
    t.supplier_reference,
    t.supplier_due_on,
    t.supplier_chased_for,
    t.promised_on,
    t.parent,
    t.duplicate_of,
    t.split_from,
    t.resolution,
    t.first_contact,
    t.queue_changes,
    t.article,
    t.catalogue_item,
    t.rating,
    t.rating_comment,
    t.rated_person,
    t.rated_team,
    t.source,
    t.source_reference,
    t.source_columns
   FROM (records r
     JOIN ticket t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'ticket'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

grant select on visible_ticket to reeve_app;
