-- Records that come with their history bring their conversations too: who said each line (a person of the organisation, only where the
-- product itself brings it in), to whom, and the words to find it by. As in 0038 but for these.
create or replace function insert_records(p_type text, p_given jsonb) returns void
language plpgsql set search_path = reeve, public, pg_temp as $$
begin
  with recursive given as materialized (
    select * from jsonb_to_recordset(p_given -> 'records') as r (id uuid, reference text, title text, state text, owner_id uuid, team_id uuid,
      requester_id uuid, within_id uuid, sensitivity text, opened_at timestamptz, updated_at timestamptz, next_due_at timestamptz, closed_at timestamptz,
      words_title text, words_everyone text, words_internal text)
  ), said as materialized (
    select e.record_id, e.sequence, e.at, e.verb, e.audience, e.body, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) as salt,
      case when current_person() is null then e.actor_id else current_person() end as actor_id
    from jsonb_to_recordset(p_given -> 'events') as e (record_id uuid, sequence integer, at timestamptz, verb text, audience text, actor_id uuid, body jsonb)
    where e.record_id in (select id from given)
  ), hashed as materialized (
    select *, sha256(salt || convert_to(body::text, 'UTF8')) as body_hash from said
  ), chain as (
    select record_id, sequence, event_digest('\x', record_id, sequence, at, actor_id, verb, audience, body_hash) as hash from hashed where sequence = 1
    union all
    select h.record_id, h.sequence, event_digest(c.hash, h.record_id, h.sequence, h.at, h.actor_id, h.verb, h.audience, h.body_hash)
    from chain c join hashed h on h.record_id = c.record_id and h.sequence = c.sequence + 1
  ), chained as materialized (
    select * from chain
  ), words as materialized (
    select id, setweight(to_tsvector('english', words_title), 'A') || setweight(to_tsvector('english', words_everyone), 'B') as everyone,
      setweight(to_tsvector('english', words_internal), 'B') as internal from given
  ), new_records as (
    insert into records (organisation_id, id, type, reference, title, state, owner_id, team_id, requester_id, within_id, created_by, sensitivity,
        opened_at, updated_at, next_due_at, closed_at, event_count, event_hash, search, search_public)
      select current_organisation(), g.id, p_type, g.reference, g.title, g.state, g.owner_id, g.team_id, g.requester_id, g.within_id, s.actor_id, g.sensitivity,
        g.opened_at, g.updated_at, g.next_due_at, g.closed_at, head.sequence, head.hash, w.everyone || w.internal, case when w.internal = '' then null else w.everyone end
      from given g join words w using (id) join said s on s.record_id = g.id and s.sequence = 1
      join (select distinct on (record_id) * from chained order by record_id, sequence desc) head on head.record_id = g.id
  ), new_events as (
    insert into events (organisation_id, record_id, sequence, at, actor_id, verb, audience, type, body_hash, hash)
      select current_organisation(), record_id, sequence, h.at, h.actor_id, h.verb, h.audience, p_type, h.body_hash, c.hash
      from hashed h join chained c using (record_id, sequence)
  )
  insert into event_bodies (organisation_id, record_id, sequence, salt, body)
    select current_organisation(), record_id, sequence, salt, body from hashed;
  -- What was said in comments is found by its words, as what is said here is.
  with talked as (
    select distinct e.record_id as id from jsonb_to_recordset(p_given -> 'events') as e (record_id uuid, verb text) where e.verb = 'commented'
  ), heard as materialized (
    select id, said_words(id, 'everyone') as everyone, said_words(id, 'internal') as inside from talked
  )
  update records r set search = r.search || h.everyone || h.inside,
      search_public = case when r.search_public is null and h.inside = '' then null else coalesce(r.search_public, r.search) || h.everyone end
    from heard h where r.organisation_id = current_organisation() and r.id = h.id and r.type = p_type;
  perform insert_parts(p_type, p_given);
end $$;
