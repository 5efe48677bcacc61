-- 主动公开事项目录: entries of a body as they stand, and every change of them. What stands here is public
-- or becomes so; nothing personal is written into it.
create table catalogue_entry (
  id bigint primary key, body_id bigint not null, key text not null, seq bigint not null, unit_id bigint,
  position bigint not null, value text not null, made_on text not null, changed_at bigint not null,
  changed_by bigint not null, ended_at bigint, unique (body_id, key)
);
create index catalogue_order on catalogue_entry (body_id, position, id);
create table catalogue_event (
  entry_id bigint not null, seq bigint not null, body_id bigint not null, at bigint not null,
  actor bigint not null, act text not null, reason text not null, unit_id bigint, value text not null,
  primary key (entry_id, seq)
);
create index catalogue_event_body on catalogue_event (body_id, at);

-- 转载任务: notices of higher bodies that are to be reprinted, and the proof that they were.
create table reprint (
  id bigint primary key, body_id bigint not null, title text not null, issuer text not null,
  number text, address text not null, published_at bigint not null, level text not null, unit_id bigint,
  due_at bigint not null, due_on text not null, due_text text not null, article text not null,
  state text not null, item text, edition text, done_at bigint, hash text, reason text,
  entered_by bigint not null, entered_at bigint not null, unique (body_id, address)
);
create index reprint_due on reprint (body_id, state, due_at, id);

-- 自查: each inspection as it was found, with its date. slot: the configured day on which the worker began
-- it by itself.
create table inspection (
  id bigint primary key, body_id bigint not null, at bigint not null, by_id bigint not null, slot text,
  findings bigint not null, value text not null, unique (body_id, slot)
);

-- A body without a site of its own stands in a channel of this one's.
alter table body add column host_id bigint;
