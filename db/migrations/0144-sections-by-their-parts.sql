-- Generated from the definitions by `npm run schema`; read before it is committed.
create table agreed_text_letter_parts (
  organisation_id uuid not null,
  id uuid not null default uuidv7(),
  parent_id uuid not null,
  position integer not null,
  number integer,
  removed_at timestamp with time zone,
  place text,
  heading text,
  words text
);

drop view visible_information_request;

alter table agreed_text_letter_parts add constraint agreed_text_letter_parts_heading_check CHECK ((length(heading) <= 200));

alter table agreed_text_letter_parts add constraint agreed_text_letter_parts_organisation_id_parent_id_fkey FOREIGN KEY (organisation_id, parent_id) REFERENCES records(organisation_id, id);

alter table agreed_text_letter_parts add constraint agreed_text_letter_parts_pkey PRIMARY KEY (organisation_id, id);

alter table agreed_text_letter_parts add constraint agreed_text_letter_parts_place_check CHECK ((place = ANY (ARRAY['opening'::text, 'outcome'::text, 'cost'::text, 'ending'::text, 'closing'::text])));

alter table agreed_text_letter_parts add constraint agreed_text_letter_parts_words_check CHECK ((length(words) <= 20000));

CREATE INDEX agreed_text_letter_parts_parent ON agreed_text_letter_parts USING btree (organisation_id, parent_id, "position");

create policy agreed_text_letter_parts_change on agreed_text_letter_parts for update to reeve_app using (changeable(organisation_id, parent_id));

create policy agreed_text_letter_parts_create on agreed_text_letter_parts for insert to reeve_app with check (changeable(organisation_id, parent_id));

create policy agreed_text_letter_parts_read on agreed_text_letter_parts for select to reeve_app using (visible(organisation_id, parent_id));

alter table agreed_text_letter_parts enable row level security;

grant insert, select, update on agreed_text_letter_parts to reeve_app;

alter table agreed_text_withheld add column limb text;

alter table agreed_text_withheld add column purpose text;

alter table agreed_text_withheld add column opinion text;

alter table agreed_text_withheld add column holder text;

alter table agreed_text_withheld add constraint agreed_text_withheld_holder_check CHECK ((length(holder) <= 200));

alter table agreed_text_withheld add constraint agreed_text_withheld_limb_check CHECK ((limb = ANY (ARRAY['s26_1_a'::text, 's26_1_b'::text, 's27_1_a'::text, 's27_1_b'::text, 's27_1_c'::text, 's27_1_d'::text, 's27_2'::text, 's29_1_a'::text, 's29_1_b'::text, 's30_1_a_i'::text, 's30_1_a_ii'::text, 's30_1_b'::text, 's30_1_c'::text, 's30_2_a_i'::text, 's30_2_a_ii'::text, 's30_2_a_iii'::text, 's30_2_a_iv'::text, 's31_1_a'::text, 's31_1_b'::text, 's31_1_c'::text, 's31_1_d'::text, 's31_1_e'::text, 's31_1_f'::text, 's31_1_g'::text, 's31_1_h'::text, 's31_1_i'::text, 's32_1_a'::text, 's32_1_b'::text, 's32_1_c_i'::text, 's32_1_c_ii'::text, 's32_2_a'::text, 's32_2_b'::text, 's35_1_a'::text, 's35_1_b'::text, 's35_1_c'::text, 's35_1_d'::text, 's36_2_a_i'::text, 's36_2_a_ii'::text, 's36_2_a_iii'::text, 's36_2_b_i'::text, 's36_2_b_ii'::text, 's36_2_c'::text, 's37_1_a'::text, 's37_1_aa'::text, 's37_1_ab'::text, 's37_1_ac'::text, 's37_1_ad'::text, 's37_1_b'::text, 's38_1_a'::text, 's38_1_b'::text, 's40_1'::text, 's40_2_3a_a'::text, 's40_2_3a_b'::text, 's40_2_3b'::text, 's40_2_4a_a'::text, 's40_2_4a_b'::text, 's43_1'::text, 's43_2'::text, 's44_1_a'::text, 's44_1_b'::text, 's44_1_c'::text, 'r5_3'::text, 'r13_2a_a'::text, 'r13_2a_b'::text, 'r13_2b'::text, 'r13_3a_a'::text, 'r13_3a_b'::text, 'r13_3a_c'::text, 'reuse_5_1_a'::text, 'reuse_5_1_b'::text, 'reuse_5_2'::text, 'reuse_5_other'::text])));

alter table agreed_text_withheld add constraint agreed_text_withheld_opinion_check CHECK ((length(opinion) <= 5000));

alter table agreed_text_withheld add constraint agreed_text_withheld_purpose_check CHECK ((purpose = ANY (ARRAY['a'::text, 'b'::text, 'c'::text, 'd'::text, 'e'::text, 'f'::text, 'g'::text, 'h'::text, 'i'::text, 'j'::text])));

alter table information_request add column extended_ground text;

alter table information_request add column extended_to date;

alter table information_request add constraint information_request_extended_ground_check CHECK ((extended_ground = ANY (ARRAY['extensive'::text, 'complex'::text])));

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
    t.area,
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
    t.extended_ground,
    t.extended_to,
    t.decision,
    t.exemptions,
    t.answer,
    t.late_because,
    t.split_asked_on,
    t.late_asked_on
   FROM (records r
     JOIN information_request t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'information_request'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

grant select on visible_information_request to reeve_app;

alter table information_request drop constraint information_request_extended_for_check;

alter table information_request add constraint information_request_extended_for_check CHECK ((extended_for = ANY (ARRAY['s22'::text, 's22a'::text, 's24'::text, 's26'::text, 's27'::text, 's28'::text, 's29'::text, 's30'::text, 's31'::text, 's33'::text, 's35'::text, 's36'::text, 's37'::text, 's38'::text, 's39'::text, 's40'::text, 's42'::text, 's43'::text])));
