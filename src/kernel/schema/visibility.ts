/**
 * Which rows of `records` (as `r`) the current person may see, spelled out so that PostgreSQL can use the indexes. It is
 * the policy `records_read` of db/migrations/0045-named-people.sql; a test holds the two to the same answers.
 */
export const visibleRows = `r.organisation_id = (select current_organisation())
    and (r.sensitivity = 'normal' or r.type = any ((select current_list('restricted_all'))::text[])
         or (r.type = any ((select current_list('restricted_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or r.owner_id = (select current_person()) or r.requester_id = (select current_person()) or r.created_by = (select current_person())
         or r.id = any ((select current_named())::uuid[]))
    and (r.type = any ((select current_list('read_all'))::text[])
         or (r.type = any ((select current_list('read_team'))::text[]) and r.team_id = any ((select current_teams())::uuid[]))
         or (r.type = any ((select current_list('read_own'))::text[])
             and (r.owner_id = (select current_person()) or r.requester_id = (select current_person())
                  or r.created_by = (select current_person()) or r.id = (select current_person())
                  or r.id = any ((select current_named())::uuid[]))))`;

/** The columns of every record that a type's view shows beside its own. */
export const sharedColumns = [
  "organisation_id",
  "id",
  "reference",
  "title",
  "state",
  "owner_id",
  "team_id",
  "requester_id",
  "within_id",
  "created_by",
  "sensitivity",
  "opened_at",
  "updated_at",
  "next_due_at",
  "closed_at",
  "version",
  "added",
] as const;

/** Where a field that is part of every record is kept. */
export const partColumns = {
  title: "title",
  owner: "owner_id",
  team: "team_id",
  requester: "requester_id",
  within: "within_id",
} as const;
