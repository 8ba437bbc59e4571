-- The logo that stands beside an organisation's name. Its picture is a file of no record and of nobody, so that row level security
-- shows it to nobody as a file, and no record can take it along when it is erased.

create table organisation_logos (
  organisation_id uuid primary key references organisations,
  file uuid not null,
  -- The content of that file, by which its address is made.
  sha256 bytea not null check (length(sha256) = 32),
  -- Dots of the picture: twice as many as it is shown in.
  width integer not null check (width between 1 and 480),
  height integer not null check (height between 1 and 80),
  -- What it can stand on: a dark one on what is light, a light one on what is dark, one with a ground of its own on anything.
  tone text not null check (tone in ('dark', 'light', 'own')),
  foreign key (organisation_id, file) references files
);
alter table organisation_logos enable row level security;
create policy organisation_logos_own on organisation_logos for select to reeve_app using (organisation_id = (select current_organisation()));
grant select on organisation_logos to reeve_app;

-- Gives the organisation a logo, of a picture that the actor sent and no record took; or takes it away (p_file null). Tells whether
-- anything changed. Written in the actor's own timeline.
create function change_logo(p_file uuid, p_width integer, p_height integer, p_tone text, p_at timestamptz) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  before organisation_logos;
  content bytea;
begin
  if current_person() is null or not 'role' = any (current_list('change_all')) then
    raise exception 'change_logo: not allowed' using errcode = 'insufficient_privilege';
  end if;
  perform from organisations where id = current_organisation() for update;
  select * into before from organisation_logos where organisation_id = current_organisation();
  if p_file is null and before.file is null then return false; end if;
  if p_file is not null then
    update files set uploaded_by = null where organisation_id = current_organisation() and id = p_file and record_id is null
      and uploaded_by = current_person() and media_type = 'image/png' returning sha256 into content;
    if content is null then
      raise exception 'change_logo: no such file' using errcode = 'insufficient_privilege';
    end if;
  end if;
  delete from organisation_logos where organisation_id = current_organisation();
  delete from files where organisation_id = current_organisation() and id = before.file;
  if p_file is not null then
    insert into organisation_logos (organisation_id, file, sha256, width, height, tone)
      values (current_organisation(), p_file, content, p_width, p_height, p_tone);
  end if;
  if content is not distinct from before.sha256 then return false; end if;
  perform append_event(current_person(), 'organisation_logo_changed', p_at, 'everyone',
    jsonb_build_object('to', case when p_file is null then 'none' else 'another' end));
  return true;
end $$;
revoke execute on function change_logo(uuid, integer, integer, text, timestamptz) from public;
grant execute on function change_logo(uuid, integer, integer, text, timestamptz) to reeve_app;

-- How the one organisation here looks, for pages before anybody has signed in; nothing where there are several, or it has no logo.
create function front_organisation() returns table (name text, brand_colour text, sha256 bytea, width integer, height integer, tone text)
language sql stable security definer set search_path = reeve, pg_temp as $$
  select o.name, o.brand_colour, l.sha256, l.width, l.height, l.tone from organisations o
    join organisation_logos l on l.organisation_id = o.id
  where (select count(*) from organisations) = 1;
$$;
revoke execute on function front_organisation() from public;
grant execute on function front_organisation() to reeve_app;

-- Whether this content is a logo: what anybody may have without signing in.
create function is_logo(p_sha256 bytea) returns boolean
language sql stable security definer set search_path = reeve, pg_temp as $$
  select exists (select 1 from organisation_logos where sha256 = p_sha256);
$$;
revoke execute on function is_logo(bytea) from public;
grant execute on function is_logo(bytea) to reeve_app;
