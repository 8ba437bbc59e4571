-- What the bench of information rights adds to a founded organisation: requests over some years with their timelines and
-- clocks, ten lines to each, set by set. Their hashes are no chain: this is for reading and not for proofs.
create procedure bench_requests(p_organisation uuid, p_requests integer, p_days integer, p_officers uuid[], p_teams uuid[]) language plpgsql as $$
begin
  perform setseed(0.42);
  create temporary table made on commit drop as
  select n, uuidv7(opened - clock_timestamp()) as id, opened, opened::date as received, fate, kind, pick, p_officers[1 + (n % cardinality(p_officers))] as owner, p_teams[1 + (n % cardinality(p_teams))] as team,
    (array['adults','children','council_tax','democracy','digital','environment','finance','highways','housing','leisure','people','planning'])[1 + floor(area * 12)::integer] as area,
    opened < now() - interval '30 days' or fate < 0.5 as done
  from (select n, now() - make_interval(secs => (p_requests - n) * (p_days * 86400.0 / p_requests)) as opened, random() as fate, random() as kind, random() as area, random() as pick
    from generate_series(1, p_requests) n) g;
  create temporary table told on commit drop as
  select m.*, case when kind < 0.2 then case when kind < 0.02 then 'eir_review' else 'eir' end when kind > 0.97 then 'foi_review' else 'foi' end as regime,
    case when not done then case when pick < 0.1 then 'clarifying' else 'open' end when pick < 0.03 then 'lapsed' when pick < 0.06 then 'withdrawn' else 'answered' end as state,
    received + 29 as due, least(opened + make_interval(days => case when fate < 0.08 then 40 else (fate * 28)::integer end), now()) as ended,
    fate between 0.9 and 0.95 as extended
  from made m;
  insert into reeve.records (organisation_id, id, type, reference, title, state, owner_id, team_id, created_by, sensitivity, opened_at, updated_at, next_due_at, closed_at, version, event_count, event_hash, search)
  select p_organisation, id, 'information_request', 'FOI-' || to_char(opened, 'YYYY') || '-' || lpad(n::text, 6, '0'), 'Request about the records of ' || area || ' number ' || n, state,
    case when pick > 0.05 then owner end, team, owner, case when pick > 0.99 then 'restricted' else 'normal' end, opened, ended,
    case when state = 'open' then (due + 1)::timestamp at time zone 'Europe/London' else 'infinity' end, case when state not in ('open', 'clarifying') then ended end, 6, 10, sha256(n::text::bytea),
    to_tsvector('english', 'Request about the records of ' || area || ' number ' || n)
  from told order by n;
  insert into reeve.information_request (organisation_id, id, question, regime, area, received_on, received_by, decision, exemptions, answer, late_because, extended_on)
  select p_organisation, id, repeat('Please send what you hold on this, by year and ward. ', 12), regime, area, received, 'email',
    case when state = 'answered' then case when regime like '%review' then (array['upheld','upheld_part','changed'])[1 + floor(pick * 2.99)::integer]
      when fate < 0.5 then 'granted' when fate < 0.7 then 'part' when fate < 0.85 then 'refused' else 'not_held' end end,
    case when state = 'answered' and regime not like '%review' and fate between 0.5 and 0.85 then
      case when regime = 'eir' then array['r13'] when fate > 0.82 then array['s12'] when pick < 0.3 then array['s43', 's40'] else array['s40'] end end,
    case when state = 'answered' then repeat('This is what we hold, and where it comes from. ', 20) end,
    case when fate < 0.08 then 'It came late' end, case when extended then received + 20 end
  from told order by n;
  insert into reeve.clocks (organisation_id, record_id, name, state, started_at, due_at, stopped_at, outcome, policy_version, calendar_version, next_warning_at)
  select p_organisation, id, 'answer', case state when 'open' then 'running' when 'clarifying' then 'paused' when 'answered' then 'stopped' else 'cancelled' end, opened,
    case when state in ('open', 'answered') then (due + 1 + case when extended then 20 else 0 end)::timestamp at time zone 'Europe/London' end,
    case when state = 'answered' then ended end, case when state = 'answered' then case when ended < (due + 1)::timestamp at time zone 'Europe/London' then 'met' else 'missed' end end, 'FOIA 2000 s10(1)', 'bench', 'infinity'
  from told order by n;
  insert into reeve.events (organisation_id, record_id, sequence, at, recorded_at, actor_id, verb, audience, type, body_hash, hash)
  select p_organisation, id, s, opened + (ended - opened) * (s / 10.0), ended, owner, case s when 1 then 'created' when 10 then 'moved' else 'commented' end,
    case when s % 3 = 0 then 'internal' else 'everyone' end, 'information_request', sha256(id::text::bytea), sha256((id::text || s)::bytea)
  from told cross join generate_series(1, 10) s order by n, s;
  insert into reeve.event_bodies (organisation_id, record_id, sequence, salt, body)
  select p_organisation, id, s, sha256(id::text::bytea), jsonb_build_object('text', 'The service has sent a part of it, and the rest comes next week. Line ' || s)
  from told cross join generate_series(1, 10) s order by n, s;
end $$;
