-- Generated from the definitions by `npm run schema`; read before it is committed.
create table case_question (
  organisation_id uuid not null,
  id uuid not null,
  request uuid,
  number integer,
  details text,
  commission_by date,
  asked_on date,
  answer_by date,
  held text,
  answer text,
  spent integer,
  concerns text,
  answered_on date,
  answered_by uuid,
  in_time boolean,
  chased_on date,
  escalated_on date,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint case_question_request_record foreign key (organisation_id, request) references records,
  constraint case_question_details_check check (length(details) <= 5000),
  constraint case_question_held_check check (held = ANY (ARRAY['yes'::text, 'part'::text, 'no'::text])),
  constraint case_question_answer_check check (length(answer) <= 20000),
  constraint case_question_concerns_check check (length(concerns) <= 5000),
  constraint case_question_answered_by_record foreign key (organisation_id, answered_by) references records
);

create index case_question_request on case_question (organisation_id, request) where request is not null;

create index case_question_answered_by on case_question (organisation_id, answered_by);

alter table case_question enable row level security;

create policy case_question_read on case_question for select to reeve_app using (visible(organisation_id, id));

create policy case_question_create on case_question for insert to reeve_app with check (changeable(organisation_id, id));

create policy case_question_change on case_question for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on case_question to reeve_app;

create view visible_case_question as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.request, t.number, t.details, t.commission_by, t.asked_on, t.answer_by, t.held, t.answer, t.spent, t.concerns, t.answered_on, t.answered_by, t.in_time, t.chased_on, t.escalated_on
  from records r join case_question t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'case_question'
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

grant select on visible_case_question to reeve_app;

create table agreed_text (
  organisation_id uuid not null,
  id uuid not null,
  request uuid,
  outcome text,
  cost_limit text,
  acting_together text,
  words_hash text,
  drafter uuid,
  draft_by date,
  drafted_on date,
  draft_in_time boolean,
  agree_by date,
  agreed_on date,
  agreed_in_time boolean,
  standing text,
  also_signs uuid,
  remark_section integer,
  remark_passage text,
  remark text,
  remark_number integer,
  remark_reply text,
  letter_pdf uuid,
  letter_word uuid,
  letter_hash text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint agreed_text_request_record foreign key (organisation_id, request) references records,
  constraint agreed_text_outcome_check check (outcome = ANY (ARRAY['granted'::text, 'part'::text, 'refused'::text, 'not_held'::text, 'neither'::text])),
  constraint agreed_text_cost_limit_check check (cost_limit = ANY (ARRAY['council'::text, 'central'::text])),
  constraint agreed_text_acting_together_check check (length(acting_together) <= 500),
  constraint agreed_text_words_hash_check check (length(words_hash) <= 64),
  constraint agreed_text_drafter_record foreign key (organisation_id, drafter) references records,
  constraint agreed_text_standing_check check (length(standing) <= 10),
  constraint agreed_text_also_signs_record foreign key (organisation_id, also_signs) references records,
  constraint agreed_text_remark_passage_check check (length(remark_passage) <= 300),
  constraint agreed_text_remark_check check (length(remark) <= 2000),
  constraint agreed_text_remark_reply_check check (length(remark_reply) <= 2000),
  constraint agreed_text_letter_pdf_file foreign key (organisation_id, letter_pdf) references files,
  constraint agreed_text_letter_word_file foreign key (organisation_id, letter_word) references files,
  constraint agreed_text_letter_hash_check check (length(letter_hash) <= 64)
);

create index agreed_text_request on agreed_text (organisation_id, request) where request is not null;

create index agreed_text_drafter on agreed_text (organisation_id, drafter);

create index agreed_text_also_signs on agreed_text (organisation_id, also_signs);

create index agreed_text_letter_pdf on agreed_text (organisation_id, letter_pdf) where letter_pdf is not null;

create index agreed_text_letter_word on agreed_text (organisation_id, letter_word) where letter_word is not null;

alter table agreed_text enable row level security;

create policy agreed_text_read on agreed_text for select to reeve_app using (visible(organisation_id, id));

