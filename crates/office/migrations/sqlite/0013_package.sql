-- Which matter goes along with which: an interpretation with its policy. Derived from the matter by
-- `office/package.rs`, so that the lead finds its companions.
create table companion (matter_id bigint not null primary key, lead_id bigint not null, body_id bigint not null) without rowid;
create index companion_lead on companion (lead_id);
-- 解读专家: who may be named as the author of an interpretation. Read by officers only.
create table expert (
  id bigint not null primary key, body_id bigint not null, name text not null, field text not null,
  employer text not null, state text not null
) without rowid;
create index expert_body on expert (body_id);
