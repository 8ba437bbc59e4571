-- Words that name a service or a system become joins to it, told on the timeline as any change; what names none stays as words.
create function names_to_joins(p_organisation uuid, p_words text, out services uuid[], out systems uuid[], out rest text)
language sql stable set search_path = reeve, pg_temp as $$
  with said as (
    select trim(regexp_replace(word, '\s+', ' ', 'g')) as word, place from regexp_split_to_table(p_words, '[,;\n]') with ordinality as t (word, place)
  ), known as (
    select s.word, s.place, f.type, f.id from said s left join lateral (
      select r.type, r.id from records r where r.organisation_id = p_organisation and r.type in ('service', 'system') and lower(r.title) = lower(s.word)
      order by r.type, r.closed_at is not null, r.id limit 1) f on true
    where s.word <> ''
  )
  select coalesce(array_agg(distinct id order by id) filter (where type = 'service'), '{}'), coalesce(array_agg(distinct id order by id) filter (where type = 'system'), '{}'),
    string_agg(word, ', ' order by place) filter (where id is null) from known
$$;

do $$
declare
  old record;
  found record;
  changes jsonb;
begin
  perform set_config('reeve.quiet', 'on', true);
  for old in
    select organisation_id, id, 'problem' as type, affected as words from problem where affected is not null
    union all select organisation_id, id, 'change_request', affected from change_request where affected is not null
    union all select organisation_id, id, 'major_incident', affected from major_incident where affected is not null
    union all select organisation_id, id, 'change_freeze', covers from change_freeze where covers is not null
    order by 1, 2
  loop
    perform act_as_system(old.organisation_id);
    if old.type = 'change_freeze' and lower(trim(old.words)) = 'everything' then
      update change_freeze set extent = 'everything', covers = null where organisation_id = old.organisation_id and id = old.id;
      changes := jsonb_build_object('extent', '{"from": null, "to": "everything"}'::jsonb, 'covers', jsonb_build_object('from', old.words, 'to', null));
    else
      select * into found from names_to_joins(old.organisation_id, old.words);
      changes := case when old.type = 'change_freeze' then '{"extent": {"from": null, "to": "some"}}'::jsonb else '{}'::jsonb end;
      if found.services <> '{}' or found.systems <> '{}' then
        insert into links (organisation_id, from_id, relation, to_id) select old.organisation_id, old.id, 'services', unnest(found.services)
          union all select old.organisation_id, old.id, 'systems', unnest(found.systems) on conflict do nothing;
        execute format('update %I set %I = $3 where organisation_id = $1 and id = $2', old.type, case when old.type = 'change_freeze' then 'covers' else 'affected' end)
          using old.organisation_id, old.id, found.rest;
        changes := changes || jsonb_build_object(case when old.type = 'change_freeze' then 'covers' else 'affected' end, jsonb_build_object('from', old.words, 'to', found.rest))
          || case when found.services = '{}' then '{}' else jsonb_build_object('services', jsonb_build_object('from', '[]'::jsonb, 'to', to_jsonb(found.services))) end
          || case when found.systems = '{}' then '{}' else jsonb_build_object('systems', jsonb_build_object('from', '[]'::jsonb, 'to', to_jsonb(found.systems))) end;
      end if;
      if old.type = 'change_freeze' then
        update change_freeze set extent = 'some' where organisation_id = old.organisation_id and id = old.id;
      end if;
    end if;
    if changes <> '{}' then
      perform append_event(old.id, 'changed', clock_timestamp(), 'everyone', jsonb_build_object('changes', changes));
      update records set version = version + 1, updated_at = clock_timestamp() where organisation_id = old.organisation_id and id = old.id;
    end if;
  end loop;
end $$;

drop function names_to_joins(uuid, text);

-- What is public of how an organisation's services are. New: each service that is meant to be public, by the incidents and changes
-- that are meant to be. What is not shown here says nothing here, not even through the state of a service.
create or replace function public_status(p_organisation uuid) returns jsonb
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
declare
  v_organisation organisations;
