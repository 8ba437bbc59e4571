-- Most tickets have none of these: their indexes hold those that do, so that a new ticket is not written into eight of them.
drop index ticket_article;
create index ticket_article on ticket (organisation_id, article) where article is not null;
drop index ticket_catalogue_item;
create index ticket_catalogue_item on ticket (organisation_id, catalogue_item) where catalogue_item is not null;
drop index ticket_change;
create index ticket_change on ticket (organisation_id, change) where change is not null;
drop index ticket_major_incident;
create index ticket_major_incident on ticket (organisation_id, major_incident) where major_incident is not null;
drop index ticket_problem;
create index ticket_problem on ticket (organisation_id, problem) where problem is not null;
drop index ticket_rated_person;
create index ticket_rated_person on ticket (organisation_id, rated_person) where rated_person is not null;
drop index ticket_rated_team;
create index ticket_rated_team on ticket (organisation_id, rated_team) where rated_team is not null;
drop index ticket_source_reference;
create index ticket_source_reference on ticket (organisation_id, source_reference) where source_reference is not null;
