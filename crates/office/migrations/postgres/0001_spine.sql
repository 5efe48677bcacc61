-- Instants are milliseconds UTC, legal dates YYYY-MM-DD at +08:00, truth values 0 and 1, JSON text.
-- Rows that belong to a body carry body_id. Typed text stands only sealed or masked.

create table id_block (name text primary key, next bigint not null);
insert into id_block (name, next) values ('id', 1);

-- Locks that several processes share, by name.
create table lease (name text primary key, holder text, until bigint);
insert into lease (name) values ('chains');

create table setting (
  body_id bigint not null, key text not null, value text not null,
  primary key (body_id, key)
);

-- The house ---------------------------------------------------------------------------------

create table body (
  id bigint primary key, parent_id bigint, key text not null unique, name text not null,
  kind text not null, level text not null, settings text not null,
  search_key bigint not null, hash_key bigint not null
);

create table unit (
  id bigint primary key, body_id bigint not null, parent_id bigint, key text not null,
  name text not null, settings text not null, state text not null, unique (body_id, key)
);

create table officer (
  id bigint primary key, body_id bigint not null, unit_id bigint, login text not null unique,
  name text not null, password text, roles text not null, state text not null,
  failed bigint not null, locked_until bigint, last_sign_in bigint
);
create index officer_body on officer (body_id, unit_id, login);

create table session (
  hash bytea primary key, body_id bigint not null, officer_id bigint, matter_id bigint,
  made_at bigint not null, seen_at bigint not null, ends_at bigint not null, data text not null
);
create index session_end on session (ends_at);
create index session_officer on session (officer_id);

create table token (
  id bigint primary key, body_id bigint not null, hash bytea not null unique, name text not null,
  scopes text not null, officer_id bigint, made_at bigint not null, ends_at bigint,
  revoked_at bigint
);
create index token_body on token (body_id, id);

