-- Disposals are the product's own: a person decides what they list, and approves or declines them, and no more.

-- By a schedule that says “review” each record is decided on before the disposal can be approved.
alter table disposal_items drop constraint disposal_items_outcome_check;
alter table disposal_items add constraint disposal_items_outcome_check
  check (outcome in ('undecided', 'listed', 'destroyed', 'held', 'kept'));

-- Decides on records that a disposal lists to be looked at: destroyed (“listed”) or kept, the latter with a reason. Gives how
-- many it decided on; those that were decided already stay.
create function decide_listed(p_disposal uuid, p_references text[], p_outcome text, p_why text) returns integer
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  decided integer;
begin
  if not changeable(current_organisation(), p_disposal) or p_outcome not in ('listed', 'kept') then
    raise exception 'decide_listed: no such disposal' using errcode = 'insufficient_privilege';
  end if;
  perform 1 from records d where d.organisation_id = current_organisation() and d.id = p_disposal and d.state = 'listed' for share;
  if not found then return 0; end if;
  update disposal_items i set outcome = p_outcome, why = case when p_outcome = 'kept' then p_why end
    where i.organisation_id = current_organisation() and i.disposal_id = p_disposal and i.reference = any (p_references)
      and i.outcome = 'undecided';
  get diagnostics decided = row_count;
  return decided;
end $$;
revoke execute on function decide_listed(uuid, text[], text, text) from public;
grant execute on function decide_listed(uuid, text[], text, text) to reeve_app;

-- What the app may write of a disposal while a person acts. What the database itself does (an erasure) goes through functions
-- of the owner, and is not asked.
create function disposal_is_the_products() returns trigger language plpgsql set search_path = reeve, pg_temp as $$
begin
  if current_user <> 'reeve_app' then return new; end if;
  if tg_op = 'UPDATE' and new.state = 'approved' and old.state <> 'approved' and not exists (
      select 1 from disposal_items i where i.organisation_id = new.organisation_id and i.disposal_id = new.id
      having bool_or(i.outcome = 'listed') and not bool_or(i.outcome = 'undecided')) then
    raise exception 'disposal: nothing that it lists is to be destroyed, or not all of it is decided' using errcode = 'insufficient_privilege';
  end if;
  if current_person() is not null and (tg_op = 'INSERT' or new.title <> old.title
      or new.state <> old.state and not (old.state = 'listed' and new.state in ('approved', 'declined'))) then
    raise exception 'disposal: only the product makes, changes and finishes one' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger records_disposal_made before insert on records for each row
  when (new.type = 'disposal') execute function disposal_is_the_products();
create trigger records_disposal_changed before update on records for each row
  when (old.type = 'disposal') execute function disposal_is_the_products();

-- Its own values: a person writes nothing but their own name, once, on one that they approve.
create function disposal_values_are_the_products() returns trigger language plpgsql set search_path = reeve, pg_temp as $$
begin
  if current_user <> 'reeve_app' or current_person() is null then return new; end if;
  if tg_op = 'UPDATE' and (to_jsonb(new) - 'approved_by' - 'approved_at') = (to_jsonb(old) - 'approved_by' - 'approved_at')
     and (new is not distinct from old or old.approved_by is null and new.approved_by = current_person()
       and exists (select 1 from records d where d.organisation_id = new.organisation_id and d.id = new.id and d.state = 'approved')) then
    return new;
  end if;
  raise exception 'disposal: only the product says what it is' using errcode = 'insufficient_privilege';
end $$;
create trigger disposal_values before insert or update on disposal for each row execute function disposal_values_are_the_products();

-- Nothing is destroyed in nobody's name.
create function destroyed_in_a_name() returns trigger language plpgsql set search_path = reeve, pg_temp as $$
begin
  if not exists (select 1 from disposal d where d.organisation_id = new.organisation_id and d.id = new.disposal_id and d.approved_by is not null) then
    raise exception 'disposal: nobody approved it by name' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger disposal_items_in_a_name before update on disposal_items for each row
  when (new.outcome = 'destroyed' and old.outcome <> 'destroyed') execute function destroyed_in_a_name();
