-- For whoever asks too late for a meeting: the days of later meetings, as questions name them that are not restricted. Of the
-- council there is one; a committee is known by the name that the asker gives. Days leave this function, and nothing else.
create function later_meetings(p_kind text, p_meeting text, p_after date)
returns table (day text)
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  if current_organisation() is null or current_person() is null or not 'members_question' = any (current_list('create')) then return; end if;
  return query
    select distinct q.meeting_on::text
    from members_question q join records r on r.organisation_id = q.organisation_id and r.id = q.id
    where q.organisation_id = current_organisation() and q.kind = p_kind and q.meeting_on > p_after
      and (p_kind = 'council' or (p_kind = 'committee' and lower(btrim(q.meeting)) = lower(btrim(p_meeting))))
      and r.type = 'members_question' and r.state in ('open', 'answered', 'published') and r.sensitivity = 'normal'
    order by 1 limit 12;
end $$;
revoke execute on function later_meetings(text, text, date) from public;
grant execute on function later_meetings(text, text, date) to reeve_app;
