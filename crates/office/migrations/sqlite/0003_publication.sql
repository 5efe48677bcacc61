-- What documents need besides replies: where an item stands, what it says of others, its files.

-- The item that an edition belongs to, by an id of its own; that of a reply is its edition's.
alter table edition add column item text not null default '';
update edition set item = public_id where item = '';
-- 文号 and day of the document, for lists, inspection and jumps.
alter table edition add column number text;
alter table edition add column written_on text;
-- The day after which it leaves every channel (公示期限).
alter table edition add column expires_on text;
-- When it stopped being the present edition, and why (practice P2).
alter table edition add column ended_at bigint;
alter table edition add column ended_why text;
create index edition_item on edition (item, id);
create index edition_number on edition (body_id, number) where number is not null;
create index edition_expiry on edition (expires_on) where expires_on is not null;
create index edition_newest on edition (body_id, state, published_at, id);
create index placement_list on placement (body_id, channel, placed_at, edition_id);

-- What an item says about another: amends, repeals, interprets, cites. Rows of the present edition.
create table relation (
  from_item text not null, to_item text not null, sort text not null, body_id bigint not null,
  primary key (from_item, sort, to_item)
) without rowid;
create index relation_to on relation (to_item, sort, from_item);

-- Files of editions, stored plain by content hash.
create table edition_file (
  edition_id bigint not null, position bigint not null, public_id text not null unique,
  body_id bigint not null, name text not null, media text not null, size bigint not null,
  hash text not null, file_id bigint, state text not null, primary key (edition_id, position)
);

-- SHA-256 of what a sealed file holds, itself sealed: what an edition names without opening the file.
alter table file add column sealed_hash blob;
