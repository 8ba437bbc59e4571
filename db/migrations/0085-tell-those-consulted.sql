-- Those who are consulted on a policy watch it from then on: the product has them do so, and nobody else can have another
-- person watch. Only the product and who signs people in act without being a person, and both only on what they may see.
set search_path = reeve, public;

create policy watchers_of_product on watchers for insert with check (
  organisation_id = (select current_organisation()) and (select current_person()) is null and visible(organisation_id, record_id));
