-- Messages to the people of an audience: to whom each part of one went, whether they opened it by its link, and what is shown of it.
set search_path = reeve, public;

-- Whether the product itself acts, and may change records of this type; not who signs people in, who may not.
create function product_acts(p_type text) returns boolean language sql stable
return current_organisation() is not null and current_person() is null and p_type = any (current_list('change_all'));
revoke execute on function product_acts(text) from public;

create table message_deliveries (
  organisation_id uuid not null,
  message_id uuid not null,
  part integer not null check (part between 1 and 1000),
  person_id uuid not null,
  opened boolean not null default false,
  put_away boolean not null default false,
  primary key (organisation_id, message_id, part, person_id),
  foreign key (organisation_id, message_id) references records
);
comment on table message_deliveries is 'Nobody reads it but by the functions below: who opened what is nobody''s to see, only how many did';
comment on column message_deliveries.part is 'Which of the things that the message has said, from 1';
comment on column message_deliveries.opened is 'Whether they followed the link of the mail; when is not kept';
comment on column message_deliveries.put_away is 'Whether they put the banner away';
create index message_deliveries_person on message_deliveries (organisation_id, person_id) where not put_away;
alter table message_deliveries enable row level security;

-- The product tells some people one part of a message, each once. Gives how many had not been told.
create function deliver_message(p_message uuid, p_part integer, p_people uuid[], p_domain text) returns integer
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  by_mail boolean;
  many integer;
begin
  if not product_acts('broadcast') or coalesce(cardinality(p_people), 0) > 1000 then
    raise exception 'deliver_message: not allowed' using errcode = 'insufficient_privilege';
  end if;
  select m.by_mail is true and p_domain is not null and not o.demo into by_mail
    from records r join broadcast m on m.organisation_id = r.organisation_id and m.id = r.id
    join organisations o on o.id = r.organisation_id
    where r.organisation_id = current_organisation() and r.id = p_message and r.type = 'broadcast' and r.state in ('scheduled', 'following');
  if by_mail is null then return 0; end if;
  with made as (
    insert into message_deliveries (organisation_id, message_id, part, person_id)
      select r.organisation_id, p_message, p_part, r.id from records r
      where r.organisation_id = current_organisation() and r.type = 'person' and r.id = any (p_people)
      on conflict do nothing returning person_id
  ), mailed as (
    insert into mail_outbox (organisation_id, person_id, purpose, message_id, record_id, sequence)
      select p.organisation_id, p.id, 'letter', '<' || gen_random_uuid() || '@' || p_domain || '>', p_message, p_part
      from made join person p on p.organisation_id = current_organisation() and p.id = made.person_id
      where by_mail and p.email is not null and p.active and p.address_bounces is not true
      on conflict do nothing
  )
  select count(*) into many from made;
  return many;
end $$;

-- What is shown across the top of each page of the current person: the latest part of each message that was meant for them.
create function my_messages() returns table (reference text, title text, part integer)
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  return query select r.reference, r.title, d.part
    from message_deliveries d join records r on r.organisation_id = d.organisation_id and r.id = d.message_id
    join broadcast m on m.organisation_id = r.organisation_id and m.id = r.id
    where d.organisation_id = current_organisation() and d.person_id = current_person() and not d.put_away
      and m.as_banner and r.state in ('scheduled', 'following', 'sent')
      and (m.show_until > now() or m.show_until is null and (r.state = 'following' or r.closed_at > now() - interval '1 day'))
      and d.part = (select max(l.part) from message_deliveries l
        where l.organisation_id = d.organisation_id and l.message_id = d.message_id and l.person_id = d.person_id)
    order by r.updated_at desc limit 3;
end $$;

