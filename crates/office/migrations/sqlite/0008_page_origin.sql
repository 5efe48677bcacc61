-- Where an imported page came from: its identity there, its old address, the item it became.
create table page_origin (
  body_id bigint not null, format text not null, outside_id text not null, item text not null,
  address text, content_hash text not null, primary key (body_id, format, outside_id)
) without rowid;
