-- Generated from the definitions by `npm run schema`; read before it is committed.
drop view visible_information_request;

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
    t.decision,
    t.exemptions,
    t.answer,
    t.late_because,
    t.late_asked_on
   FROM (records r
     JOIN information_request t ON (((t.organisation_id = r.organisation_id) AND (t.id = r.id))))
  WHERE ((r.type = 'information_request'::text) AND (r.organisation_id = ( SELECT current_organisation() AS current_organisation)) AND ((r.sensitivity = 'normal'::text) OR (r.type = ANY (( SELECT current_list('restricted_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('restricted_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR (r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))) AND ((r.type = ANY (( SELECT current_list('read_all'::text) AS current_list)::text[])) OR ((r.type = ANY (( SELECT current_list('read_team'::text) AS current_list)::text[])) AND (r.team_id = ANY (( SELECT current_teams() AS current_teams)::uuid[]))) OR ((r.type = ANY (( SELECT current_list('read_own'::text) AS current_list)::text[])) AND ((r.owner_id = ( SELECT current_person() AS current_person)) OR (r.requester_id = ( SELECT current_person() AS current_person)) OR (r.created_by = ( SELECT current_person() AS current_person)) OR (r.id = ( SELECT current_person() AS current_person)) OR (r.id = ANY (( SELECT current_named() AS current_named)::uuid[]))))));

grant select on visible_information_request to reeve_app;

alter table agreed_text_withheld drop constraint agreed_text_withheld_section_check;

alter table agreed_text_withheld add constraint agreed_text_withheld_section_check CHECK ((section = ANY (ARRAY['s12'::text, 's14'::text, 's14_2'::text, 's21'::text, 's22'::text, 's22a'::text, 's23'::text, 's24'::text, 's26'::text, 's27'::text, 's28'::text, 's29'::text, 's30'::text, 's31'::text, 's32'::text, 's33'::text, 's34'::text, 's35'::text, 's36'::text, 's37'::text, 's38'::text, 's39'::text, 's40'::text, 's41'::text, 's42'::text, 's43'::text, 's44'::text, 'r12_4a'::text, 'r12_4b'::text, 'r12_4c'::text, 'r12_4d'::text, 'r12_4e'::text, 'r12_5a'::text, 'r12_5b'::text, 'r12_5c'::text, 'r12_5d'::text, 'r12_5e'::text, 'r12_5f'::text, 'r12_5g'::text, 'r13'::text, 'reuse_5'::text])));

alter table information_request drop constraint information_request_extended_for_check;

alter table information_request add constraint information_request_extended_for_check CHECK ((extended_for = ANY (ARRAY['s22'::text, 's22a'::text, 's24'::text, 's26'::text, 's27'::text, 's28'::text, 's29'::text, 's30'::text, 's31'::text, 's33'::text, 's35'::text, 's36'::text, 's37'::text, 's38'::text, 's39'::text, 's42'::text, 's43'::text])));