-- What a message has said to the current person; null where it was not meant for them. `p_by_link` says that they came by the link of a mail.
create function read_message(p_reference text, p_by_link boolean) returns jsonb
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  v_id uuid;
begin
  select r.id into v_id from records r
    where r.organisation_id = current_organisation() and r.type = 'broadcast' and r.reference = p_reference
      and r.state in ('scheduled', 'following', 'sent')
      and exists (select 1 from message_deliveries d where d.organisation_id = r.organisation_id and d.message_id = r.id and d.person_id = current_person());
  if v_id is null then return null; end if;
  if p_by_link then
    update message_deliveries set opened = true
      where organisation_id = current_organisation() and message_id = v_id and person_id = current_person() and not opened;
  end if;
  return (select jsonb_build_object('reference', r.reference, 'title', r.title, 'over', r.state = 'sent', 'incident', m.kind = 'incident',
    'said', (select coalesce(jsonb_agg(jsonb_build_object('number', s.number, 'at', to_char(s.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'text', s.text)
        order by s.number desc), '[]')
      from broadcast_said s where s.organisation_id = r.organisation_id and s.parent_id = r.id and s.removed_at is null
        and exists (select 1 from message_deliveries d where d.organisation_id = r.organisation_id and d.message_id = r.id
          and d.person_id = current_person() and d.part = s.number)))
    from records r join broadcast m on m.organisation_id = r.organisation_id and m.id = r.id
    where r.organisation_id = current_organisation() and r.id = v_id);
end $$;

-- The current person has read a banner and needs it no longer.
create function put_message_away(p_reference text) returns void
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  update message_deliveries d set put_away = true from records r
    where r.organisation_id = current_organisation() and r.type = 'broadcast' and r.reference = p_reference
      and d.organisation_id = r.organisation_id and d.message_id = r.id and d.person_id = current_person();
end $$;

-- How many were told something of a message, and how many of them opened it by its link; nobody's name.
create function message_figures(p_message uuid) returns table (told integer, opened integer)
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
begin
  if not visible(current_organisation(), p_message) then
    raise exception 'message_figures: not allowed' using errcode = 'insufficient_privilege';
  end if;
  return query select count(distinct d.person_id)::integer, count(distinct d.person_id) filter (where d.opened)::integer
    from message_deliveries d where d.organisation_id = current_organisation() and d.message_id = p_message;
end $$;

-- What an organisation says to everybody on its status page: the words written for the public of messages that were sent.
create function public_notices(p_organisation uuid) returns jsonb
language plpgsql stable security definer set search_path = reeve, pg_temp as $$
declare
  v_organisation uuid := p_organisation;
begin
  if p_organisation is null then
    if (select count(*) from organisations) <> 1 then return '[]'; end if;
    select id into v_organisation from organisations;
  end if;
  return (select coalesce(jsonb_agg(n.notice order by n.updated_at desc), '[]') from (
    select r.updated_at, jsonb_build_object('reference', r.reference, 'title', r.title, 'text', m.public_words,
      'from', to_char(m.sent_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'until', to_char(m.show_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) as notice
    from records r join broadcast m on m.organisation_id = r.organisation_id and m.id = r.id
    where r.organisation_id = v_organisation and r.type = 'broadcast' and r.sensitivity = 'normal' and r.state = 'sent'
      and m.on_status and m.public_words is not null and m.sent_at is not null and m.show_until > now()
    order by r.updated_at desc limit 20) n);
end $$;

revoke execute on function deliver_message(uuid, integer, uuid[], text), my_messages(), read_message(text, boolean), put_message_away(text),
  message_figures(uuid), public_notices(uuid) from public;
grant execute on function deliver_message(uuid, integer, uuid[], text), my_messages(), read_message(text, boolean), put_message_away(text),
  message_figures(uuid), public_notices(uuid) to reeve_app;

-- With a person, or a message, that the law has erased goes to whom it went.
create function forget_messages() returns trigger
language plpgsql security definer set search_path = reeve, pg_temp as $$
begin
  delete from message_deliveries d using erased e
    where e.sequence is null and d.organisation_id = e.organisation_id and e.record_id in (d.message_id, d.person_id);
  return null;
end $$;
revoke execute on function forget_messages() from public;
create trigger erasures_forget_messages after insert on erasures referencing new table as erased for each statement execute function forget_messages();
