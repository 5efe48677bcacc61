-- Files of items that were taken down, to be removed from the disk: noted with the act (practice P2).
create table unlink (id bigint primary key, body_id bigint not null, hash text not null);
