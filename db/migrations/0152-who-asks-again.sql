-- Who asks again without an account: cases are found by what somebody gave of themselves, the same e-mail address, or the same name with the
-- same postcode or address. The keys are hashes of these with the organisation, kept by indexes alone: no column and no line of a timeline holds
-- them, and they go when the law has the name and address erased.
create function asker_keys(p_organisation uuid, p_name text, p_address text) returns bigint[]
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  email text := substring(lower(p_address) from '[^[:space:]<>,;:()]+@[^[:space:]<>,;:()]+[.][a-z]{2,}');
  postcode text := regexp_replace(substring(upper(p_address) from '\m[A-Z]{1,2}[0-9][A-Z0-9]?[[:space:]]*[0-9][A-Z]{2}\M'), '[[:space:]]', '', 'g');
  words text[];
  name text;
  place text;
begin
  -- The words of a name in any order, without titles. One word alone is a family's.
  words := array(select distinct word from regexp_split_to_table(lower(p_name), '[^[:alpha:]''’-]+') as word
    where length(word) > 1 and word <> all ('{mr,mrs,ms,miss,mx,dr,prof,professor,rev,reverend,sir,dame,lord,lady,cllr,councillor,mp}'::text[]) order by word);
  if cardinality(words) >= 2 then name := array_to_string(words, ' '); end if;
  place := coalesce(postcode, case when email is null then nullif(regexp_replace(lower(p_address), '[^[:alnum:]]', '', 'g'), '') end);
  return array_remove(array[hashtextextended(p_organisation::text || ' email ' || email, 0),
    hashtextextended(p_organisation::text || ' name ' || name || ' at ' || place, 0)], null);
end $$;
revoke execute on function asker_keys(uuid, text, text) from public;
-- The indexes call it as whoever writes.
grant execute on function asker_keys(uuid, text, text) to reeve_app;

create index information_request_askers on information_request using gin (asker_keys(organisation_id, applicant, reply_to));
create index data_protection_request_askers on data_protection_request using gin (asker_keys(organisation_id, applicant, reply_to));
create index members_question_askers on members_question using gin (asker_keys(organisation_id, applicant, reply_to));
create index information_complaint_askers on information_complaint using gin (asker_keys(organisation_id, applicant, reply_to));

-- The cases of whoever gave the same name and address as on this one, that whoever acts may see, the latest first, of the latest 300.
create function same_askers(p_record uuid) returns setof uuid
language plpgsql stable security definer set search_path = reeve, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  organisation uuid := current_organisation();
  keys bigint[];
begin
  if organisation is null or not visible(organisation, p_record) then return; end if;
  select asker_keys(organisation_id, applicant, reply_to) into keys from (
    select organisation_id, id, applicant, reply_to from information_request union all
    select organisation_id, id, applicant, reply_to from data_protection_request union all
    select organisation_id, id, applicant, reply_to from members_question union all
    select organisation_id, id, applicant, reply_to from information_complaint) c
    where c.organisation_id = organisation and c.id = p_record;
  if coalesce(cardinality(keys), 0) = 0 then return; end if;
  return query select f.id from (
    select c.id from (
      select organisation_id, id from information_request where asker_keys(organisation_id, applicant, reply_to) && keys union all
      select organisation_id, id from data_protection_request where asker_keys(organisation_id, applicant, reply_to) && keys union all
      select organisation_id, id from members_question where asker_keys(organisation_id, applicant, reply_to) && keys union all
      select organisation_id, id from information_complaint where asker_keys(organisation_id, applicant, reply_to) && keys) c
    where c.organisation_id = organisation and c.id <> p_record order by c.id desc limit 300) f
  where visible(organisation, f.id);
end $$;
revoke execute on function same_askers(uuid) from public;
grant execute on function same_askers(uuid) to reeve_app;
