-- The kinds of ticket may be extended by an administrator, so the table holds whatever the organisation's choices say.
alter table ticket drop constraint if exists ticket_kind_check;
alter table ticket add constraint ticket_kind_check check (length(kind) <= 60);
