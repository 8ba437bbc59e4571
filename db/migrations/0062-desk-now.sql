-- What nobody has, soonest due first: the page of what needs the desk now asks for it of all that is open.
create index records_nobodys on records (organisation_id, type, next_due_at, id) where closed_at is null and owner_id is null;

-- Tickets that wait for a partner, by the day that was promised: few of all.
create index ticket_supplier_due_on on ticket (organisation_id, supplier_due_on) where supplier_due_on is not null;