-- Keys: one per matter (under the matter's id), two per body. Erasing empties `wrapped`.
create table secret (id bigint primary key, kind text not null, wrapped bytea, erased_at bigint);

-- Matters -------------------------------------------------------------------------------------

create table matter (
  id bigint primary key, public_id text not null unique, body_id bigint not null,
  procedure text not null, version text not null, state text not null, phase text not null,
  category text, channel text not null, unit_id bigint, handler_id bigint, number text,
  code_hash bytea, password_hash text, filed_at bigint not null, closed_at bigint,
  replied_at bigint, answer_on text, parent_id bigint, seq bigint not null, aim_on text not null,
  due_on text, due_at bigint, amber_on text, paused bigint not null, provisional bigint not null,
  awaits text, returned bigint not null, rating text, value text not null
);
-- Desk lists, in keyset order: nearest 考核日 first, 9999-12-31 where no clock runs; or newest
-- first.
create index matter_due on matter (body_id, phase, aim_on, id);
create index matter_unit on matter (body_id, unit_id, phase, aim_on, id);
create index matter_filed on matter (body_id, filed_at, id);
create unique index matter_number on matter (body_id, number) where number is not null;
create unique index matter_code on matter (code_hash) where code_hash is not null;
create index matter_parent on matter (parent_id) where parent_id is not null;

create table event (
  matter_id bigint not null, seq bigint not null, body_id bigint not null, unit_id bigint,
  procedure text not null, code text not null, at bigint not null, recorded_at bigint not null,
  actor bigint not null, prev bytea not null, hash bytea not null, payload text not null,
  primary key (matter_id, seq)
);
create index event_code on event (body_id, code, at);

create table matter_text (
  matter_id bigint not null, element text not null, body_id bigint not null,
  sealed bytea not null, masked text not null, primary key (matter_id, element)
);

create table clock (
  matter_id bigint not null, clock text not null, body_id bigint not null, aim_on text not null,
  due_on text not null, due_at bigint not null, amber_on text not null, paused bigint not null,
  provisional bigint not null, lapses bigint not null, primary key (matter_id, clock)
);
create index clock_lapse on clock (due_at, matter_id) where lapses = 1 and paused = 0;
create index clock_provisional on clock (due_on, matter_id) where provisional = 1;

-- People, numbers and texts by keyed hash of the whole value.
create table lookup (
  body_id bigint not null, kind text not null, hash bytea not null, matter_id bigint not null,
  primary key (body_id, kind, hash, matter_id)
);
create index lookup_matter on lookup (matter_id);

create table idempotency (
  body_id bigint not null, key text not null, matter_id bigint not null, seq bigint not null,
  at bigint not null, primary key (body_id, key)
);

create table origin (
  format text not null, outside_id text not null, body_id bigint not null,
  matter_id bigint not null, content_hash bytea not null, primary key (format, outside_id)
);

create table procedure_text (
  id text not null, version text not null, hash text not null, text text not null,
  primary key (id, version)
);

-- Files and papers ----------------------------------------------------------------------------

create table file (
  id bigint primary key, public_id text not null unique, body_id bigint not null, matter_id bigint, element text,
  sealed_name bytea not null, kind text not null, size bigint not null, path text not null,
  content_hash bytea not null, state text not null, made_at bigint not null
);
create index file_matter on file (matter_id);

create table series (
  body_id bigint not null, series text not null, year bigint not null, last bigint not null,
  primary key (body_id, series, year)
);

create table paper (
  id bigint primary key, body_id bigint not null, matter_id bigint not null,
  paper text not null, number_text text not null, template_hash text not null,
  state text not null, sealed bytea, content_hash text, issued_at bigint not null
);
create index paper_matter on paper (matter_id);
create unique index paper_number on paper (body_id, number_text);

create table outbox (
  id bigint primary key, body_id bigint not null, matter_id bigint, channel text not null,
  notice text not null, sealed_to bytea, masked_to text not null, subject text not null,
  masked_text text not null, state text not null, attempts bigint not null,
  at bigint not null, sent_at bigint, error text
);
create index outbox_body on outbox (body_id, id);
create index outbox_matter on outbox (matter_id);

-- What is public ------------------------------------------------------------------------------

create table edition (
  id bigint primary key, public_id text not null unique, body_id bigint not null,
  kind text not null, title text not null, content text not null, hash text not null,
  attribute text not null, approved_by text not null, published_at bigint not null,
  state text not null, matter_id bigint, previous_id bigint, salt bytea, category text,
  unit_id bigint
);
create index edition_list on edition (body_id, kind, state, published_at, id);
create index edition_matter on edition (matter_id) where matter_id is not null;

create table placement (
  edition_id bigint not null, channel text not null, body_id bigint not null,
  placed_at bigint not null, removed_at bigint, primary key (edition_id, channel)
);

-- Chains --------------------------------------------------------------------------------------

-- What the sequencer has still to seal into a log: written by acts, removed by the sequencer.
create table pending_commitment (
  id bigint primary key, body_id bigint not null, kind text not null, ref bigint not null,
  commitment text not null, at bigint not null
);

-- seq and hash are given by the sequencer, about a second after the record was written.
create table audit (
  id bigserial primary key, body_id bigint not null, at bigint not null, actor bigint not null,
  act text not null, target text not null, reason text not null, seq bigint, hash bytea
);
create index audit_pending on audit (id) where seq is null;
create index audit_body on audit (body_id, id);
create index audit_target on audit (body_id, target, id);

create table audit_head (body_id bigint primary key, seq bigint not null, hash bytea not null);

-- Feed and jobs -------------------------------------------------------------------------------

-- xid orders late commits on PostgreSQL; with one writer it is 0.
create table change (
  seq bigserial not null, xid bigint not null default txid_current(), topic text not null,
  id bigint not null, body_id bigint not null, primary key (xid, seq)
);

create table cursor (
  consumer text primary key, xid bigint not null, seq bigint not null
);

create table job (
  id bigint primary key, body_id bigint not null, kind text not null, target bigint not null,
  run_at bigint not null, lease_until bigint, attempts bigint not null, state text not null,
  error text
);
create index job_due on job (state, run_at, id);