create policy agreed_text_create on agreed_text for insert to reeve_app with check (changeable(organisation_id, id));

create policy agreed_text_change on agreed_text for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on agreed_text to reeve_app;

create table agreed_text_sections (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  heading text,
  text text,
  question uuid,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint agreed_text_sections_numbered unique (organisation_id, parent_id, number),
  constraint agreed_text_sections_heading_check check (length(heading) <= 200),
  constraint agreed_text_sections_text_check check (length(text) <= 20000),
  constraint agreed_text_sections_question_record foreign key (organisation_id, question) references records
);

create index agreed_text_sections_parent on agreed_text_sections (organisation_id, parent_id, position);

create index agreed_text_sections_question on agreed_text_sections (organisation_id, question);

alter table agreed_text_sections enable row level security;

create policy agreed_text_sections_read on agreed_text_sections for select to reeve_app using (visible(organisation_id, parent_id));

create policy agreed_text_sections_create on agreed_text_sections for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy agreed_text_sections_change on agreed_text_sections for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on agreed_text_sections to reeve_app;

create table agreed_text_withheld (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  section text,
  what text,
  duty text,
  why text,
  likelihood text,
  harm text,
  favour text,
  against text,
  balance text,
  elsewhere text,
  other_law text,
  opinion_by text,
  opinion_on date,
  whose text,
  burden text,
  motive text,
  worth text,
  distress text,
  earlier text,
  emissions boolean,
  advice text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint agreed_text_withheld_section_check check (section = ANY (ARRAY['s12'::text, 's14'::text, 's21'::text, 's22'::text, 's23'::text, 's24'::text, 's26'::text, 's27'::text, 's28'::text, 's29'::text, 's30'::text, 's31'::text, 's32'::text, 's33'::text, 's34'::text, 's35'::text, 's36'::text, 's37'::text, 's38'::text, 's39'::text, 's40'::text, 's41'::text, 's42'::text, 's43'::text, 's44'::text, 'r12_4a'::text, 'r12_4b'::text, 'r12_4c'::text, 'r12_4d'::text, 'r12_4e'::text, 'r12_5a'::text, 'r12_5b'::text, 'r12_5c'::text, 'r12_5d'::text, 'r12_5e'::text, 'r12_5f'::text, 'r12_5g'::text, 'r13'::text, 'reuse_5'::text])),
  constraint agreed_text_withheld_what_check check (length(what) <= 5000),
  constraint agreed_text_withheld_duty_check check (duty = ANY (ARRAY['say'::text, 'neither'::text])),
  constraint agreed_text_withheld_why_check check (length(why) <= 5000),
  constraint agreed_text_withheld_likelihood_check check (likelihood = ANY (ARRAY['would'::text, 'likely'::text])),
  constraint agreed_text_withheld_harm_check check (length(harm) <= 5000),
  constraint agreed_text_withheld_favour_check check (length(favour) <= 5000),
  constraint agreed_text_withheld_against_check check (length(against) <= 5000),
  constraint agreed_text_withheld_balance_check check (length(balance) <= 5000),
  constraint agreed_text_withheld_elsewhere_check check (length(elsewhere) <= 5000),
  constraint agreed_text_withheld_other_law_check check (length(other_law) <= 200),
  constraint agreed_text_withheld_opinion_by_check check (length(opinion_by) <= 120),
  constraint agreed_text_withheld_whose_check check (whose = ANY (ARRAY['own'::text, 'other'::text])),
  constraint agreed_text_withheld_burden_check check (length(burden) <= 5000),
  constraint agreed_text_withheld_motive_check check (length(motive) <= 5000),
  constraint agreed_text_withheld_worth_check check (length(worth) <= 5000),
  constraint agreed_text_withheld_distress_check check (length(distress) <= 5000),
  constraint agreed_text_withheld_earlier_check check (length(earlier) <= 200),
  constraint agreed_text_withheld_advice_check check (length(advice) <= 5000)
);

create index agreed_text_withheld_parent on agreed_text_withheld (organisation_id, parent_id, position);

alter table agreed_text_withheld enable row level security;

