-- Generated from the definitions by `npm run schema`; read before it is committed.
create table redaction (
  organisation_id uuid not null,
  id uuid not null,
  request uuid,
  original uuid,
  copy uuid,
  pages integer,
  proof text,
  failure text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint redaction_request_record foreign key (organisation_id, request) references records,
  constraint redaction_original_file foreign key (organisation_id, original) references files,
  constraint redaction_copy_file foreign key (organisation_id, copy) references files,
  constraint redaction_proof_check check (length(proof) <= 500),
  constraint redaction_failure_check check (length(failure) <= 500)
);

create index redaction_request on redaction (organisation_id, request) where request is not null;

create index redaction_original on redaction (organisation_id, original) where original is not null;

create index redaction_copy on redaction (organisation_id, copy) where copy is not null;

alter table redaction enable row level security;

create policy redaction_read on redaction for select to reeve_app using (visible(organisation_id, id));

create policy redaction_create on redaction for insert to reeve_app with check (changeable(organisation_id, id));

create policy redaction_change on redaction for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on redaction to reeve_app;

create table redaction_marks (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  page integer,
  section text,
  kind text,
  box text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint redaction_marks_section_check check (section = ANY (ARRAY['s40_2'::text, 's40_1'::text, 's21'::text, 's22'::text, 's23'::text, 's24'::text, 's26'::text, 's27'::text, 's28'::text, 's29'::text, 's30'::text, 's31'::text, 's32'::text, 's33'::text, 's34'::text, 's35'::text, 's36'::text, 's37'::text, 's38'::text, 's39'::text, 's41'::text, 's42'::text, 's43'::text, 's44'::text, 'r12_4a'::text, 'r12_4b'::text, 'r12_4c'::text, 'r12_4d'::text, 'r12_4e'::text, 'r12_5a'::text, 'r12_5b'::text, 'r12_5c'::text, 'r12_5d'::text, 'r12_5e'::text, 'r12_5f'::text, 'r12_5g'::text, 'r13'::text, 'dpa_others'::text, 'dpa_crime'::text, 'dpa_privilege'::text, 'dpa_negotiations'::text, 'dpa_references'::text, 'dpa_health'::text, 'scope'::text])),
  constraint redaction_marks_kind_check check (kind = ANY (ARRAY['name'::text, 'email'::text, 'phone'::text, 'insurance'::text, 'postcode'::text, 'birth'::text, 'words'::text, 'area'::text])),
  constraint redaction_marks_box_check check (length(box) <= 40)
);

create index redaction_marks_parent on redaction_marks (organisation_id, parent_id, position);

alter table redaction_marks enable row level security;

create policy redaction_marks_read on redaction_marks for select to reeve_app using (visible(organisation_id, parent_id));

create policy redaction_marks_create on redaction_marks for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy redaction_marks_change on redaction_marks for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on redaction_marks to reeve_app;

create view visible_redaction as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.request, t.original, t.copy, t.pages, t.proof, t.failure
  from records r join redaction t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'redaction'
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

grant select on visible_redaction to reeve_app;
