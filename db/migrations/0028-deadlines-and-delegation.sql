-- Deadlines that move with the rules, and people who stand in for others while they are away.

-- How far a job is, in the transaction that took it there: see 0008. New: a part that the product itself does says so too.
create or replace function job_progress(p_job uuid, p_done integer, p_total integer) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  goes_on boolean;
begin
  update jobs set done = p_done, total = p_total
    where organisation_id = current_organisation() and id = p_job and state = 'running'
      -- Only the owner of the database can act as the product (act_as_system).
      and (started_by = current_person() or current_person() is null)
    returning not cancel_asked into goes_on;
  return coalesce(goes_on, false);
end $$;
