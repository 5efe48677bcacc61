-- The transparency log. Three of them share these tables: 'public', 'internal' and 'filings'.

insert into lease (name) values ('log');

-- What is not an edition brings its text and salt along.
alter table pending_commitment add column record text;
alter table pending_commitment add column salt bytea;

-- The state of each log. slot: start of the last fixed time at which filings entered the public log.
create table log (
  name text primary key, origin text not null, key_id bigint not null, vkey text not null,
  size bigint not null, at bigint not null, slot bigint not null
);

-- at is the time of the checkpoint that first covers the leaf. number tells leaves about one thing
-- apart: the record of a chain. An edition's text and salt stay with the edition.
create table log_leaf (
  log text not null, idx bigint not null, entry bytea not null, kind text not null, ref bigint not null,
  number bigint not null, at bigint not null, salt bytea, record text, primary key (log, idx)
);
create index log_leaf_ref on log_leaf (log, kind, ref, number);

-- Every tile in its newest state; an earlier one is its beginning.
create table log_tile (
  log text not null, level bigint not null, idx bigint not null, data bytea not null,
  primary key (log, level, idx)
);

create table log_checkpoint (
  log text not null, size bigint not null, at bigint not null, note text not null,
  primary key (log, size)
);

-- The second copy of what is public.
create table edition_copy (edition_id bigint primary key, content text not null);
