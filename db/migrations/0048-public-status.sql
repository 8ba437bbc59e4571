-- What anybody may read of an organisation's services without signing in: the words that were written for the public, of
-- major incidents and planned changes that were marked so and are not restricted. Nothing else of them leaves this function.
create function public_status(p_organisation uuid) returns jsonb
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
      order by w.window_from limit 20) c));
end
$$;
revoke execute on function public_status(uuid) from public;
grant execute on function public_status(uuid) to reeve_app;
