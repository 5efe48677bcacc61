-- What people typed before they sent it, sealed under their body's key and found by the keyed hash
-- of the browser's token and the form; gone after a day.
create table draft (
  hash bytea primary key, body_id bigint not null, sealed bytea not null, ends_at bigint not null
);
create index draft_end on draft (ends_at);

-- Keyed hash of the request that a key stands for; none for acts recorded before.
alter table idempotency add column request bytea;
