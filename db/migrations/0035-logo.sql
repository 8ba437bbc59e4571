-- The logo that stands beside an organisation's name. Its picture is a file of no record and of nobody, so that row level security
-- shows it to nobody as a file, and no record can take it along when it is erased.

alter table organisations
  add column logo_file uuid,
  -- The content of that file, by which its address is made.
  add column logo_sha256 bytea check (length(logo_sha256) = 32),
  -- Dots of the picture: twice as many as it is shown in.
  add column logo_width integer check (logo_width between 1 and 480),
  add column logo_height integer check (logo_height between 1 and 80),
  -- What it can stand on: a dark one on what is light, a light one on what is dark, one with a ground of its own on anything.
  add column logo_tone text check (logo_tone in ('dark', 'light', 'own')),
  add check (num_nulls(logo_file, logo_sha256, logo_width, logo_height, logo_tone) in (0, 5)),
  add foreign key (id, logo_file) references files (organisation_id, id);

-- Gives the organisation a logo, of a picture that the actor sent and no record took; or takes it away (p_file null). Tells whether
-- anything changed. Written in the actor's own timeline.
create function change_logo(p_file uuid, p_width integer, p_height integer, p_tone text, p_at timestamptz) returns boolean
language plpgsql security definer set search_path = reeve, pg_temp as $$
declare
  before organisations;
  content bytea;
begin
  if current_person() is null or not 'role' = any (current_list('change_all')) then
    raise exception 'change_logo: not allowed' using errcode = 'insufficient_privilege';
  end if;
  select * into strict before from organisations where id = current_organisation() for update;
  if p_file is null and before.logo_file is null then return false; end if;
  if p_file is not null then
    update files set uploaded_by = null where organisation_id = current_organisation() and id = p_file and record_id is null
      and uploaded_by = current_person() and media_type = 'image/png' returning sha256 into content;
    if content is null then
      raise exception 'change_logo: no such file' using errcode = 'insufficient_privilege';
    end if;
  end if;
  update organisations set logo_file = p_file, logo_sha256 = content, logo_width = p_width, logo_height = p_height, logo_tone = p_tone
    where id = before.id;
  delete from files where organisation_id = before.id and id = before.logo_file;
  if content is not distinct from before.logo_sha256 then return false; end if;
  perform append_event(current_person(), 'organisation_logo_changed', p_at, 'everyone',
    jsonb_build_object('to', case when p_file is null then 'none' else 'another' end));
  return true;
end $$;
revoke execute on function change_logo(uuid, integer, integer, text, timestamptz) from public;
grant execute on function change_logo(uuid, integer, integer, text, timestamptz) to reeve_app;

-- How the one organisation here looks, for pages before anybody has signed in; nothing where there are several, or it has no logo.
create function front_organisation() returns table (name text, brand_colour text, logo_sha256 bytea, logo_width integer, logo_height integer, logo_tone text)
language sql stable security definer set search_path = reeve, pg_temp as $$
  select name, brand_colour, logo_sha256, logo_width, logo_height, logo_tone from organisations
  where logo_file is not null and (select count(*) from organisations) = 1;
$$;
revoke execute on function front_organisation() from public;
grant execute on function front_organisation() to reeve_app;

-- Whether this content is a logo: what anybody may have without signing in.
create function is_logo(p_sha256 bytea) returns boolean
language sql stable security definer set search_path = reeve, pg_temp as $$
  select exists (select 1 from organisations where logo_sha256 = p_sha256);
$$;
revoke execute on function is_logo(bytea) from public;
grant execute on function is_logo(bytea) to reeve_app;
