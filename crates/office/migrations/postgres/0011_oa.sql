-- Documents that came from the body's OA, by its own number; what of it was taken, keyed.
create table oa_document (
  body_id bigint not null, outside_id text not null, matter_id bigint not null, content_hash bytea not null,
  received_at bigint not null, primary key (body_id, outside_id)
);

-- Signed requests that were taken: none is taken twice while its date would still pass.
create table signed_nonce (hash bytea primary key, body_id bigint not null, ends_at bigint not null);
create index signed_nonce_end on signed_nonce (ends_at);

-- Path and query of an imported page's old address, without its host: what a visitor still asks for.
alter table page_origin add column path text;
update page_origin set path = substr(address, strpos(address, '://') + 3) where strpos(address, '://') > 0;
update page_origin set path = case when strpos(path, '/') > 0 then substr(path, strpos(path, '/')) else '/' end
  where path is not null;
update page_origin set path = address where path is null and substr(address, 1, 1) = '/';
create index page_origin_path on page_origin (body_id, path);
