-- What the bench adds to a founded organisation: tickets with their timelines, clocks and words, in batches and set by
-- set. Each step writes what the store would have written; bench/check.ts proves it on samples.
create schema if not exists bench;

-- The words, most used first, and who and what the tickets are about.
create table bench.words (rank integer primary key, word text not null);
create table bench.queues (n integer primary key, id uuid not null, team_id uuid not null, policy text not null);
create table bench.officers (n integer primary key, id uuid not null);
create table bench.requesters (n integer primary key, id uuid not null);
create table bench.categories (n integer primary key, id uuid not null);
create table bench.setting (
  organisation_id uuid not null, tickets integer not null, now timestamptz not null, calendar_version text not null,
  from_moment timestamptz not null
);
-- Minutes promised for each priority, as serviceLevels() in src/council/found.ts has them.
create table bench.targets (priority integer primary key, respond integer not null, resolve integer not null);
insert into bench.targets values (1, 15, 240), (2, 60, 480), (3, 240, 1800), (4, 600, 3000), (5, 600, 6000);

create function bench.reference(p_number integer) returns text language sql immutable
return 'INC-' || lpad(p_number::text, greatest(5, length(p_number::text)), '0');

-- A number from 1 to p_most, each as likely as one over it: what words, queues and categories do.
create function bench.zipf(p_most integer) returns integer language sql volatile
return floor(power(p_most + 1, random()))::integer;

create procedure bench.make_tickets(p_from integer, p_to integer) language plpgsql as $$
declare
  s bench.setting := (select x from bench.setting x);
  level integer;
