-- A text that a later act wrote anew, as the earlier act left it. The keyed hash in an event names
-- its row. Sealed under the same key as the text that stands now: erasing one erases both.
create table matter_text_past (
  matter_id bigint not null, element text not null, hash text not null, body_id bigint not null,
  sealed bytea not null, masked text not null, primary key (matter_id, element, hash)
);
