-- What the machine found in a file of a document, sealed under its matter's key: looked for once, when the
-- file is taken. None for files that were not looked through.
alter table file add column sealed_found bytea;
