-- Pages follow what others change: whatever goes into the memory is told to the web processes that listen on the channel
-- reeve_live, when its transaction is kept. It tells ids and flags, never what was said:
-- organisation|type|record|audience|sensitivity|owner|team|requester|made by|actor
-- Many records at once (an import) are told as one line without a record for each type.

create function tell_live() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  if (select count(*) from (select 1 from added limit 51) few) > 50 then
    perform pg_notify('reeve_live', concat(organisation_id, '|', type, '||||||||')) from (select distinct organisation_id, type from added) told;
  else
    perform pg_notify('reeve_live', concat(r.organisation_id, '|', r.type, '|', r.id, '|', a.audience, '|', r.sensitivity, '|',
        r.owner_id, '|', r.team_id, '|', r.requester_id, '|', r.created_by, '|', a.actor_id))
      from added a join records r on r.organisation_id = a.organisation_id and r.id = a.record_id;
  end if;
  return null;
end $$;
revoke execute on function tell_live() from public;
create trigger events_live after insert on events referencing new table as added for each statement execute function tell_live();

-- A record that leaves somebody's sight leaves their list too: told once more as it was before.
create function tell_live_before() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  perform pg_notify('reeve_live', concat(old.organisation_id, '|', old.type, '|', old.id, '|everyone|', old.sensitivity, '|',
      old.owner_id, '|', old.team_id, '|', old.requester_id, '|', old.created_by, '|', current_person()));
  return null;
end $$;
revoke execute on function tell_live_before() from public;
create trigger records_live_before after update of owner_id, team_id, requester_id, sensitivity on records for each row
  when ((old.owner_id, old.team_id, old.requester_id, old.sensitivity) is distinct from (new.owner_id, new.team_id, new.requester_id, new.sensitivity))
  execute function tell_live_before();
