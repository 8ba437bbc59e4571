-- What everybody who signs in reads of members' questions: of those that were published and are not restricted, the words
-- that were published. Nothing else of them leaves this function.
create function published_members_answers(p_words text, p_before timestamptz, p_most integer)
returns table (reference text, subject text, question text, answer text, supplementary text, supplementary_answer text,
  meeting text, meeting_on text, published_on text, updated_at text)
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  if current_organisation() is null or current_person() is null then return; end if;
  return query
    select r.reference, r.title, q.question, q.answer, q.supplementary, q.supplementary_answer, q.meeting, q.meeting_on::text, q.published_on::text,
      to_char(r.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    from records r join members_question q on q.organisation_id = r.organisation_id and q.id = r.id
    where r.organisation_id = current_organisation() and r.type = 'members_question' and r.state = 'published' and r.sensitivity = 'normal'
      and (p_before is null or r.updated_at < p_before)
      and (coalesce(p_words, '') = '' or strpos(lower(concat_ws(' ', r.title, q.question, q.answer, q.meeting)), lower(left(p_words, 200))) > 0)
    order by r.updated_at desc, r.id desc limit least(greatest(p_most, 1), 51);
end $$;
revoke execute on function published_members_answers(text, timestamptz, integer) from public;
grant execute on function published_members_answers(text, timestamptz, integer) to reeve_app;
