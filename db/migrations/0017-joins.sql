-- Records joined to one another in words that every type shares: one depends on another, was caused by it, is a part of it.

-- Joins two records, and says so in both timelines. Whoever may change either of them may, if they see both. False when
-- they were joined so before.
create function link_records(p_from uuid, p_relation text, p_to uuid, p_at timestamptz) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if not visible(current_organisation(), p_from) or not visible(current_organisation(), p_to)
     or not (changeable(current_organisation(), p_from) or changeable(current_organisation(), p_to)) then
    raise exception 'link_records: no such records' using errcode = 'insufficient_privilege';
  end if;
  insert into links (organisation_id, from_id, relation, to_id) values (current_organisation(), p_from, p_relation, p_to)
    on conflict do nothing;
  if not found then return false; end if;
  perform tell_of_link('linked', p_from, p_relation, p_to, p_at);
  return true;
end $$;

-- Takes a join away, in the same way. False when there was none.
create function unlink_records(p_from uuid, p_relation text, p_to uuid, p_at timestamptz) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if not visible(current_organisation(), p_from) or not visible(current_organisation(), p_to)
     or not (changeable(current_organisation(), p_from) or changeable(current_organisation(), p_to)) then
    raise exception 'unlink_records: no such records' using errcode = 'insufficient_privilege';
  end if;
  delete from links where organisation_id = current_organisation() and from_id = p_from and relation = p_relation and to_id = p_to;
  if not found then return false; end if;
  perform tell_of_link('unlinked', p_from, p_relation, p_to, p_at);
  return true;
end $$;

-- A line in each timeline, ids only. The end that the person may not change tells of it all the same.
create function tell_of_link(p_verb text, p_from uuid, p_relation text, p_to uuid, p_at timestamptz) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  held text := coalesce(current_setting('reeve.held', true), '');
begin
  -- In one order whichever end is which, so that two at once never wait for each other.
  for i in 1..2 loop
    if (i = 1) = (p_from < p_to) then
      perform set_config('reeve.held', p_from::text, true);
      perform append_event(p_from, p_verb, p_at, 'everyone', jsonb_build_object('relation', p_relation, 'other', p_to));
    else
      perform set_config('reeve.held', p_to::text, true);
      perform append_event(p_to, p_verb, p_at, 'everyone', jsonb_build_object('relation', p_relation, 'other', p_from, 'back', true));
    end if;
  end loop;
  perform set_config('reeve.held', held, true);
end $$;
revoke execute on function tell_of_link(text, uuid, text, uuid, timestamptz) from public;

-- What is reached from a record by some relations, so many steps out at the most: p_back against their direction (what
-- depends on it), else along it. Each once, by the shortest way; only what the person may see is passed through; at most
-- p_most, the nearest first. Gives the step, the record that it was reached from, and the relation between them.
create function reached_records(p_record uuid, p_relations text[], p_back boolean, p_steps integer, p_most integer)
returns table (step integer, via uuid, relation text, id uuid)
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
declare
  known uuid[] := array[p_record];
  edge uuid[] := array[p_record];
begin
  if not visible(current_organisation(), p_record) then return; end if;
  for n in 1..least(p_steps, 10) loop
    for step, via, relation, id in
      select n, x.via, x.relation, x.id from (
        select distinct on (o.id) o.via, o.relation, o.id from (
          select e.id as via, l.relation, l.id
          from unnest(edge) as e (id)
          cross join lateral (
            (select k.relation, k.from_id as id from links k where p_back and k.organisation_id = current_organisation()
               and k.to_id = e.id and k.relation = any (p_relations) limit p_most)
            union all
            (select k.relation, k.to_id from links k where not p_back and k.organisation_id = current_organisation()
               and k.from_id = e.id and k.relation = any (p_relations) limit p_most)) l
        ) o where not o.id = any (known) order by o.id, o.via
      ) x join records r on r.organisation_id = current_organisation() and r.id = x.id
      where (r.sensitivity = 'normal' or r.type = any (current_list('restricted_all'))
             or (r.type = any (current_list('restricted_team')) and r.team_id = any (current_teams()))
             or r.owner_id = current_person() or r.requester_id = current_person() or r.created_by = current_person())
        and (r.type = any (current_list('read_all'))
             or (r.type = any (current_list('read_team')) and r.team_id = any (current_teams()))
             or (r.type = any (current_list('read_own'))
                 and (r.owner_id = current_person() or r.requester_id = current_person() or r.created_by = current_person() or r.id = current_person())))
      order by x.id limit greatest(0, p_most + 1 - cardinality(known))
    loop
      return next;
      known := known || id;
    end loop;
    edge := array(select k from unnest(known) as k where not k = any (edge));
    exit when cardinality(edge) = 0 or cardinality(known) > p_most;
  end loop;
end $$;