begin
  if p_organisation is null then
    -- The address without a name is that of the only organisation here.
    if (select count(*) from organisations) <> 1 then return null; end if;
    select * into v_organisation from organisations;
  else
    select * into v_organisation from organisations where id = p_organisation;
  end if;
  if v_organisation.id is null then return null; end if;
  return jsonb_build_object(
    'id', v_organisation.id, 'name', v_organisation.name, 'colour', v_organisation.brand_colour, 'demo', v_organisation.demo,
    'incidents', (select coalesce(jsonb_agg(i.incident order by i.began desc), '[]') from (
      select coalesce(m.started_at, r.opened_at) as began, jsonb_build_object(
        'reference', r.reference, 'title', m.public_title, 'over', r.state <> 'open',
        'began', to_char(coalesce(m.started_at, r.opened_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'next', case when r.state = 'open' then to_char(m.next_update_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end,
        'updates', (select coalesce(jsonb_agg(jsonb_build_object('number', u.number, 'stage', u.stage, 'text', u.text,
            'at', to_char(u.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) order by u.at desc, u.position desc), '[]')
          from (select * from major_incident_updates l where l.organisation_id = r.organisation_id and l.parent_id = r.id
            and l.removed_at is null and l.audience = 'public' order by l.at desc, l.position desc limit 50) u)) as incident
      from records r join major_incident m on m.organisation_id = r.organisation_id and m.id = r.id
      where r.organisation_id = v_organisation.id and r.type = 'major_incident' and r.sensitivity = 'normal'
        and m.is_public and m.public_title is not null and r.state in ('open', 'resolved', 'in_review', 'closed')
        and (r.state = 'open' or r.updated_at > now() - interval '7 days')
      order by began desc limit 20) i),
    'changes', (select coalesce(jsonb_agg(c.change order by c.window_from), '[]') from (
      select w.window_from, jsonb_build_object('reference', r.reference, 'text', w.public_text, 'now', r.state = 'implementing',
        'from', to_char(w.window_from at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'to', to_char(w.window_to at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) as change
      from records r join change_request w on w.organisation_id = r.organisation_id and w.id = r.id
      where r.organisation_id = v_organisation.id and r.type = 'change_request' and r.sensitivity = 'normal'
        and w.is_public and w.public_text is not null and r.state in ('scheduled', 'implementing')
        and w.window_from < now() + interval '28 days' and (w.window_to > now() or r.state = 'implementing')
      order by w.window_from limit 20) c),
    'services', (
      with shown as materialized (
        select r.id, 1 as rank, 'disrupted' as state, r.reference from records r join major_incident m using (organisation_id, id)
        where r.organisation_id = v_organisation.id and r.type = 'major_incident' and r.sensitivity = 'normal' and r.state = 'open'
          and m.is_public and m.public_title is not null
        union all
        select r.id, case r.state when 'implementing' then 2 else 3 end, case r.state when 'implementing' then 'maintenance' else 'planned' end, r.reference
        from records r join change_request w using (organisation_id, id)
        where r.organisation_id = v_organisation.id and r.type = 'change_request' and r.sensitivity = 'normal'
          and w.is_public and w.public_text is not null and r.state in ('scheduled', 'implementing')
          and w.window_from < now() + interval '28 days' and (w.window_to > now() or r.state = 'implementing')
        limit 200
      ), touched as materialized (
        -- What happens in a system happens to the service that it carries.
        select distinct on (service) coalesce(y.service, l.to_id) as service, s.state, s.reference
        from shown s join links l on l.organisation_id = v_organisation.id and l.from_id = s.id and l.relation in ('services', 'systems')
        left join system y on y.organisation_id = l.organisation_id and y.id = l.to_id
        order by service, s.rank, s.reference
      )
      select coalesce(jsonb_agg(jsonb_build_object('name', p.name, 'state', p.state, 'by', p.reference) order by lower(p.name)), '[]') from (
        select coalesce(v.public_name, r.title) as name, coalesce(t.state, 'working') as state, t.reference
        from records r join service v using (organisation_id, id) left join touched t on t.service = r.id
        where r.organisation_id = v_organisation.id and r.type = 'service' and r.sensitivity = 'normal' and r.state = 'live' and v.is_public
        order by lower(r.title) limit 100) p));
end
$$;