begin
  perform setseed(p_from::double precision / s.tickets);

  -- Which tickets: 97 in 100 closed; the open ones among the newest. Every sixth open one has 8 follow-ups.
  create temporary table base on commit drop as
  select n, date_trunc('minute', s.from_moment + (s.now - s.from_moment) * ((n - random()) / s.tickets)) as opened_at,
    n > s.tickets * 0.94 and n % 2 = 0 as open, n > s.tickets * 0.94 and n % 12 = 0 as busy,
    random() as fate, random() as talk, random() as speed, random() as secret,
    1 + floor(random() * 3)::integer as impact, 1 + floor(random() * 3)::integer as urgency,
    bench.zipf(20) as queue, bench.zipf(200) as category,
    -- One officer has 60 open tickets and one requester 60 tickets, whatever the size, so that pages compare.
    case when n > s.tickets * 0.94 and (n / 2) % (s.tickets * 3 / 6000) = 0 then 1 else 2 + floor(random() * 199)::integer end as officer,
    case when n % (s.tickets / 60) = 0 then 1 else 2 + floor(random() * 4999)::integer end as requester
  from generate_series(p_from, p_to) n;

  create temporary table ticket_made on commit drop as
  select b.n, uuidv7(b.opened_at - clock_timestamp()) as id, b.opened_at, b.impact, b.urgency, b.impact + b.urgency - 1 as priority,
    case when b.talk < 0.3 then 'request' else 'incident' end as kind,
    case when not b.open then 'closed' when b.busy then 'assigned' when b.officer <> 1 and b.fate < 0.2 then 'new'
         when b.fate > 0.8 then 'waiting_user' else 'assigned' end as state,
    case when b.busy then 8 when b.open then 2 when b.talk < 0.31 then 0 when b.talk < 0.64 then 1 else 2 end as comments,
    q.id as queue, q.team_id, q.policy, o.id as officer, r.id as requester, c.id as category,
    case when b.secret < 0.01 then 'restricted' else 'normal' end as sensitivity,
    2 + floor(b.speed * b.speed * 400)::integer as take_after, 30 + floor(b.fate * b.fate * 4000)::integer as resolve_after,
    -- What is newer than its own story happens faster.
    least(1, extract(epoch from s.now - b.opened_at) / 60 / 10000) as pace, b.secret > 0.8 as tagged
  from base b join bench.queues q on q.n = b.queue join bench.officers o on o.n = b.officer
    join bench.requesters r on r.n = b.requester join bench.categories c on c.n = b.category;
  create index on ticket_made (n);
  analyze ticket_made;

  -- What they say: 4 to 9 words of title, 15 to 55 of details, 5 to 25 of resolution and of each comment.
  create temporary table text_made on commit drop as
  select said.n, said.part, upper(left(string_agg(w.word, ' '), 1)) || substr(string_agg(w.word, ' '), 2) as said
  from (select t.n, p.part, bench.zipf(20000) as rank
        from ticket_made t
        join lateral (
          select 1 as part, 4 + (random() * 5)::integer as words union all
          select 2, 15 + (random() * 40)::integer union all
          select 3, 5 + (random() * 20)::integer where t.state = 'closed' union all
          select 10 + at, 5 + (random() * 20)::integer from generate_series(1, t.comments) at) p on true
        join lateral generate_series(1, p.words) on true) said
  join bench.words w using (rank) group by said.n, said.part;
  create index on text_made (n, part);
  analyze text_made;
  update text_made x set said = x.said || ' PC' || (100000 + (t.n::bigint * 7919) % 899999) from ticket_made t where t.n = x.n and x.part = 2 and t.tagged;

  -- What happened, in order.
  create temporary table story on commit drop as
  select t.n, row_number() over (partition by t.n order by e.turn)::integer as sequence, e.verb, e.audience, e.body,
    case e.who when 'requester' then t.requester else t.officer end as actor,
    date_trunc('minute', t.opened_at + make_interval(secs => e.minutes * 60 * t.pace)) as at
  from ticket_made t join lateral (
    select 0 as turn, 0 as minutes, 'created' as verb, 'everyone' as audience, 'requester' as who,
      jsonb_build_object('state', 'new', 'values', jsonb_strip_nulls(jsonb_build_object('summary', (select said from text_made x where x.n = t.n and part = 1),
        'details', (select said from text_made x where x.n = t.n and part = 2), 'kind', t.kind, 'impact', t.impact, 'urgency', t.urgency,
        'priority', t.priority, 'category', t.category, 'queue', t.queue, 'requester', t.requester, 'team', t.team_id,
        'sensitivity', nullif(t.sensitivity, 'normal')))) as body
    union all
    select 1, t.take_after, 'moved', 'everyone', 'officer', jsonb_build_object('move', 'take', 'from', 'new', 'state', 'assigned',
      'changes', jsonb_build_object('owner', jsonb_build_object('from', null, 'to', t.officer))) where t.state <> 'new'
    union all
    select x.part, t.take_after + (x.part - 10) * 10, 'commented',
      case when t.state <> 'new' and x.part % 3 = 0 then 'internal' else 'everyone' end,
      case when t.state = 'new' or x.part % 3 = 1 then 'requester' else 'officer' end, jsonb_build_object('text', x.said)
      from text_made x where x.n = t.n and x.part > 10
    union all
    select 30, t.take_after + 100, 'moved', 'everyone', 'officer', jsonb_build_object('move', 'wait_user', 'from', 'assigned', 'state', 'waiting_user',
      'changes', jsonb_build_object('waitingReason', jsonb_build_object('from', null, 'to', 'An answer'))) where t.state = 'waiting_user'
    union all
    select 31, t.take_after + t.resolve_after, 'moved', 'everyone', 'officer', jsonb_build_object('move', 'resolve', 'from', 'assigned', 'state', 'resolved',
      'changes', jsonb_build_object('resolution', jsonb_build_object('from', null, 'to', x.said))) from text_made x where x.n = t.n and x.part = 3
    union all
    select 32, t.take_after + t.resolve_after + 2880, 'moved', 'everyone', 'officer', jsonb_build_object('move', 'close', 'from', 'resolved', 'state', 'closed')
      where t.state = 'closed'
  ) e on true;
  create index on story (sequence);
  create index on story (n);
  analyze story;

  -- The chains, level by level: the first events of all, then the second ones, ...
  create temporary table chain (n integer, sequence integer, salt bytea, body_hash bytea, hash bytea) on commit drop;
  for level in 1 .. (select max(sequence) from story) loop
    insert into chain
    select y.n, level, y.salt, y.body_hash,
      reeve.event_digest(coalesce(p.hash, '\x'), t.id, level, y.at, y.actor, y.verb, y.audience, y.body_hash)
    from (select *, sha256(z.salt || convert_to(z.body::text, 'UTF8')) as body_hash
          from (select *, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) as salt from story where sequence = level offset 0) z offset 0) y
    join ticket_made t on t.n = y.n left join chain p on p.n = y.n and p.sequence = level - 1;
    if level = 1 then create index on chain (n, sequence); end if;
    analyze chain;
  end loop;

  insert into reeve.records (organisation_id, id, type, reference, title, state, owner_id, team_id, requester_id, within_id, created_by,
      sensitivity, opened_at, updated_at, next_due_at, closed_at, version, event_count, event_hash, search, search_public)
  select s.organisation_id, t.id, 'ticket', bench.reference(t.n), title.said, t.state,
    case when t.state <> 'new' then t.officer end, t.team_id, t.requester, t.queue, t.requester, t.sensitivity, t.opened_at, told.updated_at,
    case t.state when 'new' then t.opened_at + make_interval(mins => least(p.respond, p.resolve)) when 'assigned' then t.opened_at + make_interval(mins => p.resolve) else 'infinity' end,
    case when t.state = 'closed' then told.updated_at end, told.version, told.event_count, head.hash,
    v.base || v.said || v.inside, case when v.inside <> '' then v.base || v.said end
  from ticket_made t join bench.targets p using (priority)
  join text_made title on title.n = t.n and title.part = 1
  join (select n, max(at) as updated_at, count(*) as event_count, count(*) filter (where verb <> 'commented') as version,
          string_agg(body ->> 'text', E'\n') filter (where audience = 'everyone') as said,
          string_agg(body ->> 'text', E'\n') filter (where audience = 'internal') as inside from story group by n) told on told.n = t.n
  join chain head on head.n = t.n and head.sequence = told.event_count
  join lateral (select
      setweight(to_tsvector('english', bench.reference(t.n) || ' ' || title.said), 'A')
        || setweight(to_tsvector('english', (select string_agg(x.said, E'\n') from text_made x where x.n = t.n and x.part in (2, 3))), 'B') as base,
      setweight(to_tsvector('english', coalesce(told.said, '')), 'C') as said,
      setweight(to_tsvector('english', coalesce(told.inside, '')), 'C') as inside offset 0) v on true
  order by t.n;

  insert into reeve.ticket (organisation_id, id, details, kind, impact, urgency, priority, category, waiting_reason, resolution)
  select s.organisation_id, t.id, (select said from text_made x where x.n = t.n and part = 2), t.kind, t.impact, t.urgency, t.priority, t.category,
    case when t.state = 'waiting_user' then 'An answer' end, (select said from text_made x where x.n = t.n and part = 3)
  from ticket_made t order by t.n;

  insert into reeve.events (organisation_id, record_id, sequence, at, recorded_at, actor_id, verb, audience, type, body_hash, hash)
  select s.organisation_id, t.id, y.sequence, y.at, y.at, y.actor, y.verb, y.audience, 'ticket', c.body_hash, c.hash
  from story y join ticket_made t using (n) join chain c on c.n = y.n and c.sequence = y.sequence order by y.n, y.sequence;
  insert into reeve.event_bodies (organisation_id, record_id, sequence, salt, body)
  select s.organisation_id, t.id, y.sequence, c.salt, y.body
  from story y join ticket_made t using (n) join chain c on c.n = y.n and c.sequence = y.sequence order by y.n, y.sequence;

  -- The queues keep every hour, so a clock's minutes are the plain ones.
  insert into reeve.clocks (organisation_id, record_id, name, state, started_at, due_at, stopped_at, outcome, target_minutes, elapsed_minutes, policy_version, calendar_version, next_warning_at)
  select s.organisation_id, t.id, c.name, c.state, t.opened_at,
    case when c.state <> 'paused' then t.opened_at + make_interval(mins => c.target) end, c.stopped,
    case when c.stopped is not null then case when c.stopped <= t.opened_at + make_interval(mins => c.target) then 'met' else 'missed' end end,
    c.target, coalesce(extract(epoch from c.stopped - t.opened_at) / 60, 0), t.policy, s.calendar_version,
    -- Warned of at the deadline alone, so that nobody is told of the bench's past while it is measured.
    case when c.state = 'running' then greatest(t.opened_at + make_interval(mins => c.target), now() + interval '1 day') else 'infinity' end
  from ticket_made t join bench.targets p using (priority)
  left join story ended on ended.n = t.n and ended.body ->> 'move' = 'resolve'
  -- Whoever asked is answered by the first word that they can read and did not write, else by the resolution.
  left join lateral (select coalesce(min(y.at), ended.at) as at from story y
    where y.n = t.n and y.verb = 'commented' and y.audience = 'everyone' and y.actor <> t.requester) answered on true
  join lateral (
    select 'respond' as name, p.respond as target, case when answered.at is null then 'running' else 'stopped' end as state, answered.at as stopped
    union all
    select 'resolve', p.resolve, case when ended.at is not null then 'stopped' when t.state = 'waiting_user' then 'paused' else 'running' end, ended.at) c on true
  order by t.n;
end $$;