create policy agreed_text_withheld_read on agreed_text_withheld for select to reeve_app using (visible(organisation_id, parent_id));

create policy agreed_text_withheld_create on agreed_text_withheld for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy agreed_text_withheld_change on agreed_text_withheld for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on agreed_text_withheld to reeve_app;

create table agreed_text_costs (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  activity text,
  what text,
  minutes integer,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint agreed_text_costs_activity_check check (activity = ANY (ARRAY['determining'::text, 'locating'::text, 'retrieving'::text, 'extracting'::text])),
  constraint agreed_text_costs_what_check check (length(what) <= 300)
);

create index agreed_text_costs_parent on agreed_text_costs (organisation_id, parent_id, position);

alter table agreed_text_costs enable row level security;

create policy agreed_text_costs_read on agreed_text_costs for select to reeve_app using (visible(organisation_id, parent_id));

create policy agreed_text_costs_create on agreed_text_costs for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy agreed_text_costs_change on agreed_text_costs for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on agreed_text_costs to reeve_app;

create table agreed_text_remarks (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  section integer,
  passage text,
  words text,
  by uuid,
  reply text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint agreed_text_remarks_numbered unique (organisation_id, parent_id, number),
  constraint agreed_text_remarks_passage_check check (length(passage) <= 300),
  constraint agreed_text_remarks_words_check check (length(words) <= 2000),
  constraint agreed_text_remarks_by_record foreign key (organisation_id, by) references records,
  constraint agreed_text_remarks_reply_check check (length(reply) <= 2000)
);

create index agreed_text_remarks_parent on agreed_text_remarks (organisation_id, parent_id, position);

create index agreed_text_remarks_by on agreed_text_remarks (organisation_id, by);

alter table agreed_text_remarks enable row level security;

create policy agreed_text_remarks_read on agreed_text_remarks for select to reeve_app using (visible(organisation_id, parent_id));

create policy agreed_text_remarks_create on agreed_text_remarks for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy agreed_text_remarks_change on agreed_text_remarks for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on agreed_text_remarks to reeve_app;

create table agreed_text_signatures (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  role text,
  signer uuid,
  signed_by uuid,
  signed_at timestamp with time zone,
  hash text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint agreed_text_signatures_role_check check (length(role) <= 60),
  constraint agreed_text_signatures_signer_record foreign key (organisation_id, signer) references records,
  constraint agreed_text_signatures_signed_by_record foreign key (organisation_id, signed_by) references records,
  constraint agreed_text_signatures_hash_check check (length(hash) <= 64)
);

create index agreed_text_signatures_parent on agreed_text_signatures (organisation_id, parent_id, position);

create index agreed_text_signatures_signer on agreed_text_signatures (organisation_id, signer);

create index agreed_text_signatures_signed_by on agreed_text_signatures (organisation_id, signed_by);

alter table agreed_text_signatures enable row level security;

create policy agreed_text_signatures_read on agreed_text_signatures for select to reeve_app using (visible(organisation_id, parent_id));

create policy agreed_text_signatures_create on agreed_text_signatures for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy agreed_text_signatures_change on agreed_text_signatures for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on agreed_text_signatures to reeve_app;

create view visible_agreed_text as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.request, t.outcome, t.cost_limit, t.acting_together, t.words_hash, t.drafter, t.draft_by, t.drafted_on, t.draft_in_time, t.agree_by, t.agreed_on, t.agreed_in_time, t.standing, t.also_signs, t.remark_section, t.remark_passage, t.remark, t.remark_number, t.remark_reply, t.letter_pdf, t.letter_word, t.letter_hash
  from records r join agreed_text t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'agreed_text'
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

grant select on visible_agreed_text to reeve_app;

