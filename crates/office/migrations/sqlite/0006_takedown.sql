-- Emergency take-downs (practice P2): done by one of two named officers, confirmed by the other.
create table takedown (
  id integer primary key, body_id bigint not null, item text not null, reason text not null,
  by_id bigint not null, at bigint not null, report_by text not null, confirmed_by bigint,
  confirmed_at bigint
);
create index takedown_body on takedown (body_id, id);
create index edition_file_hash on edition_file (hash);
