-- The check of 0012 held for revoking too: nobody could revoke a token that another administrator had made.
drop policy scim_token_administrators on reeve.scim_token;
create policy scim_token_read on reeve.scim_token for select to reeve_app
  using (organisation_id = (select current_organisation()) and (select current_person()) is not null
    and 'role' = any ((select current_list('change_all'))::text[]));
create policy scim_token_make on reeve.scim_token for insert to reeve_app
  with check (organisation_id = (select current_organisation()) and created_by = (select current_person())
    and 'role' = any ((select current_list('change_all'))::text[]));
create policy scim_token_revoke on reeve.scim_token for update to reeve_app
  using (organisation_id = (select current_organisation()) and (select current_person()) is not null
    and 'role' = any ((select current_list('change_all'))::text[]));
