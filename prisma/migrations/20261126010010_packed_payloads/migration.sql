-- What was sent is stored packed by us (lib/traces/pack-raw.ts): pglz saves less than a quarter on prose and mostly
-- gives up. Bytes that begin with `{` are plain JSON in UTF-8, as those that were there before.
alter table span_payloads alter column raw type bytea using convert_to(raw, 'UTF8');