create table answering_plan (
  organisation_id uuid not null,
  id uuid not null,
  case_type text,
  commission_days integer,
  answer_days integer,
  draft_days integer,
  agree_days integer,
  chase_before integer,
  chase_every integer,
  escalate_after integer,
  always_signed boolean,
  opening uuid,
  review uuid,
  closing uuid,
  review_address text,
  payment text,
  primary key (organisation_id, id),
  foreign key (organisation_id, id) references records,
  constraint answering_plan_case_type_check check (length(case_type) <= 60),
  constraint answering_plan_opening_record foreign key (organisation_id, opening) references records,
  constraint answering_plan_review_record foreign key (organisation_id, review) references records,
  constraint answering_plan_closing_record foreign key (organisation_id, closing) references records,
  constraint answering_plan_review_address_check check (length(review_address) <= 200),
  constraint answering_plan_payment_check check (length(payment) <= 300)
);

create index answering_plan_opening on answering_plan (organisation_id, opening);

create index answering_plan_review on answering_plan (organisation_id, review);

create index answering_plan_closing on answering_plan (organisation_id, closing);

alter table answering_plan enable row level security;

create policy answering_plan_read on answering_plan for select to reeve_app using (visible(organisation_id, id));

create policy answering_plan_create on answering_plan for insert to reeve_app with check (changeable(organisation_id, id));

create policy answering_plan_change on answering_plan for update to reeve_app using (changeable(organisation_id, id));

grant select, insert, update on answering_plan to reeve_app;

create table answering_plan_signers (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  role text,
  person uuid,
  signs_when text,
  primary key (organisation_id, id),
  foreign key (organisation_id, parent_id) references records,
  constraint answering_plan_signers_role_check check (length(role) <= 60),
  constraint answering_plan_signers_person_record foreign key (organisation_id, person) references records,
  constraint answering_plan_signers_signs_when_check check (signs_when = ANY (ARRAY['always'::text, 'withheld'::text]))
);

create index answering_plan_signers_parent on answering_plan_signers (organisation_id, parent_id, position);

create index answering_plan_signers_person on answering_plan_signers (organisation_id, person);

alter table answering_plan_signers enable row level security;

create policy answering_plan_signers_read on answering_plan_signers for select to reeve_app using (visible(organisation_id, parent_id));

create policy answering_plan_signers_create on answering_plan_signers for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy answering_plan_signers_change on answering_plan_signers for update to reeve_app using (changeable(organisation_id, parent_id));

grant select, insert, update on answering_plan_signers to reeve_app;

create view visible_answering_plan as
  select r.organisation_id, r.id, r.reference, r.title, r.state, r.owner_id, r.team_id, r.requester_id, r.within_id, r.created_by, r.sensitivity, r.opened_at, r.updated_at, r.next_due_at, r.closed_at, r.version, r.added, t.case_type, t.commission_days, t.answer_days, t.draft_days, t.agree_days, t.chase_before, t.chase_every, t.escalate_after, t.always_signed, t.opening, t.review, t.closing, t.review_address, t.payment
  from records r join answering_plan t on t.organisation_id = r.organisation_id and t.id = r.id
  where r.type = 'answering_plan'
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

grant select on visible_answering_plan to reeve_app;

drop view visible_information_request;

alter table information_request add column extended_for text;

alter table information_request add constraint information_request_extended_for_check CHECK ((extended_for = ANY (ARRAY['s22'::text, 's24'::text, 's26'::text, 's27'::text, 's28'::text, 's29'::text, 's30'::text, 's31'::text, 's33'::text, 's35'::text, 's36'::text, 's37'::text, 's38'::text, 's39'::text, 's42'::text, 's43'::text])));

create view visible_information_request as
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
    t.question,
    t.regime,
    t.review_of,
    t.received_on,
    t.received_by,
    t.acknowledged_on,
    t.applicant,
    t.reply_to,
    t.form_wanted,
    t.asked_on,
    t.clarified_on,
    t.fees_notice_on,
    t.fee,
    t.fees_paid_on,
    t.extended_on,
    t.extended_for,
    t.extended_because,
    t.decision,
    t.exemptions,
    t.answer,
    t.late_because
   FROM (records r
     JOIN information_request t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'information_request'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

grant select on visible_information_request to reeve_app;

alter table information_request drop constraint information_request_answer_check;

alter table information_request add constraint information_request_answer_check CHECK ((length(answer) <= 100000));
