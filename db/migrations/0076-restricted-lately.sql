-- What hangs on a ticket that was restricted is restricted after it: those of late are looked for every few seconds.
create index records_restricted on records (updated_at) where sensitivity = 'restricted';
