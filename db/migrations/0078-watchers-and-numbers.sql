-- Of some people of the current organisation, those who hold the same roles and are in the same teams as the actor, and are
-- active: they see the same, but for what names one of them. What one of them is shown by what they share can be shown to the
-- others too (docs/decisions/0039). Says nothing of which roles those are.
create function alike(p_people uuid[]) returns setof uuid
language sql stable security definer set search_path = reeve, pg_temp as $$
  with held as (
    select given.id,
      array(select distinct h.role from person_roles h
        where h.organisation_id = current_organisation() and h.parent_id = given.id and h.removed_at is null order by h.role) as roles,
      array(select distinct m.parent_id from team_members m
        where m.organisation_id = current_organisation() and m.member = given.id and m.removed_at is null order by m.parent_id) as teams
    from unnest(p_people || current_person()) as given (id)
  )
  select distinct other.id from held other join held own on own.id = current_person() and own.roles = other.roles and own.teams = other.teams
    join person p on p.organisation_id = current_organisation() and p.id = other.id and p.active
  where other.id = any (p_people) and current_organisation() is not null and cardinality(p_people) <= 2000
$$;
revoke execute on function alike(uuid[]) from public;
grant execute on function alike(uuid[]) to reeve_app;

-- Which moves were made on a record, without reading what its whole timeline says: figures of what had been reopened ask it of
-- every ticket that was resolved in half a year.
create index event_bodies_moves on event_bodies ((body ->> 'move'), organisation_id, record_id) where body ->> 'move' is not null;

-- What is restricted is little of all: whether somebody sees any of it for being themself is asked before figures are shared.
create index records_not_normal on records (organisation_id, type, owner_id) where sensitivity <> 'normal';
