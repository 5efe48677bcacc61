-- Whose step a document under review waits for: bits of roles, kept by `office/row.rs`, so that the
-- review queue is a list like the others.
alter table matter add column reviews bigint not null default 0;
